//! The types under which a record's values are stored.
//!
//! `evtx` renders a record as text; which type each value had is lost. Here the
//! record's BinXml is walked once more for its values alone, in the order of
//! the document, and each value of the tree that has the same text takes the
//! stored type; characters that XML forbids come back too. Whatever is not understood (arrays, entities, damage) only
//! leaves values as text, so this never fails. The layout is that of
//! `[MS-EVEN6]` 2.2.12 and the libevtx format notes.

use crate::log::xml::{Element, FileTime, Guid, Leaf, Node, Sid, SystemTime, shown};

/// How many stored values may lie between those of two neighbouring leaves:
/// parts that the reader renders otherwise.
const LOOK_AHEAD: usize = 16;
/// The deepest nesting of templates in values.
const MAX_DEPTH: usize = 16;
/// The most tokens, values and bytes of values that are looked at in one
/// record. Real records need a tenth of it; crafted ones repeat themselves.
const MAX_WORK: usize = 1 << 20;
/// The bytes before a definition's elements: next, GUID, size.
const DEFINITION_HEADER: usize = 24;
const NO_DEPENDENCY: u16 = 0xffff;
const NULL: u8 = 0x00;
const BINXML: u8 = 0x21;
const POINTER: u8 = 0x10;
const HEX_INT_64: u8 = 0x15;

/// Gives the values of `event` the types under which the record at `offset`
/// of `chunk`, of `size` bytes, stores them. `false` if none were found.
pub(super) fn adopt_stored_types(
    event: &mut Element,
    chunk: &[u8],
    offset: usize,
    size: usize,
) -> bool {
    let mut walk = Walk {
        chunk,
        found: Vec::new(),
        parts: Vec::new(),
        opaque: false,
        work: 0,
    };
    // What was found before a surprise is good.
    let _ = walk.stream(offset, offset.saturating_add(size), None, 0);
    adopt(event, &mut walk.found.as_slice());
    !walk.found.is_empty()
}

fn adopt(element: &mut Element, stored: &mut &[Leaf]) {
    for (_, value) in &mut element.attributes {
        adopt_one(value, stored);
    }
    for child in &mut element.children {
        match child {
            Node::Element(child) => adopt(child, stored),
            Node::Text(value) => adopt_one(value, stored),
        }
    }
}

fn adopt_one(value: &mut Leaf, stored: &mut &[Leaf]) {
    let Leaf::Text(text) = value else { return };
    let found = stored.iter().take(LOOK_AHEAD).position(|leaf| match leaf {
        Leaf::Text(stored) => shows_as(stored, text),
        other => other.reads_as(text),
    });
    if let Some(index) = found {
        *value = stored[index].clone();
        *stored = &stored[index + 1..];
    }
}

/// Whether the reader shows a stored text so: what XML forbids becomes `_`.
fn shows_as(stored: &str, text: &str) -> bool {
    stored == text || stored.chars().map(shown).eq(text.chars())
}

/// A value of a template instance: its type, and where it is.
struct Value {
    kind: u8,
    start: usize,
    size: usize,
}

struct Walk<'a> {
    chunk: &'a [u8],
    /// The values that make up a whole attribute or text.
    found: Vec<Leaf>,
    /// The parts of the attribute or text at hand.
    parts: Vec<Leaf>,
    /// Whether one of these is unknown.
    opaque: bool,
    work: usize,
}

