//! What keeps a bucket from being read.

use std::time::Duration;

use misfire::collect::aws::{LogFiles, Trail};
use misfire::collect::{CollectError, Gathered, Source, wait_for};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use super::super::super::support::{
    Bare, BareServer, Served, TestClock, broken_off, client_that_waits,
};
use super::super::support::{NOW, ask, environment, ids, record, session, ten_minutes};
use super::bucket::Bucket;
use super::{files, key, log_file};

#[test]
fn a_bucket_in_another_region_is_asked_there() {
    let served = Served::new();
    let elsewhere = ResponseTemplate::new(301)
        .insert_header("x-amz-bucket-region", "ap-south-1")
        .set_body_string("<Error><Code>PermanentRedirect</Code></Error>");
    served.mount(
        Mock::given(method("GET"))
            .respond_with(elsewhere)
            .up_to_n_times(1),
    );
    let objects = [(
        key("eu-west-1", "20261103T0805Z", "a"),
        log_file(&[record("a", "2026-11-03T08:03:00Z")]),
    )];
    let bucket = Bucket {
        objects: objects.into_iter().collect(),
        page: 10,
    };
    served.mount(Mock::given(method("GET")).respond_with(bucket));
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    assert_eq!(ids(&ask(&mut source, &clock).expect("records")), ["a"]);
    let requests = served.requests();
    let regions: Vec<_> = requests
        .iter()
        .map(|request| request.headers["authorization"].to_str().expect("text"))
        .map(|signed| signed.split('/').nth(2).expect("a region"))
        .collect();
    assert_eq!(regions[0], "eu-west-1");
    assert!(regions[1..].iter().all(|region| *region == "ap-south-1"));
}

#[test]
fn a_bucket_that_sends_in_a_circle_is_refused() {
    let served = Served::new();
    for region in ["ap-south-1", "us-east-1", "ap-south-1"] {
        let elsewhere = ResponseTemplate::new(301)
            .insert_header("x-amz-bucket-region", region)
            .set_body_string("<Error><Code>PermanentRedirect</Code></Error>");
        served.mount(
            Mock::given(method("GET"))
                .respond_with(elsewhere)
                .up_to_n_times(1),
        );
    }
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let error = ask(&mut source, &clock).expect_err("no records");
    assert!(matches!(error, CollectError::Refused { .. }), "{error:?}");
    assert_eq!(served.requests().len(), 2);
}

#[test]
fn refusals_of_s3_are_told() {
    for (status, code, told) in [
        (
            404,
            "NoSuchBucket",
            "refused the request: NoSuchBucket: words & more",
        ),
        (
            403,
            "AccessDenied",
            "denied the request: AccessDenied: words & more",
        ),
        (
            403,
            "InvalidAccessKeyId",
            "denied the request: InvalidAccessKeyId: words & more",
        ),
        (
            403,
            "SignatureDoesNotMatch",
            "denied the request: SignatureDoesNotMatch",
        ),
    ] {
        let served = Served::new();
        let body = format!("<Error><Code>{code}</Code><Message>words &amp; more</Message></Error>");
        served.mount(
            Mock::given(method("GET")).respond_with(
                ResponseTemplate::new(status)
                    .insert_header("Date", "Tue, 03 Nov 2026 08:20:00 GMT")
                    .set_body_string(body),
            ),
        );
        let clock = TestClock::at(NOW);
        let mut source = files(&served, &clock, Trail::new("trail-logs"));
        let error = ask(&mut source, &clock).expect_err("no records");
        assert_eq!(error.to_string(), format!("the bucket trail-logs {told}"));
    }
}

#[test]
fn s3_that_asks_to_slow_down_is_asked_later() {
    let served = Served::new();
    let slow = ResponseTemplate::new(503).set_body_string("<Error><Code>SlowDown</Code></Error>");
    served.mount(
        Mock::given(method("GET"))
            .respond_with(slow)
            .up_to_n_times(2),
    );
    let bucket = Bucket {
        objects: [(
            key("eu-west-1", "20261103T0805Z", "a"),
            log_file(&[record("a", "2026-11-03T08:03:00Z")]),
        )]
        .into_iter()
        .collect(),
        page: 10,
    };
    served.mount(Mock::given(method("GET")).respond_with(bucket));
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(ids(&collected), ["a"]);
    assert!(
        collected.notes[1].starts_with("2 of "),
        "{:?}",
        collected.notes
    );
    assert!(collected.notes[1].ends_with("requests throttled and sent again"));
}

#[test]
fn what_is_no_listing_is_malformed() {
    for body in [
        "",
        "{}",
        "<html></html>",
        "<ListBucketResult><Contents>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    ] {
        let served = Served::new();
        served.mount(
            Mock::given(method("GET"))
                .respond_with(ResponseTemplate::new(200).set_body_string(body)),
        );
        let clock = TestClock::at(NOW);
        let mut source = files(&served, &clock, Trail::new("trail-logs"));
        let error = ask(&mut source, &clock).expect_err(body);
        assert!(
            matches!(error, CollectError::Malformed { .. }),
            "{body}: {error:?}"
        );
    }
}

#[test]
fn a_listing_that_goes_in_a_circle_ends() {
    let served = Served::new();
    let body = "<ListBucketResult><IsTruncated>true</IsTruncated>\
                <NextContinuationToken>same</NextContinuationToken></ListBucketResult>";
    served.mount(
        Mock::given(method("GET"))
            .and(path("/trail-logs/"))
            .and(query_param("list-type", "2"))
            .respond_with(ResponseTemplate::new(200).set_body_string(body)),
    );
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let error = ask(&mut source, &clock).expect_err("no end");
    assert_eq!(
        error.to_string(),
        "the answer of the bucket trail-logs cannot be read: its next page is the same page"
    );
}

#[test]
fn half_of_a_listing_is_asked_for_again() {
    let server = BareServer::new(vec![broken_off("<ListBucketResult>")]);
    let clock = TestClock::at(NOW);
    let session = session(&server.url, &clock);
    let mut source = LogFiles::new(session, Trail::new("trail-logs"));
    let error = ask(&mut source, &clock).expect_err("never whole");
    assert!(
        matches!(error, CollectError::Unreachable { .. }),
        "{error:?}"
    );
    assert_eq!(server.connections(), 4);
}

#[test]
fn what_cannot_be_a_bucket_is_not_asked() {
    for name in ["", "ab", "UPPER", "a/b", "evil.example/x", "-dash", "dot."] {
        let served = Served::new();
        let clock = TestClock::at(NOW);
        let mut source = files(&served, &clock, Trail::new(name));
        let error = ask(&mut source, &clock).expect_err("it is none");
        assert_eq!(
            error.to_string(),
            format!("AWS is configured wrongly: `{name}` is no bucket")
        );
        assert!(served.requests().is_empty());
    }
}

#[test]
fn an_interruption_ends_a_bucket_that_hangs() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let clock = TestClock::at(NOW);
    let environment = environment(&[
        ("AWS_ACCESS_KEY_ID", super::super::support::KEY),
        ("AWS_SECRET_ACCESS_KEY", super::super::support::SECRET),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL_S3", &server.url),
    ]);
    let client = client_that_waits(&clock, Duration::from_secs(600));
    let session = misfire::collect::aws::Session::new(environment, None, client).expect("it");
    let mut source = LogFiles::new(session, Trail::new("trail-logs"));
    let mut gathered = Gathered::new(ten_minutes());
    let result = wait_for(&|| server.connections() > 0, source.ask(&mut gathered));
    assert_eq!(result, Err(CollectError::Interrupted));
}
