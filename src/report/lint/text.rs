//! Findings as people read them.

use std::io::{self, Write};

use similar::TextDiff;

use super::Counts;
use crate::detect::lint::Finding;
use crate::diagnostic::{Diagnostic, Severity, to_text};
use crate::report::paint::Paint;
use crate::report::words::{count, count_of};
use crate::run::{Fixing, LintOutcome, MendedFile};

/// Writes every finding with the page that its rule stands on, what was changed, and a
/// line that sums up.
///
/// # Errors
///
/// The output cannot be written.
pub fn lint_text(
    out: &mut dyn Write,
    outcome: &LintOutcome,
    fixing: Fixing,
    least: Severity,
    paint: Paint,
) -> io::Result<()> {
    let told: Vec<_> = outcome
        .findings
        .iter()
        .filter(|finding| finding.diagnostic.severity <= least)
        .map(with_page)
        .collect();
    if !told.is_empty() {
        writeln!(out, "{}", to_text(&told, paint.ink()))?;
    }
    for file in &outcome.mended {
        let path = file.before.file.display();
        match fixing {
            Fixing::Show => write!(out, "{}", diff_text(file))?,
            _ => writeln!(
                out,
                "{path}: {}",
                paint.good(format!("{} mended", count_of(file.fixed.len(), "finding")))
            )?,
        }
    }
    summary(out, outcome, fixing, paint)
}

fn with_page(finding: &Finding) -> Diagnostic {
    let diagnostic = finding.diagnostic.clone();
    let Some(page) = finding.rule.map(|rule| rule.page) else {
        return diagnostic;
    };
    let note = match page.address {
        "" => format!("see {}", page.title),
        address => format!("see {}: {address}", page.title),
    };
    diagnostic.note_besides(note)
}

fn summary(
    out: &mut dyn Write,
    outcome: &LintOutcome,
    fixing: Fixing,
    paint: Paint,
) -> io::Result<()> {
    let Counts {
        errors,
        warnings,
        notes,
        certain,
    } = Counts::of(&outcome.findings);
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(paint.bad(count(errors, "error")));
    }
    if warnings > 0 {
        parts.push(paint.doubtful(count(warnings, "warning")));
    }
    if notes > 0 {
        parts.push(count(notes, "note"));
    }
    if parts.is_empty() && outcome.detections == 0 {
        parts.push(paint.bad("nothing was looked at"));
    } else if parts.is_empty() {
        parts.push(paint.good("nothing is wrong"));
    }
    if outcome.allowed > 0 {
        parts.push(format!("{} allowed", count_of(outcome.allowed, "finding")));
    }
    write!(
        out,
        "{} in {}: {}",
        count_of(outcome.detections, "detection"),
        count_of(outcome.files, "file"),
        parts.join(", ")
    )?;
    match (certain, fixing) {
        (1.., Fixing::Never) => writeln!(out, "; --fix mends {certain} of them"),
        (1.., Fixing::Show) => writeln!(out, "; without --dry-run they are changed as shown"),
        _ => writeln!(out),
    }
}

/// What changes in a file, as a unified diff.
#[must_use]
pub fn diff_text(file: &MendedFile) -> String {
    let path = file.before.file.display().to_string();
    TextDiff::from_lines(file.before.text.as_str(), file.after.as_str())
        .unified_diff()
        .header(&path, &path)
        .to_string()
}
