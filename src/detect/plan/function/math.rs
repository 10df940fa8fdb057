//! Numbers.
//!
//! Source: Splunk, "Mathematical functions", "Statistical eval functions".

use std::cmp::Ordering;

use super::super::number;
use super::super::value::Value;
use super::text::each_item;

/// A function of one number.
pub(super) fn of_one(value: &Value, function: fn(f64) -> f64) -> Value {
    each_item(value, |item| match (item, item.as_number()) {
        // A float cannot hold every whole number.
        (Value::Integer(number), Some(float)) if function(float) == float => {
            Value::Integer(*number)
        }
        (_, number) => number.map_or(Value::Null, |number| Value::number(function(number))),
    })
}

/// A function of two numbers.
pub(super) fn of_two(left: &Value, right: &Value, function: fn(f64, f64) -> f64) -> Value {
    match (left.as_number(), right.as_number()) {
        (Some(left), Some(right)) => Value::number(function(left, right)),
        _ => Value::Null,
    }
}

/// A logarithm, to ten unless another base is given.
pub(super) fn logarithm(value: &Value, base: Option<&Value>) -> Value {
    match base {
        None => of_one(value, f64::log10),
        Some(base) => of_two(value, base, |number, base| match base {
            2.0 => number.log2(),
            10.0 => number.log10(),
            _ => number.log(base),
        }),
    }
}

/// A number rounded to some decimals.
pub(super) fn round(value: &Value, decimals: Option<&Value>) -> Value {
    /// No float has more.
    const MOST: f64 = 400.0;
    let decimals = match decimals {
        None => 0.0,
        Some(decimals) => match decimals.as_number() {
            Some(decimals) => decimals.clamp(0.0, MOST),
            None => return Value::Null,
        },
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is in the range"
    )]
    let decimals = decimals as usize;
    each_item(value, |item| match item {
        Value::Integer(_) => item.clone(),
        item => item.as_number().map_or(Value::Null, |number| {
            Value::number(number::rounded(number, decimals))
        }),
    })
}

/// The largest of all values.
pub(super) fn greatest(values: &[Value]) -> Value {
    let items = values.iter().flat_map(Value::items);
    items
        .max_by(|left, right| order(left, right))
        .cloned()
        .unwrap_or_default()
}

/// The smallest of all values.
pub(super) fn least(values: &[Value]) -> Value {
    let items = values.iter().flat_map(Value::items);
    items
        .min_by(|left, right| order(left, right))
        .cloned()
        .unwrap_or_default()
}

/// Numbers by their size, then texts.
fn order(left: &Value, right: &Value) -> Ordering {
    match (left.as_number(), right.as_number()) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.to_text().cmp(&right.to_text()),
    }
}
