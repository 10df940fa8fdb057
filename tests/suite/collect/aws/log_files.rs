//! The log files of a trail in S3.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use misfire::collect::aws::{LogFiles, Trail};
use misfire::collect::{CollectError, Gathered, Source, wait_for};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, Request, Respond, ResponseTemplate};

use super::super::support::{Bare, BareServer, Served, TestClock, broken_off, client_that_waits};
use super::support::{NOW, ask, ask_into, environment, ids, ids_of, record, session, ten_minutes};

const ACCOUNT: &str = "AWSLogs/111122223333";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a vector takes it");
    encoder.finish().expect("a vector takes it")
}

fn log_file(records: &[Value]) -> Vec<u8> {
    gzip(json!({ "Records": records }).to_string().as_bytes())
}

/// A key of a log file that was delivered then, `20261103T0805Z`.
fn key(region: &str, delivered: &str, unique: &str) -> String {
    let day = format!(
        "{}/{}/{}",
        &delivered[..4],
        &delivered[4..6],
        &delivered[6..8]
    );
    format!(
        "{ACCOUNT}/CloudTrail/{region}/{day}/111122223333_CloudTrail_{region}_{delivered}_{unique}.json.gz"
    )
}

/// A bucket that lists as S3 does, so many entries a page.
#[derive(Clone)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    page: usize,
}

impl Respond for Bucket {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
        let Some(prefix) = query.get("prefix") else {
            let key = request.url.path().trim_start_matches("/trail-logs/");
            return match self.objects.get(key) {
                Some(bytes) => ResponseTemplate::new(200).set_body_bytes(bytes.clone()),
                None => ResponseTemplate::new(404)
                    .set_body_string("<Error><Code>NoSuchKey</Code></Error>"),
            };
        };
        let after = query
            .get("continuation-token")
            .or_else(|| query.get("start-after"))
            .cloned()
            .unwrap_or_default();
        // What is below a delimiter counts once.
        let entries: Vec<(String, bool)> = self
            .objects
            .keys()
            .filter(|key| key.starts_with(prefix.as_str()))
            .map(|key| {
                let delimiter = query.get("delimiter");
                let end = delimiter.and_then(|sign| key[prefix.len()..].find(sign.as_str()));
                match end {
                    Some(end) => (key[..=prefix.len() + end].to_owned(), true),
                    None => (key.clone(), false),
                }
            })
            .filter(|(entry, _)| *entry > after)
            .collect();
        let mut entries = entries;
        entries.dedup();
        let more = entries.len() > self.page;
        entries.truncate(self.page);
        let listed: String = entries
            .iter()
            .map(|(entry, folder)| match folder {
                true => format!("<CommonPrefixes><Prefix>{entry}</Prefix></CommonPrefixes>"),
                false => format!("<Contents><Key>{entry}</Key><Size>1</Size></Contents>"),
            })
            .collect();
        let next = match (more, entries.last()) {
            (true, Some((last, _))) => {
                format!("<NextContinuationToken>{last}</NextContinuationToken>")
            }
            _ => String::new(),
        };
        ResponseTemplate::new(200).set_body_string(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <Prefix>{prefix}</Prefix><IsTruncated>{more}</IsTruncated>{listed}{next}\
             </ListBucketResult>"
        ))
    }
}

fn bucket(objects: &[(String, Vec<u8>)]) -> Served {
    let served = Served::new();
    let bucket = Bucket {
        objects: objects.iter().cloned().collect(),
        page: 2,
    };
    served.mount(Mock::given(method("GET")).respond_with(bucket));
    served
}

/// The keys of the objects that were read.
fn read(served: &Served) -> Vec<String> {
    let requests = served.requests();
    let objects = requests
        .iter()
        .filter(|request| request.url.query().is_none());
    objects
        .map(|request| {
            request
                .url
                .path()
                .trim_start_matches("/trail-logs/")
                .to_owned()
        })
        .collect()
}

fn files(served: &Served, clock: &TestClock, trail: Trail) -> LogFiles {
    LogFiles::new(session(&served.url(), clock), trail)
}

