//! Numbers and values as people read them.

use crate::event::OwnedValue;

/// A count with separators and its noun: `1 record`, `8,255 records`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// A count of a collection.
pub(super) fn count_of(number: usize, noun: &str) -> String {
    count(number as u64, noun)
}

/// A number with a comma between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A value on one line, without control characters, at most `width` characters
/// long.
pub(super) fn value(value: &OwnedValue, width: usize) -> String {
    let text = match value {
        OwnedValue::Text(text) | OwnedValue::Node(text) => text.to_string(),
        OwnedValue::Integer(number) => number.to_string(),
        OwnedValue::Float(number) => number.to_string(),
        OwnedValue::Bool(truth) => truth.to_string(),
        OwnedValue::Null => "(empty)".to_owned(),
        OwnedValue::List(items) => {
            let items: Vec<_> = items.iter().map(|item| self::value(item, width)).collect();
            format!("[{}]", items.join(", "))
        }
    };
    one_line(&text, width)
}

/// Text on one line, without control characters, at most `width` characters
/// long. What a log holds must not steer a terminal.
pub(super) fn one_line(text: &str, width: usize) -> String {
    let mut line = String::new();
    for (taken, character) in text.chars().enumerate() {
        if taken >= width {
            line.push_str("...");
            break;
        }
        match character {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            other if other.is_control() || is_unseen(other) => line.extend(other.escape_unicode()),
            other => line.push(other),
        }
    }
    line
}

/// Whether nobody sees a character, or it turns the direction of writing.
fn is_unseen(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A value as JSON.
pub(super) fn json(value: &OwnedValue) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        OwnedValue::Text(text) => Json::from(&**text),
        OwnedValue::Integer(number) => Json::from(*number),
        OwnedValue::Float(number) => Json::from(*number),
        OwnedValue::Bool(truth) => Json::from(*truth),
        OwnedValue::Null => Json::Null,
        OwnedValue::List(items) => items.iter().map(json).collect(),
        OwnedValue::Node(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| Json::from(&**text))
        }
    }
}
