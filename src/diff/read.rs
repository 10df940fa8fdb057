//! Reading the document of a run from a file.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::cursor::Wrong;
use super::document::RunDocument;
use super::parse::run_document;
use crate::diagnostic::{Code, Diagnostic};

/// The largest document that is read, in bytes: that of about 100,000 judgements.
pub const LARGEST_DOCUMENT: u64 = 256 * 1024 * 1024;

/// Reads the document of a run.
///
/// # Errors
///
/// A diagnostic: the file cannot be read (`misfire::io::…`), or it is no document of a run,
/// is of another shape, or contradicts itself (`misfire::diff::bad_document`), with the
/// place of what is wrong.
pub fn read_run(path: &Path) -> Result<RunDocument, Box<Diagnostic>> {
    let unreadable = |error: std::io::Error| {
        Box::new(
            Diagnostic::error(
                Code::IO_UNREADABLE,
                format!("the document cannot be read: {error}"),
            )
            .in_file(path)
            .help("check that the file is there, and can be read"),
        )
    };
    let bad = |message: String| {
        Box::new(
            Diagnostic::error(Code::DIFF_BAD_DOCUMENT, message)
                .in_file(path)
                .help("give what `misfire run --format json` or `--report json=PATH` wrote"),
        )
    };
    let known = fs::metadata(path).map_err(unreadable)?;
    if !known.is_file() {
        return Err(Box::new(
            Diagnostic::error(Code::IO_NOT_A_FILE, "the path is not a regular file")
                .in_file(path)
                .help("give the document of one run"),
        ));
    }
    if known.len() > LARGEST_DOCUMENT {
        let size = known.len();
        return Err(bad(format!(
            "the document has {size} bytes, and at most {LARGEST_DOCUMENT} are read"
        )));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    // Some editors put this mark in front of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let value: Json =
        serde_json::from_slice(bytes).map_err(|error| bad(format!("it is no JSON: {error}")))?;
    run_document(&value).map_err(|Wrong(what)| bad(format!("it is no document of a run: {what}")))
}
