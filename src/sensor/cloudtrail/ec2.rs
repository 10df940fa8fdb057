//! Requests and answers of Amazon EC2, whose query interface makes sets of lists.

use serde_json::{Map, Value, json};

use super::recorded::{date, plain, small};
use super::services::Dates;

/// Lists of texts: the parameter, the set that it becomes, and its items' member.
const SETS: [(&str, &str, &str); 15] = [
    ("InstanceIds", "instancesSet", "instanceId"),
    ("VolumeIds", "volumeSet", "volumeId"),
    ("SnapshotIds", "snapshotSet", "snapshotId"),
    ("ImageIds", "imagesSet", "imageId"),
    ("GroupIds", "securityGroupIdSet", "groupId"),
    ("GroupNames", "securityGroupSet", "groupName"),
    ("VpcIds", "vpcSet", "vpcId"),
    ("SubnetIds", "subnetSet", "subnetId"),
    ("KeyNames", "keySet", "keyName"),
    ("RegionNames", "regionSet", "regionName"),
    ("OwnerIds", "ownersSet", "owner"),
    ("Owners", "ownersSet", "owner"),
    ("RestorableByUserIds", "sharedUsersSet", "user"),
    ("ExecutableUsers", "executableBySet", "user"),
    ("Resources", "resourcesSet", "resourceId"),
];

/// What a request for instances says of their image, which is recorded as a set.
const OF_THE_IMAGE: [&str; 4] = ["ImageId", "MinCount", "MaxCount", "KeyName"];

/// A request.
pub(super) fn request(operation: &str, parameters: &Value, sets: &[String]) -> Value {
    if operation == "RunInstances" {
        return launch(parameters);
    }
    let mut recorded = Map::new();
    for set in sets {
        recorded.insert(set.clone(), json!({}));
    }
    for (name, value) in parameters.as_object().into_iter().flatten() {
        let (name, value) = parameter(name, value);
        recorded.insert(name, value);
    }
    Value::Object(recorded)
}

/// A request for instances.
fn launch(parameters: &Value) -> Value {
    let mut image = Map::new();
    let mut recorded = Map::new();
    recorded.insert("instancesSet".to_owned(), Value::Null);
    for (name, value) in parameters.as_object().into_iter().flatten() {
        if OF_THE_IMAGE.contains(&&**name) {
            image.insert(small(name), value.clone());
            continue;
        }
        let (name, value) = match (&**name, value) {
            ("SecurityGroupIds", Value::Array(groups)) => {
                ("groupSet".to_owned(), members_of("groupId", groups))
            }
            ("SecurityGroups", Value::Array(groups)) => {
                ("groupSet".to_owned(), members_of("groupName", groups))
            }
            ("BlockDeviceMappings", value) => (
                "blockDeviceMapping".to_owned(),
                items(value, Dates::AsGiven),
            ),
            ("NetworkInterfaces", value) => (
                "networkInterfaceSet".to_owned(),
                items(value, Dates::AsGiven),
            ),
            (name, value) => parameter(name, value),
        };
        recorded.insert(name, value);
    }
    recorded.insert("instancesSet".to_owned(), json!({"items": [image]}));
    Value::Object(recorded)
}

fn members_of(name: &str, values: &[Value]) -> Value {
    let items: Vec<_> = values.iter().map(|value| json!({name: value})).collect();
    json!({"items": items})
}

fn parameter(name: &str, value: &Value) -> (String, Value) {
    let known = SETS.iter().find(|(parameter, ..)| *parameter == name);
    match (name, known, value) {
        (_, Some((_, set, member)), Value::Array(items)) => {
            ((*set).to_owned(), members_of(member, items))
        }
        ("Filters", None, Value::Array(filters)) => {
            let items: Vec<_> = filters.iter().map(filter).collect();
            ("filterSet".to_owned(), json!({"items": items}))
        }
        ("TagSpecifications", None, Value::Array(specifications)) => (
            "tagSpecificationSet".to_owned(),
            json!({"items": plain(&json!(specifications), Dates::AsGiven)}),
        ),
        ("Tags", None, Value::Array(tags)) => (
            "tagSet".to_owned(),
            json!({"items": plain(&json!(tags), Dates::AsGiven)}),
        ),
        _ => (small(name), items(value, Dates::AsGiven)),
    }
}

fn filter(filter: &Value) -> Value {
    let values = filter.get("Values").and_then(Value::as_array);
    let values: Vec<_> = values
        .into_iter()
        .flatten()
        .map(|value| json!({"value": value}))
        .collect();
    json!({"name": filter.get("Name"), "valueSet": {"items": values}})
}

/// An answer: it begins with the id of the request, and one that says nothing else
/// says that it went well.
pub(super) fn answer(response: &Value, dates: Dates, request_id: &str) -> Value {
    let mut recorded = Map::new();
    recorded.insert("requestId".to_owned(), json!(request_id));
    for (name, value) in response.as_object().into_iter().flatten() {
        let name = match name.as_str() {
            "RequestId" => continue,
            "Return" => "_return".to_owned(),
            "Tags" => "tagSet".to_owned(),
            name => small(name),
        };
        recorded.insert(name, items(value, dates));
    }
    if recorded.len() == 1 && response.is_null() {
        // What is not known of an answer is left out.
        return Value::Null;
    }
    if recorded.len() == 1 {
        recorded.insert("_return".to_owned(), json!(true));
    }
    Value::Object(recorded)
}

/// Lists as sets of items.
fn items(value: &Value, dates: Dates) -> Value {
    match value {
        Value::Array(list) if list.is_empty() => json!({}),
        Value::Array(list) => {
            let list: Vec<_> = list.iter().map(|item| items(item, dates)).collect();
            json!({"items": list})
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (small(name), items(value, dates)))
                .collect(),
        ),
        Value::String(text) => date(text, dates),
        other => other.clone(),
    }
}
