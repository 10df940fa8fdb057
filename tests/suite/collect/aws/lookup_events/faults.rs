//! Answers that are late, damaged, or none.

use std::time::Duration;

use misfire::collect::aws::LookupEvents;
use misfire::collect::{CollectError, Gathered, Source, wait_for};
use wiremock::ResponseTemplate;

use super::super::super::support::{
    Bare, BareServer, TestClock, broken_off, client_that_waits, whole,
};
use super::super::support::{NOW, ask, ask_into, ids, record, session, ten_minutes};
use super::{answer, page, refusal, serves};

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
fn an_interruption_ends_a_service_that_hangs() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let clock = TestClock::at(NOW);
    let environment = super::super::support::environment(&[
        ("AWS_ACCESS_KEY_ID", super::super::support::KEY),
        ("AWS_SECRET_ACCESS_KEY", super::super::support::SECRET),
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
