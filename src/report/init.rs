//! What a new project holds.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

/// Writes the names of the files, and what to do next.
///
/// # Errors
///
/// The output cannot be written.
pub fn init_text(out: &mut dyn Write, folder: &Path, files: &[PathBuf]) -> io::Result<()> {
    for file in files {
        writeln!(out, "wrote {}", file.display())?;
    }
    writeln!(out)?;
    writeln!(
        out,
        "Go to {} and judge the detection of the project with `misfire run`.",
        folder.display()
    )?;
    writeln!(out, "`misfire check` says what is wrong after a change.")
}

/// Writes one JSON document: `files`.
///
/// # Errors
///
/// The output cannot be written.
pub fn init_json(out: &mut dyn Write, files: &[PathBuf]) -> io::Result<()> {
    let files: Vec<_> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    serde_json::to_writer_pretty(&mut *out, &json!({ "files": files }))?;
    writeln!(out)
}
