use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use misfire::content::expectation::{After, CountRange, Presence, Same, Signal, SignalId};
use misfire::diagnostic::Place;
use misfire::event::{EventId, FileId};
use misfire::recording::{Closure, Window};
use misfire::verdict::{Candidate, Related, relate};

use super::id;

fn signal(name: &str) -> Signal {
    Signal {
        id: id(name),
        branches: Vec::new(),
        count: CountRange::default(),
        same: Vec::new(),
        after: None,
        condition: None,
        presence: Presence::Expected,
        place: Place::file("expectations/T1219.yaml".as_ref()),
    }
}

fn after(mut signal: Signal, other: &str, within: Option<i64>) -> Signal {
    signal.after = Some(After {
        signal: id(other),
        within: within.map(SignedDuration::from_secs),
    });
    signal
}

fn same(mut signal: Signal, field: &str, other: &str, other_field: &str) -> Signal {
    signal.same.push(Same {
        field: field.to_owned(),
        signal: id(other),
        other_field: other_field.to_owned(),
    });
    signal
}

fn candidate(record: u64, second: i64, fields: &[(&str, &str)]) -> Candidate {
    Candidate {
        event: EventId {
            file: FileId(0),
            record,
        },
        time: Timestamp::from_second(1_000 + second).ok(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

/// Sorts out candidates in a window of two minutes.
fn sorted(
    signals: &[Signal],
    candidates: &[(&str, Vec<Candidate>)],
) -> BTreeMap<SignalId, Related> {
    let window = Window {
        start: Timestamp::from_second(1_000).expect("a time"),
        end: Timestamp::from_second(1_120).expect("a time"),
        closure: Closure::Closed,
    };
    let candidates = candidates
        .iter()
        .map(|(name, candidates)| (id(name), candidates.clone()))
        .collect();
    relate(signals, &candidates, &window)
}

fn records(related: &BTreeMap<SignalId, Related>, name: &str) -> Vec<u64> {
    let found = &related[&id(name)];
    found
        .events
        .iter()
        .map(|event| event.event.record)
        .collect()
}

fn fault(related: &BTreeMap<SignalId, Related>, name: &str) -> String {
    let near = related[&id(name)].near.as_ref().expect("a near miss");
    near.1.clone()
}

#[test]
fn only_events_inside_the_window_are_of_the_test() {
    let mut timeless = candidate(4, 0, &[]);
    timeless.time = None;
    let related = sorted(
        &[signal("a")],
        &[(
            "a",
            vec![
                candidate(1, -1, &[]),
                candidate(2, 0, &[]),
                candidate(3, 121, &[]),
                timeless,
            ],
        )],
    );
    assert_eq!(records(&related, "a"), [2]);
    assert!(fault(&related, "a").contains("outside the window"));
}

#[test]
fn what_comes_after_comes_in_time() {
    let signals = [after(signal("b"), "a", Some(60)), signal("a")];
    let related = sorted(
        &signals,
        &[
            ("a", vec![candidate(5, 30, &[]), candidate(1, 10, &[])]),
            (
                "b",
                vec![
                    candidate(2, 9, &[]),
                    candidate(3, 10, &[]),
                    candidate(4, 70, &[]),
                    candidate(6, 71, &[]),
                ],
            ),
        ],
    );
    assert_eq!(records(&related, "a"), [1, 5]);
    assert_eq!(records(&related, "b"), [3, 4]);
    assert!(
        fault(&related, "b").contains("1s before `a`"),
        "{}",
        fault(&related, "b")
    );
}

#[test]
fn too_late_is_told_with_the_time() {
    let signals = [signal("a"), after(signal("b"), "a", Some(5))];
    let related = sorted(
        &signals,
        &[
            ("a", vec![candidate(1, 0, &[])]),
            ("b", vec![candidate(2, 75, &[])]),
        ],
    );
    assert_eq!(records(&related, "b"), [0_u64; 0]);
    let fault = fault(&related, "b");
    assert!(
        fault.contains("1m 15s after `a`") && fault.contains("5s may pass"),
        "{fault}"
    );
}

#[test]
fn a_field_ties_events_together() {
    let signals = [
        signal("start"),
        same(signal("child"), "ParentProcessGuid", "start", "ProcessGuid"),
    ];
    let related = sorted(
        &signals,
        &[
            ("start", vec![candidate(1, 0, &[("ProcessGuid", "{AB}")])]),
            (
                "child",
                vec![
                    candidate(2, 1, &[("ParentProcessGuid", "{cd}")]),
                    candidate(3, 1, &[("ParentProcessGuid", "{ab}")]),
                    candidate(4, 1, &[]),
                ],
            ),
        ],
    );
    assert_eq!(records(&related, "child"), [3]);
    let fault = fault(&related, "child");
    assert!(fault.contains("{cd}") && fault.contains("{AB}"), "{fault}");
}

#[test]
fn nothing_is_tied_to_what_is_not_there() {
    let signals = [
        same(signal("child"), "ProcessGuid", "start", "ProcessGuid"),
        after(signal("late"), "start", None),
        signal("start"),
    ];
    let related = sorted(
        &signals,
        &[
            ("child", vec![candidate(2, 1, &[("ProcessGuid", "{ab}")])]),
            ("late", vec![candidate(3, 1, &[])]),
        ],
    );
    assert!(records(&related, "child").is_empty());
    assert!(fault(&related, "child").contains("`start`, which is not there"));
    assert!(records(&related, "late").is_empty());
    assert!(fault(&related, "late").contains("`start`, which is not there"));
}

#[test]
fn a_circle_ends() {
    let signals = [after(signal("a"), "b", None), after(signal("b"), "a", None)];
    let related = sorted(
        &signals,
        &[
            ("a", vec![candidate(1, 0, &[])]),
            ("b", vec![candidate(2, 0, &[])]),
        ],
    );
    assert!(records(&related, "a").is_empty() && records(&related, "b").is_empty());
}
