//! Rules: the nearest event, and each predicate on it.

use crate::sigma_explain::{explained, lines, marked};
use crate::support::engine_of;
use crate::support::events::Made;

const RULE: &str = r"title: A rule
logsource: {product: windows, category: process_creation}
detection:
    selection_image:
        - Image|endswith:
              - '\a.exe'
              - '\b.exe'
        - OriginalFileName: 'A.EXE'
    selection_words:
        CommandLine|contains|all:
            - 'one'
            - 'tw?'
    filter_main:
        ParentImage|startswith: 'C:\Good\'
        User: null
    filter_other:
        CommandLine|re: 'n.ver'
    condition: all of selection_* and not 1 of filter_*
";

fn event(image: &str, words: &str) -> Made {
    Made::sysmon(1)
        .with("Image", image)
        .with("CommandLine", words)
}

#[test]
fn a_firing_has_no_distance_and_shows_what_held() {
    let engine = engine_of(RULE);
    let events = [event(r"C:\A.exe", "one two")];
    let explanation = explained(&engine, 0, &events);
    assert_eq!((explanation.records, explanation.searched), (1, 1));
    assert_eq!(explanation.fired.len(), 1);
    assert_eq!(
        explanation.nearest.as_ref().map(|near| near.distance),
        Some(0)
    );
    assert_eq!(
        lines(&explanation),
        [
            r"selection_image Image endswith [\a.exe, \b.exe] seen C:\A.exe: yes",
            "selection_words CommandLine contains|all (all) [one, tw?] seen one two: yes",
        ]
    );
}

#[test]
fn spans_point_at_the_items_of_the_rule() {
    let engine = engine_of(RULE);
    let explanation = explained(&engine, 0, &[event(r"C:\x.exe", "one")]);
    let marked = marked(RULE, &explanation);
    assert!(marked.iter().all(Option::is_some), "{marked:?}");
    let starts: Vec<_> = marked
        .iter()
        .flatten()
        .map(|text| text.lines().next().unwrap_or_default())
        .collect();
    assert_eq!(starts, ["Image|endswith:", "CommandLine|contains|all:"]);
}

#[test]
fn the_nearest_of_several_events_is_told() {
    let engine = engine_of(RULE);
    let events = [
        event(r"C:\x.exe", "none"),
        event(r"C:\a.exe", "none"),
        event(r"C:\x.exe", "nothing"),
        Made::sysmon(3),
    ];
    let explanation = explained(&engine, 0, &events);
    assert_eq!((explanation.records, explanation.searched), (4, 3));
    let nearest = explanation.nearest.as_ref().expect("three were searched");
    assert_eq!(nearest.distance, 1);
    assert_eq!(nearest.event.record, 2);
    let failure = nearest.first_failure().expect("it did not fire");
    assert_eq!(failure.predicate.field.as_deref(), Some("CommandLine"));
    assert_eq!(failure.predicate.values, ["one", "tw?"]);
}

#[test]
fn the_nearest_alternative_is_told() {
    let engine = engine_of(RULE);
    let event = event(r"C:\x.exe", "one two").with("OriginalFileName", "b.exe");
    let explanation = explained(&engine, 0, &[event]);
    assert_eq!(
        explanation.nearest.as_ref().map(|near| near.distance),
        Some(1)
    );
    assert_eq!(lines(&explanation).len(), 2);
}

#[test]
fn an_exclusion_in_the_way_is_told_with_all_of_its_items() {
    let engine = engine_of(RULE);
    let event = event(r"C:\a.exe", "one two").with("ParentImage", r"C:\Good\p.exe");
    let explanation = explained(&engine, 0, &[event]);
    assert!(explanation.fired.is_empty());
    assert_eq!(
        explanation.nearest.as_ref().map(|near| near.distance),
        Some(1)
    );
    assert_eq!(
        lines(&explanation)[2..],
        [
            r"filter_main not ParentImage startswith [C:\Good\] seen C:\Good\p.exe: no",
            "filter_main not User equals [null] seen absent: no",
        ]
    );
}

