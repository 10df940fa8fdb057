//! Records as the REST interface lists them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{Common, Status, claims, part_after, seven_digits};
use crate::sensor::cloud_record::{Ids, object};

/// 100-nanosecond steps between the years 1 and 1970 (.NET's `DateTime.Ticks`).
const TICKS_BEFORE_1970: i128 = 621_355_968_000_000_000;
/// How long a record takes to be there, in seconds.
const DELAY: i64 = 97;

/// What the portal calls operations.
const NAMES: [(&str, &str); 12] = [
    (
        "Microsoft.Compute/disks/beginGetAccess/action",
        "Get Disk SAS URI",
    ),
    (
        "Microsoft.Network/networkSecurityGroups/securityRules/write",
        "Create or Update Security Rule",
    ),
    (
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "List Storage Account Keys",
    ),
    (
        "Microsoft.Compute/virtualMachines/runCommand/action",
        "Run Command on Virtual Machine",
    ),
    (
        "Microsoft.Compute/virtualMachines/start/action",
        "Start Virtual Machine",
    ),
    (
        "Microsoft.Compute/virtualMachines/restart/action",
        "Restart Virtual Machine",
    ),
    (
        "Microsoft.Compute/virtualMachines/deallocate/action",
        "Deallocate Virtual Machine",
    ),
    (
        "Microsoft.Compute/virtualMachines/write",
        "Create or Update Virtual Machine",
    ),
    (
        "Microsoft.Compute/virtualMachines/delete",
        "Delete Virtual Machine",
    ),
    (
        "Microsoft.Compute/virtualMachines/extensions/write",
        "Create or Update Virtual Machine Extension",
    ),
    (
        "Microsoft.Automation/automationAccounts/runbooks/write",
        "Create or Update an Azure Automation Runbook",
    ),
    (
        "Microsoft.Resources/subscriptions/resourceGroups/delete",
        "Delete resource group",
    ),
];

pub(super) fn members(
    common: &Common<'_>,
    status: Status,
    time: Timestamp,
    ids: &mut Ids,
) -> Map<String, Value> {
    let operation = common.operation;
    let resource = operation.resource.as_str();
    let event = ids.guid();
    let (provider, kind) = provider_and_type(&operation.name);
    let submitted = time
        .checked_add(SignedDuration::from_secs(DELAY))
        .unwrap_or(time);
    let mut members = object([
        (
            "authorization",
            json!({"action": operation.name, "scope": resource}),
        ),
        ("caller", json!(claims::caller_name(&operation.caller))),
        ("channels", json!("Operation")),
        ("claims", common.claims.clone()),
        ("correlationId", json!(common.correlation)),
        ("description", json!("")),
        ("eventDataId", json!(event)),
        (
            "eventName",
            if status.is_begin() {
                pair("BeginRequest", "Begin request")
            } else {
                pair("EndRequest", "End request")
            },
        ),
        ("category", pair("Administrative", "Administrative")),
        ("eventTimestamp", json!(seven_digits(time))),
        (
            "id",
            json!(format!("{resource}/events/{event}/ticks/{}", ticks(time))),
        ),
        (
            "level",
            json!(if status == Status::Failed {
                "Error"
            } else {
                "Informational"
            }),
        ),
        ("operationId", json!(common.operation_id)),
        (
            "operationName",
            pair(&operation.name, localized(&operation.name)),
        ),
    ]);
    if let Some(group) = part_after(resource, "resourceGroups") {
        members.insert("resourceGroupName".to_owned(), json!(group));
    }
    let status_name = match status {
        Status::Started => "Started",
        Status::Accepted => "Accepted",
        Status::Succeeded => "Succeeded",
        Status::Failed => "Failed",
    };
    members.extend(object([
        (
            "resourceProviderName",
            pair(provider, &provider.replace('.', " ")),
        ),
        ("resourceType", pair(&kind, &kind)),
        ("resourceId", json!(resource)),
        ("status", pair(status_name, status_name)),
        ("subStatus", sub_status(common.status_code(status))),
        ("submissionTimestamp", json!(seven_digits(submitted))),
        ("subscriptionId", json!(common.subscription())),
        ("tenantId", json!(common.tenant())),
        ("properties", common.properties(status, ids)),
        ("relatedEvents", json!([])),
    ]));
    if status.is_begin() {
        members.insert(
            "httpRequest".to_owned(),
            json!({
                "clientRequestId": ids.guid(),
                "clientIpAddress": operation.source.to_string(),
                "method": common.method(),
            }),
        );
    }
    members
}

fn pair(value: &str, localized: &str) -> Value {
    json!({"value": value, "localizedValue": localized})
}

fn localized(name: &str) -> &str {
    NAMES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map_or(name, |(_, localized)| localized)
}

fn sub_status(code: Option<&str>) -> Value {
    let number = match code {
        Some("OK") => 200,
        Some("Created") => 201,
        Some("Accepted") => 202,
        Some("Forbidden") => 403,
        _ => return pair("", ""),
    };
    let code = code.unwrap_or_default();
    pair(code, &format!("{code} (HTTP Status Code: {number})"))
}

/// The provider and the type of resource that an operation's name begins with.
fn provider_and_type(name: &str) -> (&str, String) {
    let mut parts: Vec<_> = name.split('/').collect();
    let provider = parts.first().copied().unwrap_or_default();
    match parts.pop() {
        Some(last) if last.eq_ignore_ascii_case("action") => {
            parts.pop();
        }
        _ => {}
    }
    (provider, parts.join("/"))
}

fn ticks(time: Timestamp) -> i128 {
    time.as_nanosecond() / 100 + TICKS_BEFORE_1970
}
