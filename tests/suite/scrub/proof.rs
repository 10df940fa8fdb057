//! A scrub that would change what is judged is refused, and content stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use misfire::content::fixture::{Fixture, FixtureFile, Subject};
use misfire::content::{LogInput, load_detections};
use misfire::diagnostic::{Code, Diagnostic, Place};
use misfire::recording::{Closure, Evidence, Host, Outcome, Window};
use misfire::run::{Interrupt, ScrubProof, ScrubRequest, Scrubbed, scrub_proven};
use serde_json::json;

use super::{key, log, request, scrubbed, text};

fn record() -> String {
    json!({"Event": {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
            "EventID": 1,
            "Version": 5,
            "TimeCreated": {"#attributes": {"SystemTime": "2026-11-02T09:14:03.1182046Z"}},
            "EventRecordID": 7,
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "FILESRV7.kontoso.local",
        },
        "EventData": {
            "Image": "C:\\Users\\mkeller\\code.exe",
            "CommandLine": "code.exe tunnel 10.1.2.3",
            "User": "KONTOSO\\mkeller",
        },
    }})
    .to_string()
        + "\n"
}

fn rule(selection: &str) -> String {
    format!(
        "title: Started\nid: 4815aa87-8781-4368-96ad-7df96a2a1880\nlogsource:\n    product: \
         windows\n    category: process_creation\ndetection:\n    selection:\n        \
         {selection}\n    condition: selection\nlevel: low\n"
    )
}

fn fixture(logs: &[u8]) -> Fixture {
    let time = |text: &str| text.parse().expect("a time");
    Fixture {
        execution: None,
        name: "one".to_owned(),
        subject: Subject::Control {
            why: "a test".to_owned(),
        },
        evidence: Evidence::Recorded,
        stand_in: None,
        host: Host::default(),
        sensors: Vec::new(),
        window: Window {
            start: time("2026-11-02T09:00:00Z"),
            end: time("2026-11-02T10:00:00Z"),
            closure: Closure::Closed,
        },
        files: vec![FixtureFile {
            input: LogInput {
                path: PathBuf::from("log.jsonl"),
                bytes: Some(logs.into()),
            },
            sources: vec![super::source("sysmon")],
            records: 1,
            closure: Closure::Closed,
        }],
        lost: Vec::new(),
        why_open: Vec::new(),
        looked_at: Vec::new(),
        given: Vec::new(),
        outcome: Outcome::Performed,
        modelled: Vec::new(),
        scrubbed: Vec::new(),
        unverified_shape: Vec::new(),
        place: Place::file(Path::new("one")),
        damage: None,
    }
}

/// What comes of a scrub that is proven by one rule.
fn proven(selection: &str) -> Result<Scrubbed, Vec<Diagnostic>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("rule.yml"), rule(selection)).expect("a rule");
    let record = record();
    let proof = ScrubProof {
        fixture: &fixture(record.as_bytes()),
        test: None,
        detections: &|| {
            let loaded = load_detections(&[folder.path().to_owned()]);
            assert_eq!(loaded.len(), 1);
            loaded
        },
        threads: None,
        interrupt: Interrupt::default(),
    };
    scrub_proven(&request(record.as_bytes()), &proof)
}

#[test]
fn a_rule_that_reads_what_stays_is_no_obstacle() {
    let scrubbed = proven("Image|endswith: '\\code.exe'").expect("the rule still fires");
    assert!(!text(&scrubbed.logs[0]).contains("mkeller"));
    proven("CommandLine|contains: ' tunnel '").expect("the rule still fires");
    proven("User|contains: nobody").expect("the rule is still silent");
    proven("CommandLine|cidr: 10.0.0.0/8").expect("the rule is as it was");
}

#[test]
fn a_rule_that_reads_an_identity_is_named_with_its_kind() {
    for (selection, kind) in [
        ("User|endswith: 'mkeller'", "user names"),
        ("Image|contains: '\\mkeller\\'", "user names"),
        ("Computer|startswith: FILESRV", "host names"),
        ("CommandLine|contains: '10.1.2.3'", "IP addresses"),
    ] {
        let problems = proven(selection).expect_err("the rule falls silent");
        assert_eq!(problems.len(), 1, "{problems:#?}");
        let problem = &problems[0];
        assert_eq!(problem.code, Code::SCRUB_CHANGES_VERDICT);
        assert!(
            problem
                .message
                .contains("`4815aa87-8781-4368-96ad-7df96a2a1880` (Started)"),
            "{}",
            problem.message
        );
        assert!(
            problem.message.contains(&format!("the {kind} were")),
            "{}",
            problem.message
        );
        assert!(!problem.message.contains("mkeller"));
    }
}

