//! Azure's activity log beside that of the bundled fixtures, and beside what is
//! documented.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use misfire::activity::{ActivityKind, AzureCaller, AzureOperation, CallError};
use misfire::log::JsonFormat;
use misfire::sensor::{AzureActivity, AzureShape};
use serde::Deserialize;
use serde_json::{Value, json};

use super::compare::Rules;
use super::operations::{authorization, operation, operations, status};
use super::{bytes, observed, written};
use crate::sensors::given;
use crate::support::corpora::files;
use crate::support::shapes::accepted::Accepted;
use crate::support::shapes::report::Report;

/// What nobody can know of an operation beforehand.
const FREE: &[&str] = &[
    "time",
    "correlationId",
    "properties.serviceRequestId",
    "identity.authorization.evidence.roleAssignmentId",
    "eventDataId",
    "eventTimestamp",
    "id",
    "operationId",
    "submissionTimestamp",
    "httpRequest.clientRequestId",
];

const RULES: Rules = Rules {
    free: FREE,
    ordered: &[
        "",
        "identity",
        "identity.authorization",
        "identity.authorization.evidence",
        "identity.claims",
        "claims",
        "authorization",
        "properties",
        "httpRequest",
    ],
};

/// Claims that are made anew for every token.
const OF_THE_TOKEN: [&str; 7] = ["iat", "nbf", "exp", "aio", "rh", "uti", "nameidentifier"];

/// The shapes that were compared, with what their form is known from: no real record
/// of this log is at hand.
#[derive(Deserialize)]
struct List {
    unverified: BTreeMap<String, String>,
}

/// A record whose claims of the token are made alike.
fn with_plain_token(record: &Value) -> Value {
    let mut record = record.clone();
    let claims = match record.get("claims") {
        Some(_) => record.pointer_mut("/claims"),
        None => record.pointer_mut("/identity/claims"),
    };
    for (name, value) in claims.and_then(Value::as_object_mut).into_iter().flatten() {
        let last = name.rsplit('/').next().unwrap_or_default();
        // A managed identity's name is its object id, which is known.
        let is_id = value.as_str().is_some_and(|text| text.len() == 36);
        if OF_THE_TOKEN.contains(&last) && !is_id {
            *value = format!("{} signs", value.as_str().map_or(0, str::len)).into();
        }
    }
    record
}

#[test]
fn every_operation_is_recorded_as_in_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings/T1021.008");
    let mut report = Report::default();
    let mut kinds = BTreeSet::new();
    for path in files(&folder, "json") {
        if !path.ends_with("activity.json") {
            continue;
        }
        let name = path.parent().and_then(Path::file_name);
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable log");
        let mut log: Value = serde_json::from_str(&text).expect("JSON");
        let (shape, list) = match log.get("records") {
            Some(_) => (AzureShape::DiagnosticSettings, "records"),
            None => (AzureShape::Rest, "value"),
        };
        let Value::Array(records) = log[list].take() else {
            panic!("{} holds no records", path.display());
        };
        // What a policy does by itself is no operation that somebody asked for.
        let asked = records.into_iter().filter(|record| {
            record["operationName"] != "MICROSOFT.AUTHORIZATION/POLICIES/DEPLOYIFNOTEXISTS/ACTION"
        });
        for wanted in operations(asked.collect()) {
            let (operation, time) = operation(&wanted);
            let kind = format!("{shape:?} {}", operation.name);
            let mut sensor = AzureActivity::new(7, shape);
            let events = observed(&mut sensor, time, ActivityKind::AzureOperation(operation));
            let records: BTreeMap<_, _> = written(JsonFormat::AzureActivity, "records", &events)
                .into_iter()
                .map(|record| (status(&record), record))
                .collect();
            let statuses = |of: &BTreeMap<String, Value>| of.keys().cloned().collect::<Vec<_>>();
            assert_eq!(statuses(&records), statuses(&wanted), "{kind}");
            for (status, wanted) in &wanted {
                report.of(&name).compared();
                RULES.compare(
                    &with_plain_token(&records[status]),
                    &with_plain_token(wanted),
                    &format!("{shape:?}"),
                    &mut report.of(&name),
                );
            }
            kinds.insert(kind);
        }
    }
    assert!(report.compared > 25, "{} records", report.compared);
    let list = "tests/suite/sensors/cloud/azure.yaml";
    let unexpected = Accepted::read(list).apply(&report);
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(list));
    let list: List = serde_yaml::from_str(&text.expect("a readable file")).expect("a list");
    assert_eq!(kinds, list.unverified.keys().cloned().collect());
    assert!(
        list.unverified
            .values()
            .all(|known| !known.trim().is_empty())
    );
}

