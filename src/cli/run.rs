//! `misfire run`.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::args::{Format, ReportKind, ReportTarget, RunArgs};
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::content::{bundled_detections, bundled_suite, load_detections, load_suite};
use crate::diagnostic::{Code, Diagnostic};
use crate::recording::Evidence;
use crate::report::mask::Secrets;
use crate::report::{Detail, Show, junit, run_json, run_text};
use crate::run::{Interrupt, RegressionRequest, run_suite};
use crate::verdict::{Counts, Report};

/// Load, judge, report.
pub(super) fn run(args: RunArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    let (detections, suite, evidence) = match &args.sigma_regression {
        Some(folder) => {
            let detections = load_detections(&args.detections);
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
        filters: args.filters,
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
    let live = output.live(&show);
    let report = run_suite(request, &live);
    let told = live.finish();
    output.hide(Secrets::of_report(&report));
    output.tell(&report.diagnostics)?;
    let mut unwritten = false;
    for target in &args.report {
        if let Err(error) = write_report(target, &report) {
            unwritten = true;
            output.tell(&[Diagnostic::error(
                Code::IO_UNWRITABLE,
                format!("the report cannot be written: {error}"),
            )
            .in_file(&target.path)
            .help("check that the folder exists and can be written to")])?;
        }
    }
    match output.format {
        Format::Json => output.write(|out| run_json(out, &report))?,
        Format::Text => output.write(|out| run_text(out, &report, &show, told))?,
    }
    let summary = report.summary();
    Ok(Facts {
        interrupted: report.interrupted,
        wrong: report.content_is_wrong(),
        damaged: unwritten || report.logs_are_damaged(),
        // Nothing judged is nothing proven.
        unexpected: summary.unexpected > 0 || report.judged() == 0,
    }
    .exit())
}

fn write_report(target: &ReportTarget, report: &Report) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(&target.path)?);
    match target.kind {
        ReportKind::Junit => junit(&mut file, report)?,
        ReportKind::Json => run_json(&mut file, report)?,
    }
    file.flush()
}
