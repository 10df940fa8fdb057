//! What a conversion did.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::paint::Paint;
use super::words::{count, count_of};
use crate::diagnostic;
use crate::run::ConvertOutcome;

/// Writes what was converted, and what was not, for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn convert_text(out: &mut dyn Write, outcome: &ConvertOutcome, paint: Paint) -> io::Result<()> {
    let Some(target) = outcome.target else {
        return Ok(());
    };
    if outcome.written {
        let logs = outcome.files.iter().filter(|file| file.written > 0).count();
        let place = match &outcome.out {
            Some(path) => path.display().to_string(),
            None => "standard output".to_owned(),
        };
        writeln!(
            out,
            "{} of {} written as {target} to {place}",
            paint.bold(count(outcome.records(), "record")),
            count_of(logs, "log"),
        )?;
        if let Some(moved) = outcome.shift {
            writeln!(
                out,
                "all times were moved: the earliest record was at {}, and is at {}",
                moved.from, moved.to
            )?;
        }
        if outcome.renumbered > 0 {
            let numbered = match outcome.renumbered {
                1 => "1 record has".to_owned(),
                number => format!("{} have", count(number, "record")),
            };
            writeln!(
                out,
                "{numbered} a new number in the log; EventRecordID keeps the old one"
            )?;
        }
    } else if outcome.interrupted {
        writeln!(out, "{}", paint.bad("interrupted: nothing was written"))?;
    } else {
        writeln!(out, "{}", paint.bad("nothing was written"))?;
    }
    let left_out = outcome.left_out();
    if !left_out.is_empty() {
        writeln!(out, "left out:")?;
        for (reason, records) in left_out {
            writeln!(out, "  {}: {reason}", count(records, "record"))?;
        }
    }
    if let Some(first) = outcome.not_logs.first() {
        writeln!(
            out,
            "not converted: {}, no log, such as {}",
            count_of(outcome.not_logs.len(), "file"),
            first.display()
        )?;
    }
    Ok(())
}

/// Writes the same as one JSON document.
///
/// # Errors
///
/// The output cannot be written.
pub fn convert_json(out: &mut dyn Write, outcome: &ConvertOutcome) -> io::Result<()> {
    let files: Vec<Json> = outcome
        .files
        .iter()
        .map(|file| {
            json!({
                "path": file.path,
                "format": file.format,
                "read": file.read,
                "written": file.written,
                "left_out": file.left_out,
            })
        })
        .collect();
    let diagnostics: Vec<Json> = outcome
        .refusals
        .iter()
        .chain(&outcome.problems)
        .map(diagnostic::to_json)
        .collect();
    let shift = outcome.shift.map(|moved| {
        json!({
            "from": moved.from.to_string(),
            "to": moved.to.to_string(),
            "seconds": moved.to.duration_since(moved.from).as_secs_f64(),
        })
    });
    let document = json!({
        "summary": {
            "to": outcome.target,
            "out": outcome.out,
            "written": outcome.written,
            "records_read": outcome.read(),
            "records_written": outcome.records(),
            "left_out": outcome.left_out(),
            "renumbered": outcome.renumbered,
            "shift": shift,
            "interrupted": outcome.interrupted,
        },
        "files": files,
        "not_logs": outcome.not_logs,
        "diagnostics": diagnostics,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
