//! A runner that the tests kill: performs one command, tells its steps, and holds at one.
//!
//! Its variables: `STATE`, `WORK`, `COMMAND` or `STEPS`, `CLEAN_UP`, `CHECK`, `GET`,
//! `HOLD_AT`.
//! With the argument `recover` it recovers instead.

use std::collections::BTreeMap;
use std::env;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use misfire_execute::stage::execute::boundary::{
    By, Elevation, Ends, Platform, Prerequisite, Run, Shell, Test,
};
use misfire_execute::stage::execute::{
    AllowList, Around, Asking, AtTerminal, Consent, Host, Interrupt, Leftovers, Limits,
    Prerequisites, Settings, StateDir, Step, perform, plan, recover,
};

fn main() -> ExitCode {
    match run() {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(text) => {
            eprintln!("{text}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<String, String> {
    let work = PathBuf::from(variable("WORK")?);
    let state = StateDir::open(&PathBuf::from(variable("STATE")?)).map_err(show)?;
    let hold_at = variable("HOLD_AT").unwrap_or_default();
    let mut observer = |step: &Step| {
        println!("{step}");
        let _ = stdout().flush();
        while step.name() == hold_at {
            thread::sleep(Duration::from_secs(1));
        }
    };
    let grace = Duration::from_millis(200);
    if env::args().nth(1).as_deref() == Some("recover") {
        let left = Leftovers::read(&state).map_err(show)?;
        let consent = Consent::obtain_at_terminal(left, Asking::Yes).map_err(show)?;
        let done = recover(consent, &state, &Host::this(), grace, &mut observer).map_err(show)?;
        return Ok(format!("{done:?}"));
    }
    let test = Test {
        guid: Default::default(),
        name: "one".to_owned(),
        platforms: vec![Platform::Linux],
        run: match variable("STEPS") {
            Ok(steps) => Run::Manual { steps },
            Err(_) => Run::Command {
                shell: Shell::Sh,
                command: variable("COMMAND")?,
                cleanup: variable("CLEAN_UP").ok(),
                elevation: Elevation::NotRequired,
            },
        },
        prerequisites: variable("CHECK")
            .map(|check| Prerequisite {
                description: "something".to_owned(),
                check,
                get: variable("GET").ok(),
            })
            .into_iter()
            .collect(),
        prerequisites_by: By::Shell(Shell::Sh),
        directory: Some(work),
        environment: BTreeMap::new(),
        ends: Ends::Exits,
    };
    let settings = Settings {
        allowed: AllowList::of(["localhost"]),
        prerequisites: Prerequisites::Get,
        limits: Limits {
            grace,
            ..Limits::default()
        },
        watched: Vec::new(),
    };
    let plan = plan(&test, &Host::this(), &settings).map_err(show)?;
    let consent = Consent::obtain_at_terminal(plan, Asking::Yes).map_err(show)?;
    let around = Around {
        state: &state,
        interrupt: &Interrupt::default(),
        person: &mut AtTerminal,
        observer: &mut observer,
    };
    let done = perform(consent, around).map_err(show)?;
    Ok(format!("{:?}", done.outcome))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("`{name}` is not set"))
}

fn show(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
