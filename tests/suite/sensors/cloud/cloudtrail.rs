//! CloudTrail's records beside real ones, and beside those of the bundled fixtures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use misfire::activity::ActivityKind;
use misfire::log::JsonFormat;
use misfire::sensor::CloudTrail;
use serde_json::Value;

use super::calls::{NotModelled, call, with_plain_address};
use super::compare::Rules;
use super::{observed, written};
use crate::fixture_shapes::cloudtrail::calls;
use crate::support::corpora::{corpus, files};
use crate::support::shapes::accepted::Accepted;
use crate::support::shapes::report::Report;

/// What nobody can know of a call beforehand. The encoded part of a refusal is
/// unknown; the rest of it is compared in `behaviour`.
const FREE: &[&str] = &[
    "requestID",
    "eventID",
    "sharedEventID",
    "errorMessage",
    "tlsDetails.tlsVersion",
    "tlsDetails.cipherSuite",
];

/// Compares what the sensor writes of the calls behind records with the records;
/// what cannot be compared is told with why.
fn compare(paths: &[PathBuf], rules: &Rules) -> (Report, BTreeMap<String, BTreeSet<&'static str>>) {
    let mut report = Report::default();
    let mut left_out = BTreeMap::<_, BTreeSet<_>>::new();
    for path in paths {
        for record in calls(path) {
            let kind = format!(
                "{} {}",
                record["eventSource"].as_str().expect("a service"),
                record["eventName"].as_str().expect("an operation")
            );
            let (call, time) = match call(&record) {
                Ok(call) => call,
                Err(NotModelled(why)) => {
                    left_out.entry(kind).or_default().insert(why);
                    continue;
                }
            };
            let mut sensor = CloudTrail::new(7);
            let events = observed(&mut sensor, time, ActivityKind::AwsCall(call));
            let records = written(JsonFormat::CloudTrail, "Records", &events);
            let [written] = records.as_slice() else {
                panic!("{kind}: {} records", records.len());
            };
            let name = path.parent().and_then(Path::file_name);
            let name = name.unwrap_or_default().to_string_lossy();
            let wanted = with_plain_address(&record);
            let page = &mut report.of(&name);
            page.compared();
            // What does not depend on the call is told once for all calls.
            let who = record["userIdentity"]["type"].as_str().expect("a type");
            let (general, of_call) = parts(written);
            let (wanted_general, wanted_of_call) = parts(&wanted);
            rules.compare(&general, &wanted_general, who, page);
            rules.compare(&of_call, &wanted_of_call, &kind, page);
        }
    }
    (report, left_out)
}

/// A record without what depends on the call, and that.
fn parts(record: &Value) -> (Value, Value) {
    const OF_THE_CALL: [&str; 5] = [
        "eventVersion",
        "requestParameters",
        "responseElements",
        "resources",
        "errorCode",
    ];
    let mut general = record.clone();
    let mut of_call = serde_json::Map::new();
    for (name, value) in general.as_object_mut().into_iter().flatten() {
        if OF_THE_CALL.contains(&name.as_str()) {
            of_call.insert(name.clone(), value.take());
        }
    }
    (general, of_call.into())
}

#[test]
fn every_call_is_recorded_as_a_real_one() {
    let Some(folder) = corpus("cloudtrail") else {
        return;
    };
    // The members of these records were sorted, so their order tells nothing.
    let rules = Rules {
        free: FREE,
        ordered: &[],
    };
    let (report, left_out) = compare(&files(&folder, "json"), &rules);
    assert!(report.compared > 100, "{} records", report.compared);
    let unexpected = Accepted::read("tests/suite/sensors/cloud/real.yaml").apply(&report);
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    let expected = [
        ("signin.amazonaws.com ConsoleLogin", "not a call of an API"),
        ("sts.amazonaws.com GetCallerIdentity", "a federated user"),
    ];
    let expected = expected.map(|(kind, why)| (kind.to_owned(), BTreeSet::from([why])));
    assert_eq!(left_out, BTreeMap::from(expected));
}

#[test]
fn every_call_is_recorded_as_in_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings/T1021.008");
    let logs: Vec<_> = files(&folder, "json")
        .into_iter()
        .filter(|path| path.ends_with("cloudtrail.json"))
        .collect();
    let rules = Rules {
        free: FREE,
        ordered: &[
            "",
            "userIdentity",
            "userIdentity.sessionContext",
            "tlsDetails",
        ],
    };
    let (report, left_out) = compare(&logs, &rules);
    assert!(report.compared > 60, "{} records", report.compared);
    let unexpected = Accepted::read("tests/suite/sensors/cloud/fixtures.yaml").apply(&report);
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    let expected = (
        "ssm.amazonaws.com SendCommand",
        "a service that calls for somebody",
    );
    let expected = (expected.0.to_owned(), BTreeSet::from([expected.1]));
    assert_eq!(left_out, BTreeMap::from([expected]));
}

/// The members that every record begins and ends with, in the order of the
/// documentation's examples.
#[test]
fn a_record_is_whole_even_where_nothing_is_known_of_the_service() {
    let call = super::behaviour::call("unheard-of.amazonaws.com", "DescribeThings");
    let events = observed(
        &mut CloudTrail::new(1),
        crate::sensors::given::start(),
        ActivityKind::AwsCall(call),
    );
    let records = written(JsonFormat::CloudTrail, "Records", &events);
    let names: Vec<_> = records[0].as_object().expect("a record").keys().collect();
    assert_eq!(
        names,
        [
            "eventVersion",
            "userIdentity",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "requestParameters",
            "responseElements",
            "requestID",
            "eventID",
            "readOnly",
            "eventType",
            "managementEvent",
            "recipientAccountId",
            "eventCategory",
            "tlsDetails"
        ]
    );
    assert_eq!(records[0]["eventTime"], Value::from("2026-11-02T13:05:43Z"));
}
