//! Log groups of CloudWatch Logs.

use std::time::Duration;

use misfire::collect::aws::{LogGroup, Streams};
use misfire::collect::{CollectError, Gathered, Source, wait_for};
use misfire::event::catalogue::{Catalogue, SourceId};
use serde_json::{Value, json};
use wiremock::matchers::{header, method};
use wiremock::{Mock, ResponseTemplate};

use super::super::support::{
    Bare, BareServer, Served, TestClock, broken_off, client_that_waits, whole,
};
use super::support::{NOW, ask, environment, session, ten_minutes};

fn source() -> SourceId {
    Catalogue::bundled()
        .source("cloudtrail")
        .expect("a source")
        .id
        .clone()
}

fn group(url: &str, clock: &TestClock, streams: Streams) -> LogGroup {
    let name = "/aws/ssm/AWS-RunShellScript".to_owned();
    LogGroup::new(session(url, clock), source(), name, streams, None)
}

fn entry(id: &str, time: i64, message: &str) -> Value {
    json!({
        "eventId": id,
        "logStreamName": "0f1e/i-0abc/aws-runShellScript/stdout",
        "timestamp": time,
        "ingestionTime": time + 1500,
        "message": message,
    })
}

fn serves(answers: impl IntoIterator<Item = ResponseTemplate>) -> Served {
    let served = Served::new();
    for answer in answers {
        served.mount(
            Mock::given(method("POST"))
                .and(header("x-amz-target", "Logs_20140328.FilterLogEvents"))
                .respond_with(answer)
                .up_to_n_times(1),
        );
    }
    served
}

