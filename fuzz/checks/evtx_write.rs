//! The check behind the `evtx_write` target, also replayed by a stable test:
//! any bytes make some events; what the writer takes must be read back whole,
//! and what it refuses must leave no trace.

use std::io::Cursor;

use evtx::{EvtxParser, ParserSettings};
use misfire::event::catalogue::WireType;
use misfire::log::evtx::copy::copy_evtx;
use misfire::log::evtx::write::{EvtxWriter, MAX_TIME, RecordToWrite};
use misfire::log::xml::{
    Element, FileTime, Guid, Leaf, Sid, SystemTime, Whitespace, difference, parse, to_xml,
};

/// The most events that one input makes.
const MAX_EVENTS: u64 = 200;
/// The most bytes of text that one input makes.
const MAX_TEXT: usize = 1 << 20;

/// Writes the events that these bytes make, and reads them back.
///
/// # Panics
/// When anything differs.
pub fn run(bytes: &[u8]) {
    let mut source = Source { bytes, text: 0 };
    let mut writer = EvtxWriter::new(Cursor::new(Vec::new())).expect("memory takes a header");
    let mut expected: Vec<(u64, u64, Element)> = Vec::new();
    let rising = !source.byte().is_multiple_of(4);
    let mut id = 0_u64;
    for turn in 0..MAX_EVENTS {
        let event = match (source.byte() % 8, expected.last()) {
            (0 | 1, Some((_, _, last))) => last.clone(),
            _ => source.event(),
        };
        id = match rising {
            true => id + 1 + u64::from(source.byte() % 4 / 3),
            false => u64::from_le_bytes(source.array()) >> (source.byte() % 64),
        };
        // Different times tell records with one id apart.
        let time = u64::from_le_bytes(source.array()) % (MAX_TIME / 256) * 256 + turn;
        let record = RecordToWrite {
            id,
            time,
            event: &event,
        };
        if writer.write_record(&record).is_ok() {
            expected.push((id, time, event));
        }
        if source.bytes.is_empty() {
            break;
        }
    }
    let file = writer.finish().expect("memory takes a file").into_inner();
    let (report, copy) =
        copy_evtx(Cursor::new(&file), Cursor::new(Vec::new()), |_| {}).expect("a copy");
    assert_eq!(
        (report.records, report.lost),
        (expected.len() as u64, 0),
        "{report:?}"
    );
    let in_order = expected.is_sorted_by_key(|record| record.0);
    compare(&mut expected, read(file), in_order);
    compare(&mut expected, read(copy.into_inner()), in_order);
}

fn read(file: Vec<u8>) -> Vec<(u64, u64, Element)> {
    let settings = ParserSettings::new().indent(false).validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(file)
        .expect("a file header")
        .with_configuration(settings);
    let records = parser.records().map(|record| {
        let record = record.expect("a readable record");
        let event = parse(&record.data, Whitespace::Keep).expect("XML");
        let ticks = record.timestamp.as_nanosecond().div_euclid(100) + 116_444_736_000_000_000;
        (record.event_record_id, ticks as u64, event)
    });
    records.collect()
}

fn compare(
    expected: &mut [(u64, u64, Element)],
    mut seen: Vec<(u64, u64, Element)>,
    in_order: bool,
) {
    // Readers start at the chunk with the lowest id, so the order is only sure for rising ids.
    if !in_order {
        expected.sort_by_key(|record| (record.0, record.1));
        seen.sort_by_key(|record| (record.0, record.1));
    }
    assert_eq!(expected.len(), seen.len(), "records");
    for ((id, time, event), (seen_id, seen_time, seen_event)) in expected.iter().zip(&seen) {
        assert_eq!((id, time), (seen_id, seen_time));
        // Through our own XML, which shows forbidden characters as the reader does.
        let shown = parse(&to_xml(event), Whitespace::Keep).expect("XML");
        if let Some(found) = difference(&shown, seen_event) {
            panic!("record {id}: {found}");
        }
    }
}

/// Bytes that decide; zeros when they are used up.
struct Source<'a> {
    bytes: &'a [u8],
    /// Bytes of text made so far.
    text: usize,
}

