//! Correlations: the groups that came closest.

use crate::sigma_explain::explained;
use crate::support::engine_of;
use crate::support::events::Made;

const TEXT: &str = "\
title: Base
name: base
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image: 'x'
    condition: selection
---
title: Correlation
correlation:
    type: event_count
    rules: [base]
    group-by: [User]
    timespan: 10s
    condition: {gte: 3}
";

fn process(user: &str, second: i64) -> Made {
    Made::sysmon(1)
        .with("Image", "x")
        .with("User", user)
        .at(second)
}

#[test]
fn groups_come_the_closest_first() {
    let engine = engine_of(TEXT);
    let events = [
        process("one", 0),
        process("two", 0),
        process("two", 5),
        process("two", 60),
        process("three", 0),
        process("three", 20),
        process("four", 0),
        Made::sysmon(1).with("Image", "y"),
        Made::security(4624),
    ];
    let explanation = explained(&engine, 1, &events);
    assert_eq!((explanation.records, explanation.searched), (9, 8));
    assert!(explanation.fired.is_empty());
    let groups: Vec<_> = explanation
        .groups
        .iter()
        .map(|group| {
            let records: Vec<_> = group.events.iter().map(|event| event.record).collect();
            (group.key[0].1.as_str(), group.got, group.met, records)
        })
        .collect();
    assert_eq!(
        groups,
        [
            ("two", 2.0, false, vec![2, 3, 4]),
            ("four", 1.0, false, vec![7]),
            ("one", 1.0, false, vec![1]),
            ("three", 1.0, false, vec![5, 6]),
        ]
    );
    assert_eq!(explanation.groups[0].wanted, ">= 3");
    assert_eq!(explanation.groups[0].key[0].0, "User");
}

#[test]
fn a_group_that_fired_is_met() {
    let engine = engine_of(TEXT);
    let events: Vec<_> = (0..4).map(|second| process("one", second)).collect();
    let explanation = explained(&engine, 1, &events);
    assert_eq!(explanation.fired.len(), 1);
    assert!(explanation.groups[0].met);
    assert_eq!(explanation.groups[0].events.len(), 4);
}

#[test]
fn what_a_temporal_correlation_wants_is_said() {
    let text = TEXT
        .replace("type: event_count", "type: temporal_ordered")
        .replace("    condition: {gte: 3}\n", "");
    let engine = engine_of(&text);
    let explanation = explained(&engine, 1, &[process("one", 0)]);
    assert_eq!(explanation.groups[0].wanted, "all rules in order");
    assert_eq!(explanation.fired.len(), 1);
}

#[test]
fn many_groups_are_no_trouble() {
    let engine = engine_of(TEXT);
    let events: Vec<_> = (0..30_000)
        .map(|number| process(&format!("user {number}"), number))
        .collect();
    let explanation = explained(&engine, 1, &events);
    assert_eq!(explanation.groups.len(), 30_000);
}
