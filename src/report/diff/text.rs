//! Two runs compared, for a terminal.

use std::io::{self, Write};

use super::{counts, doubts, facts, near, verdict, word};
use crate::diff::{Change, Class, Diff, TestName};
use crate::report::paint::Paint;
use crate::report::run::Detail;
use crate::report::words::one_line;

/// Writes what changed: what got worse first, each with both reasons, and a summary.
///
/// # Errors
///
/// The output cannot be written.
pub fn changes_text(
    out: &mut dyn Write,
    diff: &Diff,
    detail: Detail,
    paint: Paint,
) -> io::Result<()> {
    let is_shown = |class: Class| detail == Detail::All || class == Class::Worse;
    for class in Class::ALL.into_iter().filter(|class| is_shown(*class)) {
        let changes = || diff.changes.iter().filter(|change| change.class == class);
        let mut test: Option<&Option<TestName>> = None;
        for (index, change) in changes().enumerate() {
            if index == 0 {
                writeln!(out, "{}", paint.bold(class.as_str()))?;
            }
            if test != Some(&change.test) {
                heading(out, change, paint)?;
                test = Some(&change.test);
            }
            change_text(out, change, paint)?;
        }
        if changes().next().is_some() {
            writeln!(out)?;
        }
    }
    writeln!(out, "old: {}", facts(&diff.old))?;
    writeln!(out, "new: {}", facts(&diff.new))?;
    writeln!(out, "{}", counts(diff))?;
    for doubt in doubts(diff) {
        writeln!(out, "{}", paint.bad(doubt))?;
    }
    let verdict = verdict(diff);
    let verdict = match diff.passes() {
        true => paint.good(verdict),
        false => paint.bad(verdict),
    };
    writeln!(out, "{verdict}")
}

/// What test the changes that follow are of.
fn heading(out: &mut dyn Write, change: &Change, paint: Paint) -> io::Result<()> {
    let Some(test) = &change.test else {
        return writeln!(out, "  {}", paint.faint("the run as a whole"));
    };
    let technique = test.technique.as_deref().unwrap_or_default();
    let space = if technique.is_empty() { "" } else { " " };
    let evidence = test.evidence.as_deref().unwrap_or("no recording");
    let recording = match test.recording.as_str() {
        "" => evidence.to_owned(),
        recording => format!("{}, {evidence}", told(recording)),
    };
    let name = paint.bold(told(&test.name));
    let recording = paint.faint(format_args!("({recording})"));
    writeln!(out, "  {}{space}{name} {recording}", told(technique))?;
    if test.arguments.is_empty() {
        return Ok(());
    }
    let arguments = test.arguments.iter();
    let arguments: Vec<_> = arguments
        .map(|(name, value)| format!("{}={}", told(name), told(value)))
        .collect();
    writeln!(out, "    {}", paint.faint(arguments.join(", ")))
}

fn change_text(out: &mut dyn Write, change: &Change, paint: Paint) -> io::Result<()> {
    let phrase = change.kind.phrase();
    let phrase = match change.class {
        Class::Worse => paint.bad(phrase),
        Class::Better => paint.good(phrase),
        Class::Changed => paint.doubtful(phrase),
    };
    let subject = match change.subject.to_string().as_str() {
        "" => String::new(),
        subject => format!(": {}", told(subject)),
    };
    let id = match &change.subject.detection {
        Some(id) => paint.faint(format_args!(" ({})", told(id))),
        None => String::new(),
    };
    let allowed = if change.allowed { " (allowed)" } else { "" };
    writeln!(out, "    {phrase}{allowed}{subject}{id}")?;
    let (old, new) = (
        change.transition.old.as_ref(),
        change.transition.new.as_ref(),
    );
    writeln!(out, "      {} -> {}", told(&word(old)), told(&word(new)))?;
    for (name, side) in [("was", old), ("is", new)] {
        if let Some(reason) = side.and_then(|side| side.reason.as_ref()) {
            writeln!(out, "      {name}: {}", told(reason))?;
        }
    }
    for detail in &change.details {
        writeln!(out, "      {}", told(detail))?;
    }
    for line in change.near_miss.iter().flat_map(near::lines) {
        writeln!(out, "      {line}")?;
    }
    Ok(())
}

/// Text from outside on one line; it must not steer a terminal.
fn told(text: &str) -> String {
    one_line(text, usize::MAX)
}
