//! A runner that the tests kill: this program once more, as a child that performs one
//! command, tells its steps on standard error, and holds at one.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write, stderr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use misfire::content::atomic::{AtomicGuid, DependenciesBy, Elevation, Platform, Shell};
use misfire::recording::Interrupt;
use misfire::stage::execute::{
    AllowList, Around, AtTerminal, Ends, Host, HostLock, Leftovers, Limits, Prerequisite,
    Prerequisites, Run, Settings, StateDir, Step, Test, Where, perform, plan, recover,
};

use crate::common::{Place, agree};

/// What a runner does.
#[derive(Debug, Clone, Copy)]
pub enum Job {
    /// It performs.
    Perform,
    /// It recovers.
    Recover,
}

/// A runner in this place. Its command, clean-up, check, and what gets what is checked
/// are in the variables `COMMAND`, `CLEAN_UP`, `CHECK`, and `GET`.
pub fn runner(place: &Place, job: Job) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "runner::child", "--ignored", "--nocapture"])
        .env("STATE", place.folder.path().join("state"))
        .env("WORK", place.work())
        .env("JOB", format!("{job:?}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// Starts a runner, and waits until it holds at this step.
pub fn held(runner: &mut Command, at: &str) -> Child {
    let mut child = runner.env("HOLD_AT", at).spawn().unwrap();
    let mut told = Vec::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        told.push(line.unwrap());
        if told.last().is_some_and(|line| line == at) {
            return child;
        }
    }
    child.wait().unwrap();
    panic!("the runner did not come to {at}: {told:?}");
}

/// Kills a runner as nothing can be caught.
pub fn kill(mut runner: Child) {
    runner.kill().unwrap();
    runner.wait().unwrap();
}

/// The child. Whoever runs it as a test gives it nothing to do.
#[test]
#[ignore = "it is a child of other tests"]
fn child() {
    let Ok(job) = env::var("JOB") else { return };
    let state = StateDir::open(&PathBuf::from(variable("STATE"))).unwrap();
    let hold_at = env::var("HOLD_AT").unwrap_or_default();
    let mut observer = |step: &Step| {
        let _ = writeln!(stderr(), "{step}");
        while step.name() == hold_at {
            thread::sleep(Duration::from_secs(1));
        }
    };
    let grace = Duration::from_millis(200);
    if job == "Recover" {
        let left = Leftovers::read(&state).unwrap();
        recover(agree(left), &state, &Host::this(), grace, &mut observer).unwrap();
        return;
    }
    let settings = Settings {
        allowed: AllowList::of(["localhost"]),
        prerequisites: Prerequisites::Get,
        limits: Limits {
            grace,
            ..Limits::default()
        },
        watched: Vec::new(),
        watcher: None,
        place: match env::var_os("OVERLAY") {
            Some(_) => Where::Overlay,
            None => Where::Host,
        },
    };
    let lock = HostLock::take(&state, "one").unwrap();
    observer(&Step::Locked);
    let around = Around {
        state: &state,
        lock: &lock,
        interrupt: &Interrupt::default(),
        person: &mut AtTerminal::default(),
        observer: &mut observer,
    };
    let planned = plan(&test(), &Host::this(), &settings).unwrap();
    perform(agree(planned), around).unwrap();
}

fn test() -> Test {
    Test {
        guid: AtomicGuid::nil(),
        name: "one".to_owned(),
        platforms: vec![Platform::Linux],
        run: Run::Command {
            shell: Shell::Sh,
            command: variable("COMMAND"),
            cleanup: env::var("CLEAN_UP").ok(),
            elevation: Elevation::NotRequired,
        },
        prerequisites: env::var("CHECK")
            .map(|check| Prerequisite {
                description: "something".to_owned(),
                check,
                get: env::var("GET").ok(),
            })
            .into_iter()
            .collect(),
        prerequisites_by: DependenciesBy::Shell(Shell::Sh),
        directory: Some(PathBuf::from(variable("WORK"))),
        environment: BTreeMap::new(),
        ends: Ends::Exits,
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap()
}
