//! CloudTrail's event history.

mod clocks;
mod faults;

use std::sync::Arc;
use std::time::Duration;

use misfire::collect::aws::LookupEvents;
use misfire::collect::{CollectError, Gathered, Source};
use misfire::event::{FileId, Names};
use misfire::log::{Format, ReadOptions, read_bytes};
use misfire::recording::Closure;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method};
use wiremock::{Mock, ResponseTemplate};

use super::super::support::{Served, TestClock, window};
use super::support::{NOW, ask, ask_into, ids, ids_of, record, session, ten_minutes};

const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// A page of events.
fn page(records: &[Value], next: Option<&str>) -> Value {
    let events: Vec<_> = records
        .iter()
        .map(|record| json!({"EventId": record["eventID"], "CloudTrailEvent": record.to_string()}))
        .collect();
    match next {
        Some(next) => json!({"Events": events, "NextToken": next}),
        None => json!({"Events": events}),
    }
}

fn answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn refusal(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_json(json!({"__type": code, "message": "words of the service"}))
}

/// A server that answers one thing after the other.
fn serves(answers: impl IntoIterator<Item = ResponseTemplate>) -> Served {
    let served = Served::new();
    for answer in answers {
        served.mount(
            Mock::given(method("POST"))
                .and(header("x-amz-target", TARGET))
                .and(header("content-type", "application/x-amz-json-1.1"))
                .respond_with(answer)
                .up_to_n_times(1),
        );
    }
    served
}

fn questions(served: &Served) -> Vec<Value> {
    let requests = served.requests();
    let bodies = requests.iter().map(|request| request.body_json());
    bodies.map(|body| body.expect("JSON")).collect()
}

