//! The log files of a trail in S3.

mod bucket;
mod refused;

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use misfire::collect::aws::{LogFiles, Trail};
use misfire::collect::{CollectError, Gathered, Source};
use serde_json::{Value, json};
use wiremock::Mock;
use wiremock::matchers::method;

use self::bucket::Bucket;
use super::super::support::{Served, TestClock};
use super::support::{NOW, ask, ask_into, ids, ids_of, record, session, ten_minutes};

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
