//! Where records of clouds are read from, as a user names it.

use misfire::recording::{ActivityPlace, LogGroupPlace, RecordPlaces, TrailPlace};
use rstest::rstest;

fn files(bucket: &str, prefix: &str) -> TrailPlace {
    TrailPlace::LogFiles {
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
    }
}

fn group(name: &str, region: Option<&str>) -> LogGroupPlace {
    LogGroupPlace {
        name: name.to_owned(),
        region: region.map(str::to_owned),
    }
}

#[rstest]
#[case::history("lookup-events", TrailPlace::LookupEvents)]
#[case::bucket("s3://lab-trail", files("lab-trail", ""))]
#[case::prefix("s3://lab.trail/a/b/", files("lab.trail", "a/b"))]
#[case::group(
    "log-group:/aws/trail",
    TrailPlace::LogGroup(group("/aws/trail", None))
)]
#[case::arn(
    "arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:a.b#c:*",
    TrailPlace::LogGroup(group("a.b#c", Some("us-gov-west-1")))
)]
fn a_place_of_cloudtrail_is_read(#[case] text: &str, #[case] place: TrailPlace) {
    assert_eq!(TrailPlace::parse(text), Ok(place));
}

#[rstest]
#[case::nothing("")]
#[case::word("history")]
#[case::upper("s3://Lab")]
#[case::short("s3://ab/c")]
#[case::host("s3://lab-trail.evil.example:80")]
#[case::at("s3://user@lab")]
#[case::too_far("s3://lab-trail/x/AWSLogs/111122223333")]
#[case::control("s3://lab-trail/a\nb")]
#[case::no_name("log-group:")]
#[case::blank("log-group:two words")]
#[case::another_arn("arn:aws:s3:::lab-trail")]
#[case::no_region("arn:aws:logs::111122223333:log-group:x")]
#[case::stream("arn:aws:logs:eu-west-1:111122223333:log-group:x:log-stream:y")]
fn what_is_no_place_of_cloudtrail_is_refused(#[case] text: &str) {
    assert!(TrailPlace::parse(text).is_err());
}

#[rstest]
#[case::plain("/aws/ssm/runs", group("/aws/ssm/runs", None))]
#[case::prefixed("log-group:runs", group("runs", None))]
#[case::arn(
    "arn:aws:logs:eu-west-1:111122223333:log-group:runs",
    group("runs", Some("eu-west-1"))
)]
fn a_log_group_is_read(#[case] text: &str, #[case] place: LogGroupPlace) {
    assert_eq!(LogGroupPlace::parse(text), Ok(place));
}

#[rstest]
#[case::list("list", ActivityPlace::List, false)]
#[case::storage(
    "https://lab1.blob.core.windows.net/insights-activity-logs/",
    ActivityPlace::Container("https://lab1.blob.core.windows.net/insights-activity-logs".to_owned()),
    false
)]
#[case::other_cloud(
    "https://lab1.blob.core.usgovcloudapi.net/logs",
    ActivityPlace::Container("https://lab1.blob.core.usgovcloudapi.net/logs".to_owned()),
    false
)]
#[case::here(
    "http://127.0.0.1:10000/devstoreaccount1/logs",
    ActivityPlace::Container("http://127.0.0.1:10000/devstoreaccount1/logs".to_owned()),
    true
)]
fn a_place_of_the_activity_log_is_read(
    #[case] text: &str,
    #[case] place: ActivityPlace,
    #[case] is_here: bool,
) {
    assert_eq!(ActivityPlace::parse(text), Ok(place.clone()));
    assert_eq!(place.is_here(), is_here);
}

/// A token of the user goes there.
#[rstest]
#[case::word("export")]
#[case::no_container("https://lab1.blob.core.windows.net")]
#[case::blank_container("https://lab1.blob.core.windows.net/")]
#[case::plain_http("http://lab1.blob.core.windows.net/logs")]
#[case::another_host("https://lab1.blob.core.windows.net.evil.example/logs")]
#[case::user("https://lab1.blob.core.windows.net@evil.example/logs")]
#[case::within("https://evil.example/lab1.blob.core.windows.net")]
#[case::deeper("https://evil.lab1.blob.core.windows.net/logs")]
#[case::no_account("https://.blob.core.windows.net/logs")]
#[case::like_here("http://127.0.0.1.evil.example/logs")]
#[case::user_here("http://127.0.0.1:80@evil.example/logs")]
#[case::fragment("https://evil.example#.blob.core.windows.net/logs")]
#[case::backslash("https://evil.example\\.blob.core.windows.net/logs")]
fn a_token_goes_to_storage_only(#[case] text: &str) {
    assert!(ActivityPlace::parse(text).is_err());
}

#[test]
fn a_signature_is_refused_and_not_repeated() {
    let text = "https://lab1.blob.core.windows.net/logs?sv=2022&sig=hush";
    let told = ActivityPlace::parse(text)
        .expect_err("a signature")
        .to_string();
    assert!(told.contains("signs in"), "{told}");
    assert!(!told.contains("hush"), "{told}");
}

#[test]
fn what_is_given_takes_the_place_of_what_is_configured() {
    let given = RecordPlaces {
        cloudtrail: vec![TrailPlace::LookupEvents],
        ..RecordPlaces::default()
    };
    let configured = RecordPlaces {
        cloudtrail: vec![files("lab-trail", "")],
        ssm_logs: vec![group("runs", None)],
        ..RecordPlaces::default()
    };
    let both = given.or(configured);
    assert_eq!(both.cloudtrail, [TrailPlace::LookupEvents]);
    assert_eq!(both.ssm_logs, [group("runs", None)]);
}
