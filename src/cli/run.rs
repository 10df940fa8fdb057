//! `misfire run`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::args::{ContentArgs, Format, ReportKind, ReportTarget, RunArgs};
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::content::{bundled_detections, bundled_suite, load_detections, load_suite};
use crate::diagnostic::{Code, Diagnostic};
use crate::recording::Evidence;
use crate::report::mask::{Form, Secrets};
use crate::report::{
    Detail, Show, Words, github_annotations, junit, markdown, run_json, run_text, write_file,
};
use crate::run::{Interrupt, RegressionRequest, Selection, run_suite};
use crate::verdict::{Counts, Report};

/// Load, judge, report.
pub(super) fn run(args: RunArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    if let Some(problem) = refused(&args.report, output) {
        output.tell(&[problem])?;
        return Ok(Exit::Wrong);
    }
    let selection = args.select.selection(args.filters);
    if let Some(problem) = not_yet(&selection, &args.content, args.sigma_regression.is_some()) {
        output.tell(&[problem])?;
        return Ok(Exit::Wrong);
    }
    let (detections, suite, evidence) = match &args.sigma_regression {
        Some(folder) => {
            let detections = load_detections(&args.content.detections);
            let suite = load_suite(folder, &detections.sigma);
            (detections, suite, Evidence::Recorded)
        }
        None => (bundled_detections(), bundled_suite(), Evidence::Authored),
    };
    let request = RegressionRequest {
        suite,
        detections,
        evidence,
        counts: if args.exact_counts {
            Counts::Exact
        } else {
            Counts::AtLeast
        },
        filters: selection.words,
        threads: output.threads,
        interrupt,
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
    let report = run_suite(request, &live);
    let told = live.finish();
    let secrets = Secrets::of_report(&report);
    output.hide(secrets.clone());
    output.tell(&report.diagnostics)?;
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
        // Nothing judged is nothing proven.
        unexpected: fail_on.fail(&report) || report.judged() == 0,
    }
    .exit())
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
        if !places.insert(&report.path) {
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

/// What is asked for and is not judged by: until it is, saying so is better than
/// judging something else.
fn not_yet(
    selection: &Selection,
    content: &ContentArgs,
    judges_a_suite: bool,
) -> Option<Diagnostic> {
    let asked = [
        ("--technique", !selection.techniques.is_empty()),
        ("--platform", !selection.platforms.is_empty()),
        ("--name", !selection.names.is_empty()),
        ("--detection", !selection.detections.is_empty()),
        ("--since", selection.since.is_some()),
        ("--atomics", content.atomics.is_some()),
        ("--expectations", content.expectations.is_some()),
        ("--fixtures", content.fixtures.is_some()),
        (
            "--detections",
            !content.detections.is_empty() && !judges_a_suite,
        ),
    ];
    let (flag, _) = asked.into_iter().find(|(_, is_asked)| *is_asked)?;
    Some(
        Diagnostic::error(
            Code::CONTENT_BAD_VALUE,
            format!("`{flag}` needs tests with expectations, and there are none here"),
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
    for target in targets {
        let form = match target.kind {
            ReportKind::Junit => Form::Xml,
            ReportKind::Json => Form::Json,
            ReportKind::Markdown => Form::Text,
        };
        let write = |out: &mut dyn Write| match target.kind {
            ReportKind::Junit => junit(out, report),
            ReportKind::Json => run_json(out, report),
            ReportKind::Markdown => markdown(out, report),
        };
        if target.is_stdout() {
            output.write_as(form, write)?;
            continue;
        }
        if let Err(error) = write_file(&target.path, form, secrets, write) {
            unwritten = true;
            output.tell(&[Diagnostic::error(
                Code::IO_UNWRITABLE,
                format!("the report cannot be written: {error}"),
            )
            .in_file(&target.path)
            .help("check that the folder exists and can be written to")])?;
        }
    }
    Ok(unwritten)
}
