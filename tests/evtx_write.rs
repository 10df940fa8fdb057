//! The EVTX writer, judged by what an independent reader makes of its files.

use std::io::Cursor;

use evtx::{EvtxParser, ParserSettings};
use misfire::event::catalogue::WireType;
use misfire::log::evtx::write::{EvtxWriter, MAX_DEPTH, MAX_TIME, RecordToWrite, WriteError};
use misfire::log::xml::{
    Element, FileTime, Guid, Leaf, Sid, SystemTime, Whitespace, difference, parse, to_xml,
};
use proptest::prelude::*;
use proptest::{collection, option};

/// The bytes that records can take in one chunk.
const CAPACITY: usize = 0xfff8 - 0x200;
const NEW_YEAR_2026: u64 = 134_116_992_000_000_000;

type Log = Cursor<Vec<u8>>;

fn writer() -> EvtxWriter<Log> {
    EvtxWriter::new(Log::default()).expect("memory takes a header")
}

fn put(writer: &mut EvtxWriter<Log>, id: u64, event: &Element) -> Result<(), WriteError> {
    let time = NEW_YEAR_2026 + id;
    writer.write_record(&RecordToWrite { id, time, event })
}

fn bytes(writer: EvtxWriter<Log>) -> Vec<u8> {
    writer.finish().expect("a finished file").into_inner()
}

fn written(events: &[Element]) -> Vec<u8> {
    let mut writer = writer();
    for (index, event) in events.iter().enumerate() {
        put(&mut writer, index as u64 + 1, event).expect("a record");
    }
    bytes(writer)
}

/// Every record of a file, all checksums verified: id, time, event.
fn read(file: Vec<u8>) -> Vec<(u64, u64, Element)> {
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

fn assert_equal(left: &Element, right: &Element) {
    if let Some(found) = difference(left, right) {
        panic!("{found}\n{}\n{}", to_xml(left), to_xml(right));
    }
}

/// Writes the events, reads them, and compares everything.
fn assert_survive(events: &[Element]) {
    let records = read(written(events));
    assert_eq!(records.len(), events.len());
    for (index, (event, (id, time, seen))) in events.iter().zip(&records).enumerate() {
        assert_eq!(*id, index as u64 + 1);
        assert_eq!(*time, NEW_YEAR_2026 + id);
        assert_equal(event, seen);
    }
}

fn data(name: &str, value: Leaf) -> Element {
    Element::new("Data")
        .with_attribute("Name", Leaf::from(name))
        .with_value(value)
}

/// A record as a product logs it.
fn event(event_id: u16, fields: &[(&str, Leaf)]) -> Element {
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

// Any tree of elements, attributes and typed values.

fn text() -> impl Strategy<Value = String> {
    let xml_character = prop_oneof![
        8 => prop::char::range(' ', '~'),
        2 => prop::sample::select(vec!['<', '>', '&', '"', '\'', ']', '\t', '\n', '\r', ' ', '%']),
        2 => prop::char::range('\u{a0}', '\u{d7ff}'),
        1 => prop::char::range('\u{e000}', '\u{fffd}'),
        1 => prop::char::range('\u{10000}', '\u{10ffff}'),
    ];
    collection::vec(xml_character, 0..40).prop_map(String::from_iter)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["Data", "EventData", "System", "a", "b", "ns:c", "é", "𠀀"])
            .prop_map(str::to_owned),
        1 => "[A-Za-z_:][A-Za-z0-9_.:-]{0,30}",
    ]
}

fn wire_types() -> impl Strategy<Value = WireType> {
    use WireType::*;
    prop::sample::select(vec![
        UnicodeString,
        AnsiString,
        Int8,
        UInt8,
        Int16,
        UInt16,
        Int32,
        UInt32,
        Int64,
        UInt64,
        Float,
        Double,
        Boolean,
        Binary,
        Guid,
        Pointer,
        FileTime,
        SystemTime,
        Sid,
        HexInt32,
        HexInt64,
    ])
}

fn sid() -> impl Strategy<Value = Sid> {
    (any::<u32>(), collection::vec(any::<u32>(), 0..=15)).prop_map(|(authority, parts)| {
        let parts: String = parts.iter().map(|part| format!("-{part}")).collect();
        Sid::parse(&format!("S-1-{authority}{parts}")).expect("a SID")
    })
}

