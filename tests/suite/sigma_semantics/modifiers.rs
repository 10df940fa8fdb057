//! Every modifier of the specification.

use serde_json::json;

use crate::sigma_semantics::{cloudtrail, fires, holds, holds_in_json, process_rule};
use crate::support::engine_of;
use crate::support::events::{Made, batch};
use crate::support::{names_of, rules, search};

#[test]
fn contains_startswith_endswith() {
    assert!(holds("CommandLine|contains: 'mid'", "a middle"));
    assert!(!holds("CommandLine|contains: 'mid'", "a muddle"));
    assert!(holds("CommandLine|startswith: 'a m'", "a middle"));
    assert!(!holds("CommandLine|startswith: 'mid'", "a middle"));
    assert!(holds("CommandLine|endswith: 'dle'", "a middle"));
    assert!(!holds("CommandLine|endswith: 'mid'", "a middle"));
}

#[test]
fn all() {
    assert!(holds("CommandLine|contains|all: ['a', 'b']", "b and a"));
    assert!(!holds("CommandLine|contains|all: ['a', 'b']", "only a"));
    assert!(holds("CommandLine|contains|all: ['a*c', 'd']", "d abc"));
    assert!(!holds("CommandLine|contains|all: ['a*c', 'd']", "cab d"));
    assert!(holds("CommandLine|contains|all: [12, '3*5']", "12345"));
    assert!(holds("CommandLine|re|all: ['^a', 'z$']", "a to z"));
    assert!(!holds("CommandLine|re|all: ['^a', 'z$']", "a to y"));
    assert!(holds("CommandLine|all|endswith: ['c', 'bc']", "abc"));
}

#[test]
fn re() {
    assert!(holds("CommandLine|re: 'b.d'", "abcde"));
    assert!(!holds("CommandLine|re: 'B.d'", "abcde"));
    assert!(holds("CommandLine|re|i: 'B.D'", "abcde"));
    assert!(holds("CommandLine|re|m: '^second$'", "first\nsecond"));
    assert!(!holds("CommandLine|re: '^second$'", "first\nsecond"));
    assert!(holds("CommandLine|re|s: 'first.second'", "first\nsecond"));
    assert!(!holds("CommandLine|re: 'first.second'", "first\nsecond"));
    assert!(holds(
        "CommandLine|re|i|m|s: 'FIRST.second$'",
        "first\nsecond\n3"
    ));
    assert!(holds(r"CommandLine|re: 'a\*b'", "a*b"));
    assert!(holds("CommandLine|re: '(?i)WHO'", "whoami"));
    assert!(holds("CommandLine|re: 12", "a123"));
}

#[test]
fn expressions_in_a_list_keep_their_own_flags() {
    // The engine alone matches these against lower-cased text.
    let item = "CommandLine|re: ['(?i)who(?-i:AMI)', '(?i)other']";
    assert!(holds(item, "WHOAMI"));
    assert!(!holds(item, "whoami"));
    let item = "CommandLine|re|i: ['who(?-i:AMI)', 'other']";
    assert!(holds(item, "WHOAMI"));
    assert!(!holds(item, "whoami"));
    assert!(holds(item, "Other"));
}

#[test]
fn cidr() {
    assert!(holds("CommandLine|cidr: '192.168.0.0/16'", "192.168.255.1"));
    assert!(!holds("CommandLine|cidr: '192.168.0.0/16'", "192.169.0.1"));
    assert!(holds(
        "CommandLine|cidr: ['10.0.0.0/8', 'fe80::/10']",
        "fe80::1"
    ));
    assert!(holds("CommandLine|cidr: 'fe80::/10'", "fe80:0:0:0:1:2:3:4"));
    assert!(!holds("CommandLine|cidr: 'fe80::/10'", "2001:db8::1"));
    assert!(!holds("CommandLine|cidr: '10.0.0.0/8'", "10.1.1.1:80"));
    assert!(!holds("CommandLine|cidr: '10.0.0.0/8'", "-"));
    assert!(holds("CommandLine|cidr: '127.0.0.1/32'", "127.0.0.1"));
    assert!(holds("CommandLine|cidr: '::1/128'", "0:0:0:0:0:0:0:1"));
}

