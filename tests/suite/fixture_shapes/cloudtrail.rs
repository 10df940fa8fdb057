//! CloudTrail records: which members they have, and of which JSON type.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::support::corpora::files;
use crate::support::shapes::report::Page;
use crate::support::shapes::windows::Verified;

/// Members whose content depends on the call.
const OF_THE_CALL: [&str; 4] = [
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "resources",
];

/// A member's path with its JSON type.
type Member = (String, &'static str);

/// The records of a CloudTrail file.
pub fn calls(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a readable log");
    match serde_json::from_str(&text).expect("JSON") {
        Value::Array(records) => records,
        Value::Object(mut log) => match log.remove("Records") {
            Some(Value::Array(records)) => records,
            _ => vec![Value::Object(log)],
        },
        _ => panic!("{} holds no records", path.display()),
    }
}

/// What a manifest calls this kind of record: the call, or the service and the
/// call.
pub fn names(call: &Value) -> Vec<String> {
    let name = name(call);
    let service = text(call, "eventSource")
        .split('.')
        .next()
        .unwrap_or_default();
    vec![name.clone(), format!("{service} {name}")]
}

fn name(call: &Value) -> String {
    let denied = if is_denied(call) { "denied " } else { "" };
    format!("{denied}{}{}", text(call, "eventName"), by(call))
}

fn by(call: &Value) -> &'static str {
    match call["userIdentity"].get("invokedBy") {
        Some(_) => " by a service",
        None => "",
    }
}

fn is_denied(call: &Value) -> bool {
    call.get("errorCode").is_some()
}

fn text<'c>(call: &'c Value, member: &str) -> &'c str {
    call[member].as_str().expect("a text")
}

/// The members that real records have.
#[derive(Default)]
struct Members {
    ever: BTreeSet<Member>,
    /// Paths that every record has.
    always: Option<BTreeSet<String>>,
}

impl Members {
    fn add(&mut self, members: BTreeSet<Member>) {
        let paths: BTreeSet<_> = members.iter().map(|(path, _)| path.clone()).collect();
        self.always = Some(match self.always.take() {
            Some(always) => &always & &paths,
            None => paths,
        });
        self.ever.extend(members);
    }

    fn compare(&self, members: &BTreeSet<Member>, kind: &str, page: &mut Page<'_>) {
        for (path, json_type) in members.difference(&self.ever) {
            let known: Vec<_> = self
                .ever
                .iter()
                .filter(|(known, _)| known == path)
                .map(|(_, json_type)| *json_type)
                .collect();
            if known.is_empty() {
                page.difference(kind, &format!("{path} is in no real record"));
            } else {
                let known = known.join(" or ");
                page.difference(kind, &format!("{path} is {json_type}, in reality {known}"));
            }
        }
        let has = |path: &str| members.iter().any(|(known, _)| known == path);
        for path in self.always.iter().flatten() {
            // What is missing is told once, not for all that it would hold.
            let parent = path.rsplit_once('.').map(|(parent, _)| parent);
            if !has(path) && parent.is_none_or(has) {
                page.difference(kind, &format!("{path} is missing"));
            }
        }
    }
}

/// The real records at hand.
pub struct RealCalls {
    /// By type of event, and whether it was denied: what does not depend on the call.
    general: BTreeMap<(String, bool), Members>,
    /// By service and call.
    calls: BTreeMap<(String, String), Members>,
    /// By type of identity.
    identities: BTreeMap<String, Members>,
}

impl RealCalls {
    pub fn read(folder: &Path) -> Self {
        let mut real = Self {
            general: BTreeMap::new(),
            calls: BTreeMap::new(),
            identities: BTreeMap::new(),
        };
        let mut count = 0;
        for path in files(folder, "json") {
            for call in self::calls(&path) {
                count += 1;
                real.add(&call);
            }
        }
        assert!(count > 100, "only {count} real records");
        real
    }

    fn add(&mut self, call: &Value) {
        let parts = Parts::of(call);
        let general = (text(call, "eventType").to_owned(), is_denied(call));
        self.general.entry(general).or_default().add(parts.general);
        let kind = (text(call, "eventSource").to_owned(), name(call));
        self.calls.entry(kind).or_default().add(parts.call);
        let identity = text(&call["userIdentity"], "type").to_owned();
        self.identities
            .entry(identity)
            .or_default()
            .add(parts.identity);
    }

