//! Records as diagnostic settings export them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Common, Status, claims, seven_digits};
use crate::activity::AzureCaller;
use crate::sensor::cloud_record::{Ids, object};

/// The id of the built-in role Contributor (Azure built-in roles).
const CONTRIBUTOR: &str = "b24988ac618042a0ab8820f7382dd24c";

/// Where the resource manager that was asked runs, and what runs there: of no account's
/// own.
const FRONT_END: &str = "West Europe";
const RELEASE: &str = "6.2026.42.4+9c1f2ab7.release_2026w42";

pub(super) fn members(
    common: &Common<'_>,
    status: Status,
    time: Timestamp,
    ids: &mut Ids,
) -> Map<String, Value> {
    let operation = common.operation;
    let signature = format!(
        "{}.{}",
        match status {
            Status::Started => "Started",
            Status::Accepted => "Accepted",
            Status::Succeeded => "Succeeded",
            Status::Failed => "Failed",
        },
        common.status_code(status).unwrap_or_default()
    );
    let kind = match status {
        Status::Started => "Start",
        Status::Accepted => "Accept",
        Status::Succeeded => "Success",
        Status::Failed => "Failure",
    };
    let level = match status {
        Status::Failed => "Error",
        _ => "Information",
    };
    object([
        ("RoleLocation", json!(FRONT_END)),
        ("ReleaseVersion", json!(RELEASE)),
        ("time", json!(seven_digits(time))),
        ("resourceId", json!(operation.resource.to_uppercase())),
        ("operationName", json!(operation.name.to_uppercase())),
        ("category", json!("Administrative")),
        ("resultType", json!(kind)),
        ("resultSignature", json!(signature)),
        ("durationMs", json!("0")),
        ("callerIpAddress", json!(operation.source.to_string())),
        ("correlationId", json!(common.correlation)),
        (
            "identity",
            json!({"authorization": authorization(common), "claims": common.claims}),
        ),
        ("level", json!(level)),
        ("properties", common.properties(status, ids)),
        ("tenantId", json!(common.tenant())),
    ])
}

/// What allowed it; nothing allowed what was refused.
fn authorization(common: &Common<'_>) -> Value {
    let operation = common.operation;
    let mut authorization = object([
        ("scope", json!(operation.resource)),
        ("action", json!(operation.name)),
    ]);
    if operation.error.is_none() {
        let kind = match operation.caller {
            AzureCaller::User { .. } => "User",
            AzureCaller::Application { .. } => "ServicePrincipal",
        };
        let principal = claims::object_id(&operation.caller).replace('-', "");
        authorization.insert(
            "evidence".to_owned(),
            json!({
                "role": "Contributor",
                "roleAssignmentScope": format!("/subscriptions/{}", common.subscription()),
                "roleAssignmentId": common.assignment(),
                "roleDefinitionId": CONTRIBUTOR,
                "principalId": principal,
                "principalType": kind,
            }),
        );
    }
    authorization.into()
}

impl Common<'_> {
    /// The id of the assignment of the role: one caller has one.
    fn assignment(&self) -> String {
        let object = claims::object_id(&self.operation.caller);
        let seed = object.bytes().fold(0_u64, |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        Ids::new(seed).guid().replace('-', "")
    }
}
