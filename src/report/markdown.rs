//! A run as Markdown, for a summary page of a CI system.

use std::io::{self, Write};

use super::executed::{executions, how_executed};
use super::judged::{Judged, judged};
use super::page::{LARGEST, Page, fenced};
use super::run::{Columns, counts, marked, miss_details, nothing_changed, nothing_seen};
use super::words::{count_of, one_line};
use crate::diagnostic::{self, Ink, Severity};
use crate::verdict::{Report, TestReport};

/// How many problems, and how many things that were left behind, a page tells.
const MOST_LINES: usize = 100;

/// The part of a page that problems may fill, in bytes.
const LARGEST_PROBLEMS: usize = LARGEST / 6;

/// The part of a page that the table of tests may fill, in bytes.
const LARGEST_TABLE: usize = LARGEST / 2;

/// Writes a run as Markdown: a table of its tests, then what is not as expected. The page
/// has the size of a comment at most; what does not fit is counted.
///
/// # Errors
///
/// The output cannot be written.
pub fn markdown(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let summary = report.summary();
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
    let mut page = Page::default();
    page.must(&format!(
        "# misfire\n\n**{verdict}**: {} ({})\n\n",
        text(&counts(report)),
        count_of(report.judged(), "judgement")
    ));
    table(&mut page, report);
    let missed: Vec<_> = report
        .tests
        .iter()
        .filter(|test| {
            let is_odd = test.not_run.is_some() || test.unseen.is_some();
            is_odd || misses(test).next().is_some()
        })
        .collect();
    if !missed.is_empty() {
        page.must("## Not as expected\n\n");
    }
    // What is left on a host, and what is wrong with content, matters more than details.
    let left = left_behind(report);
    let marks = marks(report);
    let problems = problems(report);
    let size = LARGEST.saturating_sub(left.len() + marks.len() + problems.len());
    let mut left_out = 0;
    for test in missed {
        left_out += usize::from(!page.add_within(&details(test), size));
    }
    if left_out > 0 {
        page.must(&format!("And {left_out} more tests.\n\n"));
    }
    page.must(&left);
    page.must(&marks);
    page.must(&problems);
    if !report.left_out.is_empty() {
        page.must(&format!(
            "{} left out by the filters.\n",
            count_of(report.left_out.len(), "test")
        ));
    }
    out.write_all(page.text().as_bytes())
}

fn misses(test: &TestReport) -> impl Iterator<Item = Judged<'_>> {
    judged(test).filter(|given| !given.is_expected())
}

/// The tests, a row each; where there are too many, those that are not as expected first.
fn table(page: &mut Page, report: &Report) {
    let is_listed = |test: &&TestReport| test.atomic.is_some() || misses(test).next().is_some();
    let mut rows: Vec<_> = report
        .tests
        .iter()
        .filter(is_listed)
        .map(|test| {
            let columns = Columns::of(test);
            (columns.badness.is_none(), row(test, &columns))
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    if rows.iter().map(|(_, row)| row.len()).sum::<usize>() > LARGEST_TABLE {
        rows.sort_by_key(|(is_good, _)| *is_good);
    }
    page.must("| verdict | technique | test | signals | verdicts | controls | recording |\n");
    page.must("| --- | --- | --- | --: | --: | --: | --- |\n");
    let (mut good, mut bad) = (0, 0);
    for (is_good, row) in rows {
        if !page.add_within(&row, LARGEST_TABLE) {
            let count = if is_good { &mut good } else { &mut bad };
            *count += 1;
        }
    }
    page.must("\n");
    if good + bad > 0 {
        page.must(&format!(
            "This table has no room for {} more, {bad} of them not as expected.\n\n",
            count_of(good + bad, "test")
        ));
    }
}

/// Where the mark of a run touches what a detection reads.
fn marks(report: &Report) -> String {
    let marked = marked(report);
    if marked.is_empty() {
        return String::new();
    }
    let mut block = "## The mark of the run in what detections read\n\n".to_owned();
    for (test, title, mark) in marked.iter().take(MOST_LINES) {
        block.push_str(&format!(
            "- {} ({}): {}\n",
            text(title),
            text(&test.name),
            text(&mark.short())
        ));
    }
    if marked.len() > MOST_LINES {
        block.push_str(&format!("\nAnd {} more.\n", marked.len() - MOST_LINES));
    }
    block.push('\n');
    block
}

fn row(test: &TestReport, columns: &Columns) -> String {
    let word = match columns.badness {
        None => columns.word.to_owned(),
        Some(_) => format!("**{}**", columns.word),
    };
    format!(
        "| {word} | {} | {} | {} | {} | {} | {} |\n",
        text(&columns.technique),
        text(&test.name),
        columns.signals,
        columns.verdicts,
        columns.controls,
        text(&columns.grade)
    )
}

fn details(test: &TestReport) -> String {
    let technique = test
        .atomic
        .as_ref()
        .map_or_else(String::new, |atomic| format!("{} ", atomic.technique));
    let mut block = format!(
        "### {technique}{}\n\n{} ({})\n\n",
        text(&test.name),
        text(&test.recording.to_string_lossy()),
        text(&test.grade())
    );
    if let Some(how) = how_executed(test) {
        block.push_str(&format!("{}\n\n", text(&how)));
    }
    if let Some(why) = &test.not_run {
        block.push_str(&format!("- **not-run**: {}\n", text(why)));
    }
    if let Some(why) = &test.unseen {
        block.push_str(&format!("- **unknown**: {}\n", text(&nothing_seen(why))));
    }
    for miss in misses(test) {
        block.push_str(&format!(
            "- **{}**: {}: {}\n",
            miss.word(),
            text(&miss.subject()),
            text(&miss.reason())
        ));
        block.push_str(&fenced(&miss_details(test, miss), "  "));
    }
    block.push('\n');
    block
}

/// What executed tests left behind.
fn left_behind(report: &Report) -> String {
    let left: Vec<_> = executions(report)
        .flat_map(|(test, execution)| execution.residue.iter().map(move |left| (test, left)))
        .collect();
    if left.is_empty() {
        return String::new();
    }
    let lines = left.iter().take(MOST_LINES);
    let mut block = "## Left behind\n\n".to_owned();
    block.extend(lines.map(|(test, left)| format!("- {} ({})\n", text(left), text(&test.name))));
    if left.len() > MOST_LINES {
        block.push_str(&format!("\nAnd {} more.\n", left.len() - MOST_LINES));
    }
    block.push('\n');
    block
}

fn problems(report: &Report) -> String {
    let errors: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .cloned()
        .collect();
    if errors.is_empty() {
        return String::new();
    }
    let mut block = "## Problems with content and recordings\n\n".to_owned();
    let mut told = Vec::new();
    let mut size = 0;
    for error in &errors {
        let text = diagnostic::to_text(std::slice::from_ref(error), Ink::Plain);
        size += text.len();
        if told.len() == MOST_LINES || size > LARGEST_PROBLEMS {
            break;
        }
        told.push(error.clone());
    }
    block.push_str(&fenced(
        diagnostic::to_text(&told, Ink::Plain).trim_end(),
        "",
    ));
    if errors.len() > told.len() {
        block.push_str(&format!("\nAnd {} more.\n", errors.len() - told.len()));
    }
    block.push('\n');
    block
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
