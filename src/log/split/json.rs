//! JSON values one after the other, or in a list, at any size.
//!
//! A scanner follows strings and brackets; it never holds more than one record
//! that is not finished. Where a record turns out to be damaged, reading goes
//! on at the next text that starts like the log's first record.

use std::path::Path;

use memchr::{memchr, memchr3, memmem};

use super::{
    Feed, Item, MAX_RECORD, PIECE, Piece, is_blank, is_record_line, newlines, not_a_record,
    too_long,
};
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::log::input::Input;

/// How often a search for the next whole record may start from an end that was
/// not expected; each time costs a second look at the same bytes.
const MAX_LATE_RECOVERIES: u32 = 64;
/// The longest beginning of a record that is searched for, in bytes.
const MAX_SIGNATURE: usize = 128;

/// Whether objects around lists of records are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) enum Containers {
    /// `{"Records": […]}` and the like hold records.
    Known,
    /// Every object is a record.
    None,
}

/// The members that hold the records of a log.
const CONTAINERS: [&[u8]; 5] = [b"Records", b"records", b"value", b"Events", b"events"];

/// Splits JSON at its records.
#[derive(Debug)]
pub(in crate::log) struct JsonSplitter {
    pub(super) feed: Feed,
    containers: Containers,
    mode: Mode,
    /// The next byte to look at.
    at: usize,
    /// Records found in the data so far.
    items: Vec<Item>,
    /// A byte whose line is known, and its line.
    known_line: (usize, u64),
    open: Open,
    /// How records start.
    signature: Vec<u8>,
    /// Whether the signature is that of a whole record.
    is_signature_sure: bool,
    late_recoveries: u32,
    done: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Between values.
    Outside,
    /// Between the elements of a list; in an object if `wrapped`.
    List { wrapped: bool },
    /// In a record.
    Record { parent: Parent },
    /// In the rest of an object whose list of records has been read.
    Rest,
    /// In a damaged or overlong record whose end is not known.
    Lost { parent: Parent, why: Why },
}

/// Why a record is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Damaged,
    TooLong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parent {
    Top,
    List { wrapped: bool },
}

impl Parent {
    fn mode(self) -> Mode {
        match self {
            Self::Top => Mode::Outside,
            Self::List { wrapped } => Mode::List { wrapped },
        }
    }
}

/// The value that is being followed.
#[derive(Debug, Default)]
struct Open {
    start: usize,
    line: u64,
    brackets: Vec<u8>,
    in_string: bool,
    /// Where a string in the place of a key starts, in an object that may hold
    /// a list of records.
    key: Option<usize>,
    next: Next,
}

/// What comes next in an object that may hold a list of records.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Next {
    Key,
    /// The value of a member that may be the list.
    Value,
    #[default]
    Other,
}

/// What following a value came to.
enum Followed {
    NeedsMore,
    Ended,
    /// A list of records starts here.
    Container,
    Damaged,
}

impl JsonSplitter {
    pub(in crate::log) fn new(input: Input, containers: Containers) -> Self {
        Self {
            feed: Feed::new(input),
            containers,
            mode: Mode::Outside,
            at: 0,
            items: Vec::new(),
            known_line: (0, 1),
            open: Open::default(),
            signature: Vec::new(),
            is_signature_sure: false,
            late_recoveries: 0,
            done: false,
        }
    }

    pub(in crate::log) fn next_piece(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        while !self.done {
            let step = match self.mode {
                Mode::Outside => self.outside(path),
                Mode::List { wrapped } => self.between(wrapped, path),
                Mode::Record { parent } => self.record(parent, path),
                Mode::Rest => self.rest(path),
                Mode::Lost { parent, why } => self.lost(parent, why, path),
            };
            if step.is_some() {
                return step;
            }
        }
        (!self.items.is_empty()).then(|| Ok(self.piece(self.feed.data.len())))
    }

    /// Reads on, or hands out what is complete first.
    fn more(&mut self) -> More {
        let keep_from = match self.mode {
            Mode::Record { .. } => self.open.start,
            Mode::Rest => self.open.key.unwrap_or(self.at),
            _ => self.at,
        };
        if keep_from >= PIECE {
            if !self.items.is_empty() {
                return More::Piece(self.piece(keep_from));
            }
            self.forget(keep_from);
        }
        if self.feed.more() {
            More::Read
        } else {
            More::Ended
        }
    }

    fn piece(&mut self, end: usize) -> Piece {
        let bytes = self.feed.cut(end);
        self.moved(end);
        Piece {
            bytes,
            items: std::mem::take(&mut self.items),
            is_cut: false,
        }
    }

    fn forget(&mut self, end: usize) {
        self.feed.skip(end);
        self.moved(end);
    }

