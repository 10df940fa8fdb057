//! From one binary event log to another, through the XML infoset.

use std::io::{self, Read, Seek, Write};
use std::sync::Arc;

use evtx::{EvtxChunkData, EvtxParser, EvtxRecord, ParserSettings};

use super::extent::{CutChunk, cut_chunk, is_whole, missing_records};
use super::tree::event_tree;
use super::types::compact;
use super::write::{EvtxWriter, RecordToWrite, WriteError};
use crate::log::xml::{Element, FileTime};

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
    /// The input cannot be read from its start.
    #[error("cannot read the event log: {0}")]
    Read(#[source] io::Error),
    /// The output failed or is full.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// A record between reading and writing.
#[derive(Debug, Clone, PartialEq)]
pub struct CopiedRecord {
    /// The record's id.
    pub id: u64,
    /// When it was logged, in 100 ns intervals since 1601.
    pub time: u64,
    /// The event, from its `Event` element.
    pub event: Element,
}

impl CopiedRecord {
    fn to_write(&self) -> RecordToWrite<'_> {
        RecordToWrite {
            id: self.id,
            time: self.time,
            event: &self.event,
        }
    }
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

/// Copies every readable record of `input`, from its start, to `output`, and
/// completes that.
///
/// Values keep the types under which they are stored. `change` may change a
/// record before it is written: its time (`TimeCreated`'s `SystemTime` is a
/// [`crate::log::xml::Leaf::FileTime`]), its id, its event. Give it `|_| {}`
/// for a plain copy.
///
/// # Errors
/// An input without a file header, or an output that fails. Damaged chunks and
/// records are left out and reported.
pub fn copy_evtx<R: Read + Seek, W: Write + Seek>(
    input: R,
    output: W,
    change: impl FnMut(&mut CopiedRecord),
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
    change: impl FnMut(&mut CopiedRecord),
) -> Result<CopyReport, CopyError> {
    input.rewind().map_err(CopyError::Read)?;
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

impl<W: Write + Seek, F: FnMut(&mut CopiedRecord)> Copier<'_, W, F> {
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
        let time = file_time(&record.timestamp);
        let mut record = match event_tree(record) {
            Ok(event) => CopiedRecord { id, time, event },
            Err(error) => {
                self.report.lose(Some(id), error.to_string());
                return Ok(());
            }
        };
        (self.change)(&mut record);
        match write(self.writer, &mut record) {
            Ok(()) => self.report.records += 1,
            Err(error @ (WriteError::Io(_) | WriteError::FileFull { .. })) => {
                return Err(error.into());
            }
            Err(error) => self.report.lose(Some(id), error.to_string()),
        }
        Ok(())
    }
}

/// Writes a record, in smaller types if it does not fit as it is.
///
/// # Errors
/// As [`EvtxWriter::write_record`].
pub fn write<W: Write + Seek>(
    writer: &mut EvtxWriter<W>,
    record: &mut CopiedRecord,
) -> Result<(), WriteError> {
    match writer.write_record(&record.to_write()) {
        Err(WriteError::RecordTooLarge { .. } | WriteError::ValueTooLong { .. }) => {
            compact(&mut record.event);
            writer.write_record(&record.to_write())
        }
        other => other,
    }
}

/// A time in 100 ns intervals since 1601; earlier ones are its start.
pub(super) fn file_time(time: &evtx::Timestamp) -> u64 {
    FileTime::from_timestamp(*time).map_or(0, |time| time.0)
}
