//! Traces a command and prints what it did: `trace [-q] PROGRAM [ARGUMENT…]`.

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use misfire_trace::collect::trace::{CommandSpec, Limits, OutputTo, trace};

fn main() -> ExitCode {
    let mut args: Vec<_> = std::env::args_os().skip(1).collect();
    let is_quiet = args.first().is_some_and(|first| first == "-q");
    if is_quiet {
        args.remove(0);
    }
    if args.is_empty() {
        eprintln!("usage: trace [-q] PROGRAM [ARGUMENT…]");
        return ExitCode::from(2);
    }
    let mut spec = CommandSpec::new(args.remove(0));
    spec.args = args;
    if is_quiet {
        spec.stdout = OutputTo::Nothing;
    }
    match trace(spec, &Limits::default(), &AtomicBool::new(false)) {
        Ok(traced) if is_quiet => {
            eprintln!(
                "{} events, {:?}, {} problems",
                traced.events.len(),
                traced.outcome,
                traced.problems.len()
            );
            ExitCode::SUCCESS
        }
        Ok(traced) => {
            for event in &traced.events {
                println!(
                    "{} {}#{} {:?}",
                    event.time, event.process.pid, event.process.serial, event.kind
                );
            }
            for problem in &traced.problems {
                println!("problem: {problem:?}");
            }
            println!(
                "{:?}\n{}{}",
                traced.outcome,
                String::from_utf8_lossy(&traced.stdout.bytes),
                String::from_utf8_lossy(&traced.stderr.bytes)
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!(
                "failed to trace: {error}: {:?}",
                std::error::Error::source(&error).map(ToString::to_string)
            );
            ExitCode::FAILURE
        }
    }
}
