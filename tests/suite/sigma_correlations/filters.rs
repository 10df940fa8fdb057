//! Filters.

use crate::sigma_correlations::{found, found_by};
use crate::support::engine_of;
use crate::support::events::Made;

const RULE: &str = "\
title: The rule
id: 00000000-0000-4000-8000-000000000001
name: the_rule
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image: 'x'
    condition: 1 of *
";

fn filtered(rules: &str, log_source: &str) -> bool {
    let text = format!(
        "{RULE}---
title: The filter
logsource: {log_source}
filter:
    rules: {rules}
    selection:
        User|startswith: 'adm'
    condition: not selection
"
    );
    let event = |user: &str| Made::sysmon(1).with("Image", "x").with("User", user);
    let engine = engine_of(&text);
    assert_eq!(found_by(&engine, &[event("someone")]).len(), 1);
    found_by(&engine, &[event("administrator")]).is_empty()
}

const SOURCE: &str = "{product: windows, category: process_creation}";

#[test]
fn a_filter_names_its_rules_by_id_name_or_title() {
    assert!(filtered("[00000000-0000-4000-8000-000000000001]", SOURCE));
    assert!(filtered("[the_rule]", SOURCE));
    assert!(filtered("['The rule']", SOURCE));
    assert!(filtered("the_rule", SOURCE));
    assert!(filtered("any", SOURCE));
}

#[test]
fn a_filter_is_for_its_log_source_and_what_lies_within() {
    assert!(filtered("[the_rule]", "{product: windows}"));
    assert!(filtered("any", "{category: process_creation}"));
}

#[test]
fn several_filters_and_selectors_stay_apart() {
    let text = format!(
        "{RULE}---
title: Filter one
logsource: {SOURCE}
filter:
    rules: any
    selection_a:
        User: 'a'
    selection_b:
        User: 'b'
    condition: not 1 of selection_*
---
title: Filter two
logsource: {SOURCE}
filter:
    rules: any
    selection:
        User: 'c'
    condition: not selection
"
    );
    let engine = engine_of(&text);
    let fires = |user: &str| {
        let event = Made::sysmon(1).with("Image", "x").with("User", user);
        !found_by(&engine, &[event]).is_empty()
    };
    assert!(!fires("a"));
    assert!(!fires("b"));
    assert!(!fires("c"));
    assert!(fires("d"));
    // The rule's own `1 of *` does not look at the filters' parts.
    let other = Made::sysmon(1).with("Image", "y").with("User", "d");
    assert!(found_by(&engine, &[other]).is_empty());
}

#[test]
fn a_filter_can_also_ask_for_something() {
    let text = format!(
        "{RULE}---
title: Only admins
logsource: {SOURCE}
filter:
    rules: [the_rule]
    selection:
        User|startswith: 'adm'
    condition: selection
"
    );
    let event = |user: &str| Made::sysmon(1).with("Image", "x").with("User", user);
    assert_eq!(found(&text, &[event("admin")]).len(), 1);
    assert!(found(&text, &[event("someone")]).is_empty());
}
