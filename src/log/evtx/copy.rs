//! From one binary event log to another, through the XML infoset.

use std::io::{Read, Seek, Write};

use evtx::{EvtxParser, ParserSettings};

use super::types::{apply_types, compact};
use super::write::{EvtxWriter, RecordToWrite, WriteError};
use crate::log::xml::{Element, Whitespace, parse};

/// Seconds from 1601 to 1970.
const WINDOWS_TO_UNIX_SECONDS: i128 = 11_644_473_600;
/// Problems that a report describes; more are only counted.
const MAX_DESCRIBED: usize = 100;

/// What became of a log's records.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct CopyReport {
    /// Records that were written.
    pub records: u64,
    /// Records and chunks that were not: unreadable, or not writable.
    pub lost: u64,
    /// The first of the latter, in the order of the log.
    pub problems: Vec<CopyProblem>,
}

/// One record or chunk that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyProblem {
    /// The record's id, where it is known.
    pub record: Option<u64>,
    /// What is wrong, in one sentence.
    pub cause: String,
}

/// Why a log was not copied at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The input has no file header.
    #[error("this is not a binary event log: {0}")]
    NotALog(String),
    /// The output failed or is full.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl CopyReport {
    fn lose(&mut self, record: Option<u64>, cause: String) {
        self.lost += 1;
        if self.problems.len() < MAX_DESCRIBED {
            self.problems.push(CopyProblem { record, cause });
        }
    }
}

/// Copies every readable record from `input` to `output` and completes it.
///
/// `change` may change a record before it is written: its event, in which the
/// fields of `System` have their types already (`TimeCreated`'s `SystemTime`
/// is a [`crate::log::xml::Leaf::FileTime`]), and its time, in 100 ns intervals
/// since 1601. Give it `|_, _| {}` for a plain copy.
///
/// # Errors
/// An input without a file header, or an output that fails. Damaged chunks and
/// records are left out and reported.
pub fn copy_evtx<R: Read + Seek, W: Write + Seek>(
    input: R,
    output: W,
    change: impl FnMut(&mut Element, &mut u64),
) -> Result<(CopyReport, W), CopyError> {
    let mut writer = EvtxWriter::new(output)?;
    let report = copy_into(input, &mut writer, change)?;
    Ok((report, writer.finish()?))
}

/// Copies every readable record from `input` into a log that goes on.
///
/// # Errors
/// As [`copy_evtx`].
pub fn copy_into<R: Read + Seek, W: Write + Seek>(
    input: R,
    writer: &mut EvtxWriter<W>,
    mut change: impl FnMut(&mut Element, &mut u64),
) -> Result<CopyReport, CopyError> {
    let settings = ParserSettings::new().indent(false);
    let mut parser = EvtxParser::from_read_seek(input)
        .map_err(|error| CopyError::NotALog(error.to_string()))?
        .with_configuration(settings);
    let mut report = CopyReport::default();
    for record in parser.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                report.lose(None, error.to_string());
                continue;
            }
        };
        let id = record.event_record_id;
        let mut event = match parse(&record.data, Whitespace::Keep) {
            Ok(event) => event,
            Err(error) => {
                report.lose(Some(id), error.to_string());
                continue;
            }
        };
        let mut time = file_time(&record.timestamp);
        apply_types(&mut event, |_, _| None);
        change(&mut event, &mut time);
        match write(writer, id, time, &mut event) {
            Ok(()) => report.records += 1,
            Err(error @ (WriteError::Io(_) | WriteError::FileFull { .. })) => {
                return Err(error.into());
            }
            Err(error) => report.lose(Some(id), error.to_string()),
        }
    }
    Ok(report)
}

/// Writes a record, in smaller types if it does not fit as it is.
fn write<W: Write + Seek>(
    writer: &mut EvtxWriter<W>,
    id: u64,
    time: u64,
    event: &mut Element,
) -> Result<(), WriteError> {
    let first = writer.write_record(&RecordToWrite { id, time, event });
    match first {
        Err(WriteError::RecordTooLarge { .. } | WriteError::ValueTooLong { .. }) => {
            compact(event);
            writer.write_record(&RecordToWrite { id, time, event })
        }
        other => other,
    }
}

/// A time in 100 ns intervals since 1601; earlier ones are its start.
fn file_time(time: &evtx::Timestamp) -> u64 {
    let ticks = time.as_nanosecond().div_euclid(100) + WINDOWS_TO_UNIX_SECONDS * 10_000_000;
    u64::try_from(ticks).unwrap_or_default()
}