fn leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        1 => wire_types().prop_map(Leaf::Null),
        6 => text().prop_map(Leaf::Text),
        1 => text().prop_map(Leaf::Ansi),
        1 => any::<i8>().prop_map(Leaf::Int8),
        1 => any::<u8>().prop_map(Leaf::UInt8),
        1 => any::<i16>().prop_map(Leaf::Int16),
        1 => any::<u16>().prop_map(Leaf::UInt16),
        1 => any::<i32>().prop_map(Leaf::Int32),
        1 => any::<u32>().prop_map(Leaf::UInt32),
        1 => any::<i64>().prop_map(Leaf::Int64),
        1 => any::<u64>().prop_map(Leaf::UInt64),
        1 => any::<u32>().prop_map(|bits| Leaf::Float(f32::from_bits(bits))),
        1 => any::<u64>().prop_map(|bits| Leaf::Double(f64::from_bits(bits))),
        1 => any::<bool>().prop_map(Leaf::Boolean),
        1 => collection::vec(any::<u8>(), 0..50).prop_map(Leaf::Binary),
        1 => any::<[u8; 16]>().prop_map(|bytes| Leaf::Guid(Guid(bytes))),
        1 => any::<u64>().prop_map(Leaf::Pointer),
        1 => any::<u64>().prop_map(|ticks| Leaf::FileTime(FileTime(ticks))),
        1 => (0..=MAX_TIME).prop_map(|ticks| Leaf::FileTime(FileTime(ticks))),
        1 => any::<[u16; 8]>().prop_map(|fields| Leaf::SystemTime(SystemTime(fields))),
        1 => sid().prop_map(Leaf::Sid),
        1 => any::<u32>().prop_map(Leaf::HexInt32),
        1 => any::<u64>().prop_map(Leaf::HexInt64),
    ]
}

fn start_tag() -> impl Strategy<Value = Element> {
    let attributes = collection::vec((name(), leaf()), 0..4);
    let named = option::weighted(0.3, text().prop_map(Leaf::Text));
    (name(), attributes, named).prop_map(|(name, attributes, named)| {
        let mut element = Element::new(name);
        let named = named.map(|value| ("Name".to_owned(), value));
        for (name, value) in attributes.into_iter().chain(named) {
            if element.attribute(&name).is_none() {
                element.attributes.push((name, value));
            }
        }
        element
    })
}

