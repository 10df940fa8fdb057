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
    let request = if is_refused && !service.keeps_refused_request() {
        Value::Null
    } else {
        match service.form {
            Form::Plain => plain(&call.parameters, Dates::AsGiven),
            Form::Ec2 => ec2::request(&call.parameters, &operation.sets),
        }
    };
    let answer = if is_refused || (call.read_only && !operation.is_answer_recorded) {
        Value::Null
    } else {
        match service.form {
            Form::Plain => plain(&call.response, service.dates),
            Form::Ec2 => ec2::answer(&call.response, service.dates, request_id),
        }
    };
    let mut elements = json!({"requestParameters": null, "responseElements": null});
    if let Value::Object(elements) = &mut elements {
        elements.insert("requestParameters".to_owned(), null_if_empty(request));
        elements.insert("responseElements".to_owned(), null_if_empty(answer));
    }
    for (path, instead) in &operation.hidden {
        if let Some(value) = at(&mut elements, path) {
            *value = json!(instead);
        }
    }
    for path in &operation.removed {
        remove(&mut elements, path);
    }
    (
        elements["requestParameters"].take(),
        elements["responseElements"].take(),
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

/// Members with a small first letter.
pub(super) fn plain(value: &Value, dates: Dates) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (small(name), plain(value, dates)))
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

fn at<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get_mut(name))
}

fn remove(value: &mut Value, path: &str) {
    let Some((parent, name)) = path.rsplit_once('.') else {
        return;
    };
    if let Some(Value::Object(members)) = at(value, parent) {
        members.shift_remove(name);
    }
}
