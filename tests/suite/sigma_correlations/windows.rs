//! Time spans, groups, and the order of events.

use misfire::detect::sigma::SigmaEngine;
use misfire::detect::{Engine, Firing, Held, SearchTime, sort};
use proptest::prelude::*;

use crate::sigma_correlations::{correlated, found, process, records};
use crate::support::engine_of;
use crate::support::events::{Made, batch};

const TWO_IN_A_MINUTE: &str = "
type: event_count
rules: [base_a]
timespan: 60s
condition: {gte: 2}";

fn at_millis(millis: i64) -> Made {
    Made::sysmon(1).with("CommandLine", "AAA").at_millis(millis)
}

#[test]
fn events_exactly_a_time_span_apart_are_within_it() {
    assert_eq!(
        records(TWO_IN_A_MINUTE, &[at_millis(0), at_millis(60_000)]),
        [[1, 2]]
    );
    assert!(records(TWO_IN_A_MINUTE, &[at_millis(0), at_millis(60_001)]).is_empty());
    // Counted in whole seconds, these two are 60 seconds apart.
    assert!(records(TWO_IN_A_MINUTE, &[at_millis(100), at_millis(60_900)]).is_empty());
}

#[test]
fn units_of_time() {
    for (unit, seconds) in [("90s", 90), ("2m", 120), ("3h", 10_800), ("1d", 86_400)] {
        let correlation = format!(
            "
type: event_count
rules: [base_a]
timespan: {unit}
condition: {{gte: 2}}"
        );
        let within = [process("AAA", "u", 0), process("AAA", "u", seconds)];
        assert_eq!(records(&correlation, &within).len(), 1, "{unit}");
        let beyond = [process("AAA", "u", 0), process("AAA", "u", seconds + 1)];
        assert!(records(&correlation, &beyond).is_empty(), "{unit}");
    }
}

#[test]
fn an_event_without_a_field_that_is_grouped_by_is_in_no_group() {
    let correlation = "
type: event_count
rules: [base_a]
group-by: [User, Company]
timespan: 1m
condition: {gte: 2}";
    let event = |user: &str| process("AAA", user, 0);
    assert!(records(correlation, &[event("u"), event("u")]).is_empty());
    let with = |company: &str| event("u").with("Company", company);
    assert_eq!(records(correlation, &[with("x"), with("x")]), [[1, 2]]);
    assert!(records(correlation, &[with("x"), with("y")]).is_empty());
}

#[test]
fn aliases_name_one_thing_in_several_rules() {
    let correlation = "
type: temporal
rules: [base_a, base_b]
group-by: [who]
aliases:
    who:
        base_a: User
        base_b: ParentUser
timespan: 1m";
    let events = [
        process("AAA", "u", 0),
        process("BBB", "v", 1).with("ParentUser", "u"),
    ];
    assert_eq!(records(correlation, &events), [[1, 2]]);
    let others = [
        process("AAA", "u", 0),
        process("BBB", "u", 1).with("ParentUser", "v"),
    ];
    assert!(records(correlation, &others).is_empty());
}

#[test]
fn the_group_is_what_matched() {
    let text = correlated(
        "
type: event_count
rules: [base_a]
group-by: [User]
timespan: 1m
condition: {gte: 1}",
    );
    let engine = engine_of(&text);
    let events = [process("AAA", "u", 5)];
    let firings = crate::support::search(&engine, &[batch(engine.names(), &events)]);
    assert_eq!(firings.len(), 1);
    assert_eq!(
        format!("{:?}", firings[0].matched),
        r#"[("User", Text("u"))]"#
    );
    assert_eq!(firings[0].time, events[0].time);
}

#[test]
fn generate_lets_the_base_rules_speak() {
    let quiet = correlated(TWO_IN_A_MINUTE);
    let loud = format!("{quiet}generate: true\n");
    let events = [process("AAA", "u", 0), process("AAA", "u", 1)];
    assert_eq!(found(&quiet, &events).len(), 1);
    let titles: Vec<_> = found(&loud, &events)
        .into_iter()
        .map(|(title, _)| title)
        .collect();
    assert_eq!(titles, ["Base a", "Base a", "The correlation"]);
    // A rule that nothing refers to speaks anyway.
    let other = [process("BBB", "u", 0)];
    assert_eq!(found(&quiet, &other)[0].0, "Base b");
}

