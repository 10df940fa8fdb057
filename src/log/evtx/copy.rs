//! From one binary event log to another, through the XML infoset.

use std::io::{Read, Seek, Write};
use std::sync::Arc;

use evtx::{EvtxChunkData, EvtxParser, EvtxRecord, ParserSettings};

use super::extent::{CutChunk, cut_chunk, is_whole, missing_records};
use super::stored::adopt_stored_types;
use super::types::{apply_types, compact};
use super::write::{EvtxWriter, RecordToWrite, WriteError};
use crate::log::xml::{Element, FileTime, Whitespace, parse};

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
        self.describe(record, cause);
    }

    fn lose_several(&mut self, count: u64, cause: String) {
        self.lost += count;
        self.describe(None, cause);
    }

    fn describe(&mut self, record: Option<u64>, cause: String) {
        if self.problems.len() < MAX_DESCRIBED {
            self.problems.push(CopyProblem { record, cause });
        }
    }
}

/// Copies every readable record from `input` to `output` and completes it.
///
/// Values keep the types under which they are stored. `change` may change a
/// record before it is written: its event (`TimeCreated`'s `SystemTime` is a
/// [`crate::log::xml::Leaf::FileTime`]), and its time, in 100 ns intervals
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
    mut input: R,
    writer: &mut EvtxWriter<W>,
    change: impl FnMut(&mut Element, &mut u64),
) -> Result<CopyReport, CopyError> {
    let mut parser = EvtxParser::from_read_seek(&mut input)
        .map_err(|error| CopyError::NotALog(error.to_string()))?;
    let counted = u64::from(parser.header().chunk_count);
    let mut copier = Copier {
        settings: Arc::new(ParserSettings::new().indent(false)),
        writer,
        change,
        report: CopyReport::default(),
    };
    let mut chunks = 0;
    for chunk in parser.chunks() {
        chunks += 1;
        match chunk {
            Ok(data) => copier.chunk(data)?,
            Err(error) => copier.report.lose(None, error.to_string()),
        }
    }
    match cut_chunk(&mut input) {
        Ok(None) => {}
        Ok(Some(cut)) => {
            chunks += 1;
            copier.cut_chunk(cut)?;
        }
        Err(error) => {
            let cause = format!("the end of the log cannot be read: {error}");
            copier.report.lose(None, cause);
        }
    }
    let mut report = copier.report;
    let missing = counted.saturating_sub(chunks);
    if missing > 0 {
        let cause =
            format!("{missing} of the {counted} chunks that the log's header counts are missing");
        report.lose_several(missing, cause);
    }
    Ok(report)
}

/// A copy under way.
struct Copier<'a, W: Write + Seek, F> {
    settings: Arc<ParserSettings>,
    writer: &'a mut EvtxWriter<W>,
    change: F,
    report: CopyReport,
}

impl<W: Write + Seek, F: FnMut(&mut Element, &mut u64)> Copier<'_, W, F> {
    /// Copies the records of a chunk.
    fn chunk(&mut self, mut data: EvtxChunkData) -> Result<(), CopyError> {
        let mut chunk = match data.parse(Arc::clone(&self.settings)) {
            Ok(chunk) => chunk,
            Err(error) => {
                self.report.lose(None, error.to_string());
                return Ok(());
            }
        };
        let mut seen = 0;
        for record in chunk.iter() {
            seen += 1;
            match record {
                Ok(record) => self.record(record)?,
                Err(error) => self.report.lose(None, error.to_string()),
            }
        }
        let missing = missing_records(chunk.header, seen);
        if missing > 0 {
            let cause = format!("{missing} records that a chunk's header counts are missing");
            self.report.lose_several(missing, cause);
        }
        Ok(())
    }

    /// Copies what is left of the chunk in which the log is cut off.
    fn cut_chunk(&mut self, cut: CutChunk) -> Result<(), CopyError> {
        let CutChunk {
            number,
            bytes,
            available,
        } = cut;
        let cause = format!("the log is cut off after {available} bytes of chunk {number}");
        self.report.lose(None, cause);
        match EvtxChunkData::new(bytes, false) {
            Ok(data) => self.chunk(data),
            // Not even its header is there: said already.
            Err(_) => Ok(()),
        }
    }

    fn record(&mut self, record: EvtxRecord<'_>) -> Result<(), CopyError> {
        let id = record.event_record_id;
        if !is_whole(&record) {
            let cause = "the record's end does not repeat its size: it was overwritten or cut off";
            self.report.lose(Some(id), cause.to_owned());
            return Ok(());
        }
        let mut time = file_time(&record.timestamp);
        let mut event = match read(record) {
            Ok(event) => event,
            Err(cause) => {
                self.report.lose(Some(id), cause);
                return Ok(());
            }
        };
        (self.change)(&mut event, &mut time);
        match write(self.writer, id, time, &mut event) {
            Ok(()) => self.report.records += 1,
            Err(error @ (WriteError::Io(_) | WriteError::FileFull { .. })) => {
                return Err(error.into());
            }
            Err(error) => self.report.lose(Some(id), error.to_string()),
        }
        Ok(())
    }
}

/// A record as a tree, its values with the types under which they are stored,
/// or else those of `System`'s fields.
pub(super) fn read(record: EvtxRecord<'_>) -> Result<Element, String> {
    let chunk = record.chunk.data;
    let (offset, size) = (record.binxml_offset as usize, record.binxml_size as usize);
    let rendered = record.into_xml().map_err(|error| error.to_string())?;
    let mut event = parse(&rendered.data, Whitespace::Keep).map_err(|error| error.to_string())?;
    adopt_stored_types(&mut event, chunk, offset, size);
    apply_types(&mut event, |_, _| None);
    Ok(event)
}

/// Writes a record, in smaller types if it does not fit as it is.
///
/// # Errors
/// As [`EvtxWriter::write_record`].
pub fn write<W: Write + Seek>(
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
pub(super) fn file_time(time: &evtx::Timestamp) -> u64 {
    FileTime::from_timestamp(*time).map_or(0, |time| time.0)
}