#[test]
fn every_page_is_read_and_every_record_kept_once() {
    let served = serves([
        answer(&page(
            &[
                record("c", "2026-11-03T08:09:00Z"),
                record("b", "2026-11-03T08:05:00Z"),
            ],
            Some("more"),
        )),
        answer(&page(&[], Some("still more"))),
        answer(&page(
            &[
                record("b", "2026-11-03T08:05:00Z"),
                record("a", "2026-11-03T08:00:00Z"),
                record("z", "2026-11-03T07:59:59Z"),
            ],
            None,
        )),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let collected = ask(&mut source, &clock).expect("records");

    assert_eq!(ids(&collected), ["a", "b", "c"]);
    assert_eq!(collected.source.as_str(), "cloudtrail");
    assert_eq!(collected.closure, Closure::Open);
    assert_eq!(
        collected.notes,
        [
            "signed with the credentials of the environment",
            "1 record answered more than once, kept once",
            "1 record outside of the window, left out",
        ]
    );
    let latency = collected.latency.expect("three records");
    assert_eq!(latency.records, 3);
    assert_eq!(latency.median, Duration::from_secs(15 * 60));

    let questions = questions(&served);
    assert_eq!(
        questions[0],
        json!({"StartTime": 1_793_692_800, "EndTime": 1_793_693_400, "MaxResults": 50})
    );
    assert_eq!(questions[1]["NextToken"], "more");
    assert_eq!(questions[2]["NextToken"], "still more");
    // Two requests a second.
    assert_eq!(clock.slept(), [Duration::from_millis(500); 2]);
}

#[test]
fn what_is_collected_is_read_as_cloudtrail() {
    let served = serves([answer(&page(
        &[
            record("b", "2026-11-03T08:05:00Z"),
            record("a", "2026-11-03T08:01:00Z"),
        ],
        None,
    ))]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let collected = ask(&mut source, &clock).expect("records");
    let file = &collected.files[0];
    assert_eq!(file.name, "cloudtrail-events.json");
    let options = ReadOptions {
        names: Arc::new(Names::builder().freeze()),
        declared: None,
    };
    let log = read_bytes(file.name.as_ref(), file.bytes.clone(), FileId(0), &options);
    let mut log = log.expect("a log");
    assert_eq!(log.format(), Format::CloudTrail);
    let mut records = 0;
    while let Some(chunk) = log.next_chunk() {
        let decoded = chunk.expect("a chunk").decode(&options);
        assert!(decoded.problems.is_empty(), "{:?}", decoded.problems);
        records += decoded.batch.events().len();
    }
    assert_eq!(records, 2);
}

#[test]
fn an_empty_history_is_a_file_without_a_record() {
    let served = serves([answer(&json!({"Events": []}))]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let collected = ask(&mut source, &clock).expect("an answer");
    assert_eq!(collected.records(), 0);
    assert!(ids(&collected).is_empty());
    assert_eq!(collected.latency, None);
    assert_eq!(
        collected.because,
        "asked CloudTrail in the configured region once, at 2026-11-03T08:20:00Z, \
         and records may come later"
    );
}

#[test]
fn it_can_be_asked_again_and_adds_what_is_new() {
    let served = serves([
        answer(&page(&[record("a", "2026-11-03T08:00:00Z")], None)),
        answer(&page(
            &[
                record("b", "2026-11-03T08:00:00Z"),
                record("a", "2026-11-03T08:00:00Z"),
            ],
            None,
        )),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let mut gathered = Gathered::new(ten_minutes());
    ask_into(&mut source, &mut gathered).expect("the first time");
    assert_eq!(gathered.records().len(), 1);
    ask_into(&mut source, &mut gathered).expect("the second time");
    assert!(gathered.has("a") && gathered.has("b"));
    assert_eq!(gathered.records().len(), 2);
    assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["a", "b"]);
    // The pace holds between two times as well.
    assert_eq!(clock.slept(), [Duration::from_millis(500)]);
}

#[test]
fn regions_are_asked_each_at_its_own_pace() {
    let served = serves([
        answer(&page(&[record("a", "2026-11-03T08:00:00Z")], None)),
        answer(&page(&[record("b", "2026-11-03T08:00:00Z")], None)),
    ]);
    let clock = TestClock::at(NOW);
    let regions = ["us-east-1", "eu-west-1", "us-east-1"].map(str::to_owned);
    let mut source = LookupEvents::new(session(&served.url(), &clock), regions.to_vec());
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(ids(&collected), ["a", "b"]);
    let requests = served.requests();
    let regions: Vec<_> = requests
        .iter()
        .map(|request| {
            let signed = request.headers["authorization"].to_str().expect("text");
            signed.split('/').nth(2).expect("a region").to_owned()
        })
        .collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
    assert!(clock.slept().is_empty());
}

#[test]
fn a_region_that_denies_does_not_hide_what_another_holds() {
    let served = serves([
        refusal(400, "AccessDeniedException"),
        answer(&page(&[record("b", "2026-11-03T08:00:00Z")], None)),
    ]);
    let clock = TestClock::at(NOW);
    let regions = ["us-east-1", "eu-west-1"].map(str::to_owned);
    let mut source = LookupEvents::new(session(&served.url(), &clock), regions.to_vec());
    let mut gathered = Gathered::new(ten_minutes());
    let error = ask_into(&mut source, &mut gathered).expect_err("one denied");
    assert_eq!(
        error,
        CollectError::Denied {
            service: "CloudTrail in us-east-1".to_owned(),
            because: "AccessDeniedException: words of the service".to_owned(),
        }
    );
    assert!(gathered.has("b"));
}

#[test]
fn what_cannot_be_a_region_is_not_asked() {
    let served = serves([]);
    let clock = TestClock::at(NOW);
    let regions = vec!["evil.example/".to_owned()];
    let mut source = LookupEvents::new(session(&served.url(), &clock), regions);
    let error = ask(&mut source, &clock).expect_err("it is none");
    assert_eq!(
        error.to_string(),
        "AWS is configured wrongly: `evil.example/` is no region"
    );
    assert!(served.requests().is_empty());
}

#[test]
fn a_window_between_seconds_asks_for_the_seconds_around_it() {
    let served = Served::new();
    served.mount(
        Mock::given(method("POST"))
            .and(body_partial_json(
                json!({"StartTime": 1_793_692_800, "EndTime": 1_793_692_801}),
            ))
            .respond_with(answer(&page(
                &[
                    record("before", "2026-11-03T07:59:59Z"),
                    record("first", "2026-11-03T08:00:00Z"),
                    record("last", "2026-11-03T08:00:01Z"),
                    record("after", "2026-11-03T08:00:02Z"),
                ],
                None,
            ))),
    );
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let mut gathered = Gathered::new(window("2026-11-03T08:00:00.7Z", "2026-11-03T08:00:01.2Z"));
    ask_into(&mut source, &mut gathered).expect("records");
    assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["first", "last"]);
}

#[test]
fn what_is_older_than_the_history_is_not_called_empty() {
    let served = serves([answer(&page(&[], None)), answer(&page(&[], None))]);
    for (now, known) in [
        ("2027-02-01T08:00:00Z", true),
        ("2027-02-01T08:00:01Z", false),
    ] {
        let clock = TestClock::at(now);
        let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
        match ask(&mut source, &clock) {
            Ok(_) => assert!(known),
            Err(error) => {
                assert!(!known);
                assert_eq!(
                    error.to_string(),
                    "CloudTrail in the configured region refused the request: \
                     the window starts before its history of 90 days"
                );
            }
        }
    }
}