#[test]
fn correlations_of_correlations_name_all_events() {
    let text = format!(
        "{}---
title: Outer
correlation:
    type: temporal_ordered
    rules: [correlation, base_b]
    group-by: [User]
    timespan: 5m
",
        correlated(
            "
type: event_count
rules: [base_a]
group-by: [User]
timespan: 60s
condition: {gte: 2}"
        )
    );
    let events = [
        process("AAA", "u", 0),
        process("AAA", "u", 1),
        process("BBB", "v", 2),
        process("BBB", "u", 3),
    ];
    let found = found(&text, &events);
    assert_eq!(found, [("Outer".to_owned(), vec![1, 2, 4])]);
}

#[test]
fn rules_may_be_named_by_title_and_correlations_need_no_id() {
    let text = "\
title: First
logsource: {product: windows, category: process_creation}
detection:
    selection:
        CommandLine: 'a'
    condition: selection
---
title: Inner
correlation:
    type: event_count
    rules: ['First']
    timespan: 1m
    condition: {gte: 1}
---
title: Outer
correlation:
    type: event_count
    rules: ['Inner']
    timespan: 1m
    condition: {gte: 1}
";
    let found = found(text, &[Made::sysmon(1).with("CommandLine", "a")]);
    assert_eq!(found, [("Outer".to_owned(), vec![1])]);
}

#[test]
fn events_without_a_time_are_counted() {
    let engine = engine_of(&correlated(TWO_IN_A_MINUTE));
    let events = [
        process("AAA", "u", 0),
        process("AAA", "u", 1).timeless(),
        process("none", "u", 1).timeless(),
    ];
    let mut search = engine.start();
    let mut firings = Vec::new();
    search.feed(&batch(engine.names(), &events), &mut firings);
    let conclusion = engine.conclude(search.finish().held, SearchTime::after(None), &mut firings);
    assert!(firings.is_empty());
    assert_eq!(conclusion.without_time, 1);
}

#[test]
fn many_events_in_one_window_are_no_trouble() {
    for correlation in [
        "
type: event_count
rules: [base_a]
timespan: 1d
condition: {gte: 2}",
        "
type: value_median
rules: [base_a]
timespan: 1d
condition: {field: Size, gt: 1}",
        "
type: temporal_ordered
rules: [base_a, base_b, base_a, base_b, base_c]
timespan: 1d",
        "
type: value_count
rules: [base_a]
timespan: 1d
condition: {field: Size, gt: 10}",
    ] {
        let events: Vec<_> = (0..20_000)
            .map(|second| {
                let word = if second % 2 == 0 { "AAA" } else { "BBB AAA" };
                process(word, "u", second).with("Size", second)
            })
            .collect();
        found(&correlated(correlation), &events);
    }
}

fn concluded(engine: &SigmaEngine, held: Vec<Held>) -> Vec<Firing> {
    let mut firings = Vec::new();
    engine.conclude(held, SearchTime::after(None), &mut firings);
    sort(&mut firings);
    firings
}

fn copy(held: &[Held]) -> Vec<Held> {
    held.iter()
        .map(|held| Held {
            program: held.program,
            part: held.part,
            event: held.event,
            time: held.time,
            fields: held.fields.clone(),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_order_in_which_events_are_held_back_does_not_matter(
        events in proptest::collection::vec((0..3_usize, 0..2_usize, 0..100_i64), 1..30),
        seed in any::<u64>(),
        kind in proptest::sample::select(vec![
            "event_count, condition: {gte: 3}",
            "value_count, condition: {field: Image, gte: 2}",
            "temporal",
            "temporal_ordered",
            "value_sum, condition: {field: Size, gt: 50}",
        ]),
    ) {
        let text = format!(
            "{}correlation: {{type: {kind}, rules: [base_a, base_b], group-by: [User], timespan: 20s}}\n",
            crate::sigma_correlations::BASES
        );
        let engine = engine_of(&text);
        let events: Vec<_> = events
            .into_iter()
            .map(|(word, user, second)| {
                process(["AAA", "BBB", "AAA BBB"][word], ["u", "v"][user], second)
                    .with("Image", second % 3)
                    .with("Size", second)
            })
            .collect();
        let mut search = engine.start();
        search.feed(&batch(engine.names(), &events), &mut Vec::new());
        let held = search.finish().held;
        let mut shuffled = copy(&held);
        let mut state = seed | 1;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(place, (state >> 33) as usize % (place + 1));
        }
        prop_assert_eq!(concluded(&engine, held), concluded(&engine, shuffled));
    }
}