#[test]
fn only_files_that_can_hold_the_window_are_read() {
    let one = |id: &str| log_file(&[record(id, "2026-11-03T08:05:00Z")]);
    let early = key("eu-west-1", "20261103T0759Z", "early");
    let first = key("eu-west-1", "20261103T0800Z", "first");
    let late = key("us-east-1", "20261103T0815Z", "late");
    let later = key("us-east-1", "20261103T1500Z", "later");
    let served = bucket(&[
        (early, one("early")),
        (first.clone(), one("first")),
        (late.clone(), one("late")),
        (later, one("later")),
        (
            format!("{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/11/03/d.json.gz"),
            one("digest"),
        ),
        (
            format!("{ACCOUNT}/CloudTrail-Insight/eu-west-1/2026/11/03/i.json.gz"),
            one("insight"),
        ),
        ("AWSLogs/notes.txt".to_owned(), b"hello".to_vec()),
    ]);
    let clock = TestClock::at("2026-11-04T08:00:00Z");
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(ids(&collected), ["first", "late"]);
    assert_eq!(read(&served), [first, late]);
    assert_eq!(collected.files[0].name, "cloudtrail-files.json");
    assert_eq!(collected.source.as_str(), "cloudtrail");
}

/// A name tells the minute of the delivery only.
#[test]
fn a_file_of_the_minute_in_which_the_window_starts_is_read() {
    let of = |delivered, id| {
        let file = log_file(&[record(id, "2026-11-03T08:04:31Z")]);
        (key("eu-west-1", delivered, id), file)
    };
    let served = bucket(&[
        of("20261103T0803Z", "before"),
        of("20261103T0804Z", "same"),
        of("20261103T0805Z", "after"),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let window = super::super::support::window("2026-11-03T08:04:30Z", "2026-11-03T08:06:00Z");
    let mut gathered = Gathered::new(window);
    ask_into(&mut source, &mut gathered).expect("records");
    assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["after", "same"]);
}

#[test]
fn a_record_in_two_files_is_kept_once_and_none_outside_of_the_window() {
    let served = bucket(&[
        (
            key("eu-west-1", "20261103T0805Z", "a"),
            log_file(&[
                record("b", "2026-11-03T08:03:00Z"),
                record("before", "2026-11-03T07:58:00Z"),
            ]),
        ),
        (
            key("eu-west-1", "20261103T0810Z", "b"),
            log_file(&[
                record("b", "2026-11-03T08:03:00Z"),
                record("a", "2026-11-03T08:01:00Z"),
            ]),
        ),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(ids(&collected), ["a", "b"]);
    assert_eq!(
        collected.notes[1..],
        [
            "1 record answered more than once, kept once",
            "1 record outside of the window, left out",
        ]
    );
}

#[test]
fn a_window_over_midnight_reads_both_days() {
    let served = bucket(&[
        (
            key("eu-west-1", "20261103T2359Z", "a"),
            log_file(&[record("a", "2026-11-03T23:58:00Z")]),
        ),
        (
            key("eu-west-1", "20261104T0003Z", "b"),
            log_file(&[record("b", "2026-11-04T00:01:00Z")]),
        ),
        (
            key("eu-west-1", "20261105T0003Z", "c"),
            log_file(&[record("c", "2026-11-03T23:59:00Z")]),
        ),
    ]);
    let clock = TestClock::at("2026-11-06T00:00:00Z");
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let window = super::super::support::window("2026-11-03T23:57:30Z", "2026-11-04T00:02:00Z");
    let mut gathered = Gathered::new(window);
    ask_into(&mut source, &mut gathered).expect("records");
    assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["a", "b"]);

    // A file that came a day late is found by whoever allows for it.
    let mut trail = Trail::new("trail-logs");
    trail.late = Duration::from_secs(48 * 60 * 60);
    let mut source = files(&served, &clock, trail);
    let mut gathered = Gathered::new(window);
    ask_into(&mut source, &mut gathered).expect("records");
    assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["a", "c", "b"]);
}

#[test]
fn accounts_and_regions_can_be_chosen_and_an_organization_has_its_own_folder() {
    let of = |account: &str, region: &str, id: &str| {
        let name = format!("{account}_CloudTrail_{region}_20261103T0805Z_{id}.json.gz");
        let folder = format!("logs/AWSLogs/o-abc123/{account}/CloudTrail/{region}/2026/11/03");
        (
            format!("{folder}/{name}"),
            log_file(&[record(id, "2026-11-03T08:03:00Z")]),
        )
    };
    let served = bucket(&[
        of("111122223333", "eu-west-1", "a"),
        of("111122223333", "us-east-1", "b"),
        of("444455556666", "eu-west-1", "c"),
        of("444455556666", "us-east-1", "d"),
    ]);
    let clock = TestClock::at(NOW);
    let trail = |accounts: &[&str], regions: &[&str]| {
        let mut trail = Trail::new("trail-logs");
        trail.prefix = "logs".to_owned();
        trail.accounts = accounts.iter().map(|text| (*text).to_owned()).collect();
        trail.regions = regions.iter().map(|text| (*text).to_owned()).collect();
        trail
    };
    for (accounts, regions, wanted) in [
        (&[][..], &[][..], &["a", "b", "c", "d"][..]),
        (&["444455556666"], &[], &["c", "d"]),
        (&[], &["us-east-1"], &["b", "d"]),
        (&["111122223333"], &["eu-west-1"], &["a"]),
    ] {
        let mut source = files(&served, &clock, trail(accounts, regions));
        let collected = ask(&mut source, &clock).expect("records");
        assert_eq!(ids(&collected), wanted);
    }
    let mut source = files(&served, &clock, trail(&["777788889999"], &[]));
    let error = ask(&mut source, &clock).expect_err("nothing is there");
    assert_eq!(
        error.to_string(),
        "the bucket trail-logs refused the request: \
         there are no log files of these accounts and regions in logs/AWSLogs/"
    );
}

#[test]
fn a_file_that_was_read_is_not_read_again() {
    let first = key("eu-west-1", "20261103T0805Z", "a");
    let served = bucket(&[(
        first.clone(),
        log_file(&[record("a", "2026-11-03T08:03:00Z")]),
    )]);
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let mut gathered = Gathered::new(ten_minutes());
    ask_into(&mut source, &mut gathered).expect("the first time");
    ask_into(&mut source, &mut gathered).expect("the second time");
    assert_eq!(read(&served), [first]);
    assert_eq!(gathered.records().len(), 1);
}

#[test]
fn a_damaged_file_is_told_and_the_others_are_read() {
    let good = log_file(&[record("good", "2026-11-03T08:03:00Z")]);
    let whole = log_file(&[record("x", "2026-11-03T08:03:00Z")]);
    for (damaged, told) in [
        (whole[..whole.len() / 2].to_vec(), "it cannot be unpacked"),
        (
            gzip(b"{\"Records\":[{\"eventID\":"),
            "it is no log file of CloudTrail (line 1, column 23)",
        ),
        (gzip(b"[]"), "it is no log file of CloudTrail"),
        (
            gzip(b"{\"Records\":[7]}"),
            "an entry in it is no record of CloudTrail",
        ),
        (
            b"<html>hidden</html>".to_vec(),
            "it is no log file of CloudTrail",
        ),
    ] {
        let served = bucket(&[
            (key("eu-west-1", "20261103T0805Z", "a"), damaged),
            (key("eu-west-1", "20261103T0806Z", "b"), good.clone()),
        ]);
        let clock = TestClock::at(NOW);
        let mut source = files(&served, &clock, Trail::new("trail-logs"));
        let mut gathered = Gathered::new(ten_minutes());
        let error = ask_into(&mut source, &mut gathered).expect_err("one is damaged");
        let text = error.to_string();
        assert!(
            text.contains(told) && text.contains("20261103T0805Z_a"),
            "{text}"
        );
        assert!(!text.contains("hidden"));
        assert!(matches!(error, CollectError::Malformed { .. }));
        assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["good"]);
    }
}

#[test]
fn a_file_of_another_name_is_left_out_and_told() {
    let day = format!("{ACCOUNT}/CloudTrail/eu-west-1/2026/11/03");
    let served = bucket(&[
        (
            format!("{day}/copy-of-20261103T0805Z.json.gz"),
            b"x".to_vec(),
        ),
        (
            key("eu-west-1", "20261103T0805Z", "a"),
            log_file(&[record("a", "2026-11-03T08:03:00Z")]),
        ),
    ]);
    let clock = TestClock::at(NOW);
    let mut source = files(&served, &clock, Trail::new("trail-logs"));
    let mut gathered = Gathered::new(ten_minutes());
    ask_into(&mut source, &mut gathered).expect("records");
    ask_into(&mut source, &mut gathered).expect("nothing new");
    assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["a"]);
    let note = "a file that is named as no log file of CloudTrail was left out";
    assert_eq!(gathered.notes()[0], note);
}

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
        ("AWS_ACCESS_KEY_ID", super::support::KEY),
        ("AWS_SECRET_ACCESS_KEY", super::support::SECRET),
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
