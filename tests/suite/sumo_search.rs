//! Sumo Logic queries over logs: which records they fire on, and that the prefilter does
//! not change it.

use misfire::content::{QuerySettings, load_detections_from};
use misfire::detect::plan::PlanEngine;
use misfire::diagnostic::{Ink, SourceText, to_text};
use misfire::event::{FileId, Names};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::spl_search::{engine, found};
use crate::support::project::{RULE, sysmon, windows};
use crate::support::read;

fn engine_of(query: &str) -> (PlanEngine, Arc<Names>) {
    let text = format!("id: {RULE}\ntitle: Query\nlanguage: sumo\nquery: |\n  {query}\n");
    let source = SourceText::new("query.yml", text);
    let loaded = load_detections_from(vec![Ok(source)], Some((&[], &QuerySettings::default())));
    let problems = to_text(&loaded.problems, Ink::Plain);
    assert!(!problems.contains("error["), "{query}: {problems}");
    assert!(!problems.contains("unsupported"), "{query}: {problems}");
    engine(loaded)
}

/// The records of a log that a query fires on, with the prefilter and without.
fn fired(query: &str, log: &[Value]) -> Vec<u64> {
    let (with, names) = engine_of(query);
    let (without, _) = engine_of(query);
    let without = without.without_prefilter();
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let path = home.path().join("log.jsonl");
    let lines: String = log.iter().map(|record| format!("{record}\n")).collect();
    std::fs::write(&path, lines).expect("a writable file");
    let batches = read(&path, FileId(0), &names);
    let firings = found(&with, &batches);
    assert_eq!(firings, found(&without, &batches), "{query}");
    let events = firings.iter().flat_map(|firing| &firing.events);
    events.map(|event| event.record).collect()
}

fn cloud() -> [Value; 2] {
    let event = |name: &str, second: u8| {
        json!({"eventVersion": "1.08", "eventTime": format!("2026-11-03T08:31:0{second}Z"),
            "eventSource": "ssm.amazonaws.com", "eventName": name, "eventType": "AwsApiCall",
            "awsRegion": "eu-central-1", "eventID": second.to_string(),
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/avery"},
            "requestParameters": {"count": 12}})
    };
    [event("SendCommand", 1), event("StartSession", 2)]
}

/// How many records of the clouds a query fires on.
fn of_cloud(query: &str) -> usize {
    fired(query, &cloud()).len()
}