    fn moved(&mut self, by: usize) {
        self.at -= by;
        self.open.start = self.open.start.saturating_sub(by);
        self.open.key = self.open.key.map(|key| key.saturating_sub(by));
        self.known_line = (0, self.feed.line);
    }

    fn line_of(&mut self, at: usize) -> u64 {
        let (known, line) = self.known_line;
        if at < known {
            return self.feed.line + newlines(&self.feed.data[..at]);
        }
        let line = line + newlines(&self.feed.data[known..at]);
        self.known_line = (at, line);
        line
    }

    fn outside(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        loop {
            let Some(&byte) = self.feed.data.get(self.at) else {
                match self.more() {
                    More::Read => continue,
                    More::Piece(piece) => return Some(Ok(piece)),
                    More::Ended => {
                        self.done = true;
                        return None;
                    }
                }
            };
            match byte {
                // Commas, and the record separators of RFC 7464.
                b',' | 0x1e => self.at += 1,
                blank if is_blank(blank) => self.at += 1,
                b'{' => {
                    self.open_record(Parent::Top);
                    return None;
                }
                b'[' => {
                    self.at += 1;
                    self.mode = Mode::List { wrapped: false };
                    return None;
                }
                _ => return self.stray_line(path),
            }
        }
    }

    /// A line between values that is no value.
    fn stray_line(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        let line = self.line_of(self.at);
        let mut start = self.at;
        let mut kept = Vec::new();
        loop {
            let rest = &self.feed.data[self.at..];
            let end = memchr(b'\n', rest);
            let part = &rest[..end.unwrap_or(rest.len())];
            if kept.len() < MAX_SIGNATURE {
                kept.extend_from_slice(&part[..part.len().min(MAX_SIGNATURE)]);
            }
            self.at += part.len();
            if end.is_some() {
                break;
            }
            if self.at >= PIECE {
                if !self.items.is_empty() {
                    // The line is looked at again, from its start.
                    self.at = start;
                    return Some(Ok(self.piece(start)));
                }
                self.forget(self.at);
                start = 0;
            }
            if !self.feed.more() {
                break;
            }
        }
        let text = kept.trim_ascii();
        if is_record_line(text) {
            return None;
        }
        self.feed.next_number();
        Some(Err(not_a_record(path, line, text)))
    }

    fn between(&mut self, wrapped: bool, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        loop {
            let Some(&byte) = self.feed.data.get(self.at) else {
                match self.more() {
                    More::Read => continue,
                    More::Piece(piece) => return Some(Ok(piece)),
                    More::Ended => {
                        self.done = true;
                        return Some(Err(self.ends_in_list(path)));
                    }
                }
            };
            match byte {
                b',' => self.at += 1,
                blank if is_blank(blank) => self.at += 1,
                b']' => {
                    self.at += 1;
                    self.mode = if wrapped { Mode::Rest } else { Mode::Outside };
                    self.open = Open {
                        brackets: if wrapped { vec![b'{'] } else { Vec::new() },
                        ..Open::default()
                    };
                    return None;
                }
                b'}' => {
                    self.at += 1;
                    let line = self.line_of(self.at);
                    return Some(Err(not_a_record(path, line, b"}")));
                }
                _ => {
                    self.open_record(Parent::List { wrapped });
                    return None;
                }
            }
        }
    }

    fn ends_in_list(&mut self, path: &Path) -> Diagnostic {
        let line = self.line_of(self.at);
        Diagnostic::error(
            Code::LOG_TRUNCATED,
            format!(
                "the file ends in its list of records, after record {}",
                self.feed.records
            ),
        )
        .at(Place::new(path, At::Line(line)))
        .help("copy the log again; the records before its end were read")
    }

    fn open_record(&mut self, parent: Parent) {
        let line = self.line_of(self.at);
        let may_hold_list = parent == Parent::Top && self.containers == Containers::Known;
        self.open = Open {
            start: self.at,
            line,
            next: if may_hold_list {
                Next::Key
            } else {
                Next::Other
            },
            ..Open::default()
        };
        self.mode = Mode::Record { parent };
    }

    fn record(&mut self, parent: Parent, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        match self.follow() {
            Followed::Ended => {
                if !self.is_signature_sure {
                    self.signature = signature(&self.feed.data[self.open.start..self.at]);
                    self.is_signature_sure = !self.signature.is_empty();
                }
                self.end_record(parent, self.at);
                None
            }
            Followed::Container => {
                self.mode = Mode::List { wrapped: true };
                None
            }
            Followed::Damaged => {
                self.recover(parent);
                None
            }
            Followed::NeedsMore => {
                if self.at - self.open.start > MAX_RECORD {
                    return self.recover_late(parent, path);
                }
                match self.more() {
                    More::Read => None,
                    More::Piece(piece) => Some(Ok(piece)),
                    More::Ended => self.recover_late(parent, path),
                }
            }
        }
    }

