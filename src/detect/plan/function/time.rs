//! Times.
//!
//! Source: Splunk, "Date and Time functions".

use super::super::time;
use super::super::value::Value;
use super::CallContext;
use super::text::{each, each_item};

/// A time as text.
pub(super) fn format(value: &Value, format: &Value, context: &CallContext) -> Value {
    if format.is_null() {
        return Value::Null;
    }
    let format = format.to_text();
    each_item(value, |item| {
        let text = item
            .as_number()
            .and_then(|seconds| time::format(seconds, &format, &context.zone));
        text.map_or(Value::Null, |text| Value::text(&text))
    })
}

/// The time that a text is.
pub(super) fn parse(value: &Value, format: &Value, context: &CallContext) -> Value {
    if format.is_null() {
        return Value::Null;
    }
    let format = format.to_text();
    each(value, |text| {
        time::parse(text, &format, &context.zone, context.now).map_or(Value::Null, Value::number)
    })
}

/// A time moved and snapped.
pub(super) fn relative(value: &Value, modifier: &Value, context: &CallContext) -> Value {
    let modifier = modifier.to_text();
    each_item(value, |item| {
        let moved = item
            .as_number()
            .and_then(|seconds| time::relative(seconds, &modifier, &context.zone));
        moved.map_or(Value::Null, Value::number)
    })
}
