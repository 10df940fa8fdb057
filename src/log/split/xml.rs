//! `<Event>` elements, whatever stands between them.

use std::path::Path;

use memchr::{memchr, memmem};

use super::{
    Feed, Item, MAX_RECORD, PIECE, Piece, is_record_line, lost_event, newlines, not_a_record,
    too_long,
};
use crate::diagnostic::Diagnostic;
use crate::log::input::Input;
use crate::log::windows_xml::is_fragment;

const START: &[u8] = b"<Event";
const END: &[u8] = b"</Event>";

/// Splits text at the `<Event>` elements in it.
///
/// Markup in values is escaped, so the next end tag of that name is the event's
/// own, unless events are nested or a value is a CDATA section.
#[derive(Debug)]
pub(in crate::log) struct XmlSplitter {
    pub(super) feed: Feed,
    between: Between,
    at: usize,
    /// No event starts between `at` and here, so that many problems in a row do
    /// not each search the same bytes.
    clear: usize,
    known_line: (usize, u64),
    items: Vec<Item>,
    /// Lines that hold no event, where that is usual.
    pub(super) passed_over: u64,
    done: bool,
}

/// What may stand between events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) enum Between {
    /// Declarations and wrappers only.
    Markup,
    /// Lines of a system log or a journal; lines without an event are those of
    /// other programs.
    Lines,
}

impl XmlSplitter {
    pub(in crate::log) fn new(input: Input, between: Between) -> Self {
        Self {
            feed: Feed::new(input),
            between,
            at: 0,
            clear: 0,
            known_line: (0, 1),
            items: Vec::new(),
            passed_over: 0,
            done: false,
        }
    }

    pub(in crate::log) fn next_piece(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        loop {
            if self.done {
                return (!self.items.is_empty()).then(|| Ok(self.piece(self.feed.data.len())));
            }
            if self.at >= PIECE && !self.items.is_empty() {
                return Some(Ok(self.piece(self.at)));
            }
            let from = self.at.max(self.clear);
            if let Some(start) = find_start(&self.feed.data[from..]) {
                let start = from + start;
                self.clear = start;
                if let Some(problem) = self.judge_between(start, path) {
                    return Some(Err(problem));
                }
                match self.event(start, path) {
                    Event::Read => {}
                    Event::Problem(problem) => return Some(Err(problem)),
                    Event::Cut => {
                        self.done = true;
                        let mut piece = self.piece(self.feed.data.len());
                        piece.is_cut = true;
                        return Some(Ok(piece));
                    }
                }
                continue;
            }
            // The last bytes may be the first of a start tag.
            self.clear = self.feed.data.len().saturating_sub(START.len());
            if let Some(step) = self.gap(path) {
                return Some(step);
            }
        }
    }

    /// No event starts in what has been read: judges its whole lines, and reads
    /// on.
    fn gap(&mut self, path: &Path) -> Option<Result<Piece, Diagnostic>> {
        let whole = memchr::memrchr(b'\n', &self.feed.data[self.at..])
            .map_or(self.at, |end| self.at + end + 1);
        if let Some(problem) = self.judge_between(whole, path) {
            return Some(Err(problem));
        }
        if self.at >= PIECE {
            if !self.items.is_empty() {
                return Some(Ok(self.piece(self.at)));
            }
            let end = self.at;
            self.feed.skip(end);
            self.moved(end);
        }
        if self.feed.data.len() - self.at > MAX_RECORD {
            let line = self.line_of(self.at);
            let end = self.feed.data.len();
            let text = self.feed.data[self.at..].to_vec();
            self.at = end;
            return Some(Err(not_a_record(path, line, &text)));
        }
        if !self.feed.more() {
            self.done = true;
            let end = self.feed.data.len();
            return self.judge_between(end, path).map(Err);
        }
        None
    }

    /// Looks at the lines from `at` to `end`, where no event is; stops behind
    /// the first that should not be there.
    fn judge_between(&mut self, end: usize, path: &Path) -> Option<Diagnostic> {
        while self.at < end {
            let rest = &self.feed.data[self.at..end];
            let (length, is_whole) = match memchr(b'\n', rest) {
                Some(length) => (length, true),
                None => (rest.len(), false),
            };
            let text = rest[..length].trim_ascii();
            let is_markup = is_markup(text);
            let start = self.at;
            self.at += length + usize::from(is_whole);
            match self.between {
                Between::Markup if !is_markup => {
                    let text = text.to_vec();
                    let line = self.line_of(start);
                    return Some(not_a_record(path, line, &text));
                }
                Between::Lines if is_lost_event(text) => {
                    let text = text.to_vec();
                    let line = self.line_of(start);
                    self.feed.next_number();
                    return Some(lost_event(path, line, &text));
                }
                // The text before an event on its line is its frame.
                Between::Lines if is_whole && !is_markup => self.passed_over += 1,
                _ => {}
            }
        }
        None
    }

