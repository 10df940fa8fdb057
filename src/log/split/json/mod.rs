//! JSON values one after the other, or in a list, at any size.
//!
//! A scanner follows strings and brackets; it never holds more than one record
//! that is not finished. Where a record turns out to be damaged, reading goes
//! on at the next text that starts like the log's first record.

mod follow;
mod recover;

use std::path::Path;

use memchr::memchr;

use super::{
    Feed, Item, MAX_RECORD, PIECE, Piece, is_blank, is_record_line, newlines, not_a_record,
};
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::log::input::Input;
use follow::{Followed, Next, Open};
use recover::{MAX_SIGNATURE, signature};

/// Whether objects around lists of records are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) enum Containers {
    /// `{"Records": […]}` and the like hold records.
    Known,
    /// Every object is a record.
    None,
}

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
        // At the end of the log a piece may reach past what was looked at.
        self.at = self.at.saturating_sub(by);
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
        match self
            .open
            .follow(&self.feed.data, &mut self.at, self.containers)
        {
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
        match self
            .open
            .follow(&self.feed.data, &mut self.at, self.containers)
        {
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
}

enum More {
    Read,
    Ended,
    /// A piece has to be handed out first.
    Piece(Piece),
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
