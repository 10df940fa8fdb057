//! Where a log ends, and where it should.
//!
//! `evtx` 0.15.1 leaves out without a word the incomplete chunk at the end of a
//! file that was cut off, chunks of zeros, and records whose place zeros take.

use std::io::{self, Read, Seek, SeekFrom};

use evtx::{EvtxChunkHeader, EvtxRecord};

/// The bytes of a file before its first chunk.
pub const HEADER_SIZE: u64 = 4_096;
/// The bytes of a chunk.
pub const CHUNK_SIZE: usize = 0x1_0000;
/// The bytes of a record around its content: header, and copy of the size.
const AROUND_BINXML: u32 = 24 + 4;
/// The bytes of the smallest record.
const MIN_RECORD_SIZE: u64 = AROUND_BINXML as u64 + 4;

/// The chunk in which a file is cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutChunk {
    /// Its number, from 0.
    pub number: u64,
    /// Its bytes, filled up with zeros to a chunk.
    pub bytes: Vec<u8>,
    /// How many bytes are really there; [`is_whole`] tells which records are.
    pub available: usize,
}

/// The chunk in which a file is cut off, if it is.
///
/// # Errors
/// What reading gives.
pub fn cut_chunk(input: &mut (impl Read + Seek)) -> io::Result<Option<CutChunk>> {
    let length = input.seek(SeekFrom::End(0))?;
    let Some(chunks) = length.checked_sub(HEADER_SIZE) else {
        return Ok(None);
    };
    let number = chunks / CHUNK_SIZE as u64;
    let start = HEADER_SIZE + number * CHUNK_SIZE as u64;
    input.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::with_capacity(CHUNK_SIZE);
    input.take(length - start).read_to_end(&mut bytes)?;
    let available = bytes.len();
    // A few zeros after the last chunk are no loss.
    if bytes.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    bytes.resize(CHUNK_SIZE, 0);
    Ok(Some(CutChunk {
        number,
        bytes,
        available,
    }))
}

/// How many records a chunk's header promises beyond those `seen`, readable or
/// not. `evtx` stops without a word where zeros take a record's place.
///
/// In all 463 chunks of the shared recordings the header's record numbers give
/// exactly the count; a number that no chunk can hold says nothing.
pub fn missing_records(header: &EvtxChunkHeader, seen: u64) -> u64 {
    let (first, last) = (
        header.first_event_record_number,
        header.last_event_record_number,
    );
    let promised = last.wrapping_sub(first).wrapping_add(1);
    if promised > CHUNK_SIZE as u64 / MIN_RECORD_SIZE {
        return 0;
    }
    promised.saturating_sub(seen)
}

/// Whether a record ends as it must, with a copy of its size. `evtx` does not
/// look, and reads values out of the zeros that follow what was cut off.
pub fn is_whole(record: &EvtxRecord<'_>) -> bool {
    let end = record.binxml_offset as usize + record.binxml_size as usize;
    let copy = record.chunk.data.get(end..).and_then(<[u8]>::first_chunk);
    copy.is_some_and(|copy| u32::from_le_bytes(*copy) == record.binxml_size + AROUND_BINXML)
}
