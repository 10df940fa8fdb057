//! Values: wildcards, letter case, numbers, nulls, and lists.

use serde_json::json;

use crate::sigma_semantics::{cloudtrail, fires, holds, holds_in_json};
use crate::support::events::Made;

#[test]
fn a_wildcard_inside_a_prefix_keeps_the_anchor_in_front() {
    // The engine alone fires on the second and is silent on the first.
    assert!(holds("CommandLine|startswith: 'a*b'", "axbzz"));
    assert!(!holds("CommandLine|startswith: 'a*b'", "zzaxb"));
    assert!(holds("CommandLine|startswith: 'a?b'", "axbzz"));
    assert!(!holds("CommandLine|startswith: 'a?b'", "abzz"));
}

#[test]
fn a_wildcard_inside_a_suffix_keeps_the_anchor_behind() {
    assert!(holds("CommandLine|endswith: 'a*b'", "zzaxb"));
    assert!(!holds("CommandLine|endswith: 'a*b'", "axbzz"));
    assert!(holds("CommandLine|endswith: 'a?b'", "zzaxb"));
    assert!(!holds("CommandLine|endswith: 'a?b'", "zzaxyb"));
}

#[test]
fn a_wildcard_inside_a_substring_or_a_whole_value() {
    assert!(holds("CommandLine|contains: 'a*b'", "zzaxbzz"));
    assert!(!holds("CommandLine|contains: 'a*b'", "zzbxazz"));
    assert!(holds("CommandLine: 'a*b'", "a lot of b"));
    assert!(!holds("CommandLine: 'a*b'", "a lot of bb c"));
    assert!(!holds("CommandLine: 'a*b'", "za lot of b"));
}

#[test]
fn wildcards_at_the_ends() {
    assert!(holds("CommandLine: 'start*'", "Start of it"));
    assert!(!holds("CommandLine: 'start*'", "a start"));
    assert!(holds("CommandLine: '*end'", "the End"));
    assert!(!holds("CommandLine: '*end'", "ends"));
    assert!(holds("CommandLine: '*mid*'", "in the MIDdle"));
    assert!(holds("CommandLine|startswith: '*mid'", "in the middle"));
    assert!(holds("CommandLine|endswith: 'mid*'", "in the middle"));
    assert!(holds("CommandLine: '?'", "x"));
    assert!(!holds("CommandLine: '?'", "xy"));
    assert!(!holds("CommandLine: '?'", ""));
    assert!(holds("CommandLine: '*'", ""));
    assert!(holds("CommandLine: '*'", "anything"));
}

#[test]
fn a_lone_asterisk_wants_the_field_to_be_there() {
    let detection = "selection:\n    CommandLine: '*'\ncondition: selection";
    assert!(!fires(detection, Made::sysmon(1)));
}

#[test]
fn wildcards_match_across_line_breaks() {
    let script = "first\r\nsecond\nthird";
    assert!(holds("CommandLine: 'first*third'", script));
    assert!(holds("CommandLine|contains: 'first*third'", script));
    assert!(holds("CommandLine|startswith: 'first??sec'", script));
    assert!(holds("CommandLine|endswith: 'second?third'", script));
    assert!(!holds(
        "CommandLine|endswith: 'second?third'",
        "second\nthird\n"
    ));
}

