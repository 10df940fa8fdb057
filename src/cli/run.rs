//! `misfire run`.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::args::{ContentArgs, Format, RunArgs, StageArg};
#[cfg(target_os = "linux")]
use super::execute;
use super::exit::{Exit, Facts};
use super::output::Output;
use super::values::{ReportKind, ReportTarget};
#[cfg(target_os = "linux")]
use crate::content::Plan;
use crate::content::config::Folders;
use crate::content::{Content, LoadedCounts, Start, load_detections, load_suite};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::recording::Evidence;
use crate::report::mask::{Form, Secrets};
use crate::report::{
    ART_CSV_HEADER, Detail, Show, Words, append_file, art_csv, attire, badge_json, badge_svg,
    github_annotations, is_art_csv_header, junit, markdown, navigator, report_html, run_json,
    run_text, write_file,
};
use crate::run::{
    Both, ChangesFound, Interrupt, JudgeRequest, RegressionRequest, Selection, choose,
    interruption, judge, replace_recordings, run_suite,
};
use crate::verdict::{Counts, Report, StageName};

/// Load, judge, report.
pub(super) fn run(args: RunArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    if let Some(problem) = refused(&args.report, output) {
        output.tell(&[problem])?;
        return Ok(Exit::Wrong);
    }
    if let Some(flag) = args.execution.given_flag()
        && args.stage != StageArg::Execute
    {
        output.tell(&[Diagnostic::error(
            Code::USAGE_NEEDS_EXECUTION,
            format!("`{flag}` is about executing, and nothing is executed"),
        )
        .help("add `--stage execute`, or leave it out")])?;
        return Ok(Exit::Wrong);
    }
    let selection = args.select.selection(args.filters);
    let wanted = match args.sigma_regression {
        Some(folder) => {
            if let Some(problem) = not_for_suites(&selection, &args.content) {
                output.tell(&[problem])?;
                return Ok(Exit::Wrong);
            }
            let detections = load_detections(&args.content.detections);
            let suite = load_suite(&folder, &detections.sigma);
            Wanted::Suite(Box::new(RegressionRequest {
                suite,
                detections,
                evidence: Evidence::Recorded,
                counts: if args.exact_counts {
                    Counts::Exact
                } else {
                    Counts::AtLeast
                },
                filters: selection.words,
                threads: output.threads,
                interrupt: interrupt.clone(),
            }))
        }
        None => {
            let content = Content::load(&args.content.request(Start::default()));
            let mut choice = choose(&content, &selection);
            let stage = match args.stage {
                StageArg::Replay => StageName::Replay,
                StageArg::Simulate => {
                    let options = match args.simulation.options(output, &interrupt) {
                        Ok(options) => options,
                        Err(problems) => {
                            output.tell(&problems)?;
                            return Ok(Exit::Wrong);
                        }
                    };
                    let problems = replace_recordings(&mut choice.plan, &options, &*output.sink());
                    choice.problems.extend(problems);
                    StageName::Simulate
                }
                #[cfg(not(target_os = "linux"))]
                StageArg::Execute => {
                    output.tell(&[super::not_here()])?;
                    return Ok(Exit::Wrong);
                }
                #[cfg(target_os = "linux")]
                StageArg::Execute => {
                    let allowed = content.config.as_ref();
                    let execution = &args.execution;
                    let wanted = execute::Wanted {
                        args: &execution.common,
                        arguments: &execution.arg,
                        stand_in: execution.stand_in.as_deref(),
                        allowed: allowed.map_or(&[][..], |config| &config.allowed_targets),
                        places: allowed.map(|config| &config.places),
                        detections: &content.detections,
                    };
                    let given = &execution.common.given;
                    let unknown = [
                        unknown_arguments(&choice.plan, &execution.arg),
                        execute::unknown_conditions(&choice.plan, given),
                    ]
                    .concat();
                    if !unknown.is_empty() {
                        output.tell(&unknown)?;
                        return Ok(Exit::Wrong);
                    }
                    if execution.dry_run {
                        output.tell(&[content.problems, choice.problems].concat())?;
                        return execute::show_plans(&choice.plan, &wanted, output);
                    }
                    let problems = execute::execute(&mut choice.plan, &wanted, output, &interrupt)?;
                    choice.problems.extend(problems);
                    StageName::Execute
                }
            };
            let is_loaded = content.loaded() != LoadedCounts::default();
            Wanted::Tests {
                // Of what was not loaded, nobody needs to know where it is from.
                folders: is_loaded.then_some(content.folders),
                changes: choice.changes,
                request: Box::new(JudgeRequest {
                    plan: choice.plan,
                    stage,
                    detections: content.detections,
                    left_out: choice.left_out,
                    problems: [content.problems, choice.problems].concat(),
                    threads: output.threads,
                    // What was executed before an interruption is judged all the same.
                    interrupt: match stage {
                        StageName::Execute => Interrupt::default(),
                        StageName::Replay | StageName::Simulate => interrupt.clone(),
                    },
                }),
            }
        }
    };
    let show = Show {
        detail: if output.quiet {
            Detail::Unexpected
        } else {
            Detail::All
        },
        words: args.verdict.unwrap_or_default(),
        paint: output.paint(),
        width: output.width(),
    };
    let is_text = output.format == Format::Text && !args.report.iter().any(ReportTarget::is_stdout);
    let live = output.live(&show, is_text.then_some(Form::Text));
    let events = output.events();
    let sink = Both(&live, &*events);
    let (report, changes) = match wanted {
        Wanted::Suite(request) => (run_suite(*request, &sink), ChangesFound::Some),
        Wanted::Tests {
            request,
            folders,
            changes,
        } => {
            let mut report = Report {
                content: folders,
                ..judge(*request, &sink)
            };
            if args.stage == StageArg::Execute && interrupt.is_set() {
                report.interrupted = true;
                report.diagnostics.push(interruption());
            }
            (report, changes)
        }
    };
    let told = live.finish();
    let secrets = Secrets::of_report(&report);
    output.hide(secrets.clone());
    tell_problems(&report, output)?;
    let unwritten = write_reports(&args.report, &report, &secrets, output)?;
    match output.format {
        Format::Json => output.write(|out| run_json(out, &report))?,
        Format::Text if is_text => output.write(|out| run_text(out, &report, &show, told))?,
        Format::Text => {}
    }
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        output.note(|out| github_annotations(out, &report))?;
    }
    let fail_on = args.fail_on.unwrap_or_else(Words::unexpected);
    Ok(Facts {
        interrupted: report.interrupted,
        wrong: report.content_is_wrong(),
        damaged: unwritten || report.logs_are_damaged(),
        // Nothing judged is nothing proven, unless nothing was to be judged anew.
        unexpected: fail_on.fail(&report)
            || (report.judged() == 0 && changes == ChangesFound::Some),
    }
    .exit())
}

