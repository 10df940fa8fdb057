//! What is wrong with content, and how much of it there is.

use std::io::{self, Write};

use serde_json::json;

use super::paint::Paint;
use super::words::count;
use crate::content::{LoadedCounts, LooseFiles};
use crate::diagnostic::{Severity, to_json};

/// Writes one line: how much was loaded, and how much is wrong. The problems
/// themselves are told as messages.
///
/// # Errors
///
/// The output cannot be written.
pub fn check_text(out: &mut dyn Write, files: &LooseFiles, paint: Paint) -> io::Result<()> {
    let LoadedCounts {
        atomics,
        expectations,
        detections,
        fixtures,
    } = files.loaded;
    let number = |severity: Severity| {
        let all = files.problems.iter();
        all.filter(|problem| problem.severity == severity)
            .map(|problem| problem.more.max(1))
            .sum::<u64>()
    };
    let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
    let told = match (errors, warnings) {
        (0, 0) => paint.good("nothing is wrong"),
        (0, _) => paint.doubtful(count(warnings, "warning")),
        (_, 0) => paint.bad(count(errors, "error")),
        (_, _) => paint.bad(format!(
            "{}, {}",
            count(errors, "error"),
            count(warnings, "warning")
        )),
    };
    writeln!(
        out,
        "{}, {}, {}, {}: {told}",
        count(atomics as u64, "atomic"),
        count(expectations as u64, "expectation"),
        count(detections as u64, "detection"),
        count(fixtures as u64, "fixture"),
    )
}

/// Writes one JSON document: `diagnostics`, and `loaded` with a count for each kind.
///
/// # Errors
///
/// The output cannot be written.
pub fn check_json(out: &mut dyn Write, files: &LooseFiles) -> io::Result<()> {
    let diagnostics: Vec<_> = files.problems.iter().map(to_json).collect();
    let document = json!({
        "diagnostics": diagnostics,
        "loaded": {
            "atomics": files.loaded.atomics,
            "expectations": files.loaded.expectations,
            "detections": files.loaded.detections,
            "fixtures": files.loaded.fixtures,
        },
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
