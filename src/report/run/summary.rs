//! What a run comes to.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use super::{Detail, Show, told};
use crate::diagnostic::{Code, Diagnostic};
use crate::report::executed::executions;
use crate::report::judged::claim_word;
use crate::report::words::{count, count_of};
use crate::verdict::{
    ClaimState, ControlOutcome, MarkReport, Report, SignalState, TestReport, Verdict,
};

/// How many of what is only named a text names.
const MOST_NAMED: usize = 8;

/// Writes the counts, what was left out, and the closing line.
pub(super) fn summary_text(out: &mut dyn Write, report: &Report, show: &Show) -> io::Result<()> {
    let summary = report.summary();
    let paint = show.paint;
    writeln!(
        out,
        "{}: {} ({})",
        paint.bold(count_of(report.judged(), "judgement")),
        counts(report),
        count(report.records, "record"),
    )?;
    if !summary.evidence.is_empty() {
        let grades: Vec<_> = summary
            .evidence
            .iter()
            .map(|(grade, number)| format!("{number} {}", told(grade)))
            .collect();
        writeln!(out, "evidence: {}", grades.join("; "))?;
    }
    notes_text(out, report, show)?;
    bundled_text(out, report)?;
    let closing = if report.interrupted && report.planned > 0 {
        paint.bad(format_args!(
            "interrupted: {} of {} judged",
            report.tests.len(),
            count_of(report.planned, "test"),
        ))
    } else if report.interrupted {
        paint.bad("interrupted: the rest was not judged")
    } else if summary.unexpected > 0 {
        paint.bad(format_args!("{} not as expected", summary.unexpected))
    } else if nothing_changed(report) {
        paint.faint("nothing to judge")
    } else if report.content_is_wrong() || report.logs_are_damaged() {
        paint.bad("not proven, see the problems")
    } else if report.judged() == 0 {
        paint.bad("not proven: nothing was judged")
    } else {
        paint.good("all as expected")
    };
    writeln!(out, "{closing}")
}

/// Whether nothing was judged because nothing has changed, and nothing is wrong.
pub(crate) fn nothing_changed(report: &Report) -> bool {
    let told = |problem: &Diagnostic| problem.code == Code::RUN_NOTHING_CHANGED;
    report.judged() == 0
        && report.diagnostics.iter().any(told)
        && !report.content_is_wrong()
        && !report.logs_are_damaged()
}

/// How often each word was given.
pub(crate) fn counts(report: &Report) -> String {
    let summary = report.summary();
    let mut parts = vec![
        counted("", &summary.verdicts, Verdict::ALL.map(Verdict::as_str)),
        counted(
            "controls ",
            &summary.controls,
            ControlOutcome::ALL.map(ControlOutcome::as_str),
        ),
        counted(
            "signals ",
            &summary.signals,
            SignalState::ALL.map(SignalState::as_str),
        ),
        claims(report),
    ];
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        "nothing was judged".to_owned()
    } else {
        parts.join("; ")
    }
}