impl Walk<'_> {
    /// Walks one stream and returns where it ends; `None` for a surprise.
    /// `values` are those of the instance whose definition this is.
    fn stream(
        &mut self,
        start: usize,
        end: usize,
        values: Option<&[Value]>,
        depth: usize,
    ) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut at = start;
        while at < end {
            self.spend(1)?;
            let token = self.byte(&mut at)?;
            match token {
                0x00 => break,
                0x0f => at += 3,
                0x0c => self.instance(&mut at, depth)?,
                0x01 | 0x41 => self.element(token, &mut at, values)?,
                0x06 | 0x46 => {
                    self.flush();
                    self.name(&mut at)?;
                }
                0x02..=0x04 => self.flush(),
                0x05 | 0x45 => {
                    let kind = self.byte(&mut at)?;
                    let text = self.counted(&mut at)?;
                    let leaf = (kind == 0x01).then(|| decode(0x01, text)).flatten();
                    self.part(leaf);
                }
                0x07 | 0x47 => {
                    self.counted(&mut at)?;
                    self.part(None);
                }
                0x08 | 0x48 => {
                    at += 2;
                    self.part(None);
                }
                0x09 | 0x49 => {
                    self.name(&mut at)?;
                    self.part(None);
                }
                0x0a => self.name(&mut at)?,
                0x0b => {
                    self.counted(&mut at)?;
                }
                0x0d | 0x0e => {
                    let index = self.short(&mut at)?;
                    let declared = self.byte(&mut at)?;
                    let value = values?.get(usize::from(index))?;
                    if value.kind == BINXML {
                        self.flush();
                        self.stream(value.start, value.start + value.size, None, depth + 1)?;
                    } else if value.kind != NULL && value.size > 0 {
                        self.spend(value.size)?;
                        let bytes = self.chunk.get(value.start..value.start + value.size)?;
                        // A pointer is stored as the number of its host's width.
                        let kind = match (declared, value.kind) {
                            (POINTER, HEX_INT_64) => POINTER,
                            (_, stored) => stored,
                        };
                        self.part(decode(kind, bytes));
                    }
                }
                _ => return None,
            }
        }
        self.flush();
        Some(())
    }

    fn element(&mut self, token: u8, at: &mut usize, values: Option<&[Value]>) -> Option<()> {
        self.flush();
        // Only definitions number what an element depends on.
        let dependency = match values {
            Some(_) => self.short(at)?,
            None => NO_DEPENDENCY,
        };
        let size = self.long(at)? as usize;
        if dependency != NO_DEPENDENCY && values?.get(usize::from(dependency))?.kind == NULL {
            *at = at.checked_add(size)?;
            return Some(());
        }
        self.name(at)?;
        if token == 0x41 {
            *at += 4;
        }
        Some(())
    }

    fn instance(&mut self, at: &mut usize, depth: usize) -> Option<()> {
        *at += 5;
        let definition = self.long(at)? as usize;
        let body = definition.checked_add(DEFINITION_HEADER)?;
        let size = self.long(&mut body.checked_sub(4)?)? as usize;
        if definition == *at {
            *at = body.checked_add(size)?;
        }
        let count = self.long(at)? as usize;
        self.spend(count)?;
        let mut start = at.checked_add(count.checked_mul(4)?)?;
        if start > self.chunk.len() {
            return None;
        }
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            let size = usize::from(self.short(at)?);
            let kind = self.byte(at)?;
            *at += 1;
            values.push(Value { kind, start, size });
            start += size;
        }
        *at = start;
        self.stream(body, body.checked_add(size)?, Some(&values), depth + 1)
    }

    fn spend(&mut self, work: usize) -> Option<()> {
        self.work = self.work.checked_add(work)?;
        (self.work <= MAX_WORK).then_some(())
    }

    /// Adds to the attribute or text at hand; `None` is something unknown.
    fn part(&mut self, leaf: Option<Leaf>) {
        match leaf {
            Some(leaf) => self.parts.push(leaf),
            None => self.opaque = true,
        }
    }

    /// Ends the attribute or text at hand.
    fn flush(&mut self) {
        if !self.opaque && !self.parts.is_empty() {
            let whole = match (self.parts.pop(), self.parts.is_empty()) {
                (Some(only), true) => only,
                (last, _) => {
                    let parts = self.parts.iter().chain(&last);
                    Leaf::Text(parts.map(ToString::to_string).collect())
                }
            };
            self.found.push(whole);
        }
        self.parts.clear();
        self.opaque = false;
    }

    fn byte(&self, at: &mut usize) -> Option<u8> {
        let byte = *self.chunk.get(*at)?;
        *at += 1;
        Some(byte)
    }

    fn short(&self, at: &mut usize) -> Option<u16> {
        let bytes = self.chunk.get(*at..)?.first_chunk()?;
        *at += 2;
        Some(u16::from_le_bytes(*bytes))
    }

    fn long(&self, at: &mut usize) -> Option<u32> {
        let bytes = self.chunk.get(*at..)?.first_chunk()?;
        *at += 4;
        Some(u32::from_le_bytes(*bytes))
    }

    /// Skips a name: a reference, and at first use the name itself.
    fn name(&self, at: &mut usize) -> Option<()> {
        let offset = self.long(at)? as usize;
        if offset == *at {
            *at += 6;
            let units = usize::from(self.short(at)?);
            *at += 2 * units + 2;
        }
        Some(())
    }

    /// Text after its length in units.
    fn counted(&self, at: &mut usize) -> Option<&[u8]> {
        let size = 2 * usize::from(self.short(at)?);
        let text = self.chunk.get(*at..*at + size)?;
        *at += size;
        Some(text)
    }
}

