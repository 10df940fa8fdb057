//! What is written to a file comes back from it.

use std::path::Path;

use misfire::event::{FileId, OwnedEvent};
use misfire::log::evtx::write_events;
use misfire::log::{JsonFormat, JsonWriter, ReadOptions, read_bytes};
use misfire::sensor::SensorPlatform;

use crate::sensors::given;
use crate::sensors::real::by_channel;

fn read(log: Vec<u8>) -> Vec<OwnedEvent> {
    let options = ReadOptions::default();
    let mut reader = read_bytes(Path::new("log"), log, FileId(0), &options).expect("a log");
    let mut events = Vec::new();
    while let Some(chunk) = reader.next_chunk() {
        let decoded = chunk.expect("a chunk").decode(&options);
        assert!(decoded.problems.is_empty(), "{:?}", decoded.problems);
        events.extend(decoded.batch.events().map(OwnedEvent::from));
    }
    events
}

fn json(events: &[OwnedEvent]) -> Vec<u8> {
    let mut writer = JsonWriter::new(Vec::new(), JsonFormat::JsonLines, None);
    for event in events {
        writer.write_owned(event).expect("a written record");
    }
    writer.finish().expect("a written log")
}

fn assert_same(read: &[OwnedEvent], written: &[OwnedEvent]) {
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(written) {
        assert_eq!(read.origin, written.origin);
        assert_eq!(read.time, written.time, "{}", written.origin);
        assert_eq!(read.fields, written.fields, "{}", written.origin);
    }
}

#[test]
fn a_binary_log_gives_back_what_was_logged() {
    for (_, events) in by_channel(given::logged(&given::everything_happens())) {
        let log = write_events(&events).expect("a log");
        let read = read(log);
        assert_same(&read, &events);
        let ids: Vec<_> = read.iter().map(|event| event.id.record).collect();
        assert_eq!(
            ids,
            events
                .iter()
                .map(|event| event.id.record)
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn json_lines_give_back_what_was_logged() {
    for platform in [SensorPlatform::Windows, SensorPlatform::Linux] {
        let switches = given::everything(platform);
        let events = given::logged_with(&switches, &given::everything_happens());
        for (_, events) in by_channel(events) {
            assert_same(&read(json(&events)), &events);
        }
    }
}

#[test]
fn equal_runs_leave_equal_bytes() {
    let log = || json(&given::logged(&given::everything_happens()));
    assert_eq!(log(), log());
}

#[test]
fn a_log_is_put_in_order_and_numbered() {
    let logged = given::logged(&given::everything_happens());
    let sysmon = by_channel(logged).remove("Microsoft-Windows-Sysmon/Operational");
    let in_order = sysmon.expect("events");
    let mut reversed = in_order.clone();
    reversed.reverse();
    let read_back = read(write_events(&reversed).expect("a log"));
    assert_same(&read_back, &in_order);
    // Of two with one number, the later gets the next.
    let twice = [in_order[0].clone(), in_order[0].clone()];
    let ids: Vec<_> = read(write_events(&twice).expect("a log"))
        .iter()
        .map(|event| given::system(event, "EventRecordID"))
        .collect();
    let first = in_order[0].id.record;
    assert_eq!(ids, [first.to_string(), (first + 1).to_string()]);
    assert!(read_back.len() > 10);
}
