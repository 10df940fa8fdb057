//! The log of executions that Invoke-AtomicRedTeam keeps by default.
//!
//! Source: `Default-ExecutionLogger.psm1` of Invoke-AtomicRedTeam. Two things differ:
//! its local times end in `Z` though they are no times of UTC, while these carry their
//! offset; and a text that a spreadsheet would take for a formula is quoted for it.

use std::borrow::Cow;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Performed, performed};
use crate::verdict::Report;

/// The names of the columns, in their order.
const COLUMNS: [&str; 11] = [
    "Execution Time (UTC)",
    "Execution Time (Local)",
    "Technique",
    "Test Number",
    "Test Name",
    "Hostname",
    "IP Address",
    "Username",
    "GUID",
    "ProcessId",
    "ExitCode",
];

/// The first line of such a log.
pub const ART_CSV_HEADER: &str = "\"Execution Time (UTC)\",\"Execution Time (Local)\",\
\"Technique\",\"Test Number\",\"Test Name\",\"Hostname\",\"IP Address\",\"Username\",\
\"GUID\",\"ProcessId\",\"ExitCode\"\n";

/// Whether a line is the first one of such a log, in quotes or not, with a mark of the
/// byte order or without one.
#[must_use]
pub fn is_art_csv_header(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim_end();
    let names = line.split(',').map(|name| name.trim_matches('"'));
    names.eq(COLUMNS)
}

/// Writes a line for each test that was performed, without the line above them.
/// `zone` is where the local times are.
///
/// # Errors
///
/// The output cannot be written.
pub fn art_csv(out: &mut dyn Write, report: &Report, zone: &TimeZone) -> io::Result<()> {
    let mut rows = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(out);
    for performed in performed(report) {
        rows.write_record(row(performed, zone).iter().map(AsRef::<[u8]>::as_ref))
            .map_err(io::Error::from)?;
    }
    rows.flush()
}

fn row<'r>(performed: Performed<'r>, zone: &TimeZone) -> [Value<'r>; COLUMNS.len()] {
    let Performed {
        test,
        atomic,
        execution,
        command,
    } = performed;
    let number = |number: Option<String>| Value(Cow::Owned(number.unwrap_or_default()));
    [
        Value(utc(command.started).into()),
        Value(local(command.started, zone).into()),
        text(atomic.technique.as_str()),
        number(Some(atomic.number.to_string())),
        text(&test.name),
        text(&execution.host),
        number(execution.address.map(|address| address.to_string())),
        text(&execution.user),
        number(atomic.guid.map(|guid| guid.to_string())),
        number(command.process.map(|process| process.to_string())),
        number(command.exit_code.map(|code| code.to_string())),
    ]
}

/// A value of a column.
struct Value<'r>(Cow<'r, str>);

impl AsRef<[u8]> for Value<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A text from outside. A spreadsheet would calculate what begins like a formula.
fn text(text: &str) -> Value<'_> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Value(Cow::Owned(format!("'{text}"))),
        false => Value(Cow::Borrowed(text)),
    }
}

fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn local(time: Timestamp, zone: &TimeZone) -> String {
    let time = time.to_zoned(zone.clone());
    time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_that_of_the_columns() {
        let quoted: Vec<_> = COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
        assert_eq!(ART_CSV_HEADER, quoted.join(",") + "\n");
        assert!(is_art_csv_header(ART_CSV_HEADER));
    }
}