#[test]
fn backslashes_escape_wildcards_and_themselves_only() {
    assert!(holds(r"CommandLine: 'a\*b'", "a*b"));
    assert!(!holds(r"CommandLine: 'a\*b'", "axb"));
    assert!(holds(r"CommandLine: 'a\?b'", "a?b"));
    assert!(holds(r"CommandLine: 'a\\*b'", r"a\xb"));
    assert!(holds(r"CommandLine: 'a\b'", r"a\b"));
    assert!(holds(r"CommandLine: 'a\\b'", r"a\b"));
    assert!(holds(
        r"CommandLine|startswith: '\\\\host'",
        r"\\host\share"
    ));
    assert!(holds(r"CommandLine|contains: 'a\\\*b'", r"zza\*bzz"));
    assert!(holds(r"CommandLine|endswith: 'dir\'", r"C:\dir\"));
}

#[test]
fn regular_expression_signs_are_literal() {
    assert!(holds(
        "CommandLine|contains: '$(a|b)*[c]'",
        "x $(a|b) then [c]"
    ));
    assert!(!holds("CommandLine|contains: '$(a|b)*[c]'", "a c"));
    assert!(holds("CommandLine: '^a.b*$'", "^a.b and $"));
}

#[test]
fn letter_case_does_not_matter_unless_cased() {
    assert!(holds("CommandLine: 'WhoAmI'", "whoami"));
    assert!(holds("CommandLine|contains: 'ÄRZTE'", "die ärzte"));
    assert!(holds("CommandLine|contains: 'Ж*я'", "жаЯ"));
    assert!(holds("CommandLine|cased: 'WhoAmI'", "WhoAmI"));
    assert!(!holds("CommandLine|cased: 'WhoAmI'", "whoami"));
    assert!(!holds("CommandLine|contains|cased: 'Who*I'", "whoami"));
    assert!(holds("CommandLine|contains|cased: 'Who*I'", "xWhoAmIx"));
    assert!(!holds("CommandLine|startswith|cased: 'W'", "whoami"));
    assert!(holds("CommandLine|endswith|cased: 'I'", "WhoAmI"));
}

#[test]
fn numbers_and_texts_compare_as_they_are_written() {
    for rule in ["CommandLine: 4688", "CommandLine: '4688'"] {
        assert!(holds(rule, 4688));
        assert!(holds(rule, "4688"));
        assert!(!holds(rule, 46880));
        assert!(!holds(rule, "04688"));
        assert!(!holds(rule, "4688.5"));
    }
    // As floating-point numbers these two are one.
    assert!(holds(
        "CommandLine: 9007199254740993",
        9_007_199_254_740_993_i64
    ));
    assert!(!holds(
        "CommandLine: 9007199254740993",
        9_007_199_254_740_992_i64
    ));
    assert!(holds("CommandLine: -5", -5));
    assert!(holds("CommandLine: 1.5", 1.5));
    assert!(holds("CommandLine: 1.5", "1.5"));
    assert!(holds("CommandLine|contains: 68", "4688"));
    assert!(holds("CommandLine|startswith: [46, 'x']", 4688));
    assert!(holds("CommandLine: [1, 2, 'x']", 2));
    assert!(holds("CommandLine: [1, 2, 'x']", "X"));
}

#[test]
fn truths_are_texts() {
    assert!(holds("CommandLine: true", true));
    assert!(holds("CommandLine: true", "True"));
    assert!(holds("CommandLine: 'true'", true));
    assert!(!holds("CommandLine: true", false));
    assert!(!holds("CommandLine: true", "yes"));
    assert!(!holds("CommandLine: true", 1));
    assert!(holds("CommandLine: false", "FALSE"));
}

#[test]
fn null_in_the_event_log_is_absent_or_empty() {
    let detection = "selection:\n    CommandLine: null\ncondition: selection";
    assert!(fires(detection, Made::sysmon(1)));
    assert!(holds("CommandLine: null", json!(null)));
    assert!(holds("CommandLine: null", ""));
    assert!(!holds("CommandLine: null", "-"));
    assert!(!holds("CommandLine: null", "null"));
}

#[test]
fn empty_in_the_event_log_is_there() {
    let detection = "selection:\n    CommandLine: ''\ncondition: selection";
    assert!(!fires(detection, Made::sysmon(1)));
    assert!(holds("CommandLine: ''", json!(null)));
    assert!(holds("CommandLine: ''", ""));
    assert!(!holds("CommandLine: ''", " "));
}

#[test]
fn null_empty_and_absent_are_three_things_in_json() {
    let absent = cloudtrail;
    let null = || cloudtrail().with("errorCode", json!(null));
    let empty = || cloudtrail().with("errorCode", "");
    assert!(holds_in_json("errorCode: null", absent()));
    assert!(holds_in_json("errorCode: null", null()));
    assert!(!holds_in_json("errorCode: null", empty()));
    assert!(!holds_in_json("errorCode: ''", absent()));
    assert!(!holds_in_json("errorCode: ''", null()));
    assert!(holds_in_json("errorCode: ''", empty()));
}

#[test]
fn null_in_a_list_matches_an_absent_field() {
    let detection =
        "selection:\n    CommandLine:\n        - null\n        - 'x'\ncondition: selection";
    assert!(fires(detection, Made::sysmon(1)));
    assert!(fires(detection, Made::sysmon(1).with("CommandLine", "X")));
    assert!(!fires(detection, Made::sysmon(1).with("CommandLine", "y")));
    let detection =
        "selection:\n    CommandLine:\n        - null\n        - 'x*y'\ncondition: selection";
    assert!(fires(detection, Made::sysmon(1)));
    assert!(fires(
        detection,
        Made::sysmon(1).with("CommandLine", "x and y")
    ));
    assert!(holds_in_json("errorCode: [null, 'x']", cloudtrail()));
    assert!(!holds_in_json(
        "errorCode: [null, 'x']",
        cloudtrail().with("errorCode", "")
    ));
}

#[test]
fn a_negated_null_wants_a_value() {
    let detection = "selection:\n    Image: 'x'\nfilter:\n    CommandLine: null\ncondition: selection and not filter";
    let event = || Made::sysmon(1).with("Image", "x");
    assert!(!fires(detection, event()));
    assert!(!fires(detection, event().with("CommandLine", "")));
    assert!(fires(detection, event().with("CommandLine", "y")));
}

#[test]
fn any_element_of_a_list_will_do() {
    assert!(holds("CommandLine: 'b'", json!(["a", "B"])));
    assert!(holds("CommandLine|contains: 'x*y'", json!(["a", "1x2y3"])));
    assert!(!holds("CommandLine|startswith: 'b'", json!(["ab", "cb"])));
    assert!(holds("CommandLine: 2", json!([1, 2])));
    assert!(holds(
        "CommandLine|contains|all: ['a', 'b']",
        json!(["a", "b"])
    ));
    assert!(holds("CommandLine|re: '^b$'", json!(["a", "b"])));
    assert!(holds(
        "CommandLine|cidr: '10.0.0.0/8'",
        json!(["1.1.1.1", "10.1.1.1"])
    ));
}

#[test]
fn what_looks_like_a_placeholder_of_the_engine_s_is_text() {
    let text = "x ${source.name} y";
    assert!(holds("CommandLine|contains: '${source.name}'", text));
    assert!(holds(
        "CommandLine|contains|all: ['${source.name}', 'y']",
        text
    ));
    assert!(holds("CommandLine: 'x ?{source.n*} y'", text));
    assert!(!holds("CommandLine|contains: '${source.other}'", text));
}

#[test]
fn blanks_are_kept() {
    assert!(holds("CommandLine: 'NtLmSsp '", "NtLmSsp "));
    assert!(!holds("CommandLine: 'NtLmSsp'", "NtLmSsp "));
    assert!(!holds("CommandLine: 'NtLmSsp '", "NtLmSsp"));
}