fn page(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

const START: i64 = 1_793_692_800_000;

#[test]
fn every_page_is_read_also_behind_an_empty_one() {
    let served = serves([
        page(&json!({"events": [entry("b", START + 250, "second\nline")], "nextToken": "1"})),
        page(&json!({"events": [], "searchedLogStreams": [], "nextToken": "2"})),
        page(&json!({"events": [
            entry("a", START, "first"),
            entry("b", START + 250, "second\nline"),
            entry("z", START - 1, "before"),
        ]})),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = group(&served.url(), &clock, Streams::Prefix("0f1e".to_owned()));
    let collected = ask(&mut source, &clock).expect("lines");
    let file = &collected.files[0];
    assert_eq!(
        (file.name.as_str(), file.records),
        ("cloudwatch-logs.jsonl", 2)
    );
    let text = String::from_utf8(file.bytes.clone()).expect("text");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(
        lines[0],
        json!({
            "timestamp": "2026-11-03T08:00:00.000Z",
            "ingestionTime": "2026-11-03T08:00:01.500Z",
            "logGroup": "/aws/ssm/AWS-RunShellScript",
            "logStream": "0f1e/i-0abc/aws-runShellScript/stdout",
            "eventId": "a",
            "message": "first",
        })
    );
    assert_eq!(lines[1]["message"], "second\nline");
    assert_eq!(lines.len(), 2);
    let first: Value = served.requests()[0].body_json().expect("JSON");
    assert_eq!(
        first,
        json!({
            "logGroupName": "/aws/ssm/AWS-RunShellScript",
            "startTime": START,
            "endTime": START + 600_000,
            "logStreamNamePrefix": "0f1e",
        })
    );
    assert_eq!(clock.slept(), [Duration::from_millis(200); 2]);
    assert_eq!(collected.latency.expect("two lines").records, 2);
}

#[test]
fn streams_can_be_named() {
    for (streams, key, value) in [
        (
            Streams::Named(vec!["a".to_owned(), "b".to_owned()]),
            "logStreamNames",
            json!(["a", "b"]),
        ),
        (Streams::All, "logStreamNames", Value::Null),
        (Streams::All, "logStreamNamePrefix", Value::Null),
    ] {
        let served = serves([page(&json!({"events": []}))]);
        let clock = TestClock::at(NOW);
        ask(&mut group(&served.url(), &clock, streams), &clock).expect("an answer");
        let asked: Value = served.requests()[0].body_json().expect("JSON");
        assert_eq!(asked[key], value);
    }
}

#[test]
fn a_log_group_that_does_not_exist_is_no_empty_one() {
    let missing = ResponseTemplate::new(400).set_body_json(json!({
        "__type": "ResourceNotFoundException",
        "message": "The specified log group does not exist."
    }));
    let served = serves([missing]);
    let clock = TestClock::at(NOW);
    let error = ask(&mut group(&served.url(), &clock, Streams::All), &clock).expect_err("none");
    assert_eq!(
        error.to_string(),
        "the log group /aws/ssm/AWS-RunShellScript in eu-west-1 refused the request: \
         ResourceNotFoundException: The specified log group does not exist."
    );
}

#[test]
fn throttling_half_a_page_and_nonsense_are_told_apart() {
    let throttled =
        ResponseTemplate::new(400).set_body_json(json!({"__type": "ThrottlingException"}));
    let served = serves([
        throttled,
        page(&json!({"events": [entry("a", START, "x")]})),
    ]);
    let clock = TestClock::at(NOW);
    let collected = ask(&mut group(&served.url(), &clock, Streams::All), &clock);
    assert_eq!(collected.expect("a line").records(), 1);

    let body = json!({"events": [entry("a", START, "x")]}).to_string();
    let server = BareServer::new(vec![broken_off(&body[..30]), whole(&body)]);
    let collected = ask(&mut group(&server.url, &clock, Streams::All), &clock);
    assert_eq!(collected.expect("a line").records(), 1);

    for body in ["<html>", "{\"events\":[{}]}", "{\"events\":[", "7"] {
        let served = serves([ResponseTemplate::new(200).set_body_string(body)]);
        let error = ask(&mut group(&served.url(), &clock, Streams::All), &clock);
        let error = error.expect_err(body);
        assert!(matches!(error, CollectError::Malformed { .. }), "{error:?}");
    }
}

#[test]
fn pages_that_go_in_a_circle_end() {
    let same = || page(&json!({"events": [], "nextToken": "same"}));
    let served = serves([same(), same(), same()]);
    let clock = TestClock::at(NOW);
    let error = ask(&mut group(&served.url(), &clock, Streams::All), &clock).expect_err("no end");
    assert!(matches!(error, CollectError::Malformed { .. }), "{error:?}");
}

#[test]
fn an_interruption_ends_a_service_that_hangs() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let clock = TestClock::at(NOW);
    let environment = environment(&[
        ("AWS_ACCESS_KEY_ID", super::support::KEY),
        ("AWS_SECRET_ACCESS_KEY", super::support::SECRET),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &server.url),
    ]);
    let client = client_that_waits(&clock, Duration::from_secs(600));
    let session = misfire::collect::aws::Session::new(environment, None, client).expect("it");
    let mut source = LogGroup::new(session, source(), "g".to_owned(), Streams::All, None);
    let mut gathered = Gathered::new(ten_minutes());
    let result = wait_for(&|| server.connections() > 0, source.ask(&mut gathered));
    assert_eq!(result, Err(CollectError::Interrupted));
}

#[test]
fn what_a_trail_sends_is_kept_as_its_records() {
    let record = |id: &str, time: &str| super::support::record(id, time).to_string();
    let served = serves([
        page(&json!({"events": [
            // The line was written minutes after what it tells of.
            entry("1", START + 540_000, &record("late", "2026-11-03T08:01:00Z")),
            entry("2", START + 300_000, &record("first", "2026-11-03T08:00:00Z")),
        ], "nextToken": "1"})),
        page(&json!({"events": [
            entry("3", START + 300_000, &record("first", "2026-11-03T08:00:00Z")),
            entry("4", START + 300_000, &record("before", "2026-11-03T07:59:00Z")),
        ]})),
    ]);
    let clock = TestClock::at(NOW);
    let session = session(&served.url(), &clock);
    let mut source = LogGroup::of_trail(session, "trail".to_owned(), None);
    assert_eq!(source.source(), self::source());
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(super::support::ids(&collected), ["first", "late"]);
}

#[test]
fn a_line_that_is_no_record_is_told_and_the_others_are_kept() {
    let record = super::support::record("kept", "2026-11-03T08:01:00Z").to_string();
    let served = serves([page(&json!({"events": [
        entry("1", START, "something else"),
        entry("2", START, &record),
    ]}))]);
    let clock = TestClock::at(NOW);
    let session = session(&served.url(), &clock);
    let mut source = LogGroup::of_trail(session, "trail".to_owned(), None);
    let mut gathered = Gathered::new(ten_minutes());
    let error = super::support::ask_into(&mut source, &mut gathered).expect_err("a line");
    assert!(
        error.to_string().contains("is no record of CloudTrail"),
        "{error}"
    );
    assert!(gathered.has("kept"));
}