/// A stored value; `None` if its type has no counterpart.
fn decode(kind: u8, bytes: &[u8]) -> Option<Leaf> {
    Some(match kind {
        0x01 => {
            let units = bytes.as_chunks::<2>().0.iter();
            let units = units.map(|unit| u16::from_le_bytes(*unit));
            let text = char::decode_utf16(units.take_while(|&unit| unit != 0));
            Leaf::Text(text.collect::<Result<_, _>>().ok()?)
        }
        0x02 if bytes.is_ascii() => {
            let text = bytes.iter().filter(|&&byte| byte != 0);
            Leaf::Ansi(text.map(|&byte| char::from(byte)).collect())
        }
        0x03 => Leaf::Int8(i8::from_le_bytes(bytes.try_into().ok()?)),
        0x04 => Leaf::UInt8(u8::from_le_bytes(bytes.try_into().ok()?)),
        0x05 => Leaf::Int16(i16::from_le_bytes(bytes.try_into().ok()?)),
        0x06 => Leaf::UInt16(u16::from_le_bytes(bytes.try_into().ok()?)),
        0x07 => Leaf::Int32(i32::from_le_bytes(bytes.try_into().ok()?)),
        0x08 => Leaf::UInt32(u32::from_le_bytes(bytes.try_into().ok()?)),
        0x09 => Leaf::Int64(i64::from_le_bytes(bytes.try_into().ok()?)),
        0x0a => Leaf::UInt64(u64::from_le_bytes(bytes.try_into().ok()?)),
        0x0b => Leaf::Float(f32::from_le_bytes(bytes.try_into().ok()?)),
        0x0c => Leaf::Double(f64::from_le_bytes(bytes.try_into().ok()?)),
        0x0d => match i32::from_le_bytes(bytes.try_into().ok()?) {
            0 => Leaf::Boolean(false),
            1 => Leaf::Boolean(true),
            // Shown as the number that it is.
            other => Leaf::Int32(other),
        },
        0x0e => Leaf::Binary(bytes.to_vec()),
        0x0f => Leaf::Guid(Guid(bytes.try_into().ok()?)),
        POINTER if bytes.len() == 8 => Leaf::Pointer(u64::from_le_bytes(bytes.try_into().ok()?)),
        POINTER | 0x14 => Leaf::HexInt32(u32::from_le_bytes(bytes.try_into().ok()?)),
        0x11 => Leaf::FileTime(FileTime(u64::from_le_bytes(bytes.try_into().ok()?))),
        0x12 => {
            let (fields, odd) = bytes.as_chunks::<2>();
            let fields: &[[u8; 2]; 8] = fields.try_into().ok().filter(|_| odd.is_empty())?;
            Leaf::SystemTime(SystemTime(fields.map(u16::from_le_bytes)))
        }
        0x13 => Leaf::Sid(Sid::from_bytes(bytes)?),
        HEX_INT_64 => Leaf::HexInt64(u64::from_le_bytes(bytes.try_into().ok()?)),
        _ => return None,
    })
}
