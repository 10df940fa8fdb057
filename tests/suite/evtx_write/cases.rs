//! Cases worth a name: limits, refusals, and what the format does to odd input.

use std::io::{self, Seek, SeekFrom, Write};

use misfire::log::evtx::copy::copy_evtx;
use misfire::log::evtx::write::{
    EvtxWriter, MAX_CHUNKS, MAX_DEPTH, MAX_TIME, RecordToWrite, WriteError,
};
use misfire::log::xml::{Element, Leaf, Node};

use crate::evtx_write::support::{
    Log, NEW_YEAR_2026, assert_equal, assert_survive, bytes, event, many, put, read, writer,
    written,
};

/// The bytes that records can take in one chunk.
const CAPACITY: usize = 0xfff8 - 0x200;

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
        section.children.push(Node::Element(child));
    }
    assert_survive(&[event.clone(), event]);
}

#[test]
fn a_log_without_records_is_a_log() {
    assert!(read(bytes(writer())).is_empty());
}

#[test]
fn a_hundred_thousand_records_are_read_whole() {
    let count = 100_000;
    let mut log = writer();
    for id in 1..=count {
        put(&mut log, id, &many(id)).expect("a record");
    }
    assert_eq!(log.records(), count);
    let file = bytes(log);
    assert!(file.len() > 400 * 0x1_0000, "{} bytes", file.len());
    assert_eq!(file.len() % 0x1_0000, 4_096);
    let records = read(file);
    assert_eq!(records.len() as u64, count);
    for (index, (id, time, seen)) in records.iter().enumerate() {
        assert_eq!(*id, index as u64 + 1);
        assert_eq!(*time, NEW_YEAR_2026 + id);
        if index % 10 == 0 {
            assert_equal(&many(*id), seen);
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
fn big_shapes_repeat() {
    let wide = |count: usize, child: &Element| {
        (0..count).fold(Element::new("Event"), |event, _| {
            event.with_child(child.clone())
        })
    };
    let empty = wide(3_000, &Element::new("e"));
    let full = wide(2_500, &Element::new("e").with_value(Leaf::UInt8(7)));
    let attributes = (0..70).fold(Element::new("e"), |element, index| {
        element.with_attribute(format!("a{index}"), Leaf::UInt8(7))
    });
    let events: Vec<Element> = (0..1_000)
        .map(|_| empty.clone())
        .chain([full, wide(62, &attributes)])
        .collect();
    assert_survive(&events);
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
    let (_, copy) = copy_evtx(io::Cursor::new(&file), Log::default(), |_| {}).expect("a copy");
    assert!(copy.into_inner() == file, "a copy keeps them");
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

/// Takes everything and keeps its length.
#[derive(Default)]
struct Void {
    position: u64,
    length: u64,
}

impl Write for Void {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.position += bytes.len() as u64;
        self.length = self.length.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Void {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(position) = to {
            self.position = position;
        }
        Ok(self.position)
    }
}

#[test]
fn a_full_file_says_so_and_can_be_finished() {
    let event = with_text(1);
    // The same id again and again gives each record a chunk of its own.
    let record = RecordToWrite {
        id: 7,
        time: NEW_YEAR_2026,
        event: &event,
    };
    let mut log = EvtxWriter::new(Void::default()).expect("a header");
    for _ in 0..MAX_CHUNKS {
        log.write_record(&record).expect("a record");
    }
    let full = log.write_record(&record).expect_err("one chunk too many");
    assert!(matches!(full, WriteError::FileFull { .. }), "{full}");
    assert_eq!(log.records(), MAX_CHUNKS as u64);
    let void = log.finish().expect("a finished file");
    assert_eq!(void.length, 4_096 + MAX_CHUNKS as u64 * 0x1_0000);
    assert_eq!(void.position, void.length);
}

/// Fails a number of times, after so many bytes, and then works.
struct Flaky {
    inner: Log,
    failures: u32,
}

impl Write for Flaky {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failures > 0 && self.inner.position() > 0x1_0000 {
            self.failures -= 1;
            return Err(io::Error::other("no space"));
        }
        self.inner.write(&bytes[..bytes.len().min(1_000)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Flaky {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn an_output_that_fails_and_recovers_gets_everything() {
    let out = Flaky {
        inner: Log::default(),
        failures: 3,
    };
    let mut log = EvtxWriter::new(out).expect("a header");
    let mut failures = 0;
    let mut id = 1;
    while id <= 2_000 {
        let event = many(id);
        let record = RecordToWrite {
            id,
            time: NEW_YEAR_2026 + id,
            event: &event,
        };
        match log.write_record(&record) {
            Ok(()) => id += 1,
            Err(WriteError::Io(_)) => failures += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(failures, 3);
    let file = log.finish().expect("a finished file").inner.into_inner();
    let ids: Vec<u64> = read(file).iter().map(|record| record.0).collect();
    assert!(ids.iter().copied().eq(1..=2_000));
}
