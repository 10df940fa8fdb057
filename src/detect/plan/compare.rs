//! Comparing values.

use std::cmp::Ordering;

use super::value::Value;

/// Whether the case of letters counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// It does.
    Sensitive,
    /// It does not.
    Insensitive,
}

/// When text is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coercion {
    /// Where both sides look like numbers, they are.
    NumberFirst,
    /// Never: numbers are compared as text.
    Text,
    /// Never: a number is no text.
    Typed,
    /// Where the other side is a number; likewise for truth values. What is then none is
    /// null.
    ByType,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// The same.
    Equal,
    /// Not the same.
    NotEqual,
    /// Less.
    Less,
    /// Less, or the same.
    LessOrEqual,
    /// More.
    Greater,
    /// More, or the same.
    GreaterOrEqual,
}

impl CompareOp {
    /// Whether two values of that order compare so.
    #[must_use]
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Compares two scalars; `None` where one of them is null.
#[must_use]
pub fn compare(
    left: &Value,
    operator: CompareOp,
    right: &Value,
    coercion: Coercion,
    case: Case,
) -> Option<bool> {
    if left.is_null() || right.is_null() {
        return None;
    }
    let is_number = |value: &Value| matches!(value, Value::Integer(_) | Value::Float(_));
    let numbers = match coercion {
        Coercion::NumberFirst => both_numbers(left, right),
        Coercion::Typed if is_number(left) && is_number(right) => both_numbers(left, right),
        Coercion::Typed if is_number(left) != is_number(right) => {
            return Some(operator == CompareOp::NotEqual);
        }
        Coercion::ByType if is_number(left) || is_number(right) => Some(both_numbers(left, right)?),
        Coercion::Typed | Coercion::Text | Coercion::ByType => None,
    };
    let order = match (left, right, numbers) {
        (Value::Integer(left), Value::Integer(right), _) => left.cmp(right),
        (_, _, Some((left, right))) => number_order(left, right),
        (Value::Bool(left), Value::Bool(right), _) => left.cmp(right),
        (Value::Bool(_), _, _) | (_, Value::Bool(_), _) if coercion == Coercion::ByType => {
            truth(left)?.cmp(&truth(right)?)
        }
        _ => {
            let (left, right) = (left.to_text(), right.to_text());
            match case {
                Case::Sensitive => left.cmp(&right),
                Case::Insensitive if left.eq_ignore_ascii_case(&right) => Ordering::Equal,
                Case::Insensitive => left.to_lowercase().cmp(&right.to_lowercase()),
            }
        }
    };
    Some(operator.holds(order))
}

/// The truth value that a value is, or that its text says.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn both_numbers(left: &Value, right: &Value) -> Option<(f64, f64)> {
    Some((left.as_number()?, right.as_number()?))
}

/// The order of two numbers; the two zeros are the same.
fn number_order(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right)
        .unwrap_or_else(|| left.total_cmp(&right))
}

/// What the values of an order are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// Numbers where both look like numbers, addresses where both do, else text.
    Auto,
    /// Text.
    Text,
    /// Numbers; what is none comes last.
    Number,
    /// Internet addresses; what is none comes last.
    Address,
    /// Numbers where both are numbers, else text: a text that looks like a number is none.
    Typed,
}

/// The order of two values.
#[must_use]
pub fn order(left: &Value, right: &Value, by: SortBy) -> Ordering {
    let text = || left.to_text().cmp(&right.to_text());
    let address = |value: &Value| value.to_text().trim().parse::<std::net::IpAddr>().ok();
    let is_number = |value: &Value| matches!(value, Value::Integer(_) | Value::Float(_));
    match by {
        SortBy::Typed if is_number(left) && is_number(right) => order(left, right, SortBy::Number),
        SortBy::Text | SortBy::Typed => text(),
        SortBy::Number => match (left.as_number(), right.as_number()) {
            (Some(left), Some(right)) => number_order(left, right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => text(),
        },
        SortBy::Address => match (address(left), address(right)) {
            (Some(left), Some(right)) => left.cmp(&right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => text(),
        },
        SortBy::Auto => match (left.as_number(), right.as_number()) {
            (Some(left), Some(right)) => number_order(left, right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => match (address(left), address(right)) {
                (Some(left), Some(right)) => left.cmp(&right),
                _ => text(),
            },
        },
    }
}