/// Arguments that none of the tests has: a misspelled one would be executed with its
/// default.
#[cfg(target_os = "linux")]
fn unknown_arguments(plan: &Plan, given: &[(String, String)]) -> Vec<Diagnostic> {
    let is_known = |name: &str| {
        let mut tests = plan.tests.iter();
        tests.any(|test| test.atomic.arguments.contains_key(name))
    };
    given
        .iter()
        .filter(|(name, _)| !is_known(name))
        .map(|(name, _)| {
            Diagnostic::error(
                Code::ATOMIC_UNKNOWN_ARGUMENT,
                format!("none of the atomics has an argument `{name}`"),
            )
            .help("`misfire list` names their files, which hold their arguments")
        })
        .collect()
}

/// What of the wanted reports cannot be: standard output takes one thing, and so
/// does a file.
fn refused(reports: &[ReportTarget], output: &Output) -> Option<Diagnostic> {
    let mut places = BTreeSet::new();
    for report in reports {
        if report.is_stdout() && output.format == Format::Json {
            return Some(
                Diagnostic::error(
                    Code::USAGE_REPORT_TWICE,
                    "standard output cannot take both a report and `--format json`",
                )
                .help("give the report the name of a file, or leave `--format json` out"),
            );
        }
        if !places.insert(one_name(report)) {
            let place = if report.is_stdout() {
                "standard output".to_owned()
            } else {
                format!("`{}`", report.path.display())
            };
            return Some(
                Diagnostic::error(
                    Code::USAGE_REPORT_TWICE,
                    format!("{place} cannot take two reports"),
                )
                .help("give each report a file of its own"),
            );
        }
    }
    None
}

