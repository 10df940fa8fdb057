//! Coverage as one JSON document.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::coverage::{Index, Page};

/// Writes the page of a technique as one JSON document.
///
/// # Errors
///
/// The output cannot be written.
pub fn coverage_json(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    document(out, page)
}

/// Writes the index of a corpus as one JSON document.
///
/// # Errors
///
/// The output cannot be written.
pub fn index_json(out: &mut dyn Write, index: &Index) -> io::Result<()> {
    document(out, index)
}

/// The JSON Schema of the page of a technique.
#[must_use]
pub fn coverage_schema() -> Json {
    schema::<Page>()
}

/// The JSON Schema of the index of a corpus.
#[must_use]
pub fn index_schema() -> Json {
    schema::<Index>()
}

fn document(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

fn schema<T: JsonSchema>() -> Json {
    schemars::schema_for!(T).to_value()
}
