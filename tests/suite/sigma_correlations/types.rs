//! Every type of correlation.

use crate::sigma_correlations::{process, records};
use crate::support::events::Made;

#[test]
fn event_count() {
    let correlation = "
type: event_count
rules: [base_a]
group-by: [User]
timespan: 1m
condition: {gte: 3}";
    let events = [
        process("AAA", "u", 0),
        process("AAA", "v", 1),
        process("AAA", "u", 2),
        process("none", "u", 3),
        process("AAA", "u", 4),
    ];
    assert_eq!(records(correlation, &events), [[1, 3, 5]]);
    assert!(records(correlation, &events[..4]).is_empty());
}

#[test]
fn a_condition_that_stays_met_is_one_firing_with_all_events() {
    let correlation = "
type: event_count
rules: [base_a]
timespan: 10s
condition: {gte: 2}";
    let events: Vec<_> = [0, 1, 2, 3, 60, 120, 121]
        .into_iter()
        .map(|second| process("AAA", "u", second))
        .collect();
    assert_eq!(
        records(correlation, &events),
        [vec![1, 2, 3, 4], vec![6, 7]]
    );
}

#[test]
fn event_count_over_several_rules() {
    let correlation = "
type: event_count
rules: [base_a, base_b]
timespan: 1m
condition: {gte: 2}";
    let events = [process("AAA", "u", 0), process("BBB", "u", 1)];
    assert_eq!(records(correlation, &events), [[1, 2]]);
    // One event that both rules find counts twice and is named once.
    assert_eq!(records(correlation, &[process("AAA BBB", "u", 0)]), [[1]]);
}

#[test]
fn value_count() {
    let correlation = "
type: value_count
rules: [base_a]
group-by: [User]
timespan: 1m
condition: {field: Image, gte: 2}";
    let event = |image: &str, second| process("AAA", "u", second).with("Image", image);
    let same = [event("x", 0), event("x", 1), event("x", 2)];
    assert!(records(correlation, &same).is_empty());
    let others = [event("x", 0), event("y", 1)];
    assert_eq!(records(correlation, &others), [[1, 2]]);
    // An event without the field counts no value.
    let without = [event("x", 0), process("AAA", "u", 1)];
    assert!(records(correlation, &without).is_empty());
}

#[test]
fn temporal_wants_every_rule() {
    // `rsigma-eval` 0.23 fires on the first event alone.
    let correlation = "
type: temporal
rules: [base_a, base_b]
group-by: [User]
timespan: 1m";
    assert!(records(correlation, &[process("AAA", "u", 0)]).is_empty());
    let events = [process("BBB", "u", 0), process("AAA", "u", 30)];
    assert_eq!(records(correlation, &events), [[1, 2]]);
    let others = [process("BBB", "u", 0), process("AAA", "v", 30)];
    assert!(records(correlation, &others).is_empty());
}

#[test]
fn temporal_with_a_number_wants_so_many_rules() {
    let correlation = "
type: temporal
rules: [base_a, base_b, base_c]
timespan: 1m
condition: {gte: 2}";
    let same = [process("AAA", "u", 0), process("AAA", "u", 1)];
    assert!(records(correlation, &same).is_empty());
    let events = [process("AAA", "u", 0), process("CCC", "u", 1)];
    assert_eq!(records(correlation, &events), [[1, 2]]);
}

#[test]
fn temporal_with_a_condition_over_rules() {
    let correlation = "
type: temporal
rules: [base_a, base_b, base_c]
timespan: 1m
condition: base_a and not base_b";
    assert_eq!(records(correlation, &[process("AAA", "u", 0)]), [[1]]);
    let events = [process("BBB", "u", 0), process("AAA", "u", 1)];
    assert!(records(correlation, &events).is_empty());
}