#[test]
fn keywords_are_found_in_keys_and_across_values() {
    assert_eq!(of_cloud("eventName"), 2);
    assert_eq!(of_cloud("!eventName"), 0);
    assert_eq!(of_cloud("NOT absentKey"), 2);
    assert_eq!(of_cloud(r#""\"eventName\":\"SendCommand\"""#), 1);
    let log = [sysmon(1, 5, r"C:\Windows\whoami.exe")];
    assert_eq!(fired("EventData CommandLine whoami", &log), [1]);
    assert!(fired("!CommandLine", &log).is_empty());
}

#[test]
fn keys_have_no_case() {
    assert_eq!(
        of_cloud(r#"* | where userIdentity.ARN matches "*avery""#),
        2
    );
    assert_eq!(of_cloud(r#"* | where USERIDENTITY.Type = "IAMUser""#), 2);
    assert_eq!(of_cloud(r#"* | where userIdentity.name = "IAMUser""#), 0);
}

/// "Parse JSON Formatted Logs": `json` without `auto` regards the case of keys.
#[test]
fn json_regards_the_case_of_every_key() {
    let found = |path: &str| of_cloud(&format!(r#"* | json "{path}" as it | count by it"#));
    assert_eq!(found("userIdentity.arn"), 2);
    assert_eq!(found("userIdentity.ARN"), 0);
    assert_eq!(found("UserIdentity.arn"), 0);
    let arn = r#"matches "*avery""#;
    let query = |path: &str| of_cloud(&format!(r#"* | json "{path}" as it | where it {arn}"#));
    assert_eq!(
        (query("userIdentity.arn"), query("userIdentity.ARN")),
        (2, 0)
    );
    let log = [sysmon(1, 5, r"C:\Windows\whoami.exe")];
    let windows = |path: &str| fired(&format!(r#"* | json "{path}" as it"#), &log).len();
    assert_eq!(
        (windows("EventData.Image"), windows("EventData.image")),
        (1, 0)
    );
}

#[test]
fn what_every_windows_event_has_is_known() {
    let renamed = |section: &str| {
        let mut record = windows(
            "Microsoft-Windows-Eventlog",
            "Security",
            1102,
            1,
            3,
            json!({}),
        );
        let event = record["Event"].as_object_mut().expect("an event");
        event.remove("EventData");
        event.insert(
            section.to_owned(),
            json!({"LogFileCleared": {"SubjectUserName": "avery"}}),
        );
        record
    };
    let log = [renamed("UserData")];
    for name in [
        "UserData.LogFileCleared.SubjectUserName",
        "userdata.logfilecleared.subjectusername",
    ] {
        let query = format!(r#"* | where {name} = "avery""#);
        assert_eq!(fired(&query, &log), [1], "{query}");
    }
    let log = [sysmon(1, 5, r"C:\Windows\whoami.exe")];
    assert_eq!(
        fired("* | where Version >= 0 or isNull(Version)", &log),
        [1]
    );
}

/// What the log has as a number is text: beside a text it is compared as one.
#[test]
fn numbers_of_a_log_are_texts_until_they_are_cast() {
    let path = "requestParameters.count";
    assert_eq!(of_cloud(&format!(r#"* | where {path} = 12"#)), 2);
    assert_eq!(of_cloud(&format!(r#"* | where {path} != """#)), 2);
    assert_eq!(of_cloud(&format!(r#"* | where {path} > "2""#)), 0);
    assert_eq!(of_cloud(&format!(r#"* | where {path} > 2"#)), 2);
    let log = [sysmon(1, 5, r"C:\Windows\whoami.exe")];
    assert_eq!(fired(r#"* | where EventID = "1""#, &log), [1]);
    assert_eq!(fired(r#"* | where EventID != """#, &log), [1]);
    assert_eq!(fired("* | where EventID = 1", &log), [1]);
}

/// Lists and objects of the clouds' records are taken from their text.
#[test]
fn lists_and_objects_of_records_are_texts() {
    let log = [
        json!({"eventVersion": "1.08", "eventTime": "2026-11-03T08:31:01Z",
            "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances",
            "eventType": "AwsApiCall", "awsRegion": "eu-central-1", "eventID": "1",
            "resources": [{"ARN": "arn:a"}, {"ARN": "arn:b"}], "requestParameters": {"ids": ["i-1", "i-2"]}}),
    ];
    let count = |query: &str| fired(query, &log).len();
    assert_eq!(
        count(r#"* | json "resources[1].ARN" as a | where a = "arn:b""#),
        1
    );
    assert_eq!(
        count(r#"* | json "resources[2].ARN" as a | where a = "arn:b""#),
        0
    );
    assert_eq!(
        count(r#"* | json "requestParameters" as p | where p matches "*i-2*""#),
        1
    );
    assert_eq!(count(r#"* | where %"requestParameters.ids[1]" = "i-2""#), 1);
    assert_eq!(count(r#"* | where %"requestParameters.ids[0]" = "i-2""#), 0);
}

/// Rows that are put together keep the records that they are made of.
#[test]
fn courses_of_events_keep_their_records() {
    let found = |query: &str| fired(query, &cloud());
    let merged = "(merge eventName takeFirst as first, eventName takeLast as last)";
    let connected = "* | transactionize userIdentity.arn, eventName as tx";
    let query = format!(r#"{connected} {merged} | where last = "StartSession""#);
    assert_eq!(found(&query), [1, 2]);
    let query = format!(r#"{connected} {merged} | where last = "SendCommand""#);
    assert!(found(&query).is_empty());
    assert_eq!(found(&format!("{connected} | where tx_size > 1")), [1, 2]);
    let apart = "* | transactionize eventName as tx | where tx_size > 1";
    assert!(found(apart).is_empty());
    let states = "with states SendCommand as sent, StartSession as opened in eventName";
    let by = "* | transaction on userIdentity.arn";
    let query = format!("{by} {states} | where sent > 0 and _end_time > _start_time");
    assert_eq!(found(&query), [1, 2]);
    assert!(found(&format!("{by} {states} | where sent > 1")).is_empty());
    let flow = format!("{by} {states} results by flow | where latency = 1000");
    assert_eq!(found(&flow).len(), 1);
    let back = format!(r#"{by} {states} results by flow | where fromstate = "opened""#);
    assert!(found(&back).is_empty());
}

/// A subquery may be one of several alternatives.
#[test]
fn a_subquery_is_a_condition_among_others() {
    let child = r#"[subquery: * | where eventName = "SendCommand" | compose eventName]"#;
    let found = |condition: &str| {
        let query = format!("* | where {condition} | count by eventName");
        fired(&query, &cloud())
    };
    assert_eq!(found(&format!(r#"{child} or eventName = "x""#)), [1]);
    assert_eq!(found(&format!(r#"!({child}) or eventName = "x""#)), [2]);
}
