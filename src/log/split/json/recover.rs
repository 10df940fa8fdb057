//! Going on behind a record that is damaged or too long.
//!
//! The next record is looked for by how the log's first whole record starts, up
//! to its first key, since records of one log start alike.

use std::path::Path;

use memchr::{memchr, memmem};

use super::{JsonSplitter, Mode, Parent, Why};
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::log::split::{MAX_RECORD, Piece, too_long};

/// How often a search for the next whole record may start from an end that was
/// not expected; each time costs a second look at the same bytes.
const MAX_LATE_RECOVERIES: u32 = 64;
/// The longest beginning of a record that is searched for, in bytes.
pub(super) const MAX_SIGNATURE: usize = 128;

impl JsonSplitter {
    /// Ends a damaged record where the next one seems to start.
    pub(super) fn recover(&mut self, parent: Parent) {
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
    pub(super) fn recover_late(
        &mut self,
        parent: Parent,
        path: &Path,
    ) -> Option<Result<Piece, Diagnostic>> {
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
    pub(super) fn lost(
        &mut self,
        parent: Parent,
        why: Why,
        path: &Path,
    ) -> Option<Result<Piece, Diagnostic>> {
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

/// Where an object starts that only blanks and a comma part from the end of
/// another.
fn object_after_object(data: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'{', data).find(|start| {
        let before = data[..*start].trim_ascii_end();
        before.strip_suffix(b",").unwrap_or(before).ends_with(b"}")
    })
}

/// How a record starts: up to its first key.
pub(super) fn signature(record: &[u8]) -> Vec<u8> {
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
