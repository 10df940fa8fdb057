//! `misfire simulate`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::args::Format;
use super::exit::{Exit, Facts};
use super::output::Output;
use super::simulation_args::SimulateArgs;
use crate::content::{Content, Start};
use crate::diagnostic::{Code, Diagnostic, Severity, has_error};
use crate::report::{Causes, simulate_json, simulate_text};
use crate::run::{
    Interrupt, Selection, SimulateOptions, SimulatedTest, choose, interruption,
    simulate_told as run,
};

/// Load, choose, simulate, show.
pub(super) fn simulate(
    args: SimulateArgs,
    output: &Output,
    interrupt: Interrupt,
) -> io::Result<Exit> {
    let options = match args.simulation.options(output, &interrupt) {
        Ok(options) => SimulateOptions {
            arguments: args.arg.into_iter().collect(),
            ..options
        },
        Err(problems) => {
            output.tell(&problems)?;
            return Ok(Exit::Wrong);
        }
    };
    let content = Content::load(&args.content.request(Start::default()));
    let selection = Selection {
        words: args.filters,
        ..Selection::default()
    };
    let choice = choose(&content, &selection);
    let atomics: Vec<_> = choice
        .plan
        .tests
        .iter()
        .map(|test| Arc::clone(&test.atomic))
        .collect();
    let mut problems: Vec<Diagnostic> = [content.problems, choice.problems]
        .concat()
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    problems.extend(unknown_arguments(&options, &atomics));
    if has_error(&problems) && atomics.is_empty() {
        output.tell(&problems)?;
        return Ok(Exit::Wrong);
    }
    let tests = run(&atomics, &options, &*output.sink());
    let is_interrupted = interrupt.is_set();
    if is_interrupted {
        problems.push(interruption());
    }
    let mut unwritten = false;
    if let Some(folder) = args.out.as_deref().filter(|_| !is_interrupted)
        && let Err(problem) = write_logs(folder, &tests)
    {
        unwritten = true;
        problems.push(*problem);
    }
    output.tell(&problems)?;
    let causes = if args.explain {
        Causes::Shown
    } else {
        Causes::Hidden
    };
    match output.format {
        Format::Json => output.write(|out| simulate_json(out, &tests))?,
        Format::Text => output.write(|out| simulate_text(out, &tests, causes, output.paint()))?,
    }
    let is_any = tests.iter().any(|test| {
        let runs = test.result.as_ref();
        runs.is_ok_and(|runs| runs.iter().any(|run| run.is_performed()))
    });
    Ok(Facts {
        interrupted: is_interrupted,
        wrong: has_error(&problems) && !unwritten,
        damaged: unwritten,
        unexpected: !is_any,
    }
    .exit())
}

/// Arguments that are given, and that none of the atomics has.
fn unknown_arguments(
    options: &SimulateOptions,
    atomics: &[Arc<crate::content::atomic::Atomic>],
) -> Vec<Diagnostic> {
    let known = |name: &String| {
        atomics
            .iter()
            .any(|atomic| atomic.arguments.contains_key(name))
    };
    let unknown = options.arguments.keys().filter(|name| !known(name));
    unknown
        .map(|name| {
            let names = atomics.iter().flat_map(|atomic| atomic.arguments.keys());
            let mut names: Vec<_> = names.map(String::as_str).collect();
            names.sort_unstable();
            names.dedup();
            let help = match crate::diagnostic::did_you_mean(name, names.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if names.is_empty() => "remove it: they have no arguments".to_owned(),
                None => format!("they have: `{}`", names.join("`, `")),
            };
            Diagnostic::error(
                Code::ATOMIC_UNKNOWN_ARGUMENT,
                format!("none of these atomics has an argument `{name}`"),
            )
            .help(help)
        })
        .collect()
}

/// Writes the logs, a folder for each atomic and profile.
fn write_logs(folder: &Path, tests: &[SimulatedTest]) -> Result<(), Box<Diagnostic>> {
    let unwritable = |path: &Path, error: &dyn std::fmt::Display| {
        Box::new(
            Diagnostic::error(
                Code::IO_UNWRITABLE,
                format!("it cannot be written: {error}"),
            )
            .in_file(path)
            .help("check that the folder can be written to, and has room"),
        )
    };
    for simulated in tests
        .iter()
        .filter_map(|test| test.result.as_ref().ok())
        .flatten()
    {
        let atomic = &simulated.atomic;
        let place = folder.join(format!(
            "{}-{}-{}",
            atomic.technique, atomic.number, simulated.profile.name
        ));
        let logs = simulated
            .logs()
            .map_err(|error| unwritable(&place, &error))?;
        if logs.is_empty() {
            continue;
        }
        std::fs::create_dir_all(&place).map_err(|error| unwritable(&place, &error))?;
        for log in logs {
            let path = place.join(&log.name);
            std::fs::write(&path, &log.bytes).map_err(|error| unwritable(&path, &error))?;
        }
    }
    Ok(())
}