#[test]
fn exists() {
    let yes = "selection:\n    CommandLine|exists: true\ncondition: selection";
    let no = "selection:\n    CommandLine|exists: false\ncondition: selection";
    for event in [
        Made::sysmon(1).with("CommandLine", "x"),
        Made::sysmon(1).with("CommandLine", ""),
        Made::sysmon(1).with("CommandLine", json!(null)),
    ] {
        assert!(fires(yes, event.clone()));
        assert!(!fires(no, event));
    }
    assert!(!fires(yes, Made::sysmon(1)));
    assert!(fires(no, Made::sysmon(1)));
    // "This check only verifies the presence of a field, not its value."
    let null = || cloudtrail().with("errorCode", json!(null));
    assert!(holds_in_json("errorCode|exists: true", null()));
    assert!(!holds_in_json("errorCode|exists: false", null()));
    assert!(holds_in_json("errorCode|exists: 'false'", cloudtrail()));
}

#[test]
fn comparisons() {
    for (item, low, same, high) in [
        ("CommandLine|gt: 10", false, false, true),
        ("CommandLine|gte: 10", false, true, true),
        ("CommandLine|lt: 10", true, false, false),
        ("CommandLine|lte: 10", true, true, false),
    ] {
        assert_eq!(holds(item, 9), low, "{item}");
        assert_eq!(holds(item, 10), same, "{item}");
        assert_eq!(holds(item, "11"), high, "{item}");
        assert!(!holds(item, "no number"), "{item}");
    }
    assert!(holds("CommandLine|gt: 1.5", 1.75));
}

#[test]
fn neq() {
    assert!(holds("CommandLine|neq: 'a'", "b"));
    assert!(!holds("CommandLine|neq: 'a'", "A"));
    assert!(!holds("CommandLine|neq: ['a', 'b']", "b"));
    assert!(holds("CommandLine|neq: ['a', 'b']", "c"));
    assert!(!holds("CommandLine|neq: 'a*c'", "a\nc"));
    assert!(holds("CommandLine|neq: 'a*c'", "ab"));
    assert!(holds("CommandLine|neq: 1", 2));
    assert!(!holds("CommandLine|neq: 1", "1"));
    assert!(holds("CommandLine|contains|neq: 'b'", "acd"));
    assert!(!holds("CommandLine|contains|neq: 'b'", "abc"));
}

#[test]
fn fieldref() {
    let event = |left: &str, right: &str| {
        Made::sysmon(1)
            .with("Image", left)
            .with("ParentImage", right)
    };
    let rule = |item: &str| format!("selection:\n    {item}\ncondition: selection");
    let same = rule("Image|fieldref: ParentImage");
    assert!(fires(&same, event("a", "A")));
    assert!(!fires(&same, event("a", "b")));
    assert!(!fires(&same, Made::sysmon(1).with("Image", "a")));
    assert!(!fires(&same, Made::sysmon(1)));
    assert!(fires(
        &rule("Image|fieldref|startswith: ParentImage"),
        event("abc", "AB")
    ));
    assert!(!fires(
        &rule("Image|fieldref|endswith: ParentImage"),
        event("abc", "ab")
    ));
    assert!(fires(
        &rule("Image|fieldref|contains: ParentImage"),
        event("abc", "b")
    ));
}

#[test]
fn windash() {
    let item = "CommandLine|contains|windash: ' -enc '";
    for text in ["x -enc y", "x /ENC y", "x –enc y", "x —enc y", "x ―enc y"] {
        assert!(holds(item, text), "{text}");
    }
    assert!(!holds(item, "x +enc y"));
    // The engine alone leaves the slash as it is.
    let item = "CommandLine|contains|windash: ' /enc '";
    assert!(holds(item, "x -enc y"));
    assert!(holds(item, "x /enc y"));
    // A hyphen inside a word is no flag, nor is one with nothing behind it.
    let item = "CommandLine|contains|windash: 'sub-word'";
    assert!(holds(item, "a sub-word"));
    assert!(!holds(item, "a sub/word"));
    let item = "CommandLine|contains|windash: 'a - b'";
    assert!(holds(item, "a - b"));
    assert!(!holds(item, "a / b"));
}

#[test]
fn windash_with_wildcards_all_and_many_flags() {
    let item = "CommandLine|contains|windash: ' -a *.txt'";
    assert!(holds(item, "x /A one.txt"));
    assert!(!holds(item, "x -a *_txt"));
    let item = "CommandLine|contains|all|windash: [' -a', ' /b']";
    assert!(holds(item, "x /a —b"));
    assert!(!holds(item, "x /a"));
    let item = "CommandLine|contains|windash: '-a -b -c -d -e -f -g -h -i'";
    assert!(holds(item, "-a /b -c –d -e /f -g /h —i"));
    assert!(!holds(item, "-a /b -c –d -e /f -g /h i"));
    assert!(holds("CommandLine|startswith|windash: '-x'", "/x y"));
    assert!(holds("CommandLine|endswith|windash: '-x'", "y /x"));
    assert!(holds("CommandLine|windash: '-x'", "/X"));
    assert!(!holds("CommandLine|windash|cased: '-x'", "/X"));
    assert!(holds("CommandLine|contains|windash: ['-x', null]", ""));
}