#[test]
fn temporal_ordered() {
    let correlation = "
type: temporal_ordered
rules: [base_a, base_b, base_c]
timespan: 1m";
    let right = [
        process("AAA", "u", 0),
        process("BBB", "u", 1),
        process("CCC", "u", 2),
    ];
    assert_eq!(records(correlation, &right), [[1, 2, 3]]);
    let wrong = [
        process("BBB", "u", 0),
        process("AAA", "u", 1),
        process("CCC", "u", 2),
    ];
    assert!(records(correlation, &wrong).is_empty());
    // What is out of order is no hindrance.
    let mixed = [
        process("CCC", "u", 0),
        process("AAA", "u", 1),
        process("CCC", "u", 2),
        process("BBB", "u", 3),
        process("AAA", "u", 4),
        process("CCC", "u", 5),
    ];
    assert_eq!(records(correlation, &mixed), [[1, 2, 3, 4, 5, 6]]);
    // At one time, any order is right.
    let at_once = [
        process("CCC", "u", 0),
        process("BBB", "u", 0),
        process("AAA", "u", 0),
    ];
    assert_eq!(records(correlation, &at_once), [[1, 2, 3]]);
}

fn sized(size: impl Into<serde_json::Value>, second: i64) -> Made {
    process("AAA", "u", second).with("Size", size)
}

#[test]
fn value_sum() {
    let correlation = "
type: value_sum
rules: [base_a]
timespan: 10s
condition: {field: Size, gt: 100}";
    assert!(records(correlation, &[sized(60, 0), sized("40", 1)]).is_empty());
    assert_eq!(
        records(correlation, &[sized(60, 0), sized("41", 1)]),
        [[1, 2]]
    );
    // What has left the time span is no longer summed.
    assert!(records(correlation, &[sized(60, 0), sized(60, 20)]).is_empty());
}

#[test]
fn value_avg() {
    let correlation = "
type: value_avg
rules: [base_a]
timespan: 1m
condition: {field: Size, lt: 10}";
    assert!(records(correlation, &[sized(10, 0), sized(30, 1)]).is_empty());
    let events = [sized(20, 0), sized("no number", 1), sized(-4, 2)];
    assert_eq!(records(correlation, &events), [[1, 2, 3]]);
    // Without a number there is no average that could be low.
    assert!(records(correlation, &[sized("no number", 0)]).is_empty());
}

#[test]
fn value_percentile() {
    let correlation = "
type: value_percentile
rules: [base_a]
timespan: 1h
condition: {field: Size, percentile: 90, gte: 90}";
    let low: Vec<_> = (0..=100).map(|size| sized(size % 50, size)).collect();
    assert!(records(correlation, &low).is_empty());
    let high: Vec<_> = (0..=100).map(|size| sized(size, size)).collect();
    assert_eq!(records(correlation, &high).len(), 1);
}

#[test]
fn value_median() {
    let correlation = "
type: value_median
rules: [base_a]
timespan: 1m
condition: {field: Size, gt: 10}";
    let events = [sized(1, 0), sized(30, 1), sized(2, 2)];
    assert_eq!(records(correlation, &events), [[1, 2]]);
    let events = [sized(1, 0), sized(2, 1), sized(30, 2)];
    assert!(records(correlation, &events).is_empty());
}

#[test]
fn every_comparison() {
    let fired_at = |condition: &str| -> Vec<usize> {
        let correlation = format!(
            "
type: event_count
rules: [base_a]
timespan: 1h
condition: {condition}"
        );
        // The number of events at which the condition is met or stays met.
        (1..=5)
            .filter(|count| {
                let events: Vec<_> = (0..*count)
                    .map(|second| process("AAA", "u", second))
                    .collect();
                let last = records(&correlation, &events);
                last.iter().flatten().any(|record| *record == *count as u64)
            })
            .map(|count| usize::try_from(count).expect("a small number"))
            .collect()
    };
    assert_eq!(fired_at("{gt: 3}"), [4, 5]);
    assert_eq!(fired_at("{gte: 3}"), [3, 4, 5]);
    assert_eq!(fired_at("{lt: 3}"), [1, 2]);
    assert_eq!(fired_at("{lte: 3}"), [1, 2, 3]);
    assert_eq!(fired_at("{eq: 3}"), [3]);
    assert_eq!(fired_at("{neq: 3}"), [1, 2, 4, 5]);
    assert_eq!(fired_at("{gt: 2, lt: 5}"), [3, 4]);
}
