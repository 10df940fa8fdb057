//! The operations that records of Azure tell of, as their callers asked for them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use misfire::activity::{AzureCaller, AzureOperation};
use serde_json::Value;

/// The records that one operation left, by their status in the words of
/// `resultSignature`.
pub type Records = BTreeMap<String, Value>;

/// The records of each operation: they share a correlation id, and a deployment
/// shares its own with what it deploys.
pub fn operations(records: Vec<Value>) -> Vec<Records> {
    let mut operations = BTreeMap::<_, Records>::new();
    for record in records {
        let key = (
            text(&record["correlationId"]).to_owned(),
            text(&authorization(&record)["action"]).to_lowercase(),
        );
        let known = operations.entry(key).or_default();
        known.insert(status(&record), record);
    }
    operations.into_values().collect()
}

pub fn status(record: &Value) -> String {
    let status = record["resultSignature"]
        .as_str()
        .or(record["status"]["value"].as_str())
        .expect("a status");
    let (status, _) = status.split_once('.').unwrap_or((status, ""));
    status.to_owned()
}

pub fn authorization(record: &Value) -> &Value {
    record
        .get("authorization")
        .unwrap_or(&record["identity"]["authorization"])
}

/// The operation that left the records, and when it was asked for.
pub fn operation(records: &Records) -> (AzureOperation, Timestamp) {
    let first = &records["Started"];
    let last = &records["Succeeded"];
    let claims = first.get("claims").unwrap_or(&first["identity"]["claims"]);
    let claim = |end: &str| {
        let found = claims
            .as_object()
            .into_iter()
            .flatten()
            .find(|(name, _)| name.ends_with(end));
        text(found.unwrap_or_else(|| panic!("no claim {end}")).1).to_owned()
    };
    let object = claim("/objectidentifier");
    let tenant = claim("/tenantid");
    let caller = match claim("idtyp").as_str() {
        "user" => AzureCaller::User {
            name: claim("/upn"),
            object,
            tenant,
        },
        _ => AzureCaller::Application {
            application: claim("appid"),
            object,
            tenant,
        },
    };
    let name = text(&authorization(first)["action"]).to_owned();
    let verb = match name.rsplit('/').next() {
        Some("write") => "Write",
        Some("delete") => "Delete",
        _ => "Action",
    };
    let source = first["callerIpAddress"]
        .as_str()
        .or(first["httpRequest"]["clientIpAddress"].as_str())
        .expect("an address");
    let duration = time(last).duration_since(time(first));
    let operation = AzureOperation {
        name,
        resource: text(&authorization(first)["scope"]).to_owned(),
        verb: verb.to_owned(),
        caller,
        client: claim("appid"),
        source: source.parse().expect("an address"),
        error: None,
        duration_ms: i64::try_from(duration.as_millis()).expect("a short time"),
        is_long: records.contains_key("Accepted"),
    };
    (operation, time(first))
}

fn time(record: &Value) -> Timestamp {
    let time = record["time"]
        .as_str()
        .or(record["eventTimestamp"].as_str());
    time.expect("a time").parse().expect("a time")
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}
