//! AWS CloudTrail: a trail of all regions that logs management events.
//!
//! The members and their order are those of "CloudTrail record contents for
//! management, data, and network activity events", and of real records.

mod ec2;
mod identity;
mod recorded;
mod services;

use serde_json::{Map, Value, json};

use super::Sensor;
use super::cloud_record::{Ids, object, record};
use crate::activity::{Activity, ActivityKind, AwsCall};
use crate::event::OwnedEvent;
use crate::recording::Host;

/// Logs calls to Amazon Web Services. Data events are off, as they are in a new
/// trail.
#[derive(Debug)]
pub struct CloudTrail {
    ids: Ids,
    records: u64,
}

impl CloudTrail {
    /// A trail; equal seeds give equal ids.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            ids: Ids::new(seed),
            records: 0,
        }
    }
}

impl Sensor for CloudTrail {
    fn observe(&mut self, activity: &Activity, _host: &Host, out: &mut Vec<OwnedEvent>) {
        let ActivityKind::AwsCall(call) = &activity.kind else {
            return;
        };
        let service = services::of(&call.service);
        let operation = service.operation(&call.operation);
        if operation.is_data {
            return;
        }
        self.records += 1;
        let members = members(call, service, operation, activity.time, &mut self.ids);
        out.push(record(
            "aws",
            "cloudtrail",
            self.records,
            activity.time,
            members,
        ));
    }
}

fn members(
    call: &AwsCall,
    service: &services::Service,
    operation: &services::Operation,
    time: jiff::Timestamp,
    ids: &mut Ids,
) -> Map<String, Value> {
    let request_id = recorded::request_id(&call.response).unwrap_or_else(|| ids.guid());
    let name = operation.recorded_as.as_deref().unwrap_or(&call.operation);
    let mut members = object([
        (
            "eventVersion",
            json!(operation.version.as_ref().unwrap_or(&service.version)),
        ),
        ("userIdentity", identity::identity(&call.caller)),
        (
            "eventTime",
            json!(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        ),
        ("eventSource", json!(call.service)),
        ("eventName", json!(name)),
        ("awsRegion", json!(call.region)),
        ("sourceIPAddress", json!(identity::source(call))),
        ("userAgent", json!(identity::user_agent(call))),
    ]);
    if let Some(error) = &call.error {
        members.insert(
            "errorCode".to_owned(),
            json!(service.error_code(&error.code)),
        );
        members.insert(
            "errorMessage".to_owned(),
            json!(service.error_message(&error.message, || ids.token(584))),
        );
    }
    let (parameters, answer) = recorded::elements(call, service, operation, &request_id);
    members.insert("requestParameters".to_owned(), parameters);
    members.insert("responseElements".to_owned(), answer);
    members.insert("requestID".to_owned(), json!(request_id));
    members.insert("eventID".to_owned(), json!(ids.guid()));
    members.insert("readOnly".to_owned(), json!(call.read_only));
    if identity::is_service(&call.caller) {
        members.insert("sharedEventID".to_owned(), json!(ids.guid()));
    }
    if let Some(resources) = recorded::resources(call, operation) {
        members.insert("resources".to_owned(), resources);
    }
    members.insert("eventType".to_owned(), json!("AwsApiCall"));
    if let Some(version) = &service.api_version {
        members.insert("apiVersion".to_owned(), json!(version));
    }
    members.insert("managementEvent".to_owned(), json!(true));
    members.insert(
        "recipientAccountId".to_owned(),
        json!(identity::account(&call.caller)),
    );
    members.insert("eventCategory".to_owned(), json!("Management"));
    if !identity::is_service(&call.caller) {
        members.insert(
            "tlsDetails".to_owned(),
            json!({
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": call.endpoint,
            }),
        );
    }
    members
}
