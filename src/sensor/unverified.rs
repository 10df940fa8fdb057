//! Which kinds of records were compared with no real one; a table.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::event::{Origin, OwnedEvent, OwnedValue};

/// A kind of record whose shape follows documentation, as no real record is at hand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnverifiedKind {
    /// The kind: an event's id, or the name of a call or operation.
    pub kind: String,
    /// What its shape follows.
    pub documentation: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    windows: Vec<WindowsKind>,
    cloudtrail: Calls,
    azure: String,
    linux: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowsKind {
    channel: String,
    id: u32,
    documentation: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    documentation: String,
    verified: BTreeSet<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("unverified.yaml"))
        .unwrap_or_else(|error| panic!("the table of unverified kinds is damaged: {error}"))
});

/// What kind a sensor's record is of, if that was compared with no real record.
#[must_use]
pub fn unverified_kind(event: &OwnedEvent) -> Option<UnverifiedKind> {
    let table = &*TABLE;
    let kind = |kind: String, documentation: &str| {
        Some(UnverifiedKind {
            kind,
            documentation: documentation.to_owned(),
        })
    };
    match &event.origin {
        Origin::EventLog {
            channel, event_id, ..
        } => {
            let (channel, id) = (channel.as_deref()?, (*event_id)?);
            if channel.starts_with("Linux-Sysmon") {
                return kind(format!("event {id}"), &table.linux);
            }
            let known = table
                .windows
                .iter()
                .find(|known| known.id == id && known.channel == channel)?;
            kind(format!("event {id}"), &known.documentation)
        }
        Origin::Stream(_) => {
            if let Some(name) = text(event, "eventName").filter(|_| has(event, "eventSource")) {
                let denied = if has(event, "errorCode") {
                    "denied "
                } else {
                    ""
                };
                let name = format!("{denied}{name}");
                if table.cloudtrail.verified.contains(&name) {
                    return None;
                }
                return kind(name, &table.cloudtrail.documentation);
            }
            let operation = text(event, "operationName").or_else(|| listed(event))?;
            let name = operation
                .split_once('/')
                .map_or(&*operation, |(_, name)| name);
            kind(name.to_lowercase(), &table.azure)
        }
    }
}

fn has(event: &OwnedEvent, name: &str) -> bool {
    event.fields.iter().any(|field| &*field.name == name)
}

fn text(event: &OwnedEvent, name: &str) -> Option<String> {
    let field = event.fields.iter().find(|field| &*field.name == name)?;
    match &field.value {
        OwnedValue::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The operation of a record that the REST interface lists.
fn listed(event: &OwnedEvent) -> Option<String> {
    let mut fields = event.fields.iter();
    let field = fields.find(|field| &*field.name == "operationName")?;
    let OwnedValue::Node(node) = &field.value else {
        return None;
    };
    let node: serde_json::Value = serde_json::from_str(node).ok()?;
    node["value"].as_str().map(str::to_owned)
}
