//! Fixtures that were recorded.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::words::count;
use crate::log::scrub::Changes;
use crate::run::RecordedFixture;

/// Writes which fixtures were recorded, for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn record_text(out: &mut dyn Write, fixtures: &[RecordedFixture]) -> io::Result<()> {
    for fixture in fixtures {
        writeln!(out, "{}", fixture.folder.display())?;
        for (name, records) in &fixture.files {
            writeln!(out, "  {name}  {}", count(*records, "record"))?;
        }
    }
    Ok(())
}

/// Writes what was replaced by pseudonyms, for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn scrubbed_text(out: &mut dyn Write, changes: &Changes) -> io::Result<()> {
    let told: Vec<_> = changes
        .iter()
        .map(|(kind, change)| {
            let identities = change.identities();
            format!("{kind} ({identities} in {})", count(change.places, "place"))
        })
        .collect();
    match told.is_empty() {
        true => writeln!(out, "scrubbed: there was no identity to replace"),
        false => writeln!(out, "scrubbed: {}", told.join(", ")),
    }
}

/// The JSON document of `misfire record`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordDocument {
    /// The fixtures.
    fixtures: Vec<FixtureDocument>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FixtureDocument {
    /// Its folder.
    folder: String,
    /// Its logs.
    files: Vec<FileDocument>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FileDocument {
    /// Its name in the folder.
    path: String,
    /// How many records it holds.
    records: u64,
}

/// Writes which fixtures were recorded as JSON.
///
/// # Errors
///
/// The output cannot be written.
pub fn record_json(out: &mut dyn Write, fixtures: &[RecordedFixture]) -> io::Result<()> {
    let document = RecordDocument {
        fixtures: fixtures
            .iter()
            .map(|fixture| FixtureDocument {
                folder: fixture.folder.display().to_string(),
                files: fixture
                    .files
                    .iter()
                    .map(|(name, records)| FileDocument {
                        path: name.clone(),
                        records: *records,
                    })
                    .collect(),
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
