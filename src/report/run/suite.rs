//! A case of a suite in SigmaHQ's format.

use std::io::{self, Write};

use super::{Detail, Show, told};
use crate::report::explain::explanation_text;
use crate::report::judged::Judged;
use crate::report::paint::Paint;
use crate::report::words::{count, one_line};
use crate::verdict::{ControlOutcome, ControlReport, TestReport, Verdict, VerdictReport};

/// How much of a title is shown, in characters.
const TITLE_WIDTH: usize = 90;

/// Writes the verdicts and controls of a case.
pub(super) fn case_text(out: &mut dyn Write, test: &TestReport, show: &Show) -> io::Result<()> {
    for verdict in &test.verdicts {
        let is_notable = show.detail == Detail::All || !verdict.expected || verdict.surplus > 0;
        if is_notable && show.words.show(Judged::Verdict(verdict)) {
            verdict_text(out, test, verdict, show.paint)?;
        }
    }
    for control in &test.controls {
        let is_notable = show.detail == Detail::All || !control.expected;
        if is_notable && show.words.show(Judged::Control(control)) {
            control_text(out, test, control, show.paint)?;
        }
    }
    Ok(())
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
            test.grade()
        )),
    )?;
    if let Some(near_miss) = &verdict.near_miss {
        let mut text = Vec::new();
        explanation_text(&mut text, &near_miss.explanation, &test.files, paint)?;
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
