//! JSON.
//!
//! Source: Splunk, "JSON functions".

use serde_json::{Map, Value as Json};

use super::super::value::Value;
use super::document::{Step, at_steps, steps_of};

/// A text as JSON; `None` if it is none.
fn parsed(value: &Value) -> Option<Json> {
    match value {
        Value::Text(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// Whether a text is JSON; null of nothing.
pub(super) fn is_valid(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Integer(_) | Value::Float(_) => Value::Bool(true),
        value => Value::Bool(parsed(value).is_some()),
    }
}

/// A JSON array of values.
pub(super) fn array(values: &[Value]) -> Value {
    Value::text(&Json::Array(values.iter().map(json_of).collect()).to_string())
}

/// A JSON object of pairs of a key and a value; null if a key has no value.
pub(super) fn object(values: &[Value]) -> Value {
    let mut object = Map::new();
    for pair in values.chunks(2) {
        let [key, value] = pair else {
            return Value::Null;
        };
        if !key.is_null() {
            object.insert(key.to_text().into_owned(), json_of(value));
        }
    }
    Value::text(&Json::Object(object).to_string())
}

/// A value as JSON. Text that is an object or an array is taken for one.
fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Text(text) => {
            let is_document = text.trim_start().starts_with(['{', '[']);
            let document = if is_document { parsed(value) } else { None };
            document.unwrap_or_else(|| Json::from(&**text))
        }
        Value::List(items) => Json::Array(items.iter().map(json_of).collect()),
    }
}

/// What is at the paths of a JSON text: all of it without any, an array of what is at
/// each if there are several.
pub(super) fn extract(value: &Value, paths: &[Value]) -> Value {
    let Some(document) = parsed(value) else {
        return Value::Null;
    };
    match paths {
        [] => native(&document),
        [path] => native(&at(&document, path)),
        paths => {
            let found = paths.iter().map(|path| at(&document, path));
            Value::text(&Json::Array(found.collect()).to_string())
        }
    }
}

/// What is at a path: an array if the path goes through every item of one.
fn at(document: &Json, path: &Value) -> Json {
    let steps = steps_of(&path.to_text());
    let mut found = at_steps(document, &steps);
    if steps.iter().any(|step| matches!(step, Step::EachItem)) {
        return Json::Array(found.into_iter().cloned().collect());
    }
    found.pop().cloned().unwrap_or_default()
}

/// How many items a JSON array has; null if it is none.
pub(super) fn array_size(value: &Value) -> Value {
    match parsed(value) {
        Some(Json::Array(items)) => i64::try_from(items.len()).map_or(Value::Null, Value::Integer),
        _ => Value::Null,
    }
}

/// Whether a JSON array has an item of that text.
pub(super) fn array_has(value: &Value, item: &Value) -> Value {
    let wanted = item.to_text();
    let is_wanted = |item: &Json| match item {
        Json::String(text) => *text == *wanted,
        other => {
            let text = other.to_string();
            text == *wanted
        }
    };
    match parsed(value) {
        Some(Json::Array(items)) => Value::Bool(items.iter().any(is_wanted)),
        _ => Value::Bool(false),
    }
}

/// JSON as a value; arrays and objects as their text.
fn native(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => number.as_f64().map_or(Value::Null, Value::number),
        },
        Json::String(text) => Value::text(text),
        Json::Array(_) | Json::Object(_) => Value::text(&json.to_string()),
    }
}
