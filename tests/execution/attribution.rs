//! Which records of a window are of the run, and which services a command calls.

use misfire::recording::Closure;
use misfire::stage::execute::{Attributed, attribute, aws_services};
use rstest::rstest;
use serde_json::{Value, json};

const MARK: &str = "misfire-7f1c7ce6-2d8e-4a49-9d0e-5c3a5a1f6a52";

fn record(id: &str, agent: &str) -> Value {
    json!({"eventID": id, "userAgent": agent, "eventType": "AwsApiCall",
        "userIdentity": {"type": "IAMUser"}})
}

fn file(records: &[Value]) -> Vec<u8> {
    json!({"Records": records}).to_string().into_bytes()
}

fn ids(attributed: &Attributed) -> Vec<String> {
    let file: Value = serde_json::from_slice(&attributed.bytes).expect("JSON");
    let records = file["Records"].as_array().expect("records");
    assert_eq!(records.len() as u64, attributed.records);
    let id = |record: &Value| record["eventID"].as_str().expect("an id").to_owned();
    records.iter().map(id).collect()
}

fn window() -> Vec<u8> {
    file(&[
        record("own", &format!("aws-cli/2.31.3 app/{MARK} md/x")),
        record("other", "Boto3/1.40.0"),
        record(
            "other run",
            "aws-cli/2.31.3 app/misfire-00000000-2d8e-4a49-9d0e-5c3a5a1f6a52",
        ),
        record("service", "ssm.amazonaws.com"),
        json!({"eventID": "internal", "userAgent": "AWS Internal"}),
        json!({"eventID": "event", "eventType": "AwsServiceEvent"}),
        json!({"eventID": "behalf", "userAgent": "Boto3/1.40.0",
            "userIdentity": {"type": "AssumedRole", "invokedBy": "ssm.amazonaws.com"}}),
        record("canary", "misfire/0.1.0 canary-1"),
    ])
}

#[rstest]
#[case::open(Closure::Open)]
#[case::closed(Closure::Closed)]
fn what_carries_the_mark_and_what_services_do_stays(#[case] closure: Closure) {
    let of_run = attribute(&window(), Some(MARK), closure).expect("a file");
    assert_eq!(
        ids(&of_run),
        ["own", "service", "internal", "event", "behalf"]
    );
    assert!(
        of_run.note.starts_with("1 record carries"),
        "{}",
        of_run.note
    );
    assert!(
        of_run.note.contains("2 records of other clients"),
        "{}",
        of_run.note
    );
}

#[test]
fn without_a_marked_record_the_time_tells_once_no_more_can_come() {
    let mark = Some("misfire-unseen");
    let open = attribute(&window(), mark, Closure::Open).expect("a file");
    assert_eq!(ids(&open), ["service", "internal", "event", "behalf"]);
    let all = [
        "own",
        "other",
        "other run",
        "service",
        "internal",
        "event",
        "behalf",
    ];
    let closed = attribute(&window(), mark, Closure::Closed).expect("a file");
    assert_eq!(ids(&closed), all);
    let unmarked = attribute(&window(), None, Closure::Open).expect("a file");
    assert_eq!(ids(&unmarked), all);
}

#[test]
fn records_stay_as_they_are() {
    let text = format!(
        "{{\"Records\":[{{\"b\": 1.50, \"a\":12345678901234567890123, \"userAgent\":\"{MARK}\"}}]}}"
    );
    let of_run = attribute(text.as_bytes(), Some(MARK), Closure::Open).expect("a file");
    let kept = String::from_utf8(of_run.bytes).expect("text");
    assert!(
        kept.contains("{\"b\": 1.50, \"a\":12345678901234567890123, "),
        "{kept}"
    );
}

#[rstest]
#[case::cut(b"{\"Records\":[{\"eventID\"")]
#[case::another(b"[1]")]
#[case::odd(b"{\"Records\":[7]}")]
fn what_is_no_file_of_cloudtrail_is_refused(#[case] bytes: &[u8]) {
    assert!(attribute(bytes, Some(MARK), Closure::Closed).is_err());
}

#[rstest]
#[case::plain("aws ssm send-command", &["ssm.amazonaws.com"])]
#[case::inside("id=$(aws ssm x) && /usr/bin/aws ec2-instance-connect y", &[
    "ec2-instance-connect.amazonaws.com", "ssm.amazonaws.com",
])]
#[case::options("aws --region eu-west-1 --debug --output=json s3api list-buckets", &["s3.amazonaws.com"])]
#[case::continued("aws \\\n  iam create-user", &["iam.amazonaws.com"])]
#[case::others("curl https://aws.example; az vm list; aws", &[])]
#[case::variable("aws \"$service\" list; aws #{service} x", &[])]
fn services_are_read_from_commands(#[case] script: &str, #[case] wanted: &[&str]) {
    let services: Vec<String> = aws_services(script).into_iter().collect();
    assert_eq!(services, wanted);
}
