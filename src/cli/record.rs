//! `misfire record`.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::args::Format;
use super::exit::{Exit, Facts};
use super::output::Output;
use super::simulation_args::RecordArgs;
use crate::content::{Content, Start};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::report::{record_json, record_text};
use crate::run::{
    Existing, Interrupt, RecordAs, Selection, SimulateOptions, choose, interruption,
    record_simulated, simulate,
};

/// Load, choose, simulate, keep.
pub(super) fn record(args: RecordArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    let wrong = |problems: &[Diagnostic]| {
        output.tell(problems)?;
        Ok(Exit::Wrong)
    };
    let options = match args.simulation.options(output, &interrupt) {
        Ok(options) => SimulateOptions {
            arguments: args.arg.into_iter().collect(),
            ..options
        },
        Err(problems) => return wrong(&problems),
    };
    let content = Content::load(&args.content.request(Start::default()));
    let selection = Selection {
        words: vec![args.atomic],
        ..Selection::default()
    };
    let choice = choose(&content, &selection);
    let problems: Vec<Diagnostic> = [content.problems, choice.problems]
        .concat()
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    let [test] = choice.plan.tests.as_slice() else {
        let mut problems = problems;
        if choice.plan.tests.len() > 1 {
            problems.push(
                Diagnostic::error(
                    Code::RECORD_SEVERAL,
                    format!("{} atomics are called that", choice.plan.tests.len()),
                )
                .help("name one by its GUID; `misfire list` shows them"),
            );
        }
        return wrong(&problems);
    };
    output.tell(&problems)?;
    let atomic = Arc::clone(&test.atomic);
    let unknown: Vec<_> = options
        .arguments
        .keys()
        .filter(|name| !atomic.arguments.contains_key(*name))
        .map(|name| {
            Diagnostic::error(
                Code::ATOMIC_UNKNOWN_ARGUMENT,
                format!("the atomic has no argument `{name}`"),
            )
            .help("`misfire list` names its file, which holds its arguments")
        })
        .collect();
    if !unknown.is_empty() {
        return wrong(&unknown);
    }
    let tests = simulate(&[Arc::clone(&atomic)], &options);
    if interrupt.is_set() {
        output.tell(&[interruption()])?;
        return Ok(Exit::Unfinished);
    }
    let runs = match tests.into_iter().next().map(|test| test.result) {
        Some(Ok(runs)) => runs,
        Some(Err(why)) => {
            return wrong(&[Diagnostic::error(
                Code::RECORD_NOTHING,
                format!("the atomic cannot be simulated: {why}"),
            )
            .help("`misfire simulate` shows what can be")]);
        }
        None => return Ok(Exit::Unfinished),
    };
    let existing = if args.force {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let mut written = Vec::new();
    let mut problems = Vec::new();
    for run in &runs {
        let name = match runs.len() {
            1 => args.name.clone(),
            _ => format!("{}-{}", args.name, run.profile.name),
        };
        let mut folder: PathBuf = args.out.join(atomic.technique.as_str());
        let taken_for = match &args.control {
            Some(why) => {
                folder.push("controls");
                RecordAs::Control(why)
            }
            None => RecordAs::Performance,
        };
        folder.push(name);
        match record_simulated(run, taken_for, args.stand_in.as_deref(), &folder, existing) {
            Ok(fixture) => written.push(fixture),
            Err(problem) => problems.push(*problem),
        }
    }
    output.tell(&problems)?;
    match output.format {
        Format::Json => output.write(|out| record_json(out, &written))?,
        Format::Text => output.write(|out| record_text(out, &written))?,
    }
    let is_unwritable = |problem: &Diagnostic| problem.code == Code::IO_UNWRITABLE;
    Ok(Facts {
        interrupted: false,
        wrong: problems.iter().any(|problem| !is_unwritable(problem)),
        damaged: problems.iter().any(is_unwritable),
        unexpected: false,
    }
    .exit())
}
