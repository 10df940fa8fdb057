//! Records that cannot be read are told as errors, never only counted as noise.

use crate::common::{Log, read};
use misfire::diagnostic::Severity;
use misfire::log::ReadOptions;
use rstest::rstest;
use serde_json::json;

const TRAIL: &str =
    r#"{"eventSource":"a","eventName":"b","eventTime":"2026-03-04T05:06:07Z","eventVersion":"1"}"#;

fn plain(text: impl Into<Vec<u8>>) -> Log {
    read(text, &ReadOptions::default())
}

/// Whether the only problem is an error that a record is bad.
fn assert_one_bad_record(log: &Log) {
    assert_eq!(
        log.codes(),
        ["misfire::log::bad_record"],
        "{:?}",
        log.problems
    );
    assert_eq!(log.problems[0].severity, Severity::Error);
}

#[rstest]
#[case(&TRAIL[..30])]
#[case(&TRAIL[..TRAIL.len() - 1])]
#[case(&TRAIL[1..])]
#[case("")]
#[case("{}")]
#[case("lost")]
fn a_damaged_embedded_cloudtrail_event_is_told(#[case] damaged: &str) {
    let answer = json!({"Events": [
        {"EventId": "1", "CloudTrailEvent": TRAIL},
        {"EventId": "2", "CloudTrailEvent": damaged},
        {"EventId": "3", "CloudTrailEvent": TRAIL},
    ]});
    let log = plain(answer.to_string());
    assert_eq!(log.events.len(), 2);
    assert_one_bad_record(&log);
}

#[test]
fn a_damaged_cloudwatch_message_is_told_and_text_is_passed_over() {
    let entry = |message: &str| json!({"logStreamName": "s", "timestamp": 1, "message": message});
    let answer = json!({"events": [entry(TRAIL), entry(&TRAIL[..40]), entry(TRAIL)]});
    let log = plain(answer.to_string());
    assert_eq!(log.events.len(), 2);
    assert_one_bad_record(&log);
    let answer = json!({"events": [entry(TRAIL), entry("START RequestId: 1"), entry(TRAIL)]});
    assert_eq!(
        plain(answer.to_string()).codes(),
        ["misfire::log::passed_over"]
    );
}
