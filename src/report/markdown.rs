//! A run as Markdown, for a summary page of a CI system.

use std::io::{self, Write};

use super::executed::{executions, how_executed};
use super::judged::{Judged, judged};
use super::run::{Columns, counts, marked, miss_details, nothing_changed, nothing_seen};
use super::words::{count_of, one_line};
use crate::diagnostic::{self, Ink, Severity};
use crate::verdict::{Report, TestReport};

/// How many tests a page tells in detail.
const MOST_DETAILS: usize = 100;

/// Writes a run as Markdown: a table of its tests, then what is not as expected.
///
/// # Errors
///
/// The output cannot be written.
pub fn markdown(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let summary = report.summary();
    writeln!(out, "# misfire\n")?;
    let verdict = if report.interrupted {
        "interrupted".to_owned()
    } else if summary.unexpected > 0 {
        format!("{} not as expected", summary.unexpected)
    } else if nothing_changed(report) {
        "nothing to judge".to_owned()
    } else if report.judged() == 0 || report.content_is_wrong() || report.logs_are_damaged() {
        "not proven".to_owned()
    } else {
        "all as expected".to_owned()
    };
    writeln!(
        out,
        "**{verdict}**: {} ({})\n",
        text(&counts(report)),
        count_of(report.judged(), "judgement")
    )?;
    table(out, report)?;
    let missed: Vec<_> = report
        .tests
        .iter()
        .filter(|test| {
            let is_odd = test.not_run.is_some() || test.unseen.is_some();
            is_odd || misses(test).next().is_some()
        })
        .collect();
    if !missed.is_empty() {
        writeln!(out, "## Not as expected\n")?;
    }
    for test in missed.iter().take(MOST_DETAILS) {
        details(out, test)?;
    }
    if missed.len() > MOST_DETAILS {
        writeln!(out, "And {} more tests.\n", missed.len() - MOST_DETAILS)?;
    }
    left_behind(out, report)?;
    marks(out, report)?;
    problems(out, report)?;
    if !report.left_out.is_empty() {
        writeln!(
            out,
            "{} left out by the filters.",
            count_of(report.left_out.len(), "test")
        )?;
    }
    Ok(())
}

fn misses(test: &TestReport) -> impl Iterator<Item = Judged<'_>> {
    judged(test).filter(|given| !given.is_expected())
}

fn table(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let is_listed = |test: &&TestReport| test.atomic.is_some() || misses(test).next().is_some();
    let mut tests = report.tests.iter().filter(is_listed).peekable();
    if tests.peek().is_none() {
        return Ok(());
    }
    writeln!(
        out,
        "| verdict | technique | test | signals | verdicts | controls | recording |"
    )?;
    writeln!(out, "| --- | --- | --- | --: | --: | --: | --- |")?;
    for test in tests {
        let columns = Columns::of(test);
        let word = match columns.badness {
            None => columns.word.to_owned(),
            Some(_) => format!("**{}**", columns.word),
        };
        writeln!(
            out,
            "| {word} | {} | {} | {} | {} | {} | {} |",
            text(&columns.technique),
            text(&test.name),
            columns.signals,
            columns.verdicts,
            columns.controls,
            text(&columns.grade)
        )?;
    }
    writeln!(out)
}

/// Where the mark of a run touches what a detection reads.
fn marks(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let marked = marked(report);
    if marked.is_empty() {
        return Ok(());
    }
    writeln!(out, "## The mark of the run in what detections read\n")?;
    for (test, title, mark) in marked {
        writeln!(
            out,
            "- {} ({}): {}",
            text(title),
            text(&test.name),
            text(&mark.short())
        )?;
    }
    writeln!(out)
}

fn details(out: &mut dyn Write, test: &TestReport) -> io::Result<()> {
    let technique = test
        .atomic
        .as_ref()
        .map_or_else(String::new, |atomic| format!("{} ", atomic.technique));
    writeln!(out, "### {technique}{}\n", text(&test.name))?;
    writeln!(
        out,
        "{} ({})\n",
        text(&test.recording.to_string_lossy()),
        text(&test.grade())
    )?;
    if let Some(how) = how_executed(test) {
        writeln!(out, "{}\n", text(&how))?;
    }
    if let Some(why) = &test.not_run {
        writeln!(out, "- **not-run**: {}", text(why))?;
    }
    if let Some(why) = &test.unseen {
        writeln!(out, "- **unknown**: {}", text(&nothing_seen(why)))?;
    }
    for miss in misses(test) {
        writeln!(
            out,
            "- **{}**: {}: {}",
            miss.word(),
            text(&miss.subject()),
            text(&miss.reason())
        )?;
        block(out, &miss_details(test, miss), "  ")?;
    }
    writeln!(out)
}

/// What executed tests left behind.
fn left_behind(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut left = executions(report)
        .flat_map(|(test, execution)| execution.residue.iter().map(move |left| (test, left)))
        .peekable();
    if left.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "## Left behind\n")?;
    for (test, left) in left {
        writeln!(out, "- {} ({})", text(left), text(&test.name))?;
    }
    writeln!(out)
}

fn problems(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let errors: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .cloned()
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Problems with content and recordings\n")?;
    let shown = &errors[..errors.len().min(MOST_DETAILS)];
    block(out, diagnostic::to_text(shown, Ink::Plain).trim_end(), "")?;
    if errors.len() > shown.len() {
        writeln!(out, "\nAnd {} more.", errors.len() - shown.len())?;
    }
    writeln!(out)
}

/// A block of text as it is, in a fence that is longer than any in it.
fn block(out: &mut dyn Write, text: &str, indent: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "{indent}{fence}text")?;
    for line in text.lines() {
        writeln!(out, "{indent}{}", one_line(line, usize::MAX))?;
    }
    writeln!(out, "{indent}{fence}")
}

/// Text on one line that Markdown leaves as it is.
pub(super) fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in one_line(text, usize::MAX).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '~' | '#' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}
