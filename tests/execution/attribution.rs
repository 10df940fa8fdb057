//! Which records of a window are of the run, and which services a command calls.

use misfire::recording::Closure;
use misfire::stage::execute::{Attributed, OfRun, attribute, aws_services, azure_providers};
use rstest::rstest;
use serde_json::{Value, json};

const MARK: &str = "misfire-7f1c7ce6-2d8e-4a49-9d0e-5c3a5a1f6a52";

fn of_run(marker: Option<&str>, closure: Closure) -> OfRun<'_> {
    OfRun {
        marker,
        regions: &[],
        closure,
    }
}

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
    let own = attribute(&window(), of_run(Some(MARK), closure)).expect("a file");
    assert_eq!(ids(&own), ["own", "service", "internal", "event", "behalf"]);
    assert!(own.note.starts_with("1 record carries"), "{}", own.note);
    assert!(
        own.note.contains("2 records of other clients"),
        "{}",
        own.note
    );
}

#[test]
fn without_a_marked_record_the_time_tells_once_no_more_can_come() {
    let mark = Some("misfire-unseen");
    let open = attribute(&window(), of_run(mark, Closure::Open)).expect("a file");
    assert_eq!(ids(&open), ["service", "internal", "event", "behalf"]);
    // What another run has marked is that run's in any case.
    let all = ["other", "service", "internal", "event", "behalf"];
    let closed = attribute(&window(), of_run(mark, Closure::Closed)).expect("a file");
    assert_eq!(ids(&closed), all);
    let unmarked = attribute(&window(), of_run(None, Closure::Open)).expect("a file");
    assert_eq!(ids(&unmarked), all);
}

#[test]
fn a_mark_that_is_none_of_a_run_is_anyones() {
    let named = file(&[record("named", "aws-cli/2.31.3 app/misfire-nightly")]);
    let own = attribute(&named, of_run(None, Closure::Open)).expect("a file");
    assert_eq!(ids(&own), ["named"]);
}

#[test]
fn what_happens_in_regions_that_a_run_does_not_touch_is_not_its() {
    let in_region = |id: &str, agent: &str, region: &str| {
        let mut record = record(id, agent);
        record["awsRegion"] = json!(region);
        record
    };
    let marked = format!("aws-cli/2.31.3 app/{MARK}");
    let all = file(&[
        in_region("here", "Boto3/1.40.0", "eu-west-1"),
        in_region("elsewhere", "Boto3/1.40.0", "eu-west-2"),
        in_region("marked", &marked, "eu-west-2"),
        record("nowhere", "Boto3/1.40.0"),
    ]);
    let regions = ["eu-west-1".to_owned()];
    let by_time = OfRun {
        regions: &regions,
        ..of_run(None, Closure::Closed)
    };
    let own = attribute(&all, by_time).expect("a file");
    assert_eq!(ids(&own), ["here", "nowhere"]);
    let by_mark = OfRun {
        marker: Some(MARK),
        ..by_time
    };
    let own = attribute(&all, by_mark).expect("a file");
    assert_eq!(ids(&own), ["marked"]);
}

#[rstest]
#[case::operation("Microsoft.Compute/virtualMachines/runCommand/action", &["Microsoft.Compute"])]
#[case::shouted("MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", &["MICROSOFT.COMPUTE"])]
#[case::alone(" Microsoft.KeyVault ", &["Microsoft.KeyVault"])]
#[case::twice("microsoft.compute/a Microsoft.Compute/b 'Microsoft.Web/sites/write'", &[
    "microsoft.compute", "Microsoft.Web",
])]
#[case::longer("/providers/Microsoft.Network.Admin/x", &["Microsoft.Network.Admin"])]
#[case::page("see https://microsoft.com/x and learn.microsoft.com/y", &[])]
#[case::sentence("what Microsoft.Compute does", &[])]
#[case::parts("Microsoft/x Microsoft./x Microsoft.1/x Microsoft", &[])]
fn resource_providers_are_read_from_texts(#[case] text: &str, #[case] wanted: &[&str]) {
    assert_eq!(azure_providers(text), wanted);
}

#[test]
fn records_stay_as_they_are() {
    let text = format!(
        "{{\"Records\":[{{\"b\": 1.50, \"a\":12345678901234567890123, \"userAgent\":\"{MARK}\"}}]}}"
    );
    let own = attribute(text.as_bytes(), of_run(Some(MARK), Closure::Open)).expect("a file");
    let kept = String::from_utf8(own.bytes).expect("text");
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
    assert!(attribute(bytes, of_run(Some(MARK), Closure::Closed)).is_err());
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
