//! Opening a log of any readable format.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::chunk::{Body, Chunk};
use super::evtx::EvtxReader;
use super::format::Format;
use crate::diagnostic::{Code, Diagnostic};
use crate::event::{FileId, LogSource, Names};

/// How much of a file is looked at to recognise its format, in bytes.
const SNIFFED: usize = 64 * 1024;

/// What reading needs to know.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The field names that detections ask for.
    pub names: Arc<Names>,
    /// What plain JSON lines are, since they do not say so themselves.
    pub declared: Option<LogSource>,
}

/// An open log that hands out its chunks.
#[derive(Debug)]
pub struct LogReader {
    file: FileId,
    path: Arc<Path>,
    body: Reader,
}

#[derive(Debug)]
enum Reader {
    Evtx(EvtxReader),
}

/// Opens a log and recognises its format by its content.
///
/// # Errors
///
/// A diagnostic that names the file: it cannot be read, is empty, is not a
/// regular file, or has a format that is not known.
pub fn open(path: &Path, file: FileId, options: &ReadOptions) -> Result<LogReader, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::error(
            Code::IO_UNREADABLE,
            format!("the file cannot be read: {error}"),
        )
        .in_file(path)
    };
    // Opening a pipe would wait for its writer, so its kind is asked for first.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Diagnostic::error(
            Code::IO_NOT_A_FILE,
            "the path is not a regular file, so it is not read as a log",
        )
        .in_file(path)
        .help("give a file, or a folder of files"));
    }
    let mut handle = File::open(path).map_err(unreadable)?;
    let mut start = Vec::with_capacity(SNIFFED);
    handle
        .by_ref()
        .take(SNIFFED as u64)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    if start.is_empty() {
        return Err(Diagnostic::error(
            Code::LOG_EMPTY,
            "the file is empty, so nothing was searched",
        )
        .in_file(path)
        .help("copy the log again, or leave it out"));
    }
    let _ = options;
    let body = if start.starts_with(b"ElfFile\0") {
        Reader::Evtx(EvtxReader::open(path, handle)?)
    } else {
        return Err(Diagnostic::error(
            Code::LOG_UNKNOWN_FORMAT,
            "the file is in no log format that misfire reads",
        )
        .in_file(path)
        .help(
            "see `docs/formats.md` for the formats, or declare plain JSON lines with `--source`",
        ));
    };
    Ok(LogReader {
        file,
        path: Arc::from(path),
        body,
    })
}

impl LogReader {
    /// The recognised format.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.body {
            Reader::Evtx(_) => Format::Evtx,
        }
    }

    /// The next chunk, or a problem that took the place of one; reading goes on
    /// after a problem until there is nothing left.
    pub fn next_chunk(&mut self) -> Option<Result<Chunk, Diagnostic>> {
        let body = match &mut self.body {
            Reader::Evtx(reader) => reader
                .next_chunk(&self.path)?
                .map(|chunk| Body::Evtx(Box::new(chunk))),
        };
        Some(body.map(|body| Chunk {
            file: self.file,
            path: Arc::clone(&self.path),
            body,
        }))
    }
}

/// Opens a log that is in memory; `name` is what diagnostics call it.
///
/// # Errors
///
/// As [`open`].
pub fn open_bytes(
    name: &Path,
    bytes: &'static [u8],
    file: FileId,
    options: &ReadOptions,
) -> Result<LogReader, Diagnostic> {
    let _ = (bytes, options, file);
    Err(Diagnostic::error(Code::LOG_UNKNOWN_FORMAT, "not yet").in_file(name))
}