    /// Compares a record with the real ones of its kind; what the kind has
    /// none of, with the real ones at large.
    pub fn compare(&self, call: &Value, page: &mut Page<'_>) -> Verified {
        page.compared();
        let (service, name) = (text(call, "eventSource"), name(call));
        let kind = format!("{service} {name}");
        let parts = Parts::of(call);
        // These do not depend on the call, so they are told once for all calls.
        let by = by(call);
        let event_type = text(call, "eventType");
        let general = format!("{event_type}{by}");
        match self.general.get(&(event_type.to_owned(), is_denied(call))) {
            Some(members) => members.compare(&parts.general, &general, page),
            None => page.difference(&general, "no real record is of this type of event"),
        }
        let identity = text(&call["userIdentity"], "type");
        let who = format!("{identity}{by}");
        match self.identities.get(identity) {
            Some(members) => members.compare(&parts.identity, &who, page),
            None => page.difference(&who, "no real record has this type of identity"),
        }
        match self.calls.get(&(service.to_owned(), name)) {
            Some(members) => {
                members.compare(&parts.call, &kind, page);
                Verified::Yes
            }
            None => Verified::No,
        }
    }
}

/// A record's members, by what they depend on.
#[derive(Default)]
struct Parts {
    general: BTreeSet<Member>,
    call: BTreeSet<Member>,
    identity: BTreeSet<Member>,
}

impl Parts {
    fn of(call: &Value) -> Self {
        let mut parts = Self::default();
        for (name, value) in call.as_object().expect("a record") {
            if name == "userIdentity" {
                members(value, name, &mut parts.identity);
            } else if OF_THE_CALL.contains(&name.as_str()) {
                members(value, name, &mut parts.call);
            } else {
                members(value, name, &mut parts.general);
            }
        }
        parts
    }
}

fn members(value: &Value, path: &str, out: &mut BTreeSet<Member>) {
    let json_type = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    out.insert((path.to_owned(), json_type));
    match value {
        Value::Array(items) => {
            for item in items {
                members(item, &format!("{path}[]"), out);
            }
        }
        Value::Object(inner) => {
            for (name, value) in inner {
                members(value, &format!("{path}.{name}"), out);
            }
        }
        _ => {}
    }
}

#[test]
fn bent_records_are_noticed() {
    let Some(folder) = crate::fixture_shapes::corpus("cloudtrail") else {
        return;
    };
    let real = RealCalls::read(&folder);
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/T1021.008/instance-connect-key/cloudtrail.json"
    );
    let all = calls(Path::new(path));
    let push = all
        .iter()
        .find(|call| call["eventName"] == "SendSSHPublicKey");
    let push = push.expect("a pushed key");
    let told = |bend: &dyn Fn(&mut Value)| {
        let mut call = push.clone();
        bend(&mut call);
        let mut report = crate::support::shapes::report::Report::default();
        let verified = real.compare(&call, &mut report.of("bent"));
        let told: Vec<_> = report.differences.into_keys().collect();
        (verified, told.join("\n"))
    };
    let remove = |call: &mut Value, object: &str, member: &str| {
        let object = call.pointer_mut(object).and_then(Value::as_object_mut);
        object.expect("an object").remove(member).expect("a member");
    };
    assert_eq!(told(&|_| {}), (Verified::Yes, String::new()));
    for (object, member, expected) in [
        ("", "eventID", "eventID is missing"),
        ("", "tlsDetails", "tlsDetails is missing"),
        ("/userIdentity", "arn", "userIdentity.arn is missing"),
        (
            "/requestParameters",
            "instanceId",
            "requestParameters.instanceId is missing",
        ),
    ] {
        let (_, differences) = told(&|call| remove(call, object, member));
        assert!(differences.ends_with(expected), "{differences}");
    }
    let (_, differences) = told(&|call| call["readOnly"] = "false".into());
    assert!(
        differences.ends_with("readOnly is a text, in reality true or false"),
        "{differences}"
    );
    let (_, differences) = told(&|call| call["requestParameters"]["user"] = "root".into());
    assert!(
        differences.ends_with("requestParameters.user is in no real record"),
        "{differences}"
    );
    assert_eq!(
        told(&|call| call["eventName"] = "SendKey".into()).0,
        Verified::No
    );
    assert_eq!(
        told(&|call| call["errorCode"] = "AccessDenied".into()).0,
        Verified::No
    );
}
