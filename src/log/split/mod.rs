//! Cutting text logs into pieces of about 1 MiB at record boundaries, in bounded
//! memory.
//!
//! Splitting only looks for where records start and end; what they say is for
//! decoding, which runs on other threads.

mod json;
mod lines;
mod xml;

use std::path::Path;

use memchr::memchr_iter;

use super::input::Input;
use super::problems::passed_over;
use crate::diagnostic::{At, Code, Diagnostic, Place};

pub(super) use json::{Containers, JsonSplitter};
pub(super) use lines::LineSplitter;
pub(super) use xml::{Between, XmlSplitter};

/// The size that pieces aim at, in bytes.
const PIECE: usize = 1 << 20;
/// How much is read at once, in bytes.
const BLOCK: usize = 256 << 10;
/// The longest record that is read, in bytes.
pub(super) const MAX_RECORD: usize = 16 << 20;

/// A part of a log that holds whole records.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// The part's bytes; not every byte belongs to a record.
    pub(super) bytes: Vec<u8>,
    /// Its records in order.
    pub(super) items: Vec<Item>,
    /// Whether the last record is cut off by the end of the log.
    pub(super) is_cut: bool,
}

/// Where one record is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Its first byte in the piece.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// Its one-based first line in the log.
    pub(super) line: u64,
    /// Its one-based place among the log's records.
    pub(super) number: u64,
}

/// Hands out pieces of a log.
#[derive(Debug)]
pub(super) enum Splitter {
    Lines(LineSplitter),
    Json(JsonSplitter),
    Xml(XmlSplitter),
}

impl Splitter {
    /// The next piece, or a problem that took the place of one.
    pub(super) fn next_piece(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        match self {
            Self::Lines(splitter) => splitter.next_piece(path),
            Self::Json(splitter) => splitter.next_piece(path),
            Self::Xml(splitter) => splitter.next_piece(path),
        }
    }

    /// How many lines of other programs were passed over, as a note; once.
    pub(super) fn take_passed_over(&mut self, path: &Path) -> Option<Diagnostic> {
        match self {
            Self::Xml(splitter) => match std::mem::take(&mut splitter.passed_over) {
                0 => None,
                lines => Some(passed_over(path, lines)),
            },
            Self::Lines(_) | Self::Json(_) => None,
        }
    }

    /// What ended the log too early, if anything did.
    pub(super) fn take_problem(&mut self, path: &Path) -> Option<Diagnostic> {
        match self {
            Self::Lines(splitter) => splitter.feed.input.take_problem(path),
            Self::Json(splitter) => splitter.feed.input.take_problem(path),
            Self::Xml(splitter) => splitter.feed.input.take_problem(path),
        }
    }
}

/// The part of a log that is being looked at.
#[derive(Debug)]
struct Feed {
    input: Input,
    data: Vec<u8>,
    /// The one-based line that `data` starts in.
    line: u64,
    /// How many records have been counted.
    records: u64,
}

impl Feed {
    fn new(input: Input) -> Self {
        Self {
            input,
            data: Vec::new(),
            line: 1,
            records: 0,
        }
    }

    /// Reads on; says whether there was more.
    fn more(&mut self) -> bool {
        let before = self.data.len();
        self.input.read(&mut self.data, BLOCK);
        self.data.len() > before
    }

    fn next_number(&mut self) -> u64 {
        self.records += 1;
        self.records
    }

    /// Takes the first `count` bytes.
    fn cut(&mut self, count: usize) -> Vec<u8> {
        let rest = self.data.split_off(count);
        let cut = std::mem::replace(&mut self.data, rest);
        self.line += newlines(&cut);
        cut
    }

    /// Forgets the first `count` bytes.
    fn skip(&mut self, count: usize) {
        self.line += newlines(&self.data[..count]);
        self.data.drain(..count);
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether a line is one that `evtx_dump` writes before each record.
fn is_record_line(line: &[u8]) -> bool {
    line.strip_prefix(b"Record ")
        .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

fn too_long(path: &Path, line: u64) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_LIMIT,
        format!("the record is longer than {} MiB", MAX_RECORD >> 20),
    )
    .at(Place::new(path, At::Line(line)))
    .help("leave the record out, or check that the file is a log; the other records were read")
}

fn lost_event(path: &Path, line: u64, text: &[u8]) -> Diagnostic {
    let start = &text[..text.len().min(40)];
    Diagnostic::error(
        Code::LOG_BAD_RECORD,
        format!(
            "the line holds parts of an event, and not where the event starts: `{}`",
            String::from_utf8_lossy(start).escape_debug()
        ),
    )
    .at(Place::new(path, At::Line(line)))
    .help("correct the line, or copy the log again; the other records were read")
}

fn not_a_record(path: &Path, line: u64, text: &[u8]) -> Diagnostic {
    let start = &text[..text.len().min(40)];
    Diagnostic::error(
        Code::LOG_BAD_RECORD,
        format!(
            "the line is not part of a record: `{}`",
            String::from_utf8_lossy(start).escape_debug()
        ),
    )
    .at(Place::new(path, At::Line(line)))
    .help("remove the line, or copy the log again; the other records were read")
}
