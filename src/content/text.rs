//! Small values as content files write them.

use std::fmt;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

/// One value, or a list of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a value is neither what belongs here nor a list of it"
)]
pub(super) enum OneOrMany<T> {
    /// One.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The values.
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// Text, which may be written as a whole number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a value is neither text nor a whole number that fits"
)]
pub(super) enum Text {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// Reads `60s`, `500ms`, `5m`, or `1h`.
pub(super) fn parse_duration(text: &str) -> Option<SignedDuration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: i64 = text[..digits].parse().ok()?;
    if number > 9_999_999 {
        return None;
    }
    match &text[digits..] {
        "ms" => Some(SignedDuration::from_millis(number)),
        "s" => Some(SignedDuration::from_secs(number)),
        "m" => Some(SignedDuration::from_mins(number)),
        "h" => Some(SignedDuration::from_hours(number)),
        _ => None,
    }
}

/// Whether a text is a name as signals and conditions have it.
pub(super) fn is_name(text: &str) -> bool {
    super::expectation::SignalId::parse(text).is_some()
}
