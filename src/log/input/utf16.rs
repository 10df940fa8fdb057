//! UTF-16, as Windows tools write it, turned into UTF-8.

use std::io::{self, Read};

/// The order of the two bytes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// What a text that starts like this is written in, if it is UTF-16: a byte
    /// order mark, or a first character that starts JSON or XML.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xfe, ..] | [b'<' | b'{' | b'[', 0, ..] => Some(Self::Little),
            [0xfe, 0xff, ..] | [0, b'<' | b'{' | b'[', ..] => Some(Self::Big),
            _ => None,
        }
    }
}

/// Reads UTF-16 as UTF-8.
///
/// A surrogate without its partner becomes bytes that are no UTF-8 either, so
/// that the decoder finds and reports it with its line.
pub(super) struct Utf16 {
    inner: Box<dyn Read + Send>,
    order: ByteOrder,
    raw: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    high: Option<u16>,
    ended: bool,
}

const BLOCK: usize = 32 * 1024;

impl Utf16 {
    pub(super) fn new(inner: Box<dyn Read + Send>, order: ByteOrder) -> Self {
        Self {
            inner,
            order,
            raw: Vec::with_capacity(BLOCK),
            ready: Vec::with_capacity(2 * BLOCK),
            given: 0,
            high: None,
            ended: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        let held = self.raw.len();
        self.raw.resize(BLOCK, 0);
        let read = self.inner.read(&mut self.raw[held..]);
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                self.raw.truncate(held);
                return Err(error);
            }
        };
        self.raw.truncate(held + read);
        let (units, odd) = self.raw.as_chunks::<2>();
        for unit in units {
            let unit = match self.order {
                ByteOrder::Little => u16::from_le_bytes(*unit),
                ByteOrder::Big => u16::from_be_bytes(*unit),
            };
            push(&mut self.ready, &mut self.high, unit);
        }
        let odd = odd.first().copied();
        self.raw.clear();
        self.raw.extend(odd);
        if read == 0 {
            self.ended = true;
            if let Some(high) = self.high.take() {
                push_lone(&mut self.ready, high);
            }
            if odd.is_some() {
                self.ready.push(0xff);
            }
        }
        Ok(())
    }
}

fn push(ready: &mut Vec<u8>, high: &mut Option<u16>, unit: u16) {
    if let Some(first) = high.take() {
        if let Some(Ok(character)) = char::decode_utf16([first, unit]).next() {
            push_char(ready, character);
            return;
        }
        push_lone(ready, first);
    }
    match unit {
        0xd800..=0xdbff => *high = Some(unit),
        0xdc00..=0xdfff => push_lone(ready, unit),
        _ => push_char(ready, char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}')),
    }
}

fn push_char(ready: &mut Vec<u8>, character: char) {
    ready.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn push_lone(ready: &mut Vec<u8>, unit: u16) {
    ready.extend_from_slice(&[
        0xe0 | (unit >> 12) as u8,
        0x80 | (unit >> 6 & 0x3f) as u8,
        0x80 | (unit & 0x3f) as u8,
    ]);
}

impl Read for Utf16 {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = to.len().min(self.ready.len() - self.given);
        to[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
