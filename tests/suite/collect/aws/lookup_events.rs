//! CloudTrail's event history.

use std::sync::Arc;
use std::time::Duration;

use misfire::collect::aws::LookupEvents;
use misfire::collect::{CollectError, Gathered, Source, wait_for};
use misfire::event::{FileId, Names};
use misfire::log::{Format, ReadOptions, read_bytes};
use misfire::recording::Closure;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method};
use wiremock::{Mock, ResponseTemplate};

use super::super::support::{
    Bare, BareServer, Served, TestClock, at, broken_off, client_that_waits, whole, window,
};
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
fn throttling_is_waited_out_and_told() {
    let served = serves([
        refusal(400, "ThrottlingException"),
        refusal(400, "com.amazonaws.cloudtrail#ThrottlingException"),
        answer(&page(&[record("a", "2026-11-03T08:00:00Z")], None)),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(ids(&collected), ["a"]);
    assert!(
        collected
            .notes
            .contains(&"2 of 3 requests throttled and sent again".to_owned()),
        "{:?}",
        collected.notes
    );
    assert_eq!(clock.slept().len(), 2);
}

#[test]
fn throttling_to_the_end_is_an_error() {
    let served = serves(std::iter::repeat_n(refusal(400, "ThrottlingException"), 9));
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert_eq!(
        error,
        CollectError::Throttled {
            service: "CloudTrail in eu-west-1".to_owned(),
            attempts: 4,
        }
    );
}

#[test]
fn a_failure_of_the_service_passes_or_is_told() {
    let served = serves([
        ResponseTemplate::new(503).set_body_string("<html>"),
        refusal(500, "InternalFailure"),
        answer(&page(&[record("a", "2026-11-03T08:00:00Z")], None)),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    assert_eq!(ids(&ask(&mut source, &clock).expect("records")), ["a"]);

    let served = serves(std::iter::repeat_n(refusal(500, "InternalFailure"), 9));
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert!(
        matches!(error, CollectError::Unreachable { .. }),
        "{error:?}"
    );
}

#[test]
fn half_a_page_is_asked_for_again() {
    let whole_page = page(&[record("a", "2026-11-03T08:00:00Z")], None).to_string();
    let half = &whole_page[..whole_page.len() / 2];
    let server = BareServer::new(vec![broken_off(half), whole(&whole_page)]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&server.url, &clock), Vec::new());
    assert_eq!(ids(&ask(&mut source, &clock).expect("records")), ["a"]);
}

#[test]
fn half_a_page_that_claims_to_be_whole_is_no_page() {
    let whole_page = page(&[record("a", "2026-11-03T08:00:00Z")], None).to_string();
    let half = &whole_page[..whole_page.len() / 2];
    let server = BareServer::new(vec![whole(half)]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&server.url, &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no page");
    let told = error.to_string();
    let start = "the answer of CloudTrail in eu-west-1 cannot be read: it ends in the middle \
                 (status 200, application/json, ";
    assert!(told.starts_with(start), "{told}");
}

#[test]
fn what_is_no_page_is_malformed() {
    for body in [
        "<html>hidden</html>",
        "[]",
        "{}",
        "{\"Events\":{}}",
        "{\"Events\":[{}]}",
        "{\"Events\":[{\"CloudTrailEvent\":\"no record\"}]}",
        "{\"Events\":[{\"CloudTrailEvent\":\"[\\\"a\\\"]\"}]}",
        "{\"Events\":[{\"CloudTrailEvent\":\"{\\\"eventID\\\":\"}]}",
    ] {
        let served = serves([ResponseTemplate::new(200).set_body_string(body)]);
        let clock = TestClock::at(NOW);
        let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
        let error = ask(&mut source, &clock).expect_err(body);
        assert!(
            matches!(error, CollectError::Malformed { .. }),
            "{body}: {error:?}"
        );
        assert!(!error.to_string().contains("hidden"));
    }
}

#[test]
fn a_token_that_has_expired_starts_the_pages_anew() {
    let served = serves([
        answer(&page(&[record("b", "2026-11-03T08:05:00Z")], Some("old"))),
        refusal(400, "InvalidNextTokenException"),
        answer(&page(&[record("b", "2026-11-03T08:05:00Z")], Some("new"))),
        answer(&page(&[record("a", "2026-11-03T08:00:00Z")], None)),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(ids(&collected), ["a", "b"]);
    let note = "CloudTrail in eu-west-1 forgot where it was and was asked anew";
    assert!(
        collected.notes.contains(&note.to_owned()),
        "{:?}",
        collected.notes
    );
}

#[test]
fn a_token_that_is_refused_again_and_again_is_an_error() {
    let answers = (0..10).map(|number| match number % 2 {
        0 => answer(&page(&[], Some("old"))),
        _ => refusal(400, "InvalidNextTokenException"),
    });
    let served = serves(answers);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no end");
    assert!(matches!(error, CollectError::Refused { .. }), "{error:?}");
    assert_eq!(served.requests().len(), 6);
}

#[test]
fn pages_that_go_in_a_circle_end() {
    let same = || answer(&page(&[], Some("same")));
    let served = serves([same(), same(), same()]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no end");
    assert!(matches!(error, CollectError::Malformed { .. }), "{error:?}");
}

#[test]
fn records_before_an_error_are_kept() {
    let served = serves([
        answer(&page(&[record("a", "2026-11-03T08:00:00Z")], Some("more"))),
        refusal(400, "InvalidTimeRangeException"),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let mut gathered = Gathered::new(ten_minutes());
    let error = ask_into(&mut source, &mut gathered).expect_err("half of it");
    assert_eq!(
        error.to_string(),
        "CloudTrail in eu-west-1 refused the request: \
         InvalidTimeRangeException: words of the service"
    );
    assert!(gathered.has("a"));
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

#[test]
fn an_interruption_ends_a_service_that_hangs() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let clock = TestClock::at(NOW);
    let environment = super::support::environment(&[
        ("AWS_ACCESS_KEY_ID", super::support::KEY),
        ("AWS_SECRET_ACCESS_KEY", super::support::SECRET),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", &server.url),
    ]);
    let client = client_that_waits(&clock, Duration::from_secs(600));
    let session = misfire::collect::aws::Session::new(environment, None, client).expect("it");
    let mut source = LookupEvents::new(session, Vec::new());
    let mut gathered = Gathered::new(ten_minutes());
    let result = wait_for(&|| server.connections() > 0, source.ask(&mut gathered));
    assert_eq!(result, Err(CollectError::Interrupted));
}

#[test]
fn a_clock_that_is_wrong_is_allowed_for_once_and_told() {
    // The service's clock shows 08:20, this machine's 10:50.
    let date = "Tue, 03 Nov 2026 08:20:00 GMT";
    for code in [
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    ] {
        let served = serves([
            refusal(403, code).insert_header("Date", date),
            answer(&page(&[record("a", "2026-11-03T08:00:00Z")], None)),
        ]);
        let clock = TestClock::at("2026-11-03T10:50:00Z");
        let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
        let collected = ask(&mut source, &clock).expect("records");
        let times: Vec<_> = served
            .requests()
            .iter()
            .map(|request| {
                request.headers["x-amz-date"]
                    .to_str()
                    .expect("text")
                    .to_owned()
            })
            .collect();
        assert_eq!(times, ["20261103T105000Z", "20261103T082000Z"], "{code}");
        let note = "the clock of this machine differs by -9000 s from that of AWS, \
                    which was allowed for";
        assert!(
            collected.notes.contains(&note.to_owned()),
            "{:?}",
            collected.notes
        );
        // How long a record took is measured by the service's clock.
        let latency = collected.latency.expect("a record");
        assert_eq!(latency.max, Duration::from_secs(20 * 60));
    }
}

#[test]
fn a_clock_that_stays_wrong_is_an_error() {
    let date = "Tue, 03 Nov 2026 08:20:00 GMT";
    let served = serves(std::iter::repeat_n(
        refusal(403, "RequestTimeTooSkewed").insert_header("Date", date),
        4,
    ));
    let clock = TestClock::at("2026-11-03T10:50:00Z");
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert_eq!(
        error,
        CollectError::ClockSkew {
            service: "CloudTrail in eu-west-1".to_owned(),
            seconds: -9000,
        }
    );
    assert_eq!(served.requests().len(), 2);
}

#[test]
fn a_wrong_secret_is_no_wrong_clock() {
    let signature = ResponseTemplate::new(403)
        .set_body_json(json!({"__type": "InvalidSignatureException",
            "message": "x-amz-security-token:hidden"}))
        .insert_header("Date", "Tue, 03 Nov 2026 08:20:01 GMT");
    let served = serves([signature]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert_eq!(
        error.to_string(),
        "CloudTrail in eu-west-1 denied the request: InvalidSignatureException"
    );
    assert_eq!(served.requests().len(), 1);
    assert_eq!(at(NOW).to_string(), NOW);
}
