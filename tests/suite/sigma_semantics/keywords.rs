//! Keywords: values looked for in the whole event.

use crate::sigma_semantics::fires;
use crate::support::events::Made;

fn found(keywords: &str) -> bool {
    let event = Made::sysmon(1)
        .with("Image", "C:\\Windows\\whoami.exe")
        .with("CommandLine", "whoami /all\nsecond line")
        .with("ProcessId", 4321);
    let detection = format!("keywords:\n{keywords}\ncondition: keywords");
    fires(&detection, event)
}

#[test]
fn a_keyword_is_a_part_of_any_value() {
    assert!(found("    - 'WHOAMI.exe'"));
    assert!(found("    - 'nothing'\n    - 'second'"));
    assert!(!found("    - 'nothing'\n    - 'nil'"));
    assert!(found("    'second line'"));
}

#[test]
fn a_keyword_with_a_wildcard_is_a_part_too() {
    // The engine alone stops at the end of a line.
    assert!(found("    - 'whoami*all'"));
    assert!(found("    - 'who?mi'"));
    assert!(found("    - '*whoami.exe*'"));
    assert!(found("    - 'all*second'"));
    assert!(!found("    - 'all*whoami'"));
    assert!(found("    - 'nothing'\n    - 'second*line'"));
}

#[test]
fn a_keyword_may_be_a_number() {
    // The engine alone never finds numbers.
    assert!(found("    - 4321"));
    assert!(found("    - 32"));
    assert!(!found("    - 99"));
    assert!(found("    - 99\n    - 4321"));
}

#[test]
fn all_keywords_may_stand_in_different_fields() {
    // The engine alone wants them in one field.
    assert!(found(
        "    '|all':\n        - 'Windows'\n        - 'second'\n        - 4321"
    ));
    assert!(!found(
        "    '|all':\n        - 'Windows'\n        - 'third'"
    ));
    assert!(found(
        "    '|all':\n        - 'who*all'\n        - 'Windows'"
    ));
    assert!(!found(
        "    '|all':\n        - 'who*none'\n        - 'Windows'"
    ));
    assert!(found(
        "    '|contains|all':\n        - 'who'\n        - 'Windows'"
    ));
}

#[test]
fn expressions_look_through_the_whole_event() {
    assert!(found("    '|re': 'who.mi\\.exe$'"));
    assert!(!found("    '|re': '^who.mi\\.exe'"));
    assert!(found("    '|re|all': ['exe$', 'line$']"));
}

#[test]
fn a_list_may_hold_keywords_and_fields() {
    assert!(found("    - 'nothing'\n    - Image|endswith: 'whoami.exe'"));
    assert!(found("    - 'second'\n    - Image|endswith: 'x.exe'"));
    assert!(!found("    - 'nothing'\n    - Image|endswith: 'x.exe'"));
}
