use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use misfire::content::expectation::{After, CountRange, Presence, Same, Signal, SignalId};
use misfire::diagnostic::Place;
use misfire::event::{EventId, FileId};
use misfire::recording::{Closure, Window};
use misfire::verdict::{Candidate, Partner, Related, SignalState, in_order, relate};

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
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect(),
    }
}

/// Sorts out candidates in a window of two minutes. A signal without events is
/// missing.
fn sorted(
    signals: &[Signal],
    candidates: &[(&str, Vec<Candidate>)],
) -> BTreeMap<SignalId, Related> {
    let window = Window {
        start: Timestamp::from_second(1_000).expect("a time"),
        end: Timestamp::from_second(1_120).expect("a time"),
        closure: Closure::Closed,
    };
    let mut partners = BTreeMap::new();
    let mut found = BTreeMap::new();
    for number in in_order(signals) {
        let signal = &signals[number];
        let own = candidates.iter().find(|(name, _)| id(name) == signal.id);
        let own = own.map_or(&[][..], |(_, candidates)| candidates);
        let related = relate(signal, own, &window, &partners);
        let partner = Partner {
            state: if related.events.is_empty() {
                SignalState::Missing
            } else {
                SignalState::Seen
            },
            events: related.events.clone(),
        };
        partners.insert(signal.id.clone(), partner);
        found.insert(signal.id.clone(), related);
    }
    found
}

fn records(related: &BTreeMap<SignalId, Related>, name: &str) -> Vec<u64> {
    let found = &related[&id(name)];
    found
        .events
        .iter()
        .map(|bound| bound.candidate.event.record)
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
    let undecided = related[&id("a")].undecided.as_deref();
    assert!(undecided.is_some_and(|why| why.contains("no time")));
    let outside = sorted(&[signal("a")], &[("a", vec![candidate(1, -1, &[])])]);
    assert!(fault(&outside, "a").contains("outside the window"));
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
                    candidate(6, 91, &[]),
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
fn a_circle_is_never_looked_at() {
    let signals = [after(signal("a"), "b", None), after(signal("b"), "a", None)];
    assert!(in_order(&signals).is_empty());
}

/// The guid of one start and the user of another make no child of either.
#[test]
fn relations_hold_together() {
    let signals = [
        signal("start"),
        same(
            same(signal("child"), "ParentGuid", "start", "Guid"),
            "User",
            "start",
            "User",
        ),
    ];
    let starts = vec![
        candidate(1, 0, &[("Guid", "{a}"), ("User", "x")]),
        candidate(2, 0, &[("Guid", "{b}"), ("User", "y")]),
    ];
    let child = |user: &str| candidate(3, 1, &[("ParentGuid", "{a}"), ("User", user)]);
    let with = |user: &str| {
        sorted(
            &signals,
            &[("start", starts.clone()), ("child", vec![child(user)])],
        )
    };
    assert_eq!(records(&with("x"), "child"), [3]);
    assert_eq!(records(&with("y"), "child"), [0_u64; 0]);
}

/// So do those of a whole chain.
#[test]
fn a_chain_is_of_one_start() {
    let signals = [
        signal("a"),
        same(signal("b"), "Parent", "a", "Guid"),
        same(
            same(signal("c"), "Parent", "b", "Guid"),
            "User",
            "a",
            "User",
        ),
    ];
    let starts = vec![
        candidate(1, 0, &[("Guid", "{a1}"), ("User", "x")]),
        candidate(2, 0, &[("Guid", "{a2}"), ("User", "y")]),
    ];
    let child = vec![candidate(3, 1, &[("Guid", "{b}"), ("Parent", "{a1}")])];
    let with = |user: &str| {
        let last = candidate(4, 2, &[("Parent", "{b}"), ("User", user)]);
        sorted(
            &signals,
            &[
                ("a", starts.clone()),
                ("b", child.clone()),
                ("c", vec![last]),
            ],
        )
    };
    assert_eq!(records(&with("x"), "c"), [4]);
    assert_eq!(records(&with("y"), "c"), [0_u64; 0]);
}

/// The time counts from the start that it belongs to.
#[test]
fn the_time_counts_from_its_own_start() {
    let lookup = after(
        same(signal("lookup"), "Guid", "start", "Guid"),
        "start",
        Some(10),
    );
    let signals = [signal("start"), lookup];
    let starts = vec![
        candidate(1, 5, &[("Guid", "{a}")]),
        candidate(2, 60, &[("Guid", "{b}")]),
    ];
    let with = |second, guid: &str| {
        let lookup = candidate(3, second, &[("Guid", guid)]);
        let found = sorted(
            &signals,
            &[("start", starts.clone()), ("lookup", vec![lookup])],
        );
        records(&found, "lookup").len()
    };
    assert_eq!(with(61, "{b}"), 1);
    assert_eq!(with(61, "{a}"), 0);
    assert_eq!(with(7, "{b}"), 0);
    assert_eq!(with(7, "{a}"), 1);
}

#[test]
fn nothing_comes_after_itself() {
    let signals = [signal("a"), after(signal("b"), "a", None)];
    let event = candidate(1, 0, &[]);
    let one = sorted(
        &signals,
        &[("a", vec![event.clone()]), ("b", vec![event.clone()])],
    );
    assert_eq!(records(&one, "b"), [0_u64; 0]);
    let other = candidate(2, 0, &[]);
    let two = sorted(&signals, &[("a", vec![event]), ("b", vec![other])]);
    assert_eq!(records(&two, "b"), [2]);
}

/// What stands for no value is not the same as itself.
#[test]
fn nothing_is_not_the_same_as_nothing() {
    let signals = [signal("a"), same(signal("b"), "Guid", "a", "Guid")];
    for nothing in ["", "-", "{00000000-0000-0000-0000-000000000000}"] {
        let found = sorted(
            &signals,
            &[
                ("a", vec![candidate(1, 0, &[("Guid", nothing)])]),
                ("b", vec![candidate(2, 1, &[("Guid", nothing)])]),
            ],
        );
        assert_eq!(records(&found, "b"), [0_u64; 0]);
        assert!(found[&id("b")].undecided.is_some());
    }
}

/// Products write process ids in two ways.
#[test]
fn hexadecimal_and_decimal_digits_are_one_number() {
    let signals = [signal("a"), same(signal("b"), "Pid", "a", "Pid")];
    let with = |pid: &str| {
        let found = sorted(
            &signals,
            &[
                ("a", vec![candidate(1, 0, &[("Pid", "0x4d2")])]),
                ("b", vec![candidate(2, 1, &[("Pid", pid)])]),
            ],
        );
        records(&found, "b").len()
    };
    assert_eq!(with("1234"), 1);
    assert_eq!(with("1235"), 0);
}

/// Hundreds of possible partners are no trouble.
#[test]
fn many_partners_are_still_partners() {
    let signals = [
        signal("a"),
        after(signal("b"), "a", None),
        after(signal("c"), "b", None),
    ];
    let many = |from: u64| -> Vec<Candidate> {
        (from..from + 300)
            .map(|record| candidate(record, 1, &[]))
            .collect()
    };
    let found = sorted(
        &signals,
        &[("a", many(0)), ("b", many(1_000)), ("c", many(2_000))],
    );
    assert_eq!(records(&found, "c").len(), 300);
}