#[test]
fn keywords_are_looked_for_in_the_whole_event() {
    let text = "title: A rule
logsource: {product: windows, service: system}
detection:
    keywords:
        - 'one'
        - 'two*three'
    other:
        '|all': ['four', 5]
    condition: keywords and other
";
    let engine = engine_of(text);
    let event = Made::windows("P", Some("System"), 1)
        .with("A", "xonex")
        .with("B", "four");
    let explanation = explained(&engine, 0, &[event]);
    assert_eq!(
        lines(&explanation),
        [
            "keywords keywords contains [one, two*three] seen whole event: yes",
            "other keywords all (all) [four, 5] seen whole event: no",
        ]
    );
    let marked = marked(text, &explanation);
    assert!(marked.iter().all(Option::is_some), "{marked:?}");
}

#[test]
fn lists_of_keywords_and_mappings_keep_their_places() {
    let text = "title: A rule
logsource: {product: windows, category: process_creation}
detection:
    selection:
        - 'a keyword'
        - Image: 'x'
          User: 'y'
    condition: selection
";
    let engine = engine_of(text);
    let event = Made::sysmon(1).with("Image", "x").with("User", "z");
    let explanation = explained(&engine, 0, &[event]);
    // The keyword and the user are equally far; what else holds decides.
    assert_eq!(
        lines(&explanation),
        [
            "selection Image equals [x] seen x: yes",
            "selection User equals [y] seen z: no",
        ]
    );
    assert_eq!(
        marked(text, &explanation),
        [Some("Image: 'x'".to_owned()), Some("User: 'y'".to_owned())]
    );
}

#[test]
fn in_a_file_of_several_each_document_has_its_own_places() {
    let text = "title: First
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image: 'first'
    condition: selection
---
title: Second
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image: 'second'
    condition: selection
---
action: repeat
title: Third
detection:
    other:
        User: 'third'
    condition: selection and other
";
    let engine = engine_of(text);
    let event = [Made::sysmon(1).with("Image", "second")];
    for (program, wanted) in [(0, vec!["Image: 'first'"]), (1, vec!["Image: 'second'"])] {
        let explanation = explained(&engine, program, &event);
        let marked: Vec<_> = marked(text, &explanation).into_iter().flatten().collect();
        assert_eq!(marked, wanted);
    }
    let marked = marked(text, &explained(&engine, 2, &event));
    assert!(
        marked.contains(&Some("User: 'third'".to_owned())),
        "{marked:?}"
    );
}

#[test]
fn a_filter_s_parts_are_told_under_their_names() {
    let text = format!(
        "{RULE}---
title: A filter
logsource: {{product: windows}}
filter:
    rules: any
    selection:
        User: 'me'
    condition: not selection
"
    );
    let engine = engine_of(&text);
    let event = event(r"C:\a.exe", "one two").with("User", "me");
    let explanation = explained(&engine, 0, &[event]);
    assert!(explanation.fired.is_empty());
    let lines = lines(&explanation);
    assert!(
        lines.contains(&"selection not User equals [me] seen me: no".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn at_least_so_many() {
    let text = "title: A rule
logsource: {product: windows, category: process_creation}
detection:
    part_a:
        Image: 'a'
    part_b:
        User: 'b'
    part_c:
        Company: 'c'
    condition: 2 of part_*
";
    let engine = engine_of(text);
    let distance = |event: Made| {
        let nearest = explained(&engine, 0, &[event]).nearest;
        nearest.map(|nearest| nearest.distance)
    };
    assert_eq!(distance(Made::sysmon(1)), Some(2));
    assert_eq!(distance(Made::sysmon(1).with("User", "b")), Some(1));
    let two = Made::sysmon(1).with("User", "b").with("Company", "c");
    assert_eq!(distance(two), Some(0));
}

#[test]
fn nothing_of_the_log_source_leaves_no_nearest_event() {
    let engine = engine_of(RULE);
    let explanation = explained(&engine, 0, &[Made::security(4624)]);
    assert_eq!((explanation.records, explanation.searched), (1, 0));
    assert_eq!(explanation.nearest, None);
}
