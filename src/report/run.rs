//! A run for people.

use std::io::{self, Write};

use super::explain::explanation_text;
use super::paint::Paint;
use super::words::{count, count_of, one_line};
use crate::verdict::{ControlOutcome, ControlReport, Report, TestReport, Verdict, VerdictReport};

/// How much of a title is shown, in characters.
const TITLE_WIDTH: usize = 90;

/// How many rules without a suite a text names.
const MOST_ABSENT: usize = 8;

/// How much of a run is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Every verdict.
    #[default]
    All,
    /// Only what is not as expected.
    Unexpected,
}

/// Writes a run.
///
/// # Errors
///
/// The output cannot be written.
pub fn run_text(
    out: &mut dyn Write,
    report: &Report,
    detail: Detail,
    paint: Paint,
) -> io::Result<()> {
    for test in &report.tests {
        for verdict in &test.verdicts {
            if detail == Detail::All || !verdict.expected || verdict.surplus > 0 {
                verdict_text(out, test, verdict, paint)?;
            }
        }
        for control in &test.controls {
            if detail == Detail::All || !control.expected {
                control_text(out, test, control, paint)?;
            }
        }
    }
    summary_text(out, report, paint)
}

/// Text from outside on one line; it must not steer a terminal.
fn told(text: &str) -> String {
    one_line(text, usize::MAX)
}

fn verdict_text(
    out: &mut dyn Write,
    test: &TestReport,
    verdict: &VerdictReport,
    paint: Paint,
) -> io::Result<()> {
    let word = format!("{:<12}", verdict.verdict.as_str());
    let word = match (verdict.verdict, verdict.expected) {
        (_, true) => paint.good(word),
        (Verdict::Misfire | Verdict::Stray | Verdict::Fired, false) => paint.bad(word),
        (_, false) => paint.doubtful(word),
    };
    writeln!(
        out,
        "{word} {} {}",
        one_line(&verdict.title, TITLE_WIDTH),
        paint.faint(format_args!("({})", told(verdict.detection.as_str()))),
    )?;
    writeln!(
        out,
        "             {} {}",
        verdict.reason,
        paint.faint(format_args!(
            "in {} ({}, {})",
            told(&test.recording.to_string_lossy()),
            count(test.records, "record"),
            test.evidence
        )),
    )?;
    if let Some(near_miss) = &verdict.near_miss {
        let mut text = Vec::new();
        let files = [test.recording.clone()];
        explanation_text(&mut text, &near_miss.explanation, &files, paint)?;
        for line in String::from_utf8_lossy(&text).lines() {
            writeln!(out, "             {line}")?;
        }
    }
    Ok(())
}

fn control_text(
    out: &mut dyn Write,
    test: &TestReport,
    control: &ControlReport,
    paint: Paint,
) -> io::Result<()> {
    let word = format!("{:<12}", control.outcome.as_str());
    let word = match control.outcome {
        ControlOutcome::Quiet => paint.good(word),
        ControlOutcome::FalseAlarm => paint.bad(word),
        _ => paint.doubtful(word),
    };
    writeln!(
        out,
        "{word} {} {}",
        one_line(&control.title, TITLE_WIDTH),
        paint.faint(format_args!("({})", told(control.detection.as_str()))),
    )?;
    writeln!(
        out,
        "             {}: {} {}",
        told(&control.name),
        control.reason,
        paint.faint(format_args!(
            "in {}",
            told(&test.recording.to_string_lossy())
        )),
    )
}

fn summary_text(out: &mut dyn Write, report: &Report, paint: Paint) -> io::Result<()> {
    let summary = report.summary();
    let counted = |counts: &std::collections::BTreeMap<&'static str, usize>, words: &[&str]| {
        let counted: Vec<_> = words
            .iter()
            .filter_map(|word| {
                let number = counts.get(word).copied().filter(|number| *number > 0)?;
                Some(format!("{number} {word}"))
            })
            .collect();
        counted.join(", ")
    };
    let verdicts: Vec<_> = Verdict::ALL.iter().map(|word| word.as_str()).collect();
    let controls: Vec<_> = ControlOutcome::ALL
        .iter()
        .map(|word| word.as_str())
        .collect();
    let mut lines = vec![counted(&summary.verdicts, &verdicts)];
    lines.push(counted(&summary.controls, &controls));
    lines.retain(|line| !line.is_empty());
    writeln!(
        out,
        "{}: {} ({})",
        paint.bold(count_of(report.judged(), "judgement")),
        if lines.is_empty() {
            "nothing was judged".to_owned()
        } else {
            lines.join("; controls ")
        },
        count(report.records, "record"),
    )?;
    absent_text(out, report)?;
    if report.commented_out > 0 {
        writeln!(
            out,
            "{} commented out by its owner",
            count_of(report.commented_out, "suite"),
        )?;
    }
    let closing = if report.interrupted {
        paint.bad("interrupted: the rest was not judged")
    } else if summary.unexpected > 0 {
        paint.bad(format_args!("{} not as expected", summary.unexpected))
    } else if report.judged() == 0 || report.content_is_wrong() || report.logs_are_damaged() {
        paint.bad("not proven, see the problems")
    } else {
        paint.good("all as expected")
    };
    writeln!(out, "{closing}")
}

/// Names the rules whose suite is absent altogether, the first of many.
fn absent_text(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    if report.absent.is_empty() {
        return Ok(());
    }
    let verb = if report.absent.len() == 1 {
        "names"
    } else {
        "name"
    };
    writeln!(
        out,
        "{} {verb} a suite that is absent altogether:",
        count_of(report.absent.len(), "rule")
    )?;
    for absent in report.absent.iter().take(MOST_ABSENT) {
        let file = absent.file.file_name().unwrap_or_default();
        writeln!(
            out,
            "  {} {}",
            told(&absent.detection),
            told(&file.to_string_lossy())
        )?;
    }
    if report.absent.len() > MOST_ABSENT {
        let rest = report.absent.len() - MOST_ABSENT;
        writeln!(out, "  and {rest} more, all of them in the JSON report")?;
    }
    Ok(())
}
