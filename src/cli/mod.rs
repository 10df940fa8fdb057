//! The command line: one file a command; parse, call, choose the exit code.

mod schema;

mod args;
mod check;
mod convert;
mod doctor;
mod exit;
mod explain;
mod import;
mod init;
mod list;
mod manual;
mod output;
mod patience;
mod run;
mod scan;
mod values;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use exit::Exit;
use output::Output;

use crate::run::Interrupt;

/// Parses the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    let interrupt = Interrupt::default();
    let handler = interrupt.clone();
    let mut presses = 0;
    // Without a handler Ctrl-C still ends the process, only less politely.
    let _ = ctrlc::set_handler(move || {
        presses += 1;
        handler.set();
        if presses > 1 {
            std::process::exit(i32::from(Exit::Unfinished.code()));
        }
    });
    let output = Output::new(&args.output);
    let done = match args.command {
        Command::Run(command) => run::run(*command, &output, interrupt),
        Command::List(command) => list::list(command, &output, &interrupt),
        Command::Scan(command) => scan::scan(command, &output, interrupt),
        Command::Convert(command) => convert::convert(command, &output, interrupt),
        Command::Import(command) => import::import(*command, &output, interrupt),
        Command::Check(command) => check::check(command, &output, &interrupt),
        Command::Init(command) => init::init(&command, &output),
        Command::Explain(command) => explain::explain(command, &output, interrupt),
        Command::Doctor(_) => doctor::doctor(&output),
        Command::Schema(command) => schema::schema(&command, &output),
        Command::Completions(command) => manual::completions(&command, &output),
        Command::Man(command) => manual::man(&command, &output),
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
