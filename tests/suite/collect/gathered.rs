//! Records that come in any order and more than once.

use std::time::Duration;

use misfire::collect::{Added, Gathered, Latency, Record};

use super::support::{at, window};

fn record(id: Option<&str>, time: Option<&str>, seen: &str) -> Record {
    Record {
        id: id.map(str::to_owned),
        time: time.map(at),
        text: format!("{{\"id\":{id:?}}}"),
        seen: at(seen),
    }
}

fn gathered() -> Gathered {
    Gathered::new(window("2026-11-03T08:00:00Z", "2026-11-03T08:10:00Z"))
}

#[test]
fn a_record_is_kept_once_and_only_inside_of_the_window() {
    let mut gathered = gathered();
    let seen = "2026-11-03T08:20:00Z";
    let mut add = |record| gathered.add("a test", record).expect("room");
    let inside = record(Some("a"), Some("2026-11-03T08:10:00Z"), seen);
    assert_eq!(add(inside.clone()), Added::New);
    assert_eq!(add(inside), Added::Again);
    assert_eq!(
        add(record(Some("b"), Some("2026-11-03T08:10:01Z"), seen)),
        Added::Outside
    );
    // The id of a record that was left out is not known.
    assert_eq!(
        add(record(Some("b"), Some("2026-11-03T08:00:00Z"), seen)),
        Added::New
    );
    assert_eq!(add(record(Some("c"), None, seen)), Added::New);
    assert_eq!(add(record(None, None, seen)), Added::New);
    assert_eq!(add(record(None, None, seen)), Added::New);
    assert!(gathered.has("b") && !gathered.has("d"));
    assert_eq!(
        gathered.notes(),
        [
            "1 record answered more than once, kept once",
            "1 record outside of the window, left out",
            "3 records without a time, kept"
        ]
    );
}

#[test]
fn what_comes_again_when_it_is_asked_anew_is_nothing_to_tell() {
    let mut gathered = gathered();
    let a = record(
        Some("a"),
        Some("2026-11-03T08:01:00Z"),
        "2026-11-03T08:20:00Z",
    );
    let later = record(
        Some("z"),
        Some("2026-11-03T08:59:00Z"),
        "2026-11-03T08:20:00Z",
    );
    for _ in 0..3 {
        gathered.begin_asking();
        gathered.add("a test", a.clone()).expect("room");
        gathered.add("a test", later.clone()).expect("room");
    }
    assert_eq!(gathered.records().len(), 1);
    assert_eq!(
        gathered.notes(),
        ["1 record outside of the window, left out"]
    );
    assert_eq!(gathered.add("a test", a).expect("room"), Added::Again);
    assert_eq!(
        gathered.notes()[0],
        "1 record answered more than once, kept once"
    );
}

/// CloudTrail writes whole seconds: a call at 08:00:00.7 is one of 08:00:00.
#[test]
fn a_time_in_whole_seconds_counts_from_the_second_in_which_the_window_starts() {
    let gathered = Gathered::new(window("2026-11-03T08:00:00.5Z", "2026-11-03T08:10:00.5Z"));
    for (time, held) in [
        ("2026-11-03T07:59:59Z", false),
        ("2026-11-03T08:00:00Z", true),
        ("2026-11-03T08:00:00.4Z", false),
        ("2026-11-03T08:00:00.5Z", true),
        ("2026-11-03T08:10:00.5Z", true),
        ("2026-11-03T08:10:00.6Z", false),
        ("2026-11-03T08:10:01Z", false),
    ] {
        assert_eq!(gathered.holds(at(time)), held, "{time}");
    }
}

#[test]
fn the_order_in_which_they_came_does_not_matter() {
    let records = [
        record(
            Some("b"),
            Some("2026-11-03T08:01:00Z"),
            "2026-11-03T08:05:00Z",
        ),
        record(
            Some("a"),
            Some("2026-11-03T08:02:00Z"),
            "2026-11-03T08:05:00Z",
        ),
        record(
            Some("c"),
            Some("2026-11-03T08:01:00Z"),
            "2026-11-03T08:05:00Z",
        ),
        record(Some("0"), None, "2026-11-03T08:05:00Z"),
    ];
    let ids = |order: [usize; 4]| {
        let mut gathered = gathered();
        for place in order {
            gathered
                .add("a test", records[place].clone())
                .expect("room");
        }
        let sorted = gathered.sorted();
        let ids = sorted
            .iter()
            .map(|record| record.id.clone().unwrap_or_default());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids([0, 1, 2, 3]), ["b", "c", "a", "0"]);
    assert_eq!(ids([3, 2, 1, 0]), ["b", "c", "a", "0"]);
}

#[test]
fn how_long_records_took_is_told_of_those_with_a_time() {
    let mut gathered = gathered();
    for (id, time, seen) in [
        ("a", Some("2026-11-03T08:00:00Z"), "2026-11-03T08:05:00Z"),
        ("b", Some("2026-11-03T08:00:00Z"), "2026-11-03T08:02:00Z"),
        ("c", Some("2026-11-03T08:00:00Z"), "2026-11-03T08:09:00Z"),
        ("d", Some("2026-11-03T08:09:00Z"), "2026-11-03T08:08:00Z"),
        ("e", None, "2026-11-03T08:59:00Z"),
    ] {
        gathered
            .add("a test", record(Some(id), time, seen))
            .expect("room");
    }
    assert_eq!(
        gathered.latency(),
        Some(Latency {
            min: Duration::ZERO,
            median: Duration::from_secs(120),
            max: Duration::from_secs(540),
            records: 4,
        })
    );
    assert_eq!(Latency::of(Vec::new()), None);
}

#[test]
fn a_note_that_comes_again_is_told_once() {
    let mut gathered = gathered();
    for text in ["a clock is wrong", "a page was cut off", "a clock is wrong"] {
        gathered.note(text);
    }
    assert_eq!(
        gathered.notes(),
        ["a clock is wrong (2 times)", "a page was cut off"]
    );
}