fn counted<const N: usize>(
    what: &str,
    counts: &BTreeMap<&'static str, usize>,
    words: [&'static str; N],
) -> String {
    let counted: Vec<_> = words
        .iter()
        .filter_map(|word| {
            let number = counts.get(word).copied().filter(|number| *number > 0)?;
            Some(format!("{number} {word}"))
        })
        .collect();
    if counted.is_empty() {
        return String::new();
    }
    format!("{what}{}", counted.join(", "))
}

fn claims(report: &Report) -> String {
    let states = [
        ClaimState::Proven,
        ClaimState::Contradicted,
        ClaimState::Unproven,
    ];
    let claims = || report.tests.iter().flat_map(|test| &test.claims);
    let counts = states
        .iter()
        .map(|state| {
            let number = claims().filter(|claim| claim.state == *state).count();
            (claim_word(*state), number)
        })
        .collect();
    counted("claims ", &counts, states.map(claim_word))
}

fn notes_text(out: &mut dyn Write, report: &Report, show: &Show) -> io::Result<()> {
    let is_all = show.detail == Detail::All;
    let gaps: Vec<_> = report
        .tests
        .iter()
        .flat_map(|test| test.verdicts.iter().map(move |given| (test, given)))
        .filter(|(_, given)| given.expected)
        .filter_map(|(test, given)| Some((test, given, given.known_gap.as_ref()?)))
        .collect();
    if is_all && !gaps.is_empty() {
        writeln!(out, "{}:", count_of(gaps.len(), "known gap"))?;
        some(out, gaps.iter(), show, |(test, given, (verdict, why))| {
            let recording = test.recording.file_name().unwrap_or_default();
            format!(
                "{verdict}: {} on {} ({})",
                told(&given.title),
                told(&recording.to_string_lossy()),
                told(why)
            )
        })?;
    }
    let hits: Vec<_> = report.tests.iter().flat_map(|test| &test.hits).collect();
    if is_all && !hits.is_empty() {
        writeln!(
            out,
            "{} by detections that no expectation names:",
            count_of(hits.len(), "hit")
        )?;
        some(out, hits.iter(), show, |hit| {
            format!(
                "{} ({}) on {}",
                told(&hit.title),
                told(hit.detection.as_str()),
                count_of(hit.events.len(), "event")
            )
        })?;
    }
    executed_text(out, report, show)?;
    marked_text(out, report, show)?;
    absent_text(out, report, show)?;
    if report.commented_out > 0 {
        writeln!(
            out,
            "{} commented out by its owner",
            count_of(report.commented_out, "suite"),
        )?;
    }
    if !report.left_out.is_empty() {
        writeln!(
            out,
            "{} left out by the filters",
            count_of(report.left_out.len(), "test")
        )?;
    }
    Ok(())
}

/// Says what executed tests left behind, whatever else is told, and what is to be known
/// of how they were watched.
fn executed_text(out: &mut dyn Write, report: &Report, show: &Show) -> io::Result<()> {
    let left: Vec<_> = executions(report)
        .flat_map(|(test, execution)| execution.residue.iter().map(move |left| (test, left)))
        .collect();
    if !left.is_empty() {
        let number = count_of(left.len(), "thing");
        writeln!(
            out,
            "{}",
            show.paint.bad(format_args!("{number} left behind:"))
        )?;
        let all = Show {
            detail: Detail::All,
            ..show.clone()
        };
        some(out, left.iter(), &all, |(test, left)| {
            format!("{} ({})", told(left), told(&test.name))
        })?;
    }
    let mut notes: BTreeMap<&str, usize> = BTreeMap::new();
    for note in executions(report).flat_map(|(_, execution)| &execution.notes) {
        *notes.entry(note).or_default() += 1;
    }
    if show.detail == Detail::All && !notes.is_empty() {
        writeln!(
            out,
            "{} on how tests were executed:",
            count_of(notes.len(), "note")
        )?;
        some(out, notes.iter(), show, |(note, tests)| match tests {
            1 => told(note),
            tests => format!("{} ({})", told(note), count_of(*tests, "test")),
        })?;
    }
    Ok(())
}

/// The detections that read the mark of a run, with their test and what it means: those
/// that were judged, and those that no expectation names.
pub(crate) fn marked(report: &Report) -> Vec<(&TestReport, &str, &MarkReport)> {
    report.tests.iter().flat_map(marked_in).collect()
}

fn marked_in(test: &TestReport) -> impl Iterator<Item = (&TestReport, &str, &MarkReport)> {
    let verdicts = test.verdicts.iter();
    let verdicts = verdicts.map(|given| (given.title.as_str(), given.mark.as_ref()));
    let hits = test.hits.iter();
    let hits = hits.map(|given| (given.title.as_str(), given.mark.as_ref()));
    let all = verdicts.chain(hits);
    all.filter_map(move |(title, mark)| Some((test, title, mark?)))
}

/// Says where the mark of a run touches what a detection reads.
fn marked_text(out: &mut dyn Write, report: &Report, show: &Show) -> io::Result<()> {
    let marked = marked(report);
    if show.detail == Detail::Unexpected || marked.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "{} by the mark of the run, which stands in what they read:",
        match marked.len() {
            1 => "1 detection is touched".to_owned(),
            many => format!("{many} detections are touched"),
        }
    )?;
    some(out, marked.iter(), show, |(test, title, mark)| {
        format!(
            "{}: {} ({})",
            told(title),
            told(&mark.short()),
            told(&test.name)
        )
    })
}

/// Says what of the content is not the user's.
fn bundled_text(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let Some(folders) = &report.content else {
        return Ok(());
    };
    let kinds = folders.kinds();
    let is_bundled = |(_, folders): &&(&str, Option<&[PathBuf]>)| folders.is_none();
    let bundled: Vec<_> = kinds
        .iter()
        .filter(is_bundled)
        .map(|(kind, _)| *kind)
        .collect();
    match bundled.len() {
        0 => Ok(()),
        4 => writeln!(out, "content: bundled with misfire"),
        _ => writeln!(out, "bundled with misfire: {}", bundled.join(", ")),
    }
}

/// Names the rules whose suite is absent altogether, the first of many.
fn absent_text(out: &mut dyn Write, report: &Report, show: &Show) -> io::Result<()> {
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
    some(out, report.absent.iter(), show, |absent| {
        let file = absent.file.file_name().unwrap_or_default();
        format!(
            "{} {}",
            told(&absent.detection),
            told(&file.to_string_lossy())
        )
    })
}

/// Names the first of many, or none where little is to be told.
fn some<T>(
    out: &mut dyn Write,
    items: impl ExactSizeIterator<Item = T>,
    show: &Show,
    name: impl Fn(T) -> String,
) -> io::Result<()> {
    if show.detail == Detail::Unexpected {
        return Ok(());
    }
    let rest = items.len().saturating_sub(MOST_NAMED);
    for item in items.take(MOST_NAMED) {
        writeln!(out, "  {}", name(item))?;
    }
    if rest > 0 {
        writeln!(out, "  and {rest} more, all of them in the JSON report")?;
    }
    Ok(())
}
