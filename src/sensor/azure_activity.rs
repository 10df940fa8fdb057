//! The Azure activity log: what resource manager is asked to change.
//!
//! Reading leaves no record. One operation leaves two records or three, which share
//! a correlation id. The two shapes are those of "Azure activity log event schema":
//! what diagnostic settings send to storage and event hubs, and what the REST
//! interface lists.

mod claims;
mod exported;
mod listed;

use jiff::{SignedDuration, Timestamp};

use super::Sensor;
use super::cloud_record::{Ids, record};
use crate::activity::{Activity, ActivityKind, AzureOperation};
use crate::event::OwnedEvent;
use crate::recording::Host;

/// The shape of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AzureShape {
    /// What diagnostic settings write.
    #[default]
    DiagnosticSettings,
    /// What the REST interface lists.
    Rest,
}

/// Logs operations of Azure's resource manager.
#[derive(Debug)]
pub struct AzureActivity {
    ids: Ids,
    shape: AzureShape,
    records: u64,
}

impl AzureActivity {
    /// A log whose records have that shape; equal seeds give equal ids.
    #[must_use]
    pub fn new(seed: u64, shape: AzureShape) -> Self {
        Self {
            ids: Ids::new(seed),
            shape,
            records: 0,
        }
    }
}

/// How far an operation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Started,
    Accepted,
    Succeeded,
    Failed,
}

/// What the records of one operation have in common.
struct Common<'o> {
    operation: &'o AzureOperation,
    correlation: String,
    operation_id: String,
    claims: serde_json::Value,
}

impl Sensor for AzureActivity {
    fn observe(&mut self, activity: &Activity, _host: &Host, out: &mut Vec<OwnedEvent>) {
        let ActivityKind::AzureOperation(operation) = &activity.kind else {
            return;
        };
        let common = Common {
            operation,
            correlation: self.ids.guid(),
            operation_id: self.ids.guid(),
            claims: claims::claims(operation, activity.time, &mut self.ids),
        };
        for (status, after) in steps(operation) {
            let time = later(activity.time, after, &mut self.ids);
            let members = match self.shape {
                AzureShape::DiagnosticSettings => {
                    exported::members(&common, status, time, &mut self.ids)
                }
                AzureShape::Rest => listed::members(&common, status, time, &mut self.ids),
            };
            self.records += 1;
            out.push(record("azure", "activitylogs", self.records, time, members));
        }
    }
}

/// The records of an operation, and how many milliseconds after its begin each is.
fn steps(operation: &AzureOperation) -> Vec<(Status, i64)> {
    let end = operation.duration_ms.max(1);
    if operation.error.is_some() {
        vec![(Status::Started, 0), (Status::Failed, end.min(400))]
    } else if operation.is_long {
        vec![
            (Status::Started, 0),
            (Status::Accepted, 1_100.min(end)),
            (Status::Succeeded, end),
        ]
    } else {
        vec![(Status::Started, 0), (Status::Succeeded, end)]
    }
}

/// A time with seven digits of its fraction, as .NET counts.
fn later(start: Timestamp, milliseconds: i64, ids: &mut Ids) -> Timestamp {
    let ticks = i64::try_from(ids.below(10)).unwrap_or(0);
    SignedDuration::from_millis(milliseconds)
        .checked_add(SignedDuration::from_nanos(ticks * 100))
        .and_then(|after| start.checked_add(after).ok())
        .unwrap_or(start)
}

impl Status {
    fn is_begin(self) -> bool {
        self == Self::Started
    }
}

impl Common<'_> {
    /// The code that stands for the answer's status, where the record has one.
    fn status_code(&self, status: Status) -> Option<&'static str> {
        match status {
            Status::Accepted if self.operation.verb == "Write" => Some("Created"),
            Status::Accepted => Some("Accepted"),
            Status::Failed => Some("Forbidden"),
            Status::Succeeded if !self.operation.is_long => Some("OK"),
            Status::Started | Status::Succeeded => None,
        }
    }

    /// The method of the request that asked for it.
    fn method(&self) -> &'static str {
        match self.operation.verb.as_str() {
            "Write" => "PUT",
            "Delete" => "DELETE",
            _ => "POST",
        }
    }

    /// Whether the answer that it was accepted names the request to the provider: those
    /// of actions do not, and what resource manager does itself has none.
    fn has_service_request(&self) -> bool {
        let provider = self.operation.name.split('/').next().unwrap_or_default();
        self.operation.verb != "Action" && !provider.eq_ignore_ascii_case("Microsoft.Resources")
    }

    fn subscription(&self) -> &str {
        part_after(&self.operation.resource, "subscriptions").unwrap_or_default()
    }

    fn tenant(&self) -> &str {
        claims::tenant(&self.operation.caller)
    }

    /// `properties`, which both shapes share.
    fn properties(&self, status: Status, ids: &mut Ids) -> serde_json::Value {
        let mut properties = serde_json::Map::new();
        if let Some(code) = self.status_code(status) {
            properties.insert("statusCode".to_owned(), code.into());
            let request = match status {
                Status::Accepted if !self.has_service_request() => serde_json::Value::Null,
                _ => ids.guid().into(),
            };
            properties.insert("serviceRequestId".to_owned(), request);
        }
        if let (Status::Failed, Some(error)) = (status, &self.operation.error) {
            let message = serde_json::json!({
                "error": {"code": error.code, "message": error.message},
            });
            properties.insert("statusMessage".to_owned(), message.to_string().into());
        }
        properties.insert("eventCategory".to_owned(), "Administrative".into());
        properties.insert("entity".to_owned(), self.operation.resource.as_str().into());
        properties.insert("message".to_owned(), self.operation.name.as_str().into());
        properties.insert(
            "hierarchy".to_owned(),
            format!("{}/{}", self.tenant(), self.subscription()).into(),
        );
        properties.into()
    }
}

/// The part of a resource's path that follows a name; names are compared without
/// regard to case.
fn part_after<'r>(resource: &'r str, name: &str) -> Option<&'r str> {
    let mut parts = resource.split('/');
    parts.find(|part| part.eq_ignore_ascii_case(name))?;
    parts.next()
}

fn seven_digits(time: Timestamp) -> String {
    let ticks = time.subsec_nanosecond().unsigned_abs() / 100;
    format!("{}.{ticks:07}Z", time.strftime("%Y-%m-%dT%H:%M:%S"))
}
