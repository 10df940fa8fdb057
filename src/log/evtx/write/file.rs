//! The file: a header, and chunks one after another.

use std::io::{Seek, SeekFrom, Write};

use crate::log::xml::Element;

use super::WriteError;
use super::chunk::{self, Chunk, Stamp};
use super::record::Parts;
use super::template::Templates;

/// The most chunks that a file's header can count.
pub const MAX_CHUNKS: usize = 0xffff;
/// The latest time of a record, in 100 ns intervals since 1601: the end of
/// 9999-12-30T21:59:59Z, the last second that readers take.
pub const MAX_TIME: u64 = 2_650_466_807_999_999_999;

/// The bytes before the first chunk.
const HEADER: usize = 4_096;

/// One record to be written.
#[derive(Debug, Clone, Copy)]
pub struct RecordToWrite<'a> {
    /// The record's id; see [`EvtxWriter::write_record`] for its order.
    pub id: u64,
    /// When it was logged, in 100 ns intervals since 1601.
    pub time: u64,
    /// The event, from its `Event` element.
    pub event: &'a Element,
}

/// Writes an event log record by record, holding one chunk in memory.
///
/// The file is complete only after [`EvtxWriter::finish`]: until then its
/// header marks it as not properly closed.
pub struct EvtxWriter<W: Write + Seek> {
    out: W,
    /// Where in `out` the file starts.
    start: u64,
    chunks: usize,
    /// Records in finished chunks.
    records: u64,
    highest_id: u64,
    known: Templates,
    chunk: Chunk,
    parts: Parts,
}

impl<W: Write + Seek> EvtxWriter<W> {
    /// Starts a file at the current position of `out`.
    ///
    /// # Errors
    /// What writing to `out` gives.
    pub fn new(mut out: W) -> Result<Self, WriteError> {
        let start = out.stream_position()?;
        let mut writer = Self {
            out,
            start,
            chunks: 0,
            records: 0,
            highest_id: 0,
            known: Templates::default(),
            chunk: Chunk::new(),
            parts: Parts::default(),
        };
        writer.header(Closed::No)?;
        Ok(writer)
    }

    /// Appends one record.
    ///
    /// Records should come in the order of rising ids. Others are written as
    /// they come, but readers start at the chunk with the lowest first id, and
    /// a repeated id starts a new chunk.
    ///
    /// # Errors
    /// A record that cannot be written is left out as a whole; the writer takes
    /// further records.
    pub fn write_record(&mut self, record: &RecordToWrite<'_>) -> Result<(), WriteError> {
        let RecordToWrite { id, time, event } = *record;
        if time > MAX_TIME {
            return Err(WriteError::TimeOutOfRange { time });
        }
        if self.known.is_full() && self.chunks + 1 < MAX_CHUNKS {
            if !self.chunk.is_empty() {
                self.flush_chunk()?;
            }
            self.known = Templates::default();
        }
        self.parts.take(event)?;
        let template = self.known.of(&self.parts.shape)?;
        let mut size = self.chunk.record_size(&self.known, template, &self.parts);
        if !self.chunk.is_empty() && (!self.chunk.fits(size) || self.chunk.has(id)) {
            let alone = Chunk::new().record_size(&self.known, template, &self.parts);
            fits_a_chunk(id, alone)?;
            if self.chunks + 1 == MAX_CHUNKS {
                return Err(WriteError::FileFull { limit: MAX_CHUNKS });
            }
            self.flush_chunk()?;
            size = alone;
        }
        fits_a_chunk(id, size)?;
        let stamp = Stamp { id, time };
        self.chunk
            .push(&self.known, template, &self.parts, stamp, size);
        self.highest_id = self.highest_id.max(id);
        Ok(())
    }

    /// How many records were written.
    pub fn records(&self) -> u64 {
        self.records + self.chunk.count()
    }

    /// Completes the file and gives the output back, positioned at its end.
    ///
    /// # Errors
    /// What writing gives; the file is then incomplete.
    pub fn finish(mut self) -> Result<W, WriteError> {
        // A log without records has one chunk without records.
        if self.chunks == 0 || !self.chunk.is_empty() {
            self.flush_chunk()?;
        }
        self.header(Closed::Yes)?;
        self.out.seek(SeekFrom::Start(self.end()))?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Where the next chunk goes.
    fn end(&self) -> u64 {
        self.start + (HEADER + self.chunks * chunk::SIZE) as u64
    }

    fn flush_chunk(&mut self) -> Result<(), WriteError> {
        // A chunk that failed half-way is written again from its start.
        let end = self.end();
        self.out.seek(SeekFrom::Start(end))?;
        let written = self.out.write_all(self.chunk.seal(self.records + 1));
        if let Err(error) = written {
            self.chunk.unseal();
            return Err(error.into());
        }
        self.chunks += 1;
        self.records += self.chunk.count();
        self.chunk.clear();
        Ok(())
    }

    fn header(&mut self, closed: Closed) -> Result<(), WriteError> {
        let mut header = Vec::with_capacity(HEADER);
        header.extend(b"ElfFile\0");
        header.extend(0_u64.to_le_bytes());
        header.extend((self.chunks.saturating_sub(1) as u64).to_le_bytes());
        header.extend(self.highest_id.wrapping_add(1).to_le_bytes());
        header.extend(128_u32.to_le_bytes());
        for number in [1, 3, HEADER as u16, self.chunks as u16] {
            header.extend(number.to_le_bytes());
        }
        header.resize(120, 0);
        let crc = crc32fast::hash(&header);
        // The flags are not part of what is summed: 1 is "not closed".
        header.extend(u32::from(closed == Closed::No).to_le_bytes());
        header.extend(crc.to_le_bytes());
        header.resize(HEADER, 0);
        self.out.seek(SeekFrom::Start(self.start))?;
        self.out.write_all(&header)?;
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Closed {
    No,
    Yes,
}

fn fits_a_chunk(id: u64, bytes: usize) -> Result<(), WriteError> {
    if bytes > chunk::CAPACITY {
        return Err(WriteError::RecordTooLarge {
            id,
            bytes,
            limit: chunk::CAPACITY,
        });
    }
    Ok(())
}