#[test]
fn a_rule_that_a_pseudonym_would_set_off_is_named_too() {
    let problems = proven("User|contains: 'user-'").expect_err("the rule fires now");
    assert_eq!(problems[0].code, Code::SCRUB_CHANGES_VERDICT);
}

fn with(arguments: &[(&str, &str)], facts: &[(&str, &str)], log_text: &str) -> Scrubbed {
    let all = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    };
    scrubbed(&ScrubRequest {
        logs: vec![log("log.jsonl", log_text.as_bytes())],
        host: Host {
            name: "FILESRV7.kontoso.local".to_owned(),
            platform: "windows".to_owned(),
            facts: all(facts),
        },
        arguments: all(arguments),
        content: vec!["203.0.114.9".to_owned(), "misfire-7f3a".to_owned()],
        texts: vec!["seen on FILESRV7".to_owned()],
        key: key(),
    })
}

#[test]
fn arguments_are_content_and_secret_ones_are_not() {
    let log = json!({
        "CommandLine": "net user eviluser9 Hunter22xx /add && ping 198.18.0.1 203.0.114.9 misfire-7f3a",
        "TargetUserName": "eviluser9",
        "User": "KONTOSO\\mkeller",
    })
    .to_string();
    let arguments = [("user_name", "eviluser9"), ("password", "Hunter22xx")];
    let scrubbed = with(&arguments, &[], &log);
    let after = text(&scrubbed.logs[0]);
    assert!(
        after.contains("net user eviluser9 ") && after.contains("\"TargetUserName\":\"eviluser9\"")
    );
    assert!(after.contains("203.0.114.9") && after.contains("misfire-7f3a"));
    assert!(!after.contains("Hunter22xx") && !after.contains("mkeller"));
    assert_eq!(scrubbed.arguments["user_name"], "eviluser9");
    let password = &scrubbed.arguments["password"];
    assert!(
        after.contains(password.as_str()) && password != "Hunter22xx",
        "{after}"
    );
}

#[test]
fn what_the_host_is_known_by_is_an_identity_even_as_an_argument() {
    let log = json!({"User": "KONTOSO\\mkeller", "CommandLine": "run as mkeller"}).to_string();
    let facts = [
        ("user", "KONTOSO\\mkeller"),
        ("temp", "C:\\Users\\mkeller\\AppData\\Local\\Temp"),
        ("region", "eu-central-1"),
    ];
    let scrubbed = with(&[("target_user", "mkeller")], &facts, &log);
    assert!(!text(&scrubbed.logs[0]).contains("mkeller"));
    let user = &scrubbed.arguments["target_user"];
    assert!(scrubbed.host.facts["user"].ends_with(user.as_str()) && user != "mkeller");
    assert_eq!(
        scrubbed.host.facts["temp"],
        format!("C:\\Users\\{user}\\AppData\\Local\\Temp")
    );
    assert_eq!(scrubbed.host.facts["region"], "eu-central-1");
    let host = scrubbed.host.name.split('.').next().expect("a name");
    assert!(host.starts_with("HOST-"));
    assert_eq!(scrubbed.texts, [format!("seen on {host}")]);
}

#[test]
fn the_notes_say_what_was_replaced_and_where() {
    let record = record();
    let scrubbed = scrubbed(&request(record.as_bytes()));
    let notes: Vec<_> = scrubbed
        .notes
        .iter()
        .map(|note| {
            let because = note.because.as_deref().expect("a reason");
            (
                note.source.as_str(),
                note.fields.join(" "),
                because.to_owned(),
            )
        })
        .collect();
    let said = |kind: &str| {
        let found = notes.iter().find(|(.., because)| because.starts_with(kind));
        found.unwrap_or_else(|| panic!("{kind}: {notes:?}")).clone()
    };
    assert_eq!(
        said("user names"),
        (
            "sysmon",
            "Event.EventData.Image Event.EventData.User".to_owned(),
            "user names: 1 in 2 places, replaced by pseudonyms of the same kind".to_owned(),
        )
    );
    assert_eq!(said("host names").1, "Event.System.Computer");
    assert_eq!(said("IP addresses").1, "Event.EventData.CommandLine");
}