/// The name that a report's file has however it is written: `a.xml` and `./a.xml`
/// are one. The file need not be there yet.
fn one_name(report: &ReportTarget) -> PathBuf {
    let path = &report.path;
    if report.is_stdout() {
        return path.clone();
    }
    let below = || {
        let folder = match path.parent()? {
            folder if folder.as_os_str().is_empty() => Path::new("."),
            folder => folder,
        };
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    let there = path.canonicalize().ok();
    there.or_else(below).unwrap_or_else(|| path.clone())
}

/// What is to be judged.
enum Wanted {
    Suite(Box<RegressionRequest>),
    Tests {
        request: Box<JudgeRequest>,
        folders: Option<Folders>,
        changes: ChangesFound,
    },
}

/// Tells problems; what may be worth mending in content, but harms no verdict, is
/// for `misfire check` to tell.
fn tell_problems(report: &Report, output: &Output) -> io::Result<()> {
    let (harmless, told): (Vec<_>, Vec<_>) =
        report.diagnostics.iter().cloned().partition(|problem| {
            problem.severity != Severity::Error && problem.code.is_about_references()
        });
    output.tell(&told)?;
    if harmless.is_empty() || output.quiet || output.format == Format::Json {
        return Ok(());
    }
    let warnings = harmless
        .iter()
        .filter(|problem| problem.severity == Severity::Warning)
        .count();
    let count = match warnings {
        0 => return Ok(()),
        1 => "1 warning".to_owned(),
        count => format!("{count} warnings"),
    };
    output.note(|out| writeln!(out, "`misfire check` tells of {count} about this content"))
}

/// What is asked for and has no meaning for a suite in SigmaHQ's format.
fn not_for_suites(selection: &Selection, content: &ContentArgs) -> Option<Diagnostic> {
    let asked = [
        ("--technique", !selection.techniques.is_empty()),
        ("--platform", !selection.platforms.is_empty()),
        ("--name", !selection.names.is_empty()),
        ("--detection", !selection.detections.is_empty()),
        ("--since", selection.since.is_some()),
        ("--atomics", !content.atomics.is_empty()),
        ("--expectations", !content.expectations.is_empty()),
        ("--fixtures", !content.fixtures.is_empty()),
        ("--profile", content.profile.is_some()),
    ];
    let (flag, _) = asked.into_iter().find(|(_, is_asked)| *is_asked)?;
    Some(
        Diagnostic::error(
            Code::CONTENT_BAD_VALUE,
            format!("`{flag}` needs tests with expectations, and a suite has none"),
        )
        .help("leave it out, or name parts of what is to be judged as FILTER"),
    )
}

/// Writes the reports; whether one could not be written.
fn write_reports(
    targets: &[ReportTarget],
    report: &Report,
    secrets: &Secrets,
    output: &Output,
) -> io::Result<bool> {
    let mut unwritten = false;
    let was_executed = report.tests.iter().any(|test| test.executed().is_some());
    for target in targets {
        if target.kind.is_run_log() && !was_executed {
            output.tell(&[nothing_executed(target)])?;
        }
        let form = match target.kind {
            ReportKind::Badge if target.is_json_file() => Form::Json,
            ReportKind::Junit | ReportKind::Badge => Form::Xml,
            ReportKind::Json | ReportKind::Navigator | ReportKind::Attire => Form::Json,
            ReportKind::Markdown | ReportKind::ArtCsv => Form::Text,
            ReportKind::Html => Form::Html,
        };
        let write = |out: &mut dyn Write| match target.kind {
            ReportKind::Junit => junit(out, report),
            ReportKind::Json => run_json(out, report),
            ReportKind::Markdown => markdown(out, report),
            ReportKind::Html => report_html(out, report),
            ReportKind::Navigator => navigator(out, report),
            ReportKind::Badge if target.is_json_file() => badge_json(out, report),
            ReportKind::Badge => badge_svg(out, report),
            ReportKind::ArtCsv => art_csv(out, report, &TimeZone::system()),
            ReportKind::Attire => attire(out, report),
        };
        let is_csv = target.kind == ReportKind::ArtCsv;
        if target.is_stdout() {
            output.write_as(form, |out| {
                if is_csv {
                    out.write_all(ART_CSV_HEADER.as_bytes())?;
                }
                write(out)
            })?;
            continue;
        }
        let path = &target.path;
        let written = match is_csv {
            true => append_file(path, secrets, ART_CSV_HEADER, is_art_csv_header, write),
            false => write_file(path, form, secrets, write),
        };
        if let Err(error) = written {
            unwritten = true;
            output.tell(&[unwritable(path, &error)])?;
        }
    }
    Ok(unwritten)
}

fn nothing_executed(target: &ReportTarget) -> Diagnostic {
    Diagnostic::warning(
        Code::RUN_NOTHING_EXECUTED,
        "the run log has no entry: no test was executed",
    )
    .in_file(&target.path)
    .help("run logs tell of tests that were performed for real; `html`, `junit`, `json`, and `markdown` tell of all")
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::IO_UNWRITABLE,
        format!("the report cannot be written: {error}"),
    )
    .in_file(path);
    if error.kind() == io::ErrorKind::InvalidData {
        return problem.help("new lines are added to a run log; give this one a file of its own");
    }
    problem.help("check that the folder exists and can be written to")
}
