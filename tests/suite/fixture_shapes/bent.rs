//! The comparison notices records that no product writes.

use std::path::Path;

use misfire::event::catalogue::WireType;

use crate::support::shapes::report::Report;
use crate::support::shapes::windows::{Event, RealEvents, Verified, events};

#[test]
fn bent_events_are_noticed() {
    let recordings: Vec<_> = crate::fixture_shapes::RECORDINGS
        .into_iter()
        .filter_map(crate::fixture_shapes::corpus)
        .collect();
    if recordings.is_empty() {
        return;
    }
    let real = RealEvents::read(&recordings);
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/T1219.001/code-tunnel/sysmon.evtx"
    );
    let all = events(Path::new(path));
    let start = all
        .iter()
        .find(|event| event.id == 1)
        .expect("a process start");
    let told = |bend: &dyn Fn(&mut Event)| {
        let mut event = start.clone();
        bend(&mut event);
        let mut report = Report::default();
        let verified = real.compare(&event, &mut report.of("bent"));
        let told: Vec<_> = report.differences.into_keys().collect();
        (verified, told.join("\n"))
    };
    let set = |event: &mut Event, name: &str, text: &str| {
        let all = event.fields.iter_mut().chain(&mut event.system);
        let (_, value) = all
            .into_iter()
            .find(|(known, _)| known == name)
            .expect("a field");
        value.text = text.to_owned();
    };
    assert_eq!(told(&|_| {}), (Verified::Yes, String::new()));
    let (verified, differences) = told(&|event| drop(event.fields.remove(3)));
    assert_eq!(verified, Verified::No);
    assert!(differences.contains("the fields are"), "{differences}");
    let (verified, differences) = told(&|event| event.fields.swap(2, 3));
    assert_eq!(verified, Verified::No);
    assert!(differences.contains("the fields are"), "{differences}");
    let (_, differences) = told(&|event| drop(event.system.remove(5)));
    assert!(differences.contains("has in System just"), "{differences}");
    for (field, text, expected) in [
        (
            "EventData.Hashes",
            "SHA256=00af",
            "EventData.Hashes is text",
        ),
        ("EventData.LogonId", "999", "EventData.LogonId is a number"),
        ("EventData.User", "avery", "EventData.User is text"),
        ("EventData.Image", "code.exe", "EventData.Image is text"),
        (
            "EventData.UtcTime",
            "2026-11-02T09:14:03Z",
            "EventData.UtcTime is a time in ISO form",
        ),
        ("Level", "0", "System.Level is never 0"),
        ("Task", "2", "System.Task is never 2"),
    ] {
        let (_, differences) = told(&|event| set(event, field, text));
        assert!(differences.contains(expected), "{field}: {differences}");
    }
    let (_, differences) = told(&|event| event.fields[3].1.wire_type = WireType::UInt64);
    assert!(
        differences.contains("never stored as UInt64"),
        "{differences}"
    );
    assert_eq!(told(&|event| event.version = 250).0, Verified::No);
}
