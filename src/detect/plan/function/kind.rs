//! What a value is.
//!
//! Source: Splunk, "Informational functions", "Comparison and Conditional functions".

use super::super::compare::{Case, Coercion, CompareOp, compare};
use super::super::value::Value;

/// Whether a value is a whole number.
pub(super) fn is_integer(value: &Value) -> bool {
    match value {
        Value::Text(text) => {
            let digits = text.trim();
            let digits = digits.strip_prefix(['-', '+']).unwrap_or(digits);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        value => value
            .as_number()
            .is_some_and(|number| number.fract() == 0.0),
    }
}

/// Whether a value is text that is no number.
pub(super) fn is_text(value: &Value) -> bool {
    matches!(value, Value::Text(_)) && value.as_number().is_none()
}

/// What a value is, in a word.
pub(super) fn type_of(value: &Value) -> Value {
    Value::text(match value {
        Value::Null => "Invalid",
        Value::Bool(_) => "Boolean",
        Value::List(_) => "Multivalue",
        scalar if scalar.as_number().is_some() => "Number",
        _ => "String",
    })
}

fn is_same(left: &Value, right: &Value) -> bool {
    let number_first = Coercion::NumberFirst;
    compare(left, CompareOp::Equal, right, number_first, Case::Sensitive) == Some(true)
}

/// Null if both values are the same, else the first.
pub(super) fn null_if(value: &Value, other: &Value) -> Value {
    if is_same(value, other) {
        Value::Null
    } else {
        value.clone()
    }
}

/// Whether any item of a value is one of others; null of nothing.
pub(super) fn is_one_of(value: &Value, others: &[Value]) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let mut others = others.iter().flat_map(Value::items);
    Value::Bool(others.any(|other| value.items().any(|item| is_same(item, other))))
}

/// A truth value as products with lower-case words write it; any other value as it is.
pub(super) fn truth_to_text(value: &Value) -> Value {
    match value {
        Value::Bool(true) => Value::text("true"),
        Value::Bool(false) => Value::text("false"),
        other => other.clone(),
    }
}