fn run_command() -> AzureOperation {
    AzureOperation {
        name: "Microsoft.Compute/virtualMachines/runCommand/action".to_owned(),
        resource: "/subscriptions/7e3c1f52-4b0d-4c57-9a55-0f6a6c1d2b10/resourceGroups/rg-build\
                   /providers/Microsoft.Compute/virtualMachines/vm-build-01"
            .to_owned(),
        verb: "Action".to_owned(),
        caller: AzureCaller::User {
            name: "avery@corp.example".to_owned(),
            object: "8c2f5b1e-0d3a-4b67-9e41-5a7c0f2d8b36".to_owned(),
            tenant: "5d0a9d52-63e1-4f0b-8c1e-2f9b7a4c6e83".to_owned(),
        },
        client: "04b07795-8ddb-461a-bbee-02f9e1bf7b46".to_owned(),
        source: [198, 51, 100, 24].into(),
        error: None,
        duration_ms: 33_600,
        is_long: true,
    }
}

fn records(shape: AzureShape, operation: AzureOperation) -> Vec<Value> {
    let mut sensor = AzureActivity::new(7, shape);
    let kind = ActivityKind::AzureOperation(operation);
    let events = observed(&mut sensor, given::start(), kind);
    written(JsonFormat::AzureActivity, "records", &events)
}

const SHAPES: [AzureShape; 2] = [AzureShape::DiagnosticSettings, AzureShape::Rest];

#[test]
fn a_long_operation_leaves_three_records_of_one_correlation_id() {
    for shape in SHAPES {
        let records = records(shape, run_command());
        let statuses: Vec<_> = records.iter().map(status).collect();
        assert_eq!(statuses, ["Started", "Accepted", "Succeeded"]);
        let distinct = |name: &str| {
            let values: BTreeSet<_> = records.iter().map(|record| record[name].as_str()).collect();
            values.len()
        };
        assert_eq!(distinct("correlationId"), 1);
        match shape {
            AzureShape::DiagnosticSettings => assert_eq!(distinct("time"), 3),
            AzureShape::Rest => {
                assert_eq!(distinct("operationId"), 1);
                assert_eq!(distinct("eventDataId"), 3);
                assert_eq!(distinct("eventTimestamp"), 3);
            }
        }
    }
}

#[test]
fn a_short_operation_leaves_two_records() {
    for shape in SHAPES {
        let mut short = run_command();
        short.is_long = false;
        let statuses: Vec<_> = records(shape, short).iter().map(status).collect();
        assert_eq!(statuses, ["Started", "Succeeded"]);
    }
}

#[test]
fn a_refused_operation_says_why_and_what_did_not_allow_it() {
    for shape in SHAPES {
        let mut refused = run_command();
        refused.error = Some(CallError {
            code: "AuthorizationFailed".to_owned(),
            message: "The client 'avery@corp.example' does not have authorization".to_owned(),
        });
        let records = records(shape, refused);
        let statuses: Vec<_> = records.iter().map(status).collect();
        assert_eq!(statuses, ["Started", "Failed"]);
        let failed = &records[1];
        assert_eq!(failed["level"], "Error");
        assert_eq!(failed["properties"]["statusCode"], "Forbidden");
        let message = failed["properties"]["statusMessage"].as_str();
        let message: Value = serde_json::from_str(message.expect("a message")).expect("JSON");
        assert_eq!(message["error"]["code"], "AuthorizationFailed");
        assert!(
            authorization(failed).get("evidence").is_none(),
            "{failed:#}"
        );
    }
}