impl Source<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else {
            return 0;
        };
        self.bytes = rest;
        *first
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.bytes.split_at(length.min(self.bytes.len()));
        self.bytes = rest;
        taken.to_vec()
    }

    fn text(&mut self) -> String {
        let length = self.byte();
        let piece = String::from_utf8_lossy(&self.take(usize::from(length) % 64)).into_owned();
        let times = match length / 64 {
            0..=2 => 1,
            _ => usize::from(u16::from_le_bytes(self.array())),
        };
        let room = MAX_TEXT.saturating_sub(self.text) / piece.len().max(1);
        let text = piece.repeat(times.min(room));
        self.text += text.len();
        text
    }

    fn name(&mut self) -> String {
        const NAMES: [&str; 12] = [
            "Event",
            "System",
            "EventData",
            "UserData",
            "Data",
            "Name",
            "xmlns",
            "xmlns:x",
            "a",
            "b:c",
            "é",
            "𠀀",
        ];
        let choice = usize::from(self.byte());
        match NAMES.get(choice % 16) {
            Some(name) => (*name).to_owned(),
            None if choice % 16 == 12 => self.text(),
            None => format!("n{choice}"),
        }
    }

    /// One event: elements opened, filled and closed until the bytes say stop.
    fn event(&mut self) -> Element {
        let mut open = vec![Element::new(self.name())];
        loop {
            let Some(element) = open.last_mut() else {
                return Element::default();
            };
            match self.byte() % 10 {
                1 | 2 => open.push(Element::new(self.name())),
                3 => {
                    let attribute = (self.name(), self.leaf());
                    element.attributes.push(attribute);
                }
                4 | 5 => {
                    let leaf = self.leaf();
                    element.children.push(misfire::log::xml::Node::Text(leaf));
                }
                6..=8 if open.len() > 1 => close(&mut open),
                0 => break,
                _ => {}
            }
        }
        while open.len() > 1 {
            close(&mut open);
        }
        open.pop().unwrap_or_default()
    }

    fn leaf(&mut self) -> Leaf {
        match self.byte() % 28 {
            0 => Leaf::Null(WireType::UnicodeString),
            1 => Leaf::Null(WireType::Guid),
            2 => Leaf::Ansi(self.text()),
            3 => Leaf::Int8(i8::from_le_bytes(self.array())),
            4 => Leaf::UInt8(self.byte()),
            5 => Leaf::Int16(i16::from_le_bytes(self.array())),
            6 => Leaf::UInt16(u16::from_le_bytes(self.array())),
            7 => Leaf::Int32(i32::from_le_bytes(self.array())),
            8 => Leaf::UInt32(u32::from_le_bytes(self.array())),
            9 => Leaf::Int64(i64::from_le_bytes(self.array())),
            10 => Leaf::UInt64(u64::from_le_bytes(self.array())),
            11 => Leaf::Float(f32::from_le_bytes(self.array())),
            12 => Leaf::Double(f64::from_le_bytes(self.array())),
            13 => Leaf::Boolean(self.byte() % 2 == 1),
            14 => {
                let length = usize::from(self.byte());
                Leaf::Binary(self.take(length))
            }
            15 => Leaf::Guid(Guid(self.array())),
            16 => Leaf::Pointer(u64::from_le_bytes(self.array())),
            17 => Leaf::FileTime(FileTime(u64::from_le_bytes(self.array()))),
            18 => Leaf::SystemTime(SystemTime(std::array::from_fn(|_| {
                u16::from_le_bytes(self.array())
            }))),
            19 => {
                let parts = (0..self.byte() % 16).map(|_| u32::from_le_bytes(self.array()));
                let parts: String = parts.map(|part| format!("-{part}")).collect();
                Sid::parse(&format!("S-1-5{parts}")).map_or(Leaf::UInt8(0), Leaf::Sid)
            }
            20 => Leaf::HexInt32(u32::from_le_bytes(self.array())),
            21 => Leaf::HexInt64(u64::from_le_bytes(self.array())),
            _ => Leaf::Text(self.text()),
        }
    }
}

fn close(open: &mut Vec<Element>) {
    if let Some(done) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(misfire::log::xml::Node::Element(done));
    }
}
