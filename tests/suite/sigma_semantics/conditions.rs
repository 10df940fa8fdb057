//! Conditions and the shapes of detections.

use crate::sigma_semantics::fires;
use crate::support::events::Made;

/// Whether the condition holds where `parts` match and `others` do not.
fn met(condition: &str, parts: &[&str], others: &[&str]) -> bool {
    let mut detection = String::new();
    for (names, value) in [(parts, "yes"), (others, "no")] {
        for name in names {
            detection.push_str(&format!("{name}:\n    CommandLine: '{value}'\n"));
        }
    }
    detection.push_str(&format!("condition: {condition}"));
    fires(&detection, Made::sysmon(1).with("CommandLine", "yes"))
}

#[test]
fn one_of_them_leaves_out_what_starts_with_an_underscore() {
    assert!(met("1 of them", &["a"], &["b"]));
    assert!(!met("1 of them", &["_a"], &["b"]));
    assert!(met("all of them", &["a"], &["_b"]));
    assert!(met("_a", &["_a"], &[]));
    assert!(met("1 of _a*", &["_ab"], &["b"]));
}

#[test]
fn quantities() {
    assert!(met("1 of sel_*", &["sel_a"], &["sel_b"]));
    assert!(met("any of sel_*", &["sel_a"], &["sel_b"]));
    assert!(!met("all of sel_*", &["sel_a"], &["sel_b"]));
    assert!(met("all of sel_*", &["sel_a", "sel_b"], &["other"]));
    assert!(met("2 of them", &["a", "b"], &["c"]));
    assert!(!met("2 of them", &["a"], &["b", "c"]));
    assert!(met("1 of *_x", &["a_x"], &["b_x"]));
}

#[test]
fn negation_and_precedence() {
    assert!(met("a and not 1 of f_*", &["a"], &["f_a", "f_b"]));
    assert!(!met("a and not 1 of f_*", &["a", "f_a"], &["f_b"]));
    assert!(met("not a", &[], &["a"]));
    assert!(met("not not a", &["a"], &[]));
    // `not` binds closer than `and`, and that closer than `or`.
    assert!(met("a or b and c", &["a"], &["b", "c"]));
    assert!(!met("(a or b) and c", &["a"], &["b", "c"]));
    assert!(met("not (a and (b or c))", &["a"], &["b", "c"]));
    assert!(!met("not a or b", &["a"], &["b"]));
}

#[test]
fn a_list_of_conditions_is_met_by_any() {
    let condition = "\n    - a\n    - b";
    assert!(met(condition, &["b"], &["a"]));
    assert!(!met(condition, &[], &["a", "b"]));
}

#[test]
fn a_list_of_mappings_is_any_and_a_mapping_is_all() {
    let event = || Made::sysmon(1).with("Image", "x").with("CommandLine", "y");
    let any = "selection:\n    - Image: 'x'\n    - CommandLine: 'z'\ncondition: selection";
    assert!(fires(any, event()));
    let all = "selection:\n    Image: 'x'\n    CommandLine: 'z'\ncondition: selection";
    assert!(!fires(all, event()));
    let both = "selection:\n    - Image: 'x'\n      CommandLine: 'z'\n    - Image: 'q'\ncondition: selection";
    assert!(!fires(both, event()));
}
