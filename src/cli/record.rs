//! `misfire record`.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::args::Format;
#[cfg(target_os = "linux")]
use super::execute;
use super::exit::{Exit, Facts};
use super::output::Output;
use super::simulation_args::{RecordArgs, RecordStage};
#[cfg(target_os = "linux")]
use crate::content::Plan;
use crate::content::atomic::Atomic;
use crate::content::fixture::Fixture;
use crate::content::{Content, Start};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::report::{record_json, record_text, scrubbed_text};
use crate::run::{
    Existing, Interrupt, RecordAs, Selection, SimulateOptions, choose, interruption,
    record_fixture, scrub_fixture, simulate,
};

/// Load, choose, simulate, keep.
pub(super) fn record(args: RecordArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    let wrong = |problems: &[Diagnostic]| {
        output.tell(problems)?;
        Ok(Exit::Wrong)
    };
    let options = match args.simulation.options(output, &interrupt) {
        Ok(options) => SimulateOptions {
            arguments: args.arg.iter().cloned().collect(),
            ..options
        },
        Err(problems) => return wrong(&problems),
    };
    let content = Content::load(&args.content.request(Start::default()));
    let selection = Selection {
        words: vec![args.atomic.clone()],
        ..Selection::default()
    };
    #[cfg_attr(
        not(target_os = "linux"),
        expect(unused_mut, reason = "only executing changes it")
    )]
    let mut choice = choose(&content, &selection);
    let problems: Vec<Diagnostic> = [content.problems.clone(), choice.problems.clone()]
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
    let made = match args.stage {
        RecordStage::Simulate => simulated(&atomic, &options, &args),
        #[cfg(not(target_os = "linux"))]
        RecordStage::Execute => Err(super::not_here()),
        #[cfg(target_os = "linux")]
        RecordStage::Execute => {
            // Nothing is executed that could not be kept.
            let folder = folder(&args, &atomic, &args.name);
            if !args.force && folder.symlink_metadata().is_ok() {
                return wrong(&[Diagnostic::error(
                    Code::IMPORT_EXISTS,
                    "the fixture is there already",
                )
                .in_file(&folder)
                .help("give another name, or replace it with `--force`")]);
            }
            // Without an expectation, a condition is noted for one that is still to be
            // written.
            if test.expectation.is_some() {
                let unknown = execute::unknown_conditions(&choice.plan, &args.execution.given);
                if !unknown.is_empty() {
                    return wrong(&unknown);
                }
            }
            let allowed = content.config.as_ref();
            let wanted = execute::Wanted {
                args: &args.execution,
                arguments: &args.arg,
                stand_in: args.stand_in.as_deref(),
                allowed: allowed.map_or(&[][..], |config| &config.allowed_targets),
                places: allowed.map(|config| &config.places),
                detections: &content.detections,
            };
            let problems = execute::execute(&mut choice.plan, &wanted, output, &interrupt)?;
            output.tell(&problems)?;
            // A warning, as of a clean-up that did not succeed, takes no recording away.
            let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
            if problems.iter().any(is_error) {
                return Ok(Exit::Unfinished);
            }
            executed(&choice.plan)
        }
    };
    if interrupt.is_set() {
        output.tell(&[interruption()])?;
        return Ok(Exit::Unfinished);
    }
    let made = match made {
        Ok(made) => made,
        Err(problem) => return wrong(&[problem]),
    };
    let made = match args.stage {
        RecordStage::Execute if !args.no_scrub => {
            let Some(test) = choice.plan.tests.first() else {
                return Ok(Exit::Wrong);
            };
            let load = || Content::load(&args.content.request(Start::default())).detections;
            let mut scrubbed = Vec::new();
            for (name, fixture) in made {
                // There is nothing in it to be scrubbed, and why is told below.
                if fixture.files.is_empty() {
                    scrubbed.push((name, fixture));
                    continue;
                }
                match scrub_fixture(&fixture, test, &load, output.threads, &interrupt) {
                    Ok(clean) => {
                        output.tell(&clean.doubts)?;
                        output.note(|out| scrubbed_text(out, &clean.changes))?;
                        scrubbed.push((name, clean.fixture));
                    }
                    Err(problems) => return wrong(&problems),
                }
            }
            scrubbed
        }
        RecordStage::Execute | RecordStage::Simulate => made,
    };
    let existing = if args.force {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let mut written = Vec::new();
    let mut problems = Vec::new();
    let made_by = match args.stage {
        RecordStage::Simulate => "Made by `misfire record --stage simulate`.",
        RecordStage::Execute => "Made by `misfire record --stage execute`.",
    };
    for (suffix, fixture) in &made {
        let name = match made.len() {
            1 => args.name.clone(),
            _ => format!("{}-{suffix}", args.name),
        };
        let folder = folder(&args, &atomic, &name);
        let taken_for = match &args.control {
            Some(why) => RecordAs::Control(why),
            None => RecordAs::Performance,
        };
        match record_fixture(fixture, made_by, taken_for, &folder, existing) {
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

/// The folder of the fixture of that name.
fn folder(args: &RecordArgs, atomic: &Atomic, name: &str) -> PathBuf {
    let mut folder = args.out.join(atomic.technique.as_str());
    if args.control.is_some() {
        folder.push("controls");
    }
    folder.join(name)
}

/// The recordings of an atomic, each with the name of its profile.
type Made = Vec<(String, Fixture)>;

fn simulated(
    atomic: &Arc<Atomic>,
    options: &SimulateOptions,
    args: &RecordArgs,
) -> Result<Made, Diagnostic> {
    let nothing = |why: &str| {
        Diagnostic::error(
            Code::RECORD_NOTHING,
            format!("the atomic cannot be simulated: {why}"),
        )
        .help("`misfire simulate` shows what can be")
    };
    let tests = simulate(&[Arc::clone(atomic)], options);
    let result = tests.into_iter().next().map(|test| test.result);
    let runs = result
        .unwrap_or_else(|| Err("the run was interrupted".to_owned()))
        .map_err(|why| nothing(&why))?;
    runs.iter()
        .map(|run| {
            let fixture = run.fixture().map_err(|error| nothing(&error.to_string()))?;
            let stand_in = args.stand_in.clone();
            Ok((
                run.profile.name.clone(),
                Fixture {
                    stand_in,
                    ..fixture
                },
            ))
        })
        .collect()
}

#[cfg(target_os = "linux")]
fn executed(plan: &Plan) -> Result<Made, Diagnostic> {
    let recordings = plan.tests.iter().flat_map(|test| &test.recordings);
    let made: Made = recordings
        .map(|fixture| (fixture.host.name.clone(), Fixture::clone(fixture)))
        .collect();
    match plan.tests.first() {
        Some(test) if made.is_empty() => Err(Diagnostic::error(
            Code::RECORD_NOTHING,
            test.unrecorded.to_string(),
        )
        .help("`misfire run --stage execute --dry-run` shows what would be executed")),
        _ => Ok(made),
    }
}
