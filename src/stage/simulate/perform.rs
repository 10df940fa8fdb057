//! From an atomic to what it leaves.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::program::{self, Invocation};
use super::world::{
    Command, CommandOutcome, Context, Environment, Numbers, Profile, Traced, World,
    linux_environment, windows_environment,
};
use crate::activity::{Account, Integrity, LogonSession};
use crate::content::atomic::{
    Atomic, Elevation, Executor, Shell, SubstitutedRun, SubstitutionError, Way, substitute,
};
use crate::recording::{NotRun, Outcome};

/// How an atomic is to be simulated.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// Where it is performed.
    pub profile: Arc<Profile>,
    /// Arguments that differ from their defaults.
    pub arguments: BTreeMap<String, String>,
    /// When it begins.
    pub start: Timestamp,
    /// What all that looks random is derived from, with the atomic's identity.
    pub seed: u64,
}

/// What an atomic did on a modelled host or account.
#[derive(Debug, Clone)]
pub struct Performed {
    /// What happened, in order.
    pub activities: Vec<Traced>,
    /// What became of its commands, in the order in which they were begun.
    pub commands: Vec<Command>,
    /// How it ended.
    pub outcome: Outcome,
    /// When the last of it happened.
    pub end: Timestamp,
    /// What all that looks random was derived from.
    pub seed: u64,
}

/// Where the public runner keeps the atomics.
const ATOMICS_ON_WINDOWS: &str = r"C:\AtomicRedTeam\atomics";
const ATOMICS_ON_UNIX: &str = "/opt/AtomicRedTeam/atomics";

/// Performs an atomic on a modelled host or account.
///
/// # Errors
/// Its arguments cannot be filled in. Never empty.
pub fn perform(
    atomic: &Atomic,
    simulation: &Simulation,
) -> Result<Performed, Vec<SubstitutionError>> {
    let not_run = |reason, because: &str| Performed {
        activities: Vec::new(),
        commands: Vec::new(),
        outcome: Outcome::NotRun {
            reason,
            because: because.to_owned(),
        },
        end: simulation.start,
        seed: seed_of(atomic, simulation),
    };
    let Executor::Command {
        shell, elevation, ..
    } = &atomic.executor
    else {
        return Ok(not_run(
            NotRun::Skipped,
            "a person performs it, and only commands can be simulated",
        ));
    };
    let is_windows = simulation.profile.is_windows();
    let needs_windows = *shell == Shell::CommandPrompt;
    if needs_windows && !is_windows {
        return Ok(not_run(
            NotRun::WrongPlatform,
            "the modelled host has no `cmd.exe`",
        ));
    }
    let (way, folder) = if is_windows {
        (Way::InvokeArt, ATOMICS_ON_WINDOWS)
    } else {
        (Way::Script, ATOMICS_ON_UNIX)
    };
    let filled = substitute(atomic, &simulation.arguments, way, folder)?;
    let SubstitutedRun::Command { command, .. } = filled.run else {
        return Ok(not_run(NotRun::Skipped, "a person performs it"));
    };
    let seed = seed_of(atomic, simulation);
    let mut world = World::new(Arc::clone(&simulation.profile), simulation.start, seed);
    let Some(runner) = runner(&mut world, *elevation) else {
        return Ok(not_run(
            NotRun::WrongPlatform,
            "the profile models no host to run commands on",
        ));
    };
    world.pass(Duration::from_millis(1_500));
    let invocation = executor(*shell, &command, is_windows);
    world.begin_command(&invocation.command_line);
    let finished = program::run(&mut world, &runner, &invocation);
    world.end_command();
    let outcome = match finished {
        Ok(finished) => finished
            .exit_code
            .map_or(Outcome::Performed, Outcome::Exited),
        Err(exhausted) => {
            world.begin_command("the rest of it");
            world.note_outcome(CommandOutcome::NotInterpreted {
                because: exhausted.to_string(),
            });
            world.end_command();
            Outcome::Performed
        }
    };
    let end = world.now();
    let (activities, commands) = world.into_trace();
    Ok(Performed {
        activities,
        commands,
        outcome,
        end,
        seed,
    })
}

fn seed_of(atomic: &Atomic, simulation: &Simulation) -> u64 {
    let identity = atomic.guid.map_or_else(
        || format!("{}-{}", atomic.technique, atomic.number),
        |guid| guid.to_string(),
    );
    let mut text = format!(
        "{identity}\n{}\n{}\n",
        simulation.profile.name, simulation.seed
    );
    for (name, value) in &simulation.arguments {
        text.push_str(&format!("{name}={value}\n"));
    }
    Numbers::seed_of(&text)
}

/// The shell from which somebody starts the public runner, and what is above it.
fn runner(world: &mut World, elevation: Elevation) -> Option<Context> {
    let profile = Arc::clone(&world.profile);
    let host = profile.host.as_ref()?;
    let account = Arc::new(Account {
        domain: host.user.domain.clone(),
        name: host.user.name.clone(),
        sid: host.user.sid.clone(),
    });
    let logon = Arc::new(LogonSession {
        id: 0x4_0000 + world.numbers.below(0xf_0000),
        terminal: 1,
    });
    if !profile.is_windows() {
        let environment = linux_environment(host);
        let home = directory(&environment, "HOME", "/");
        let login = world.existing_process(
            None,
            "/usr/bin/bash",
            "-bash",
            &home,
            account,
            logon,
            Integrity::Medium,
        );
        return Some(Context {
            process: login,
            directory: home,
            environment,
        });
    }
    let environment = windows_environment(host);
    let integrity = match elevation {
        Elevation::Required => Integrity::High,
        Elevation::NotRequired => Integrity::Medium,
    };
    let desktop = world.existing_process(
        None,
        r"C:\Windows\explorer.exe",
        r"C:\WINDOWS\Explorer.EXE",
        r"C:\Windows\System32",
        Arc::clone(&account),
        Arc::clone(&logon),
        Integrity::Medium,
    );
    let folder = directory(&environment, "TEMP", r"C:\Windows\Temp");
    let console = world.existing_process(
        Some(desktop),
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r#""C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" "#,
        &folder,
        account,
        logon,
        integrity,
    );
    Some(Context {
        process: console,
        directory: folder,
        environment,
    })
}

fn directory(environment: &Environment, name: &str, otherwise: &str) -> String {
    environment.get(name).unwrap_or(otherwise).to_owned()
}

/// The process that the public runner starts for a test
/// (Invoke-AtomicRedTeam, `Invoke-ExecuteCommand`).
fn executor(shell: Shell, command: &str, is_windows: bool) -> Invocation {
    let command = command.trim_end_matches(['\r', '\n']);
    let (program, before, argument) = match shell {
        Shell::CommandPrompt => ("cmd.exe", "/c ", command.to_owned()),
        Shell::PowerShell if is_windows => ("powershell.exe", "", format!("& {{{command}}}")),
        Shell::PowerShell => ("pwsh", "-Command ", format!("& {{{command}}}")),
        Shell::Sh => ("sh", "-c ", command.to_owned()),
        Shell::Bash => ("bash", "-c ", command.to_owned()),
    };
    let named = if is_windows {
        format!("\"{program}\"")
    } else {
        program.to_owned()
    };
    let command_line = format!("{named} {before}{argument}");
    if is_windows {
        return Invocation::of_line(program, command_line);
    }
    Invocation {
        program: program.to_owned(),
        command_line,
        arguments: vec![before.trim_end().to_owned(), argument],
        ..Invocation::default()
    }
}