    fn end_record(&mut self, parent: Parent, end: usize) {
        let number = self.feed.next_number();
        self.items.push(Item {
            start: self.open.start,
            end,
            line: self.open.line,
            number,
        });
        self.mode = parent.mode();
    }

    /// The rest of an object whose list of records has been read.
    fn rest(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        match self.follow() {
            Followed::Ended => self.mode = Mode::Outside,
            Followed::Container => self.mode = Mode::List { wrapped: true },
            Followed::Damaged => {
                let line = self.line_of(self.at);
                self.mode = Mode::Outside;
                self.at += 1;
                return Some(Err(damaged_end(path, line)));
            }
            Followed::NeedsMore => match self.more() {
                More::Read => {}
                More::Piece(piece) => return Some(Ok(piece)),
                More::Ended => {
                    self.done = true;
                    let line = self.line_of(self.at);
                    return Some(Err(truncated_end(path, line)));
                }
            },
        }
        None
    }

    /// Follows strings and brackets from `at` to the end of the open value.
    fn follow(&mut self) -> Followed {
        let data = &self.feed.data;
        let open = &mut self.open;
        let mut at = self.at;
        let followed = loop {
            if open.in_string {
                match string_end(data, &mut at) {
                    StringEnd::Here => {
                        open.in_string = false;
                        if let Some(start) = open.key.take() {
                            let key = data.get(start + 1..at - 1).unwrap_or_default();
                            open.next = if CONTAINERS.contains(&key) {
                                Next::Value
                            } else {
                                Next::Other
                            };
                        }
                        if open.brackets.is_empty() {
                            break Followed::Ended;
                        }
                    }
                    StringEnd::Later => break Followed::NeedsMore,
                    StringEnd::Never => break Followed::Damaged,
                }
                continue;
            }
            let Some(&byte) = data.get(at) else {
                break Followed::NeedsMore;
            };
            if is_blank(byte) {
                if open.brackets.is_empty() && at > open.start {
                    break Followed::Ended;
                }
                at += 1;
                continue;
            }
            match byte {
                b'"' => {
                    open.in_string = true;
                    if open.next == Next::Key && open.brackets.len() == 1 {
                        open.key = Some(at);
                    }
                    open.next = no_list(open.next);
                }
                b'{' | b'[' => {
                    if byte == b'[' && open.next == Next::Value {
                        at += 1;
                        break Followed::Container;
                    }
                    open.brackets.push(byte);
                    open.next = no_list(open.next);
                }
                b'}' | b']' => {
                    // A bare value in a list ends where the list does.
                    let Some(opener) = open.brackets.pop() else {
                        break Followed::Ended;
                    };
                    if (opener == b'{') != (byte == b'}') {
                        break Followed::Damaged;
                    }
                    if open.brackets.is_empty() {
                        at += 1;
                        break Followed::Ended;
                    }
                }
                b',' => match open.brackets.len() {
                    0 => break Followed::Ended,
                    1 if self.containers == Containers::Known => open.next = Next::Key,
                    _ => {}
                },
                b':' => {}
                _ => open.next = no_list(open.next),
            }
            at += 1;
        };
        self.at = at;
        followed
    }

    /// Ends a damaged record where the next one seems to start.
    fn recover(&mut self, parent: Parent) {
        if self.signature.is_empty() {
            self.signature = signature(&self.feed.data[self.open.start..]);
        }
        match self.find_signature(self.open.start + 1) {
            Some(next) => self.resume(parent, next),
            None => {
                self.mode = Mode::Lost {
                    parent,
                    why: Why::Damaged,
                }
            }
        }
    }

    /// Where the next record seems to start.
    fn find_signature(&self, from: usize) -> Option<usize> {
        let rest = self.feed.data.get(from..)?;
        let found = match self.signature.is_empty() {
            true => None,
            false => memmem::find(rest, &self.signature),
        };
        let found = match self.is_signature_sure {
            true => found,
            // The damage may be in the signature itself.
            false => found.or_else(|| object_after_object(rest)),
        };
        found.map(|found| from + found)
    }

    /// Takes what is before `next` as one record, for decoding to judge.
    fn resume(&mut self, parent: Parent, next: usize) {
        let mut end = next;
        while end > self.open.start
            && matches!(self.feed.data[end - 1], b',' | b' ' | b'\t' | b'\r' | b'\n')
        {
            end -= 1;
        }
        self.end_record(parent, end);
        self.at = next;
    }

