//! Writing in memory, and reading with an independent reader.

use std::io::Cursor;

use evtx::{EvtxParser, ParserSettings};
use misfire::log::evtx::write::{EvtxWriter, RecordToWrite, WriteError};
use misfire::log::xml::{Element, FileTime, Leaf, Whitespace, difference, parse, to_xml};

pub const NEW_YEAR_2026: u64 = 134_116_992_000_000_000;

pub type Log = Cursor<Vec<u8>>;

pub fn writer() -> EvtxWriter<Log> {
    EvtxWriter::new(Log::default()).expect("memory takes a header")
}

pub fn put(writer: &mut EvtxWriter<Log>, id: u64, event: &Element) -> Result<(), WriteError> {
    let time = NEW_YEAR_2026 + id;
    writer.write_record(&RecordToWrite { id, time, event })
}

pub fn bytes(writer: EvtxWriter<Log>) -> Vec<u8> {
    writer.finish().expect("a finished file").into_inner()
}

pub fn written(events: &[Element]) -> Vec<u8> {
    let mut writer = writer();
    for (index, event) in events.iter().enumerate() {
        put(&mut writer, index as u64 + 1, event).expect("a record");
    }
    bytes(writer)
}

/// Every record of a file, all checksums verified: id, time, event.
pub fn read(file: Vec<u8>) -> Vec<(u64, u64, Element)> {
    let settings = ParserSettings::new().indent(false).validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(file)
        .expect("a file header")
        .with_configuration(settings);
    assert!(parser.header().validate_checksum());
    let records = parser.records().map(|record| {
        let record = record.expect("a readable record");
        let event = parse(&record.data, Whitespace::Keep).expect("XML");
        let ticks = record.timestamp.as_nanosecond() / 100 + 116_444_736_000_000_000;
        (record.event_record_id, ticks as u64, event)
    });
    records.collect()
}

pub fn assert_equal(left: &Element, right: &Element) {
    if let Some(found) = difference(left, right) {
        panic!("{found}\n{}\n{}", to_xml(left), to_xml(right));
    }
}

/// Writes the events, reads them, and compares everything.
pub fn assert_survive(events: &[Element]) {
    let records = read(written(events));
    assert_eq!(records.len(), events.len());
    for (index, (event, (id, time, seen))) in events.iter().zip(&records).enumerate() {
        assert_eq!(*id, index as u64 + 1);
        assert_eq!(*time, NEW_YEAR_2026 + id);
        assert_equal(event, seen);
    }
}

pub fn data(name: &str, value: Leaf) -> Element {
    Element::new("Data")
        .with_attribute("Name", Leaf::from(name))
        .with_value(value)
}

/// A record as a product logs it.
pub fn event(event_id: u16, fields: &[(&str, Leaf)]) -> Element {
    let value = |name: &str, leaf| Element::new(name).with_value(leaf);
    let system = Element::new("System")
        .with_child(Element::new("Provider").with_attribute("Name", Leaf::from("Misfire-Test")))
        .with_child(value("EventID", Leaf::UInt16(event_id)))
        .with_child(value("Level", Leaf::UInt8(4)))
        .with_child(value("Keywords", Leaf::HexInt64(0x8000_0000_0000_0000)))
        .with_child(
            Element::new("TimeCreated")
                .with_attribute("SystemTime", Leaf::FileTime(FileTime(NEW_YEAR_2026))),
        )
        .with_child(Element::new("Correlation"))
        .with_child(value("Channel", Leaf::from("Misfire/Test")));
    let fields = fields
        .iter()
        .fold(Element::new("EventData"), |section, (name, leaf)| {
            section.with_child(data(name, leaf.clone()))
        });
    let schema = "http://schemas.microsoft.com/win/2004/08/events/event";
    Element::new("Event")
        .with_attribute("xmlns", Leaf::from(schema))
        .with_child(system)
        .with_child(fields)
}

/// One of many records of forty shapes, no two the same.
pub fn many(id: u64) -> Element {
    let shape = id * 7 % 40;
    let names: Vec<String> = (0..shape % 13)
        .map(|field| format!("Field{shape}x{field}"))
        .collect();
    let fields: Vec<(&str, Leaf)> = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let value = match index % 4 {
                0 => Leaf::UInt64(id),
                1 => Leaf::from(format!("value {id} of {name}")),
                2 => Leaf::from(""),
                _ => Leaf::HexInt32(id as u32),
            };
            (name.as_str(), value)
        })
        .collect();
    event(shape as u16, &fields)
}
