//! Opening a log of any readable format.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use super::chunk::{Body, Chunk};
use super::evtx::EvtxReader;
use super::format::Format;
use super::input::Input;
use super::json::{JsonChunk, Kind};
use super::problems::Counts;
use super::sniff::{Recognised, empty, recognise};
use super::split::{Splitter, XmlSplitter};
use super::windows_xml::XmlChunk;
use crate::diagnostic::{Code, Diagnostic};
use crate::event::{FileId, LogSource, Names};

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
    format: Format,
    body: Reader,
    /// The problems that took the place of chunks.
    counts: Counts,
}

#[derive(Debug)]
enum Reader {
    Evtx(EvtxReader),
    Text(TextReader),
}

#[derive(Debug)]
struct TextReader {
    splitter: Splitter,
    /// What JSON records are; `None` for XML.
    kind: Option<Kind>,
    /// Whether any record or problem has been handed out.
    found_any: bool,
    done: bool,
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
        .help("check that the path is right and that you may read it")
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
    let handle = File::open(path).map_err(unreadable)?;
    start(path, handle, file, options)
}

/// Reads a log that is in memory; `name` stands for its path in messages.
///
/// # Errors
///
/// A diagnostic that names the log: it is empty, or has a format that is not
/// known.
pub fn read_bytes(
    name: &Path,
    bytes: Vec<u8>,
    file: FileId,
    options: &ReadOptions,
) -> Result<LogReader, Diagnostic> {
    start(name, Cursor::new(bytes), file, options)
}

fn start(
    path: &Path,
    reader: impl Read + Send + 'static,
    file: FileId,
    options: &ReadOptions,
) -> Result<LogReader, Diagnostic> {
    let mut input = Input::new(reader);
    if input.head().is_empty() {
        return Err(input
            .take_problem(path)
            .unwrap_or_else(|| empty("the file is empty").in_file(path)));
    }
    let recognised = match recognise(&input, path, options.declared.is_some()) {
        Ok(recognised) => recognised,
        // What broke the file says more than that its start is unknown.
        Err(problem) => return Err(input.take_problem(path).unwrap_or(problem)),
    };
    let format = recognised.format();
    let body = match recognised {
        Recognised::Evtx => Reader::Evtx(EvtxReader::open(path, input)),
        Recognised::Json { kind, layout } => {
            Reader::Text(TextReader::new(layout.splitter(input), Some(kind)))
        }
        Recognised::Xml(between) => {
            let splitter = Splitter::Xml(XmlSplitter::new(input, between));
            Reader::Text(TextReader::new(splitter, None))
        }
    };
    Ok(LogReader {
        file,
        path: Arc::from(path),
        format,
        body,
        counts: Counts::default(),
    })
}

impl LogReader {
    /// The recognised format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The next chunk, or a problem that took the place of one; reading goes on
    /// after a problem until there is nothing left.
    ///
    /// Only the first few problems of a kind are given one by one; at the end
    /// of the log one more counts the rest.
    pub fn next_chunk(&mut self) -> Option<Result<Chunk, Diagnostic>> {
        while let Some(body) = self.next_body() {
            match body {
                Ok(body) => {
                    return Some(Ok(Chunk {
                        file: self.file,
                        path: Arc::clone(&self.path),
                        body,
                    }));
                }
                Err(problem) => {
                    if let Some(problem) = self.counts.admit(problem) {
                        return Some(Err(problem));
                    }
                }
            }
        }
        self.counts.take_closing(&self.path).map(Err)
    }

    fn next_body(&mut self) -> Option<Result<Body, Diagnostic>> {
        match &mut self.body {
            Reader::Evtx(reader) => {
                let chunk = reader.next_chunk(&self.path)?;
                Some(chunk.map(|chunk| Body::Evtx(Box::new(chunk))))
            }
            Reader::Text(reader) => reader.next_body(&self.path),
        }
    }
}

impl TextReader {
    fn new(splitter: Splitter, kind: Option<Kind>) -> Self {
        Self {
            splitter,
            kind,
            found_any: false,
            done: false,
        }
    }

    fn next_body(&mut self, path: &Path) -> Option<Result<Body, Diagnostic>> {
        while !self.done {
            match self.splitter.next_piece(path) {
                // Blank lines alone.
                Some(Ok(piece)) if piece.items.is_empty() => {}
                Some(Ok(piece)) => {
                    self.found_any = true;
                    return Some(Ok(match self.kind {
                        Some(kind) => Body::Json(JsonChunk { piece, kind }),
                        None => Body::Xml(XmlChunk { piece }),
                    }));
                }
                Some(Err(problem)) => {
                    self.found_any = true;
                    return Some(Err(problem));
                }
                None => self.done = true,
            }
        }
        if let Some(problem) = self.splitter.take_problem(path) {
            self.found_any = true;
            return Some(Err(problem));
        }
        if let Some(note) = self.splitter.take_passed_over(path) {
            return Some(Err(note));
        }
        if !std::mem::replace(&mut self.found_any, true) {
            return Some(Err(empty("the file holds no record").in_file(path)));
        }
        None
    }
}
