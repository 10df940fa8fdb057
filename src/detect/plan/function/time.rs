//! Times.
//!
//! Source: Splunk, "Date and Time functions".

use jiff::tz::TimeZone;

use super::super::time;
use super::super::value::Value;
use super::CallContext;
use super::text::{each, each_item};

/// A time as text.
pub(super) fn format(
    value: &Value,
    format: &Value,
    zone: Option<&Value>,
    context: &CallContext,
) -> Value {
    let Some(zone) = zone_of(zone, context).filter(|_| !format.is_null()) else {
        return Value::Null;
    };
    let format = format.to_text();
    each_item(value, |item| {
        let text = item
            .as_number()
            .and_then(|seconds| time::format(seconds, &format, &zone));
        text.map_or(Value::Null, |text| Value::text(&text))
    })
}

/// The time that a text is.
pub(super) fn parse(
    value: &Value,
    format: &Value,
    zone: Option<&Value>,
    context: &CallContext,
) -> Value {
    let today = if zone.is_some() { 0.0 } else { context.now };
    let Some(zone) = zone_of(zone, context).filter(|_| !format.is_null()) else {
        return Value::Null;
    };
    let format = format.to_text();
    each(value, |text| {
        time::parse(text, &format, &zone, today).map_or(Value::Null, Value::number)
    })
}

/// The zone of that name, or the one of the context; none if there is none of that name.
fn zone_of(name: Option<&Value>, context: &CallContext) -> Option<TimeZone> {
    match name {
        None => Some(context.zone.clone()),
        Some(name) => time::zone_named(&name.to_text()),
    }
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
