//! The check behind the `evtx_read` target, also replayed by a stable test: a
//! damaged binary log is read without a panic, whatever is lost is told with its
//! place and what to do, and what is left can be looked at.
//!
//! The input is a list of patches over a log that the writer made, three bytes
//! each: where, from the start of the first chunk, and what. An input that starts
//! with `raw` is a log of its own.

use std::path::Path;

use misfire::event::{FileId, OwnedEvent};
use misfire::log::{ReadOptions, read_bytes};

/// Where the first chunk starts.
const CHUNK: usize = 4096;

const BASES: [&[u8]; 2] = [
    include_bytes!("../../tests/data/logs/process-starts.evtx"),
    include_bytes!("../../tests/data/logs/process-start.evtx"),
];

/// Reads the log that these bytes stand for.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn run(bytes: &[u8]) {
    let log = match bytes.strip_prefix(b"raw") {
        Some(raw) => raw.to_vec(),
        None => patched(bytes),
    };
    let options = ReadOptions::default();
    let mut problems = Vec::new();
    let mut records = 0;
    match read_bytes(Path::new("log.evtx"), log, FileId(0), &options) {
        Err(problem) => problems.push(problem),
        Ok(mut reader) => {
            while let Some(chunk) = reader.next_chunk() {
                match chunk {
                    Err(problem) => problems.push(problem),
                    Ok(chunk) => {
                        let decoded = chunk.decode(&options);
                        problems.extend(decoded.problems);
                        for event in decoded.batch.events() {
                            records += 1;
                            let owned = OwnedEvent::from(event);
                            assert_eq!(owned.fields.len(), event.fields().count());
                            assert!(!event.raw().is_empty());
                        }
                    }
                }
            }
        }
    }
    assert!(
        records > 0 || !problems.is_empty(),
        "a log without records is told of"
    );
    for problem in &problems {
        assert!(problem.place.is_some(), "{problem:?}");
        assert!(problem.help.is_some(), "{problem:?}");
    }
}

fn patched(bytes: &[u8]) -> Vec<u8> {
    let (which, patches) = bytes.split_first().unwrap_or((&0, &[]));
    let mut log = BASES[usize::from(*which) % BASES.len()].to_vec();
    for patch in patches.chunks_exact(3) {
        let place = CHUNK + usize::from(u16::from_le_bytes([patch[0], patch[1]]));
        if let Some(byte) = log.get_mut(place) {
            *byte = patch[2];
        }
    }
    log
}