#[test]
fn a_managed_identity_has_no_name() {
    let by_application = || {
        let mut operation = run_command();
        operation.caller = AzureCaller::Application {
            application: "5a0c8e73-d1b4-4f29-87e6-3c9f1b6d2a50".to_owned(),
            object: "b71e4d09-8f35-4c62-9da0-2e5c7f1a3846".to_owned(),
            tenant: "5d0a9d52-63e1-4f0b-8c1e-2f9b7a4c6e83".to_owned(),
        };
        operation
    };
    let exported = &records(AzureShape::DiagnosticSettings, by_application())[0];
    let identity = &exported["identity"];
    assert_eq!(
        identity["authorization"]["evidence"]["principalType"],
        "ServicePrincipal"
    );
    assert_eq!(
        identity["authorization"]["evidence"]["principalId"],
        "b71e4d098f354c629da02e5c7f1a3846"
    );
    let claims = &identity["claims"];
    assert_eq!(claims["idtyp"], "app");
    assert_eq!(claims["appid"], "5a0c8e73-d1b4-4f29-87e6-3c9f1b6d2a50");
    assert!(
        !exported.to_string().contains("corp.example"),
        "{exported:#}"
    );
    let listed = &records(AzureShape::Rest, by_application())[0];
    assert_eq!(listed["caller"], "b71e4d09-8f35-4c62-9da0-2e5c7f1a3846");
    assert_eq!(listed["claims"]["idtyp"], "app");
}

/// The members that the documented schema of each shape has.
#[test]
fn the_shapes_are_those_of_the_documentation() {
    let exported = &records(AzureShape::DiagnosticSettings, run_command())[0];
    assert_eq!(
        exported["resourceId"],
        "/SUBSCRIPTIONS/7E3C1F52-4B0D-4C57-9A55-0F6A6C1D2B10/RESOURCEGROUPS/RG-BUILD/PROVIDERS\
         /MICROSOFT.COMPUTE/VIRTUALMACHINES/VM-BUILD-01"
    );
    assert_eq!(
        exported["operationName"],
        "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION"
    );
    assert_eq!(exported["category"], "Administrative");
    assert_eq!(exported["resultType"], "Start");
    assert_eq!(exported["resultSignature"], "Started.");
    assert_eq!(exported["callerIpAddress"], "198.51.100.24");
    assert_eq!(exported["durationMs"], "0");

    let listed = &records(AzureShape::Rest, run_command())[2];
    let pair = |value: &str, localized: &str| json!({"value": value, "localizedValue": localized});
    assert_eq!(listed["caller"], "avery@corp.example");
    assert_eq!(listed["eventName"], pair("EndRequest", "End request"));
    assert_eq!(listed["status"], pair("Succeeded", "Succeeded"));
    assert_eq!(listed["subStatus"], pair("", ""));
    assert_eq!(listed["level"], "Informational");
    assert_eq!(listed["resourceGroupName"], "rg-build");
    assert_eq!(
        listed["resourceType"],
        pair(
            "Microsoft.Compute/virtualMachines",
            "Microsoft.Compute/virtualMachines"
        )
    );
    assert_eq!(
        listed["resourceProviderName"],
        pair("Microsoft.Compute", "Microsoft Compute")
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for shape in SHAPES {
        let log = |seed: u64| {
            let mut sensor = AzureActivity::new(seed, shape);
            let kind = ActivityKind::AzureOperation(run_command());
            bytes(
                JsonFormat::AzureActivity,
                &observed(&mut sensor, given::start(), kind),
            )
        };
        assert_eq!(log(7), log(7));
        assert_ne!(log(7), log(8));
    }
}