#[test]
fn base64() {
    // `echo -n foobar | base64`
    assert!(holds("CommandLine|base64: 'foobar'", "Zm9vYmFy"));
    assert!(holds(
        "CommandLine|base64|contains: 'foobar'",
        "x Zm9vYmFy y"
    ));
    assert!(!holds(
        "CommandLine|base64|contains: 'foobar'",
        "x foobar y"
    ));
    assert!(holds("CommandLine|base64: 'f'", "Zg=="));
    assert!(holds("CommandLine|base64: 'fo'", "Zm8="));
}

#[test]
fn base64offset_finds_the_value_wherever_it_stands() {
    // `secret!` with nothing, one, and two bytes in front, and more behind,
    // which changes the last character that the engine alone would keep.
    let item = "CommandLine|base64offset|contains: 'secret!'";
    for encoded in [
        "c2VjcmV0IQ==",         // secret!
        "c2VjcmV0If8=",         // secret!\xff
        "eHNlY3JldCF5",         // xsecret!y
        "eHlzZWNyZXQheno=",     // xysecret!zz
        "eHl6c2VjcmV0IX5+fg==", // xyzsecret!~~~
        "eHNlY3JldCH//w==",     // xsecret!\xff\xff
    ] {
        assert!(holds(item, encoded), "{encoded}");
    }
    assert!(!holds(item, "c2VjcmV0Pw=="));
    assert!(holds("CommandLine|base64offset: 'secret!'", "eHNlY3JldCF5"));
}

#[test]
fn wide_is_utf16() {
    // `echo -n 'foo' | iconv -t utf-16le | base64` is ZgBvAG8A.
    assert!(holds("CommandLine|wide|base64: 'foo'", "ZgBvAG8A"));
    assert!(holds("CommandLine|utf16le|base64: 'foo'", "ZgBvAG8A"));
    assert!(holds("CommandLine|utf16be|base64: 'foo'", "AGYAbwBv"));
    assert!(holds("CommandLine|utf16|base64: 'foo'", "//5mAG8AbwA="));
    let item = "CommandLine|wide|base64offset|contains: 'Invoke'";
    // `xx; Invoke-X` in UTF-16.
    assert!(holds(
        item,
        "powershell -e eAB4ADsAIABJAG4AdgBvAGsAZQAtAFgA"
    ));
    assert!(!holds(
        item,
        "powershell -e eAB4ADsAIABJAG4AdgAvAGsAZQAtAFgA"
    ));
}

#[test]
fn time_parts() {
    let item = |part: &str| format!("CommandLine|{part}");
    let time = "2024-02-03 04:05:06.789";
    for (part, other) in [
        ("minute: 5", "minute: 4"),
        ("hour: 4", "hour: 16"),
        ("day: 3", "day: 2"),
        ("week: 5", "week: 6"),
        ("month: 2", "month: 3"),
        ("year: 2024", "year: 2023"),
    ] {
        assert!(holds(&item(part), time), "{part}");
        assert!(!holds(&item(other), time), "{other}");
        assert!(holds(&item(part), "2024-02-03T04:05:06Z"), "{part}");
        assert!(holds(&item(part), "2024-02-03T06:05:06+02:00"), "{part}");
        assert!(holds(&item(part), 1_706_933_106), "{part}");
        assert!(!holds(&item(part), "no time"), "{part}");
    }
    assert!(holds("CommandLine|hour: [3, 4]", time));
}

#[test]
fn expand_is_refused_with_its_placeholder() {
    let detection = "selection:\n    CommandLine|expand: '%users%'\ncondition: selection";
    let set = rules(&process_rule(detection));
    let names = names_of(&set);
    let (engine, problems) = misfire::detect::sigma::SigmaEngine::new(set, &names);
    assert_eq!(engine.compiled(), 0);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("`%users%`"), "{problems:?}");
}

#[test]
fn matched_fields_are_under_the_rule_s_names() {
    let detection =
        "selection:\n    Image|endswith: 'x'\n    CommandLine|exists: true\ncondition: selection";
    let engine = engine_of(&process_rule(detection));
    let event = Made::security(4688)
        .with("NewProcessName", "C:\\x")
        .with("CommandLine", "x y");
    let firings = search(&engine, &[batch(engine.names(), &[event])]);
    let matched: Vec<_> = firings[0]
        .matched
        .iter()
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    assert_eq!(
        matched,
        [r#"CommandLine=Text("x y")"#, r#"Image=Text("C:\\x")"#,]
    );
}
