//! Where a log ends, and where it should.
//!
//! `evtx` 0.15.1 leaves out without a word what a file is cut off in: the last,
//! incomplete chunk, and chunks that the header counts beyond the file's end.

use std::io::{self, Read, Seek, SeekFrom};

/// The bytes of a file before its first chunk.
pub const HEADER_SIZE: u64 = 4_096;
/// The bytes of a chunk.
pub const CHUNK_SIZE: usize = 0x1_0000;

/// The chunk in which a file is cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutChunk {
    /// Its number, from 0.
    pub number: u64,
    /// Its bytes, filled up with zeros to a chunk.
    pub bytes: Vec<u8>,
    /// How many bytes are really there: a record that goes further is lost,
    /// even if it can be read.
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

/// How many of the chunks that the header counts lie beyond the end of a file of `length`
/// bytes, a cut one not among them.
pub fn missing_chunks(counted: u16, length: u64) -> u64 {
    let present = length
        .saturating_sub(HEADER_SIZE)
        .div_ceil(CHUNK_SIZE as u64);
    u64::from(counted).saturating_sub(present)
}
