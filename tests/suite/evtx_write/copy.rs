//! Copies of logs: types kept, times shifted, damage reported.

use std::io::Cursor;

use misfire::event::Section;
use misfire::event::catalogue::WireType;
use misfire::log::evtx::copy::{CopyError, CopyReport, copy_evtx};
use misfire::log::evtx::types::apply_types;
use misfire::log::xml::{Element, FileTime, Leaf};

use crate::evtx_write::readers::typed;
use crate::evtx_write::support::{
    NEW_YEAR_2026, assert_equal, bytes, event, many, put, read, writer, written,
};

fn copy(file: &[u8]) -> (CopyReport, Vec<u8>) {
    let (report, copy) =
        copy_evtx(Cursor::new(file), Cursor::new(Vec::new()), |_| {}).expect("a copy");
    (report, copy.into_inner())
}

#[test]
fn every_type_is_stored_again() {
    let everything = &typed()[..1];
    let file = written(everything);
    let (report, copy) = copy(&file);
    assert_eq!((report.records, report.lost), (1, 0));
    assert!(copy == file);
}

#[test]
fn a_shift_moves_the_header_and_the_event() {
    let hour = 36_000_000_000;
    let file = written(&[event(1, &[("A", Leaf::from("a"))])]);
    let (_, copy) = copy_evtx(Cursor::new(file), Cursor::new(Vec::new()), |record| {
        record.time += hour;
        let system = record.event.child_mut("System").expect("its System");
        let created = system.child_mut("TimeCreated").expect("its time");
        match created.attribute_mut("SystemTime") {
            Some(Leaf::FileTime(FileTime(ticks))) => *ticks += hour,
            other => panic!("{other:?}"),
        }
    })
    .expect("a copy");
    let records = read(copy.into_inner());
    assert_eq!(records[0].1, NEW_YEAR_2026 + 1 + hour);
    let system = records[0].2.child("System").expect("its System");
    let created = system.child("TimeCreated").expect("its time");
    let text = created.attribute("SystemTime").expect("its text").text();
    assert_eq!(text, "2026-01-01T01:00:00.0000000Z");
}

/// A log of two chunks and more.
fn log() -> Vec<u8> {
    let mut log = writer();
    for id in 1..=500 {
        put(&mut log, id, &many(id)).expect("a record");
    }
    bytes(log)
}

#[test]
fn a_damaged_record_is_reported_and_the_others_are_copied() {
    let mut file = log();
    // The first record's first token.
    file[4_096 + 512 + 24] = 0xff;
    let (report, copy) = copy(&file);
    assert_eq!((report.records, report.lost), (499, 1), "{report:?}");
    assert_eq!(report.problems.len(), 1);
    let records = read(copy);
    assert_eq!(records.len(), 499);
    for (id, _, seen) in &records {
        assert_equal(&many(*id), seen);
    }
}

#[test]
fn a_truncated_log_is_copied_as_far_as_it_goes() {
    let mut file = log();
    let mut counts = Vec::new();
    let whole = copy(&file).0;
    assert_eq!((whole.records, whole.lost), (500, 0));
    for (length, problems) in [
        (4_096 + 0x1_0000 + 0x8000, 2),
        (4_096 + 0x1_0000 + 0x7ff7, 2),
        (4_096 + 0x1_0000 + 100, 1),
        (4_096 + 0x1_0000, 1),
    ] {
        file.truncate(length);
        let (report, copy) = copy(&file);
        assert!(report.lost >= problems, "{report:?}");
        let records = read(copy);
        assert_eq!(records.len() as u64, report.records);
        for (index, (id, _, seen)) in records.iter().enumerate() {
            assert_eq!(*id, index as u64 + 1);
            assert_equal(&many(*id), seen);
        }
        counts.push(report.records);
    }
    // Half a chunk is worth some of its records.
    assert!(counts[0] > counts[2] + 20, "{counts:?}");
    assert!(
        counts[0] >= counts[1] && counts[1] >= counts[0] - 1,
        "{counts:?}"
    );
    assert_eq!(counts[2], counts[3]);
    assert!(counts[3] > 100, "{counts:?}");
}

#[test]
fn zeros_in_place_of_records_are_no_records_and_are_reported() {
    let whole = log();
    // The end of a chunk, as after a crash.
    let mut file = whole.clone();
    file[4_096 + 0x8000..4_096 + 0x1_0000].fill(0);
    let (report, copy_of_rest) = copy(&file);
    assert_eq!(report.records + report.lost, 500, "{report:?}");
    assert!(report.lost > 50, "{report:?}");
    let records = read(copy_of_rest);
    assert_eq!(records.len() as u64, report.records);
    for (id, _, seen) in &records {
        assert_equal(&many(*id), seen);
    }
    // A whole chunk.
    let mut file = whole;
    file[4_096..4_096 + 0x1_0000].fill(0);
    let (report, _) = copy(&file);
    assert_eq!(report.lost, 1, "{report:?}");
    assert!(report.records > 100, "{report:?}");
}

#[test]
fn what_is_no_log_is_refused() {
    let not = copy_evtx(Cursor::new(b"{}"), Cursor::new(Vec::new()), |_| {});
    assert!(matches!(not, Err(CopyError::NotALog(_))));
}

#[test]
fn a_record_that_no_longer_fits_is_stored_in_smaller_types() {
    let file = written(&[event(1, &[("A", Leaf::from("a"))])]);
    let long = "AB".repeat(25_000);
    let (report, copy) = copy_evtx(Cursor::new(file), Cursor::new(Vec::new()), |record| {
        let fields = record.event.child_mut("EventData").expect("its fields");
        *fields = Element::new("EventData")
            .with_child(Element::new("Data").with_value(Leaf::from(long.as_str())));
    })
    .expect("a copy");
    assert_eq!((report.records, report.lost), (1, 0));
    let records = read(copy.into_inner());
    let fields = records[0].2.child("EventData").expect("its fields");
    assert_eq!(fields.child("Data").expect("its field").text(), long);
}

#[test]
fn declared_types_are_taken_where_the_text_stays() {
    let own = Element::new("Own")
        .with_attribute("Count", Leaf::from("7"))
        .with_child(Element::new("Id").with_value(Leaf::from("0x1f")));
    let mut event = event(
        1,
        &[
            ("Number", Leaf::from("42")),
            ("Padded", Leaf::from("042")),
            ("Nothing", Leaf::from("")),
            ("Unknown", Leaf::from("42")),
        ],
    )
    .with_child(Element::new("UserData").with_child(own));
    apply_types(&mut event, |section, name| match (section, name) {
        (Section::EventData, "Number" | "Padded" | "Nothing") => Some(WireType::UInt32),
        (Section::UserData, "Count") => Some(WireType::UInt8),
        (Section::UserData, "Id") => Some(WireType::HexInt32),
        _ => None,
    });
    let fields = event.child("EventData").expect("its fields");
    let values: Vec<_> = fields
        .elements()
        .map(|field| field.children.clone())
        .collect();
    let leaf = |leaf| vec![misfire::log::xml::Node::Text(leaf)];
    assert_eq!(
        values,
        [
            leaf(Leaf::UInt32(42)),
            leaf(Leaf::from("042")),
            leaf(Leaf::Null(WireType::UInt32)),
            leaf(Leaf::from("42")),
        ]
    );
    let own = event
        .child("UserData")
        .and_then(|data| data.child("Own"))
        .expect("its data");
    assert_eq!(own.attribute("Count"), Some(&Leaf::UInt8(7)));
    assert_eq!(
        own.child("Id").expect("its id").children,
        leaf(Leaf::HexInt32(0x1f))
    );
}