    fn event(&mut self, start: usize, path: &Path) -> Event {
        let line = self.line_of(start);
        let mut searched = start;
        loop {
            match event_end(&self.feed.data[start..], searched - start) {
                Ok(length) => {
                    self.end(start, start + length, line);
                    return Event::Read;
                }
                Err(seen) => searched = start + seen,
            }
            // An event that was cut off is followed by one that was not.
            if self.feed.data.len() - start > MAX_RECORD {
                let next = find_start(&self.feed.data[start + START.len()..]);
                self.feed.next_number();
                self.at = match next {
                    Some(next) => start + START.len() + next,
                    None => self.feed.data.len(),
                };
                return Event::Problem(too_long(path, line));
            }
            if !self.feed.more() {
                let end = self.feed.data.len();
                self.end(start, end, line);
                return Event::Cut;
            }
        }
    }

    fn end(&mut self, start: usize, end: usize, line: u64) {
        let number = self.feed.next_number();
        // A start tag in the middle can only be that of the next event, where
        // this one lost its end.
        let within = &self.feed.data[start..end];
        if let Some(next) = find_start(&within[START.len()..])
            && !has_nested_end(within)
        {
            let next = start + START.len() + next;
            self.items.push(Item {
                start,
                end: next,
                line,
                number,
            });
            self.at = next;
            return;
        }
        self.items.push(Item {
            start,
            end,
            line,
            number,
        });
        self.at = end;
    }

    fn piece(&mut self, end: usize) -> Piece {
        let bytes = self.feed.cut(end);
        self.at -= end.min(self.at);
        self.clear = self.clear.saturating_sub(end);
        self.known_line = (0, self.feed.line);
        Piece {
            bytes,
            items: std::mem::take(&mut self.items),
            is_cut: false,
        }
    }

    fn moved(&mut self, skipped: usize) {
        self.at = 0;
        self.clear = self.clear.saturating_sub(skipped);
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
}

enum Event {
    Read,
    Problem(Diagnostic),
    /// The log ends in the event.
    Cut,
}

/// Where the next `<Event>` start tag is; `<Events>` and `<EventData>` are not.
fn find_start(data: &[u8]) -> Option<usize> {
    memmem::find_iter(data, START).find(|found| {
        data.get(found + START.len())
            .is_some_and(|next| matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/'))
    })
}

/// How long the event at the start of `data` is, or how far there is no need to
/// look again.
fn event_end(data: &[u8], from: usize) -> Result<usize, usize> {
    // `<Event/>` is empty, and reported when it is decoded.
    if let Some(close) = memchr(b'>', data)
        && close > 0
        && data[close - 1] == b'/'
    {
        return Ok(close + 1);
    }
    let mut at = from;
    while let Some(found) = memmem::find(&data[at..], END) {
        let end = at + found;
        match open_cdata(&data[..end]) {
            // The tag is part of a value.
            Some(cdata) => match memmem::find(&data[cdata..], b"]]>") {
                Some(close) => at = cdata + close,
                None => return Err(from),
            },
            None => return Ok(end + END.len()),
        }
    }
    Err(data.len().saturating_sub(END.len()).max(from))
}

/// Where a CDATA section starts that is still open at the end of `data`.
fn open_cdata(data: &[u8]) -> Option<usize> {
    let open = memmem::rfind(data, b"<![CDATA[")?;
    memmem::find(&data[open..], b"]]>")
        .is_none()
        .then_some(open)
}

/// Whether a start tag inside an event is text of a CDATA section.
fn has_nested_end(event: &[u8]) -> bool {
    memmem::find(event, b"<![CDATA[").is_some()
}

/// Whether a line of a system log holds what is left of an event.
fn is_lost_event(line: &[u8]) -> bool {
    // What comes before the program's name may hold a priority in brackets.
    let sysmon = memmem::find(line, b" sysmon").and_then(|found| {
        let rest = &line[found + b" sysmon".len()..];
        let is_name = rest.starts_with(b":") || rest.starts_with(b"[");
        is_name.then_some(rest)
    });
    is_fragment(line, false) || sysmon.is_some_and(|text| is_fragment(text, true))
}

/// Whether a line holds nothing but what exports put between events.
fn is_markup(line: &[u8]) -> bool {
    let mut rest = line;
    loop {
        rest = rest.trim_ascii();
        if rest.is_empty() || is_record_line(rest) {
            return true;
        }
        let known = [&b"<?"[..], b"<!--", b"<Events", b"</Events", b"</Event>"];
        if !known.iter().any(|known| rest.starts_with(known)) {
            return false;
        }
        match memchr(b'>', rest) {
            Some(end) => rest = &rest[end + 1..],
            None => return false,
        }
    }
}
