//! Two runs compared, as one JSON document.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::diff::{Change, Class, Diff, RunFacts};

/// What `misfire diff --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "misfire diff")]
struct DiffDocument<'d> {
    summary: DiffSummary<'d>,
    /// What changed: what got worse first, and then by test.
    changes: &'d [Change],
}

/// Two runs compared, in numbers.
#[derive(Debug, Serialize, JsonSchema)]
struct DiffSummary<'d> {
    /// Whether nothing got worse, the new run judged something, and both came to their end.
    passed: bool,
    /// How many changes are for the worse.
    worse: usize,
    /// How many are for the better.
    better: usize,
    /// How many are neither.
    changed: usize,
    /// How many of these are removals that would be worse if they were not allowed.
    allowed: usize,
    /// What the old run came to.
    old: &'d RunFacts,
    /// What the new run came to.
    new: &'d RunFacts,
}

/// Writes a comparison as JSON; `docs/diff.md` describes the document.
///
/// # Errors
///
/// The output cannot be written.
pub fn changes_json(out: &mut dyn Write, diff: &Diff) -> io::Result<()> {
    let document = DiffDocument {
        summary: DiffSummary {
            passed: diff.passes(),
            worse: diff.count(Class::Worse),
            better: diff.count(Class::Better),
            changed: diff.count(Class::Changed),
            allowed: diff.changes.iter().filter(|change| change.allowed).count(),
            old: &diff.old,
            new: &diff.new,
        },
        changes: &diff.changes,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// The JSON Schema of what [`changes_json`] writes.
#[must_use]
pub fn changes_schema() -> Json {
    schemars::schema_for!(DiffDocument<'_>).to_value()
}