    /// A record that is too long, or that the log ends in.
    fn recover_late(&mut self, parent: Parent, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        let ended = self.feed.input.is_done();
        self.late_recoveries += 1;
        if self.signature.is_empty() {
            self.signature = signature(&self.feed.data[self.open.start..]);
        }
        let next = (self.late_recoveries <= MAX_LATE_RECOVERIES)
            .then(|| self.find_signature(self.open.start + 1))
            .flatten();
        if let Some(next) = next {
            self.resume(parent, next);
            return None;
        }
        if !ended {
            self.mode = Mode::Lost {
                parent,
                why: Why::TooLong,
            };
            return None;
        }
        self.done = true;
        let end = self.feed.data.len();
        if end - self.open.start > MAX_RECORD {
            self.feed.next_number();
            let problem = too_long(path, self.open.line);
            self.feed.data.truncate(self.open.start);
            return Some(Err(problem));
        }
        self.at = end;
        self.end_record(parent, end);
        let mut piece = self.piece(end);
        piece.is_cut = true;
        Some(Ok(piece))
    }

    /// Looks for the next record without keeping what is passed over.
    fn lost(&mut self, parent: Parent, why: Why, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        if !self.items.is_empty() {
            let start = self.open.start;
            self.at = start.max(self.at);
            return Some(Ok(self.piece(start)));
        }
        let overlap = self.signature.len().max(MAX_SIGNATURE);
        let problem = match why {
            Why::Damaged => lost_end(path, self.open.line),
            Why::TooLong => too_long(path, self.open.line),
        };
        let mut from = self.open.start + 1;
        self.feed.next_number();
        loop {
            if let Some(next) = self.find_signature(from) {
                self.at = next;
                self.mode = parent.mode();
                return Some(Err(problem));
            }
            let keep = self.feed.data.len().saturating_sub(overlap).max(from);
            let keep = keep.min(self.feed.data.len());
            self.at = keep;
            self.forget(keep);
            from = 0;
            if !self.feed.more() {
                self.done = true;
                self.feed.data.clear();
                return Some(Err(problem));
            }
        }
    }
}

enum More {
    Read,
    Ended,
    /// A piece has to be handed out first.
    Piece(Piece),
}

/// A value that is no list cannot be the list of records.
fn no_list(next: Next) -> Next {
    if next == Next::Key {
        Next::Key
    } else {
        Next::Other
    }
}

enum StringEnd {
    /// `at` is behind the closing quote.
    Here,
    /// The data ends first.
    Later,
    /// A line ends first, which no JSON string spans.
    Never,
}

/// Moves `at`, which is in a string, behind its end.
fn string_end(data: &[u8], at: &mut usize) -> StringEnd {
    loop {
        let rest = data.get(*at..).unwrap_or_default();
        let Some(found) = memchr3(b'"', b'\\', b'\n', rest) else {
            *at = data.len();
            return StringEnd::Later;
        };
        match rest[found] {
            b'"' => {
                *at += found + 1;
                return StringEnd::Here;
            }
            b'\n' => {
                *at += found;
                return StringEnd::Never;
            }
            _ if found + 1 < rest.len() => *at += found + 2,
            _ => {
                // The escaped byte is not there yet.
                *at += found;
                return StringEnd::Later;
            }
        }
    }
}

/// Where an object starts that only blanks and a comma part from the end of
/// another.
fn object_after_object(data: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'{', data).find(|start| {
        let before = data[..*start].trim_ascii_end();
        before.strip_suffix(b",").unwrap_or(before).ends_with(b"}")
    })
}

/// How a record starts: up to its first key.
fn signature(record: &[u8]) -> Vec<u8> {
    let start = &record[..record.len().min(MAX_SIGNATURE)];
    let Some(open) = memchr(b'"', start) else {
        return Vec::new();
    };
    let Some(close) = memchr(b'"', &start[open + 1..]) else {
        return Vec::new();
    };
    if start[0] != b'{' || close == 0 {
        return Vec::new();
    }
    start[..open + close + 2].to_vec()
}

fn lost_end(path: &Path, line: u64) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_CORRUPT,
        "the record is damaged, and where it ends cannot be told",
    )
    .at(Place::new(path, At::Line(line)))
    .help("copy the log again; what starts like the first record after it was read")
}

fn damaged_end(path: &Path, line: u64) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_CORRUPT,
        "what follows the list of records is damaged",
    )
    .at(Place::new(path, At::Line(line)))
    .help("copy the log again; the records before the damage were read")
}

fn truncated_end(path: &Path, line: u64) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_TRUNCATED,
        "the file ends before the object around its records does",
    )
    .at(Place::new(path, At::Line(line)))
    .help("copy the log again; the records before its end were read")
}
