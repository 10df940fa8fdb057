//! The calls that records tell of, as their callers made them.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use misfire::activity::{AwsCall, AwsCaller, CallError};
use serde_json::{Map, Value, json};

/// Why no call can be made of a record: its kind is not modelled.
#[derive(Debug, PartialEq, Eq)]
pub struct NotModelled(pub &'static str);

/// The call that left a record, and when it was made. What the record hides is made
/// up.
pub fn call(record: &Value) -> Result<(AwsCall, Timestamp), NotModelled> {
    if record["eventType"] != "AwsApiCall" {
        return Err(NotModelled("not a call of an API"));
    }
    let service = text(&record["eventSource"]);
    let operation = operation(text(&record["eventName"]));
    let read_only = record["readOnly"].as_bool().expect("a truth value");
    let error = record.get("errorCode").map(|code| CallError {
        code: code_of(text(code)),
        message: message_of(text(&record["errorMessage"])),
    });
    let caller = caller(record)?;
    let call = AwsCall {
        parameters: parameters(service, &operation, record),
        response: response(service, &operation, record),
        region: text(&record["awsRegion"]).to_owned(),
        source: source(record).unwrap_or(IpAddr::from([192, 0, 2, 1])),
        user_agent: text(&record["userAgent"]).to_owned(),
        endpoint: record["tlsDetails"]["clientProvidedHostHeader"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        service: service.to_owned(),
        operation,
        error,
        read_only,
        caller,
    };
    let time = text(&record["eventTime"]).parse().expect("a time");
    Ok((call, time))
}

/// The record as the sensor can write it: addresses of real records were made
/// unrecognizable, and some are none in decimal numbers now.
pub fn with_plain_address(record: &Value) -> Value {
    let mut record = record.clone();
    if let Some(address) = source(&record) {
        record["sourceIPAddress"] = address.to_string().into();
    }
    record
}

fn source(record: &Value) -> Option<IpAddr> {
    let parts: Option<Vec<u8>> = text(&record["sourceIPAddress"])
        .split('.')
        .map(|part| part.parse().ok())
        .collect();
    let parts: [u8; 4] = parts?.try_into().ok()?;
    Some(IpAddr::from(parts))
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}

/// The name of the operation in the API.
fn operation(recorded: &str) -> String {
    let name = recorded.strip_suffix("v2").unwrap_or(recorded);
    name.strip_suffix("20150331").unwrap_or(recorded).to_owned()
}

fn code_of(recorded: &str) -> String {
    match recorded.strip_prefix("Client.") {
        Some("UnauthorizedOperation") => "AccessDenied".to_owned(),
        Some(code) => code.to_owned(),
        None => recorded.to_owned(),
    }
}

fn message_of(recorded: &str) -> String {
    let inner = recorded
        .strip_prefix("You are not authorized to perform this operation. ")
        .and_then(|rest| rest.split_once(". Encoded authorization failure message: "))
        .map(|(inner, _)| inner);
    inner.unwrap_or(recorded).to_owned()
}

fn caller(record: &Value) -> Result<AwsCaller, NotModelled> {
    let identity = &record["userIdentity"];
    let member = |name: &str| text(&identity[name]).to_owned();
    let invoked = identity.get("invokedBy").is_some();
    Ok(match text(&identity["type"]) {
        "AWSService" => AwsCaller::Service {
            account: text(&record["recipientAccountId"]).to_owned(),
            name: member("invokedBy"),
        },
        _ if invoked => return Err(NotModelled("a service that calls for somebody")),
        "IAMUser" => AwsCaller::User {
            account: member("accountId"),
            id: member("principalId"),
            name: member("userName"),
            access_key: member("accessKeyId"),
        },
        "AssumedRole" => {
            let session = &identity["sessionContext"];
            let principal = member("principalId");
            let (id, name) = principal.split_once(':').expect("a session");
            AwsCaller::Role {
                account: member("accountId"),
                id: id.to_owned(),
                name: text(&session["sessionIssuer"]["userName"]).to_owned(),
                session: name.to_owned(),
                access_key: member("accessKeyId"),
                since: text(&session["attributes"]["creationDate"])
                    .parse()
                    .expect("a time"),
            }
        }
        "FederatedUser" => return Err(NotModelled("a federated user")),
        other => panic!("an identity of type {other}"),
    })
}

fn parameters(service: &str, operation: &str, record: &Value) -> Value {
    let recorded = &record["requestParameters"];
    let mut given = match service {
        "ec2.amazonaws.com" => ec2(operation, recorded),
        _ => capital(recorded),
    };
    // What a denied call was made with is not recorded, and what a call without
    // parameters has is an empty object.
    if given.is_null() {
        given = match record.get("errorCode") {
            Some(_) => json!({"Anything": "at all"}),
            None => json!({}),
        };
    }
    match operation {
        "SendCommand" => {
            remove(&mut given, &["Interactive"]);
            given["Parameters"] = json!({"commands": ["id"]});
        }
        "CreateLoginProfile" => given["Password"] = "Correct-Horse-7".into(),
        "UpdateFunctionConfiguration" => {
            given["Environment"] = json!({"Variables": {"NAME": "value"}});
        }
        "CreateTrustAnchor" | "CreateProfile" => {
            given["Tags"] = json!([{"Key": "a", "Value": "b"}]);
        }
        "PutUseCaseForModelAccess" => given["FormData"] = "e30=".into(),
        "CreateFoundationModelAgreement" => given["OfferToken"] = "secret".into(),
        "InvokeModel" => given["Body"] = "{}".into(),
        _ => {}
    }
    given
}

fn response(service: &str, operation: &str, record: &Value) -> Value {
    let recorded = &record["responseElements"];
    if recorded.is_null() && record["readOnly"] == true {
        // Reading answers something, and it is not recorded.
        return json!({"Anything": ["at all"]});
    }
    let mut given = match service {
        "ec2.amazonaws.com" => ec2(operation, recorded),
        _ => capital(recorded),
    };
    match operation {
        "SendCommand" if !given.is_null() => {
            let command = &mut given["Command"];
            remove(
                command,
                &[
                    "ClientName",
                    "ClientSourceId",
                    "HasCancelCommandSignature",
                    "HasSendCommandSignature",
                    "Interactive",
                ],
            );
            command["Parameters"] = json!({"commands": ["id"]});
        }
        "StartSession" if given.get("TokenValue").is_some() => {
            given["TokenValue"] = "secret".into();
        }
        "AssumeRole" | "GetFederationToken" if !given.is_null() => {
            given["Credentials"]["SecretAccessKey"] = "secret".into();
        }
        "CreateAccessKey" => given["AccessKey"]["SecretAccessKey"] = "secret".into(),
        "UpdateFunctionConfiguration" => {
            given["Environment"] = json!({"Variables": {"NAME": "value"}});
        }
        "ModifyDBSnapshotAttribute" => given = json!({"DBSnapshotAttributesResult": given}),
        _ => {}
    }
    given
}

fn remove(value: &mut Value, names: &[&str]) {
    if let Value::Object(members) = value {
        for name in names {
            members.shift_remove(*name);
        }
    }
}

/// Members with a capital first letter, and times as the API gives them.
fn capital(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (capital_name(name), capital(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(capital).collect(),
        Value::String(text) => time(text).map_or_else(|| value.clone(), Value::from),
        other => other.clone(),
    }
}

fn capital_name(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn time(text: &str) -> Option<String> {
    let forms = ["%b %d, %Y, %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p"];
    let time = forms
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())?;
    let time = TimeZone::UTC.to_timestamp(time).expect("a time");
    Some(time.to_string())
}

/// The parameters or answers of Amazon EC2, whose records have sets instead of lists.
fn ec2(operation: &str, recorded: &Value) -> Value {
    let Value::Object(members) = recorded else {
        return recorded.clone();
    };
    let mut given = Map::new();
    for (name, value) in members {
        let items = value.get("items").and_then(Value::as_array);
        let list = |member: &str| -> Value {
            let items = items.into_iter().flatten();
            items.map(|item| item[member].clone()).collect()
        };
        match (operation, name.as_str()) {
            // What the service says of itself.
            (_, "_return" | "attributeType") => {}
            ("RunInstances", "blockDeviceMapping" | "monitoring") => {}
            ("RunInstances", "disableApiStop" | "disableApiTermination") => {}
            ("RunInstances", "instancesSet") => {
                let first = items.and_then(|items| items.first()).expect("an image");
                for (name, value) in first.as_object().expect("an object") {
                    given.insert(capital_name(name), value.clone());
                }
            }
            (_, "filterSet" | "instancesSet" | "keySet") if items.is_none() => {}
            (_, "instancesSet") => {
                given.insert("InstanceIds".to_owned(), list("instanceId"));
            }
            (_, "keySet") => {
                given.insert("KeyNames".to_owned(), list("keyName"));
            }
            (_, "GetSerialConsoleAccessStatusRequest") => {}
            (_, "DescribeInstanceConnectEndpointsRequest") => {
                let filter = &value["Filter"];
                let filter = json!([{
                    "Name": filter["Name"], "Values": [filter["Value"]["content"]],
                }]);
                given.insert("Filters".to_owned(), filter);
            }
            _ => {
                given.insert(capital_name(name), lists(value));
            }
        }
    }
    Value::Object(given)
}

fn lists(value: &Value) -> Value {
    match value {
        Value::Object(members) => match members.get("items") {
            Some(Value::Array(items)) => items.iter().map(lists).collect(),
            _ => members
                .iter()
                .map(|(name, value)| (capital_name(name), lists(value)))
                .collect::<Map<_, _>>()
                .into(),
        },
        other => other.clone(),
    }
}
