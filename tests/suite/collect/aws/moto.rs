//! The collectors against moto, which plays AWS. `.ci/moto` starts it and says where it
//! is; without that these tests do not look for it, and with it they fail where it is
//! not. moto accepts any signature: whether they are right is tested beside this.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use misfire::collect::aws::{
    Environment, LogFiles, LogGroup, ProvenTrail, Session, Streams, Trail,
};
use misfire::collect::http::{Client, Method, Outgoing};
use misfire::collect::{Gathered, Joined, Source, wait_for};
use misfire::event::catalogue::Catalogue;
use misfire::recording::{Closure, Window};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::support::{NEVER, TestClock, client};
use super::support::{ask_into, ids_of, record, ten_minutes};

/// Where moto is, if these tests were asked for.
fn moto() -> Option<String> {
    std::env::var("MISFIRE_MOTO").ok()
}

/// A name that no other run has used.
fn unique(name: &str) -> String {
    format!("{name}-{}", Timestamp::now().as_nanosecond())
}

/// Tells moto something; it looks at the region of the signature and at nothing else.
fn tell(client: &Client, url: &str, service: &str, target: &str, body: Vec<u8>) {
    let signed = format!(
        "AWS4-HMAC-SHA256 Credential=AKIATEST/20261103/eu-west-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    );
    let method = match target {
        "" => Method::Put,
        _ => Method::Post,
    };
    let mut outgoing = Outgoing::new(method, url).header("Authorization", signed);
    outgoing.body = body;
    if !target.is_empty() {
        outgoing = outgoing
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.1");
    }
    let answer = wait_for(NEVER, client.send_once("moto", &outgoing)).expect("moto answers");
    assert!(answer.is_success(), "{url} {target}: {}", answer.text());
}

fn session(home: &TempDir, moto: &str, profile: &str, clock: &TestClock) -> Session {
    let folder = home.path().join(".aws");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(
        folder.join("config"),
        format!(
            "[profile keys]\nregion = eu-west-1\nendpoint_url = {moto}\n\
             aws_access_key_id = AKIATEST\naws_secret_access_key = test\n\
             [profile role]\nregion = eu-west-1\nendpoint_url = {moto}\n\
             role_arn = arn:aws:iam::123456789012:role/purple-team\nsource_profile = keys\n"
        ),
    )
    .expect("a file");
    let environment = Environment::new(Some(home.path().to_owned()), []);
    Session::new(environment, Some(profile), client(clock)).expect("a session")
}

fn log_file(id: &str, time: &str) -> Vec<u8> {
    let text = json!({"Records": [record(id, time)]}).to_string();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(text.as_bytes())
        .expect("a vector takes it");
    encoder.finish().expect("a vector takes it")
}

#[test]
fn log_files_are_read_from_a_bucket_with_more_than_a_page() {
    let Some(moto) = moto() else { return };
    let clock = TestClock::at("2026-11-03T09:00:00Z");
    let putting = client(&clock);
    let bucket = unique("trail");
    let location = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                    <LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    let base = format!("{moto}/{bucket}");
    tell(&putting, &base, "s3", "", location.into());
    let day = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/03";
    let name = |time: &str, rest: &str| {
        format!("{base}/{day}/123456789012_CloudTrail_eu-west-1_{time}_{rest}")
    };
    let put = |url: String, body: Vec<u8>| tell(&putting, &url, "s3", "", body);
    put(
        name("20261103T0755Z", "a.json.gz"),
        log_file("early", "2026-11-03T07:54:00Z"),
    );
    put(
        name("20261103T0805Z", "a.json.gz"),
        log_file("first", "2026-11-03T08:01:00Z"),
    );
    // S3 lists a thousand a page.
    for number in 0..1_000 {
        put(
            name("20261103T0806Z", &format!("{number:04}.txt")),
            Vec::new(),
        );
    }
    put(
        name("20261103T0810Z", "z.json.gz"),
        log_file("last", "2026-11-03T08:09:00Z"),
    );
    let digests = format!("{base}/AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/11/03");
    put(
        format!("{digests}/d.json.gz"),
        log_file("digest", "2026-11-03T08:01:00Z"),
    );

    let home = TempDir::new().expect("a folder");
    let session = session(&home, &moto, "keys", &clock);
    let mut source = LogFiles::new(session, Trail::new(bucket));
    let mut gathered = Gathered::new(ten_minutes());
    ask_into(&mut source, &mut gathered).expect("records");
    assert_eq!(ids_of(&source.files(&gathered)[0].bytes), ["first", "last"]);
    let note = "a file that is named as no log file of CloudTrail was left out (1000 times)";
    assert!(
        gathered.notes().contains(&note.to_owned()),
        "{:?}",
        gathered.notes()
    );
}

#[test]
fn a_bucket_that_does_not_exist_is_told() {
    let Some(moto) = moto() else { return };
    let clock = TestClock::at("2026-11-03T09:00:00Z");
    let home = TempDir::new().expect("a folder");
    let session = session(&home, &moto, "keys", &clock);
    let mut source = LogFiles::new(session, Trail::new("there-is-no-such-bucket"));
    let mut gathered = Gathered::new(ten_minutes());
    let error = ask_into(&mut source, &mut gathered).expect_err("there is none");
    let told = error.to_string();
    let start = "the bucket there-is-no-such-bucket refused the request: NoSuchBucket: ";
    assert!(told.starts_with(start), "{told}");
}

#[test]
fn a_role_is_assumed() {
    let Some(moto) = moto() else { return };
    let home = TempDir::new().expect("a folder");
    let clock = TestClock::at(&Timestamp::now().to_string());
    let session = session(&home, &moto, "role", &clock);
    let found = wait_for(NEVER, session.credentials("moto")).expect("credentials");
    assert_eq!(
        found.from,
        "the role arn:aws:iam::123456789012:role/purple-team, by the profile keys"
    );
    assert!(
        found
            .expires
            .is_some_and(|expires| expires > Timestamp::now())
    );
}

#[test]
fn lines_of_a_log_group_are_read_with_the_credentials_of_a_role() {
    let Some(moto) = moto() else { return };
    // It takes lines of the last days only.
    let now = Timestamp::from_second(Timestamp::now().as_second()).expect("a time");
    let clock = TestClock::at(&now.to_string());
    let putting = client(&clock);
    let group = unique("/aws/ssm/test");
    let (stream, other) = ("0f1e/i-0abc/aws-runShellScript/stdout", "another");
    let say = |action: &str, body: Value| {
        let target = format!("Logs_20140328.{action}");
        let body = body.to_string().into_bytes();
        tell(&putting, &format!("{moto}/"), "logs", &target, body);
    };
    say("CreateLogGroup", json!({"logGroupName": group}));
    let start = now - SignedDuration::from_mins(10);
    let millisecond = |seconds: i64| start.as_millisecond() + seconds * 1_000;
    for (stream, lines) in [
        (
            stream,
            vec![
                (-60, "before"),
                (0, "first"),
                (60, "second"),
                (599, "after"),
            ],
        ),
        (other, vec![(30, "of another command")]),
    ] {
        say(
            "CreateLogStream",
            json!({"logGroupName": group, "logStreamName": stream}),
        );
        let events: Vec<_> = lines
            .iter()
            .map(|(at, text)| json!({"timestamp": millisecond(*at), "message": text}))
            .collect();
        say(
            "PutLogEvents",
            json!({"logGroupName": group, "logStreamName": stream, "logEvents": events}),
        );
    }
    let home = TempDir::new().expect("a folder");
    let session = session(&home, &moto, "role", &clock);
    let source = Catalogue::bundled().source("cloudtrail").expect("a source");
    // moto knows no beginning of a stream's name.
    let streams = Streams::Named(vec![stream.to_owned()]);
    let mut source = LogGroup::new(session, source.id.clone(), group, streams, None);
    let mut gathered = Gathered::new(Window {
        start,
        end: start + SignedDuration::from_mins(5),
        closure: Closure::Open,
    });
    ask_into(&mut source, &mut gathered).expect("lines");
    let bytes = source.files(&gathered)[0].bytes.clone();
    let text = String::from_utf8(bytes).expect("text");
    let messages: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|line| line["message"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(messages, ["first", "second"]);
}

#[test]
fn what_a_trail_writes_to_a_bucket_and_to_a_log_group_is_one_record() {
    let Some(moto) = moto() else { return };
    // It takes lines of the last days only.
    let now = Timestamp::from_second(Timestamp::now().as_second()).expect("a time");
    let clock = TestClock::at(&now.to_string());
    let putting = client(&clock);
    let bucket = unique("trail");
    let base = format!("{moto}/{bucket}");
    let location = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                    <LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    tell(&putting, &base, "s3", "", location.into());
    let start = now - SignedDuration::from_mins(20);
    let acted = start + SignedDuration::from_mins(5);
    let delivered = (start + SignedDuration::from_mins(12)).to_zoned(jiff::tz::TimeZone::UTC);
    let name = format!(
        "lab/AWSLogs/123456789012/CloudTrail/eu-west-1/{}/123456789012_CloudTrail_eu-west-1_{}_a.json.gz",
        delivered.strftime("%Y/%m/%d"),
        delivered.strftime("%Y%m%dT%H%MZ"),
    );
    tell(
        &putting,
        &format!("{base}/{name}"),
        "s3",
        "",
        log_file("both", &acted.to_string()),
    );
    let group = unique("trail");
    let say = |action: &str, body: Value| {
        let target = format!("Logs_20140328.{action}");
        let body = body.to_string().into_bytes();
        tell(&putting, &format!("{moto}/"), "logs", &target, body);
    };
    say("CreateLogGroup", json!({"logGroupName": group}));
    say(
        "CreateLogStream",
        json!({"logGroupName": group, "logStreamName": "s"}),
    );
    let events: Vec<_> = ["both", "line"]
        .iter()
        .map(|id| {
            json!({"timestamp": acted.as_millisecond() + 60_000,
                "message": record(id, &acted.to_string()).to_string()})
        })
        .collect();
    say(
        "PutLogEvents",
        json!({"logGroupName": group, "logStreamName": "s", "logEvents": events}),
    );
    let home = TempDir::new().expect("a folder");
    let session = session(&home, &moto, "keys", &clock);
    let trail = Trail {
        prefix: "lab".to_owned(),
        ..Trail::new(bucket)
    };
    let files = LogFiles::new(session.clone(), trail);
    let lines = LogGroup::of_trail(session, group, None);
    let shared: std::sync::Arc<dyn misfire::collect::Clock> = std::sync::Arc::new(clock.clone());
    let mut joined = Joined::new(|_| None);
    joined.add(Box::new(ProvenTrail::new(files, shared.clone(), &[])));
    joined.add(Box::new(ProvenTrail::new(lines, shared, &[])));
    let mut gathered = Gathered::new(Window {
        start,
        end: start + SignedDuration::from_mins(10),
        closure: Closure::Open,
    });
    ask_into(&mut joined, &mut gathered).expect("records");
    assert!(joined.failures().is_empty(), "{:?}", joined.failures());
    assert_eq!(ids_of(&joined.files(&gathered)[0].bytes), ["both", "line"]);
}
