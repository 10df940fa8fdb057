//! A session whose services all are one mock server.

use misfire::collect::aws::{Environment, Session};
use misfire::collect::{CollectError, Collected, Gathered, Request, Source, ask_once, wait_for};
use misfire::recording::Window;
use serde_json::{Value, json};
use std::time::Duration;

use super::super::support::{NEVER, TestClock, client, window};

pub const NOW: &str = "2026-11-03T08:20:00Z";
pub const KEY: &str = "AKIDEXAMPLE";
/// The secret of AWS's published signatures.
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// An environment of these variables, without a home.
pub fn environment(variables: &[(&str, &str)]) -> Environment {
    let owned = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::new(None, owned)
}

/// A session with keys of the environment, in `eu-west-1`, whose services answer at
/// `url`.
pub fn session(url: &str, clock: &TestClock) -> Session {
    let environment = environment(&[
        ("AWS_ACCESS_KEY_ID", KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", url),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]);
    Session::new(environment, None, client(clock)).expect("a session")
}

/// The window of the tests.
pub fn ten_minutes() -> Window {
    window("2026-11-03T08:00:00Z", "2026-11-03T08:10:00Z")
}

/// Asks a source once for the window of the tests.
pub fn ask(source: &mut dyn Source, clock: &TestClock) -> Result<Collected, CollectError> {
    let request = Request {
        window: ten_minutes(),
        wait: Duration::ZERO,
    };
    ask_once(source, &request, clock, NEVER)
}

/// Asks a source and keeps what it gave before it failed.
pub fn ask_into(source: &mut dyn Source, gathered: &mut Gathered) -> Result<(), CollectError> {
    gathered.begin_asking();
    wait_for(NEVER, source.ask(gathered))
}

/// A record of CloudTrail.
pub fn record(id: &str, time: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": "analyst"},
        "eventTime": time,
        "eventSource": "ssm.amazonaws.com",
        "eventName": "SendCommand",
        "awsRegion": "eu-west-1",
        "eventID": id,
        "eventType": "AwsApiCall"
    })
}

/// The ids of the records of a file of CloudTrail, in its order.
pub fn ids(collected: &Collected) -> Vec<String> {
    let file = collected.files.first().expect("a file");
    ids_of(&file.bytes)
}

pub fn ids_of(bytes: &[u8]) -> Vec<String> {
    let content: Value = serde_json::from_slice(bytes).expect("JSON");
    let records = content["Records"].as_array().expect("records");
    let ids = records.iter().map(|record| record["eventID"].as_str());
    ids.map(|id| id.expect("an id").to_owned()).collect()
}
