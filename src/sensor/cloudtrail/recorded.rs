//! Requests and answers as they are recorded.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::ec2;
use super::identity;
use super::services::{Dates, Form, Operation, Service};
use crate::activity::AwsCall;

/// The id of the request, if the answer names it.
pub(super) fn request_id(answer: &Value) -> Option<String> {
    let id = answer
        .get("RequestId")
        .or_else(|| answer.get("requestId"))?;
    id.as_str().map(str::to_owned)
}

/// `requestParameters` and `responseElements`.
pub(super) fn elements(
    call: &AwsCall,
    service: &Service,
    operation: &Operation,
    request_id: &str,
) -> (Value, Value) {
    let is_refused = call.error.is_some();
    let request = if service.keeps_request(call.error.as_ref()) {
        match service.form {
            Form::Plain => plain(&call.parameters, Dates::AsGiven),
            Form::Ec2 => ec2::request(&call.operation, &call.parameters, &operation.sets),
        }
    } else {
        Value::Null
    };
    let answer = if is_refused || (call.read_only && !operation.is_answer_recorded) {
        Value::Null
    } else {
        match service.form {
            Form::Plain if service.is_answer_bare => plain(bare(&call.response), service.dates),
            Form::Plain => plain(&call.response, service.dates),
            Form::Ec2 => ec2::answer(&call.response, service.dates, request_id),
        }
    };
    let mut elements = json!({"requestParameters": null, "responseElements": null});
    if let Value::Object(elements) = &mut elements {
        elements.insert("requestParameters".to_owned(), request);
        elements.insert("responseElements".to_owned(), answer);
    }
    for (path, value) in &operation.added {
        add(&mut elements, path, value);
    }
    for (path, instead) in &operation.hidden {
        for value in all_at(&mut elements, path) {
            *value = json!(instead);
        }
    }
    for path in &operation.removed {
        remove(&mut elements, path);
    }
    (
        null_if_empty(elements["requestParameters"].take()),
        null_if_empty(elements["responseElements"].take()),
    )
}

/// The resources that the record names, if it names any.
pub(super) fn resources(call: &AwsCall, operation: &Operation) -> Option<Value> {
    if call.error.is_some() {
        return None;
    }
    let resource = operation.resource.as_ref()?;
    let parameters = plain(&call.parameters, Dates::AsGiven);
    let arn = parameters.get(&resource.parameter)?.as_str()?;
    let account = arn
        .split(':')
        .nth(4)
        .filter(|account| !account.is_empty())
        .unwrap_or_else(|| identity::account(&call.caller));
    Some(json!([{"accountId": account, "type": resource.kind, "ARN": arn}]))
}

fn null_if_empty(value: Value) -> Value {
    match value {
        Value::Object(members) if members.is_empty() => Value::Null,
        value => value,
    }
}

/// Members that are maps, whose keys are the caller's own.
const MAPS: [&str; 6] = [
    "AdditionalConfigs",
    "Labels",
    "Metadata",
    "Parameters",
    "Tags",
    "Variables",
];

/// Members with a small first letter.
pub(super) fn plain(value: &Value, dates: Dates) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| match value {
                    Value::Object(_) if MAPS.contains(&&**name) => (small(name), value.clone()),
                    value => (small(name), plain(value, dates)),
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.iter().map(|item| plain(item, dates)).collect(),
        Value::String(text) => date(text, dates),
        other => other.clone(),
    }
}

/// A name with a small first letter, as `sSHPublicKey`.
pub(super) fn small(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// A text, in the service's own form if it is a time.
pub(super) fn date(text: &str, dates: Dates) -> Value {
    let is_like_time = text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T');
    let time = Some(text)
        .filter(|_| is_like_time && dates != Dates::AsGiven)
        .and_then(|text| text.parse::<Timestamp>().ok());
    match (time, dates) {
        (Some(time), Dates::Long) => {
            json!(time.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string())
        }
        (Some(time), Dates::LongWithoutComma) => {
            json!(time.strftime("%b %-d, %Y %-I:%M:%S %p").to_string())
        }
        (Some(time), Dates::Milliseconds) => json!(time.as_millisecond()),
        _ => json!(text),
    }
}

/// What an answer holds that is one object.
fn bare(answer: &Value) -> &Value {
    let members = answer.as_object().filter(|members| members.len() == 1);
    let only = members.and_then(|members| members.values().next());
    only.filter(|only| only.is_object()).unwrap_or(answer)
}

/// All that stands at a path; a name that ends in `[]` is that of a list.
fn all_at<'v>(value: &'v mut Value, path: &str) -> Vec<&'v mut Value> {
    let mut found = vec![value];
    for name in path.split('.') {
        let named = found.into_iter();
        found = match name.strip_suffix("[]") {
            None => named.filter_map(|value| value.get_mut(name)).collect(),
            Some(list) => named
                .filter_map(|value| value.get_mut(list)?.as_array_mut())
                .flatten()
                .collect(),
        };
    }
    found
}

fn parents<'v>(value: &'v mut Value, path: &'v str) -> (Vec<&'v mut Value>, &'v str) {
    match path.rsplit_once('.') {
        Some((parent, name)) => (all_at(value, parent), name),
        None => (Vec::new(), path),
    }
}

fn remove(value: &mut Value, path: &str) {
    let (parents, name) = parents(value, path);
    for members in parents.into_iter().filter_map(Value::as_object_mut) {
        members.shift_remove(name);
    }
}

fn add(value: &mut Value, path: &str, added: &Value) {
    let (parents, name) = parents(value, path);
    for members in parents.into_iter().filter_map(Value::as_object_mut) {
        members.entry(name).or_insert_with(|| added.clone());
    }
}
