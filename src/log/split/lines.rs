//! One record a line.

use std::path::Path;

use memchr::{memchr, memrchr};

use super::{Feed, Item, MAX_RECORD, PIECE, Piece, is_blank, is_record_line, too_long};
use crate::diagnostic::Diagnostic;
use crate::log::input::Input;

/// Splits at line ends.
#[derive(Debug)]
pub(in crate::log) struct LineSplitter {
    pub(super) feed: Feed,
}

impl LineSplitter {
    pub(in crate::log) fn new(input: Input) -> Self {
        Self {
            feed: Feed::new(input),
        }
    }

    pub(in crate::log) fn next_piece(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        let feed = &mut self.feed;
        let mut searched = 0;
        let mut last_end = None;
        let end = loop {
            if !feed.more() {
                break feed.data.len();
            }
            if let Some(end) = memrchr(b'\n', &feed.data[searched..]) {
                last_end = Some(searched + end + 1);
            }
            searched = feed.data.len();
            match last_end {
                Some(end) if searched >= PIECE => break end,
                None if searched > MAX_RECORD => {
                    let problem = too_long(path, feed.line);
                    feed.next_number();
                    self.skip_line();
                    return Some(Err(problem));
                }
                _ => {}
            }
        };
        if end == 0 {
            return None;
        }
        let line = feed.line;
        let bytes = feed.cut(end);
        Some(Ok(self.piece(bytes, line)))
    }

    fn piece(&mut self, bytes: Vec<u8>, mut line: u64) -> Piece {
        let mut items = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |found| start + found);
            let text = bytes[start..end].trim_ascii();
            if !text.is_empty() && !is_record_line(text) {
                let blanks = bytes[start..end]
                    .iter()
                    .take_while(|byte| is_blank(**byte))
                    .count();
                let start = start + blanks;
                items.push(Item {
                    start,
                    end: start + text.len(),
                    line,
                    number: self.feed.next_number(),
                });
            }
            line += 1;
            start = end + 1;
        }
        let is_cut = bytes.last().is_some_and(|byte| *byte != b'\n');
        Piece {
            bytes,
            items,
            is_cut,
        }
    }

    /// Forgets everything up to the end of the line.
    fn skip_line(&mut self) {
        let feed = &mut self.feed;
        loop {
            if let Some(end) = memchr(b'\n', &feed.data) {
                feed.skip(end + 1);
                return;
            }
            feed.data.clear();
            if !feed.more() {
                return;
            }
        }
    }
}
