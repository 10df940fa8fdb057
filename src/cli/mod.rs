//! The command line: one file a command; parse, call, choose the exit code.

mod schema;

mod accept;
mod accept_args;
mod args;
mod check;
mod command_pages;
mod convert;
mod coverage;
mod coverage_args;
mod diff;
mod doctor;
#[cfg(target_os = "linux")]
mod execute;
mod execution_args;
mod exit;
mod explain;
mod import;
mod init;
mod lint;
mod lint_args;
mod list;
mod manual;
mod output;
mod patience;
mod query_args;
mod record;
mod run;
mod scan;
mod simulate;
mod simulation_args;
mod values;

use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

use args::{Args, Command};
use exit::Exit;
use output::Output;

use crate::diagnostic::did_you_mean;
use crate::run::Interrupt;

/// Parses the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::try_parse().unwrap_or_else(|error| with_command(error).exit());
    if let Command::WatchProgram(_) = args.command {
        return watch_program();
    }
    let interrupt = Interrupt::default();
    let handler = interrupt.clone();
    let mut presses = 0;
    // Without a handler Ctrl-C still ends the process, only less politely.
    let _ = ctrlc::set_handler(move || {
        presses += 1;
        handler.set();
        if presses > 1 && (presses > 2 || !is_cleaning_up()) {
            std::process::exit(i32::from(Exit::Unfinished.code()));
        }
    });
    let output = Output::new(&args.output);
    let done = match args.command {
        Command::Run(command) => run::run(*command, &output, interrupt),
        Command::Accept(command) => accept::accept(*command, &output, interrupt),
        Command::Coverage(command) => coverage::coverage(*command, &output, interrupt),
        Command::Lint(command) => lint::lint(command, &output, interrupt),
        Command::List(command) => list::list(command, &output, &interrupt),
        Command::Diff(command) => diff::diff(&command, &output),
        Command::Scan(command) => scan::scan(command, &output, interrupt),
        Command::Convert(command) => convert::convert(command, &output, interrupt),
        Command::Import(command) => import::import(*command, &output, interrupt),
        Command::Simulate(command) => simulate::simulate(command, &output, interrupt),
        Command::Record(command) => record::record(*command, &output, interrupt),
        Command::Recover(command) => recover(&command, &output, &interrupt),
        Command::Check(command) => check::check(command, &output, &interrupt),
        Command::Init(command) => init::init(&command, &output),
        Command::Explain(command) => explain::explain(command, &output, interrupt),
        Command::Doctor(_) => doctor::doctor(&output),
        Command::Schema(command) => schema::schema(&command, &output),
        Command::Completions(command) => manual::completions(&command, &output),
        Command::Man(command) => manual::man(&command, &output),
        Command::WatchProgram(_) => Ok(Exit::Wrong),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            // Standard error may be closed as well.
            let _ = writeln!(
                std::io::stderr(),
                "error: the output cannot be written: {error}"
            );
            Exit::Unfinished.into()
        }
    }
}

/// Whether something that was executed is being cleaned up.
fn is_cleaning_up() -> bool {
    #[cfg(target_os = "linux")]
    {
        execute::is_cleaning_up()
    }
    #[cfg(not(target_os = "linux"))]
    {
        false
    }
}

#[cfg(target_os = "linux")]
fn recover(
    args: &execution_args::RecoverArgs,
    output: &Output,
    interrupt: &Interrupt,
) -> std::io::Result<Exit> {
    execute::recover(args, output, interrupt)
}

#[cfg(not(target_os = "linux"))]
fn recover(
    _: &execution_args::RecoverArgs,
    output: &Output,
    _: &Interrupt,
) -> std::io::Result<Exit> {
    output.tell(&[not_here()])?;
    Ok(Exit::Wrong)
}

/// That nothing is executed on this platform.
#[cfg(not(target_os = "linux"))]
fn not_here() -> crate::diagnostic::Diagnostic {
    crate::diagnostic::Diagnostic::error(
        crate::diagnostic::Code::EXECUTE_FAILED,
        "atomics are executed on Linux only, as yet: on this platform processes are not yet \
         started, watched, ended, and recovered",
    )
    .help("execute them by other means, import the logs, and replay them; or simulate")
}

/// Is the process that watches another one.
fn watch_program() -> ExitCode {
    #[cfg(target_os = "linux")]
    if crate::collect::trace::serve().is_ok() {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(
        std::io::stderr(),
        "error: this command is for misfire itself, and takes its order from it"
    );
    Exit::Wrong.into()
}

/// Adds the command that a misspelled one was meant to be, if the parser has found none:
/// it takes no account of letters that have changed places.
fn with_command(mut error: clap::Error) -> clap::Error {
    if error.kind() != ErrorKind::InvalidSubcommand
        || error.get(ContextKind::SuggestedSubcommand).is_some()
    {
        return error;
    }
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let program = Args::command();
    let commands = || program.get_subcommands().map(clap::Command::get_name);
    // Of two letters none is a third.
    let is_cut = |command: &&str| name.len() > 1 && command.len() == 3 && is_within(name, command);
    let meant = did_you_mean(name, commands()).or_else(|| commands().find(is_cut));
    if let Some(meant) = meant {
        let meant = ContextValue::Strings(vec![meant.to_owned()]);
        error.insert(ContextKind::SuggestedSubcommand, meant);
    }
    error
}

/// Whether the letters of a text stand in another in the same order.
fn is_within(letters: &str, text: &str) -> bool {
    let mut rest = text.chars();
    letters
        .chars()
        .all(|letter| rest.any(|other| other == letter))
}