fn tree() -> impl Strategy<Value = Element> {
    let childless = (start_tag(), collection::vec(leaf(), 0..3))
        .prop_map(|(element, values)| values.into_iter().fold(element, Element::with_value));
    childless.prop_recursive(5, 60, 6, |inner| {
        let child = prop_oneof![
            4 => inner.prop_map(misfire::log::xml::Node::Element),
            1 => leaf().prop_map(misfire::log::xml::Node::Text),
        ];
        (start_tag(), collection::vec(child, 0..6)).prop_map(|(mut element, children)| {
            element.children = children;
            element
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_events_survive(events in collection::vec(tree(), 1..8)) {
        assert_survive(&events);
    }

    #[test]
    fn values_show_what_the_reader_shows(leaves in collection::vec(leaf(), 1..20)) {
        let event = leaves.iter().fold(Element::new("Event"), |event, leaf| {
            event.with_child(Element::new("Data").with_value(leaf.clone()))
        });
        let records = read(written(std::slice::from_ref(&event)));
        for (leaf, seen) in leaves.iter().zip(records[0].2.elements()) {
            prop_assert_eq!(leaf.text(), seen.text());
        }
    }

    #[test]
    fn typed_values_keep_their_text(text in text(), leaf in leaf(), wire in wire_types()) {
        for text in [text.as_str(), &leaf.text()] {
            if let Some(typed) = Leaf::typed(text, wire) {
                prop_assert_eq!(typed.text(), text);
                prop_assert_eq!(typed.wire_type(), wire);
            }
        }
    }

    #[test]
    fn values_are_typed_again(leaf in leaf()) {
        let shown = leaf.text();
        let finite = !matches!(&*shown, "NaN" | "inf" | "-inf");
        let dated = !matches!(leaf, Leaf::FileTime(FileTime(ticks)) if ticks > MAX_TIME);
        let ascii = !matches!(leaf, Leaf::Ansi(_)) || shown.is_ascii();
        if finite && dated && ascii {
            prop_assert!(Leaf::typed(&shown, leaf.wire_type()).is_some(), "{:?}", leaf);
        }
    }

    #[test]
    fn xml_text_survives(event in tree()) {
        let again = parse(&to_xml(&event), Whitespace::Keep).expect("XML");
        assert_equal(&event, &again);
    }
}

#[test]
fn an_event_has_its_values_and_its_repeated_names() {
    let mut event = event(
        1,
        &[
            ("Image", Leaf::from(r"C:\Ünïcode\😀.exe")),
            ("CommandLine", Leaf::from("a <b> & \"c\" 'd' ]]>  ")),
            ("Empty", Leaf::from("")),
            ("Same", Leaf::from("one")),
            ("Same", Leaf::from("two")),
            ("Hashes", Leaf::Binary(vec![0, 0xff])),
        ],
    );
    let section = event.child_mut("EventData").expect("its fields");
    for value in ["x", "", "x"] {
        let child = Element::new("Data").with_value(Leaf::from(value));
        section
            .children
            .push(misfire::log::xml::Node::Element(child));
    }
    assert_survive(&[event.clone(), event]);
}

#[test]
fn a_log_without_records_is_a_log() {
    assert!(read(bytes(writer())).is_empty());
}

#[test]
fn a_hundred_thousand_records_are_read_whole() {
    let shapes: Vec<Vec<String>> = (0..40)
        .map(|shape| {
            (0..shape % 13)
                .map(|field| format!("Field{shape}x{field}"))
                .collect()
        })
        .collect();
    let make = |id: u64| {
        let fields: Vec<(&str, Leaf)> = shapes[(id * 7 % 40) as usize]
            .iter()
            .enumerate()
            .map(|(index, name)| match index % 4 {
                0 => (name.as_str(), Leaf::UInt64(id)),
                1 => (name.as_str(), Leaf::from(format!("value {id} of {name}"))),
                2 => (name.as_str(), Leaf::Null(WireType::UnicodeString)),
                _ => (name.as_str(), Leaf::HexInt32(id as u32)),
            })
            .collect();
        event(id as u16 % 40, &fields)
    };
    let count = 100_000;
    let mut log = writer();
    for id in 1..=count {
        put(&mut log, id, &make(id)).expect("a record");
    }
    assert_eq!(log.records(), count);
    let file = bytes(log);
    assert!(file.len() > 500 * 0x1_0000, "{} bytes", file.len());
    assert_eq!(file.len() % 0x1_0000, 4_096);
    let records = read(file);
    assert_eq!(records.len() as u64, count);
    for (index, (id, time, seen)) in records.iter().enumerate() {
        assert_eq!(*id, index as u64 + 1);
        assert_eq!(*time, NEW_YEAR_2026 + id);
        if index % 10 == 0 {
            assert_equal(&make(*id), seen);
        }
    }
}

/// An event with one text of so many UTF-16 units.
fn with_text(units: usize) -> Element {
    Element::new("Event").with_value(Leaf::Text("x".repeat(units)))
}

/// The most units of text that a record of [`with_text`] can hold.
fn longest_text() -> usize {
    let fits = |units| put(&mut writer(), 1, &with_text(units)).is_ok();
    (0..40_000)
        .collect::<Vec<_>>()
        .partition_point(|&units| fits(units))
        - 1
}

#[test]
fn a_record_can_fill_a_chunk_exactly() {
    let units = longest_text();
    let mut log = writer();
    for id in 1..=3 {
        put(&mut log, id, &with_text(units)).expect("a record");
    }
    let file = bytes(log);
    assert_eq!(file.len(), 4_096 + 3 * 0x1_0000);
    let free = u32::from_le_bytes(file[4_096 + 48..4_096 + 52].try_into().expect("four bytes"));
    assert_eq!(free, 0xfff8);
    assert_eq!(read(file).len(), 3);

    let mut log = writer();
    let refused = put(&mut log, 9, &with_text(units + 1)).expect_err("one unit too many");
    assert!(
        matches!(refused, WriteError::RecordTooLarge { id: 9, bytes, limit: CAPACITY } if bytes > CAPACITY),
        "{refused}"
    );
    assert_eq!(read(bytes(log)).len(), 0);
}

#[test]
fn what_cannot_be_written_is_refused_and_the_writer_goes_on() {
    let plain = event(1, &[("A", Leaf::from("a"))]);
    let deep = |levels: usize| {
        (1..levels).fold(Element::new("e"), |inner, _| {
            Element::new("e").with_child(inner)
        })
    };
    let twice = Element::new("e")
        .with_attribute("a", Leaf::from("1"))
        .with_attribute("a", Leaf::from("2"));
    let named = |name: &str| Element::new("Event").with_child(Element::new(name));
    let refused = [
        (
            event(1, &[("A", Leaf::from("a\0b"))]),
            "Data \"A\" holds the character U+0000",
        ),
        (named(""), "cannot name an element"),
        (named("a b"), "cannot name an element"),
        (named("a\0"), "cannot name an element"),
        (named("1a"), "cannot name an element"),
        (named(&"n".repeat(2_000)), "cannot name an element"),
        (
            Element::new("e").with_attribute("<", Leaf::from("")),
            "cannot name an element",
        ),
        (twice, "attribute \"a\" twice"),
        (deep(MAX_DEPTH + 1), "deeper than 64 levels"),
        (
            with_text(32_768),
            "takes 65536 bytes, and a value of an event log at most 65534",
        ),
        (with_text(32_767), "record 2 takes"),
    ];
    let mut log = writer();
    put(&mut log, 1, &plain).expect("a record");
    for (event, message) in refused {
        let error = put(&mut log, 2, &event).expect_err(message);
        assert!(error.to_string().contains(message), "{error}");
        put(&mut log, 2, &plain).expect("a record after a refused one");
    }
    let late = RecordToWrite {
        id: 3,
        time: MAX_TIME + 1,
        event: &plain,
    };
    assert!(matches!(
        log.write_record(&late),
        Err(WriteError::TimeOutOfRange { .. })
    ));
    let latest = RecordToWrite {
        id: 3,
        time: MAX_TIME,
        event: &deep(MAX_DEPTH),
    };
    log.write_record(&latest)
        .expect("the latest time and the deepest event");
    let records = read(bytes(log));
    assert_eq!(records.len(), 13);
    assert_eq!(records[12].1, MAX_TIME);
    for (_, _, seen) in &records[..12] {
        assert_equal(&plain, seen);
    }
}

#[test]
fn templates_and_names_move_to_the_next_chunk_with_their_record() {
    // Big, all different shapes: most records bring a template that overflows the chunk.
    let events: Vec<Element> = (0..60)
        .map(|shape| {
            let names: Vec<String> = (0..shape * 3 % 70)
                .map(|f| format!("F{shape}x{f}"))
                .collect();
            let fields: Vec<_> = names
                .iter()
                .map(|name| (name.as_str(), Leaf::from("v".repeat(100))))
                .collect();
            let own = Element::new(format!("Own{shape}")).with_value(Leaf::UInt8(1));
            event(shape, &fields).with_child(own)
        })
        .collect();
    let again: Vec<Element> = events
        .iter()
        .chain(&events)
        .chain(&events)
        .cloned()
        .collect();
    assert_survive(&again);
}

#[test]
fn ids_may_repeat_and_fall() {
    let ids = [5, 7, 6, 7, 7, 8, 1];
    let mut log = writer();
    for id in ids {
        put(&mut log, id, &with_text(3)).expect("a record");
    }
    let mut seen: Vec<u64> = read(bytes(log)).iter().map(|record| record.0).collect();
    seen.sort_unstable();
    assert_eq!(seen, [1, 5, 6, 7, 7, 7, 8]);
}

#[test]
fn characters_that_xml_forbids_are_stored_and_shown_as_windows_shows_them() {
    let event = Element::new("Event").with_value(Leaf::from("a\u{1}b\u{ffff}c"));
    let file = written(&[event]);
    let stored: Vec<u8> = "a\u{1}b\u{ffff}c"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(file.windows(stored.len()).any(|window| window == stored));
    assert_eq!(read(file)[0].2.text(), "a_b_c");
}

#[test]
fn an_unfinished_file_says_so() {
    let mut out = Log::default();
    let mut log = EvtxWriter::new(&mut out).expect("a header");
    for id in 1..=1_000 {
        let event = event(1, &[("A", Leaf::from("a".repeat(100)))]);
        log.write_record(&RecordToWrite {
            id,
            time: NEW_YEAR_2026,
            event: &event,
        })
        .expect("a record");
    }
    drop(log);
    let flags = u32::from_le_bytes(out.get_ref()[120..124].try_into().expect("four bytes"));
    assert_eq!(flags, 1);
    assert!(!read(out.into_inner()).is_empty());
}
