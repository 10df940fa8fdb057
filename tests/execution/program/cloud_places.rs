//! Where the records of AWS are read from.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use wiremock::matchers::{header, method};
use wiremock::{Mock, Request, ResponseTemplate};

use super::cloud::{Cloud, LOOKUP, Records, client, notes, record, signal};
use super::project::Done;

const FILTER: &str = "Logs_20140328.FilterLogEvents";
const COMMAND: &str = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9";

/// A bucket that a trail puts its files into: one file that holds everything, under
/// another name as soon as it holds more.
fn trail_bucket(cloud: &Cloud, all: Records) {
    let folder = "pre/AWSLogs/111122223333/CloudTrail/eu-central-1/";
    let respond = move |request: &Request| {
        let path = request.url.path();
        let query = |name: &str| {
            let mut pairs = request.url.query_pairs();
            pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let records = all();
        let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
        let key = format!(
            "{folder}{}/111122223333_CloudTrail_eu-central-1_{}_{}.json.gz",
            now.strftime("%Y/%m/%d"),
            now.strftime("%Y%m%dT%H%MZ"),
            records.len()
        );
        let Some(prefix) = query("prefix") else {
            let mut file = GzEncoder::new(Vec::new(), Compression::fast());
            let text = json!({"Records": records}).to_string();
            file.write_all(text.as_bytes()).expect("a vector takes it");
            let bytes = file.finish().expect("a vector takes it");
            assert!(path.starts_with("/lab-trail/pre/"), "{path}");
            return ResponseTemplate::new(200).set_body_bytes(bytes);
        };
        let listed = match query("delimiter") {
            Some(_) if key.starts_with(&prefix) => {
                let rest = &key[prefix.len()..];
                let next = &rest[..rest.find('/').map_or(rest.len(), |end| end + 1)];
                format!("<CommonPrefixes><Prefix>{prefix}{next}</Prefix></CommonPrefixes>")
            }
            None if key.starts_with(&prefix) => format!("<Contents><Key>{key}</Key></Contents>"),
            _ => String::new(),
        };
        ResponseTemplate::new(200).set_body_string(format!(
            "<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"
        ))
    };
    cloud.mount(Mock::given(method("GET")).respond_with(respond));
}

fn count(done: &Done, signal: &str) -> usize {
    let events = done.test()["telemetry"][signal]["events"].clone();
    events.as_array().map_or(0, Vec::len)
}

#[test]
fn log_files_are_read_in_the_place_of_the_history() {
    let mut cloud = Cloud::new();
    cloud.arguments = ["--cloudtrail", "s3://lab-trail/pre/"]
        .map(str::to_owned)
        .into();
    let all = cloud.records(|time, mark, call| vec![record(time, &client(mark), call)]);
    trail_bucket(&cloud, all);
    let done = cloud.execute_to_the_end();
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert_eq!(cloud.asked_for(LOOKUP), 0);
    assert!(notes(&done).contains("the window is closed"), "{done:?}");
    assert_eq!(done.test()["evidence"], "simulated");
}

#[test]
fn what_comes_by_two_ways_is_one_record_and_is_closed_by_both() {
    let mut cloud = Cloud::new();
    cloud.config =
        "[collect.aws]\ncloudtrail = [\"lookup-events\", \"s3://lab-trail/pre\"]\n".into();
    // The history and the files share what was called, canaries included.
    let all = cloud.records(|time, mark, call| vec![record(time, &client(mark), call)]);
    let listed = all.clone();
    cloud.mount(
        Mock::given(header("x-amz-target", LOOKUP)).respond_with(move |_: &Request| {
            let events: Vec<Value> = listed()
                .iter()
                .map(|record| json!({"CloudTrailEvent": record.to_string()}))
                .collect();
            ResponseTemplate::new(200).set_body_json(json!({"Events": events}))
        }),
    );
    trail_bucket(&cloud, all);
    let done = cloud.execute_to_the_end();
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert_eq!(done.test()["records"], 1, "{done:?}");
    assert_eq!(count(&done, "sent"), 1);
    let notes = notes(&done);
    assert!(notes.contains("the window is closed"), "{notes}");
    for way in [
        "by CloudTrail in eu-central-1: a canary took",
        "by the bucket lab-trail: a canary took",
    ] {
        assert!(notes.contains(way), "{notes}");
    }
}

#[test]
fn a_place_that_cannot_be_read_makes_what_is_missing_unknown() {
    // Something else is recorded than what is expected.
    let other = |time: &str, mark: &str, call: &str| {
        let mut own = record(time, &client(mark), call);
        own["eventName"] = json!("ListCommands");
        vec![own]
    };
    let cloud = Cloud::new();
    cloud.history(other);
    assert_eq!(signal(&cloud.execute_to_the_end()), "missing");

    let mut cloud = Cloud::new();
    cloud.arguments = [
        "--cloudtrail",
        "lookup-events",
        "--cloudtrail",
        "s3://lab-trail",
    ]
    .map(str::to_owned)
    .into();
    cloud.history(other);
    let denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    cloud.mount(
        Mock::given(method("GET")).respond_with(ResponseTemplate::new(403).set_body_string(denied)),
    );
    let done = cloud.execute_waiting("6s");
    assert_eq!(signal(&done), "unknown", "{done:?}");
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    let told = notes(&done);
    assert!(told.contains("not all was collected"), "{told}");
    assert!(
        told.contains("the bucket lab-trail denied the request"),
        "{told}"
    );
    let problems = done.json()["diagnostics"].to_string();
    assert!(
        problems.contains("was not collected from everywhere"),
        "{problems}"
    );
}

#[test]
fn a_trail_that_sends_to_a_log_group_is_read_there() {
    let mut cloud = Cloud::new();
    cloud.arguments = [
        "--cloudtrail",
        "arn:aws:logs:eu-central-1:111122223333:log-group:trail:*",
    ]
    .map(str::to_owned)
    .into();
    let all = cloud.records(|time, mark, call| vec![record(time, &client(mark), call)]);
    let answer = move |request: &Request| {
        let question: Value = request.body_json().expect("JSON");
        assert_eq!(question["logGroupName"], "trail");
        let events: Vec<Value> = all()
            .iter()
            .map(|record| {
                json!({"eventId": "1", "logStreamName": "s", "timestamp": question["startTime"],
                    "message": record.to_string()})
            })
            .collect();
        ResponseTemplate::new(200).set_body_json(json!({"events": events}))
    };
    cloud.mount(Mock::given(header("x-amz-target", FILTER)).respond_with(answer));
    let done = cloud.execute_to_the_end();
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert_eq!(cloud.asked_for(LOOKUP), 0);
}

/// A log group of Systems Manager with a line of the run's command and one of another's.
fn with_lines(cloud: &mut Cloud) {
    cloud.signals = json!([
        {"id": "sent", "source": "cloudtrail", "fields": {"eventName": "SendCommand"}},
        {"id": "root", "source": "cloudwatch-logs", "fields": {"message|contains": "uid=0"}},
        {"id": "other", "source": "cloudwatch-logs", "fields": {"message|contains": "uid=1000"}},
    ]);
    cloud.config = "[collect.aws]\nssm_logs = \"/aws/ssm/runs\"\n".into();
    cloud.history(|time, mark, call| {
        let mut record = record(time, &client(mark), call);
        record["responseElements"] = json!({"command": {"commandId": COMMAND}});
        vec![record]
    });
}

#[test]
fn the_lines_of_its_own_commands_are_of_the_run() {
    let mut cloud = Cloud::new();
    with_lines(&mut cloud);
    let lines = |_: &Request| {
        let now = jiff::Timestamp::now().as_millisecond();
        let line = |id: &str, stream: String, message: &str| {
            json!({"eventId": id, "logStreamName": stream, "timestamp": now,
                "ingestionTime": now, "message": message})
        };
        ResponseTemplate::new(200).set_body_json(json!({"events": [
            line("1", format!("{COMMAND}/i-0abc/aws-runShellScript/stdout"), "uid=0(root)"),
            line("2", "another/i-0abc/aws-runShellScript/stdout".to_owned(), "uid=1000(avery)"),
        ]}))
    };
    cloud.mount(Mock::given(header("x-amz-target", FILTER)).respond_with(lines));
    let done = cloud.execute_to_the_end();
    let states = done.test()["telemetry"].clone();
    assert_eq!(states["sent"]["state"], "seen", "{done:?}");
    assert_eq!(states["root"]["state"], "seen", "{done:?}");
    // Nothing proves that no more lines come.
    assert_eq!(states["other"]["state"], "unknown", "{done:?}");
    let notes = notes(&done);
    assert!(notes.contains("1 line of Systems Manager"), "{notes}");
    assert!(notes.contains("1 other left out"), "{notes}");
}

#[test]
fn a_log_group_that_is_empty_or_not_there_proves_nothing() {
    let empty = ResponseTemplate::new(200).set_body_json(json!({"events": []}));
    let none = ResponseTemplate::new(400).set_body_json(json!({
        "__type": "ResourceNotFoundException", "message": "The specified log group does not exist.",
    }));
    for (answer, told) in [
        (empty, "0 lines of Systems Manager"),
        (none, "does not exist"),
    ] {
        let mut cloud = Cloud::new();
        with_lines(&mut cloud);
        cloud.mount(Mock::given(header("x-amz-target", FILTER)).respond_with(answer));
        let done = cloud.execute_to_the_end();
        let states = done.test()["telemetry"].clone();
        assert_eq!(states["sent"]["state"], "seen", "{done:?}");
        assert_eq!(states["root"]["state"], "unknown", "{done:?}");
        let notes = notes(&done);
        assert!(notes.contains(told), "{notes}");
    }
}

#[test]
fn a_place_that_is_none_is_wrong_usage() {
    for (flag, value, told) in [
        (
            "--cloudtrail",
            "history",
            "no place that CloudTrail is read from",
        ),
        ("--ssm-logs", "two words", "names no log group"),
        (
            "--activity-log",
            "https://a.example/b",
            "no address of a container",
        ),
        ("--subscription", "lab", "invalid value"),
    ] {
        let mut cloud = Cloud::new();
        cloud.arguments = [flag, value].map(str::to_owned).into();
        let done = cloud.execute();
        assert_eq!(done.code, Some(2), "{done:?}");
        assert!(done.stderr.contains(told), "{done:?}");
    }
}
