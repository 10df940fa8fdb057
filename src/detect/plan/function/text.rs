//! Texts.
//!
//! Source: Splunk, "Text functions", "Multivalue eval functions".

use super::super::compare::Case;
use super::super::pattern::Glob;
use super::super::value::Value;

/// What a function makes of every item; null of nothing.
pub(super) fn each_item(value: &Value, function: impl Fn(&Value) -> Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::List(items) => Value::list(items.iter().map(function).collect()),
        scalar => function(scalar),
    }
}

/// What a function makes of the text of every item; null of nothing.
pub(super) fn each(value: &Value, function: impl Fn(&str) -> Value) -> Value {
    each_item(value, |item| function(&item.to_text()))
}

/// How many characters a text has; null of a list.
pub(super) fn length(value: &Value) -> Value {
    match value {
        Value::Null | Value::List(_) => Value::Null,
        scalar => {
            let count = scalar.to_text().chars().count();
            i64::try_from(count).map_or(Value::Null, Value::Integer)
        }
    }
}

/// Which ends of a text are trimmed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Both,
    Start,
    End,
}

/// A text without some characters at its ends; without blanks and tabs if none are given.
pub(super) fn trim(value: &Value, characters: Option<&Value>, side: Side) -> Value {
    let set: Vec<char> = match characters {
        None => vec![' ', '\t'],
        Some(Value::Null) => return Value::Null,
        Some(characters) => characters.to_text().chars().collect(),
    };
    each(value, |text| {
        let set = set.as_slice();
        Value::text(match side {
            Side::Both => text.trim_matches(set),
            Side::Start => text.trim_start_matches(set),
            Side::End => text.trim_end_matches(set),
        })
    })
}

/// A part of a text. The first character is 1, the last one -1; a negative length takes
/// what stands before.
pub(super) fn substring(value: &Value, start: &Value, length: Option<&Value>) -> Value {
    /// Longer than any text.
    const FAR: i64 = 1 << 40;
    let whole = |value: &Value| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the limits are those of a float"
        )]
        value
            .as_number()
            .map(|number| (number as i64).clamp(-FAR, FAR))
    };
    let Some(start) = whole(start) else {
        return Value::Null;
    };
    let length = match length {
        None => Some(FAR),
        Some(length) => whole(length),
    };
    let Some(length) = length else {
        return Value::Null;
    };
    each(value, |text| {
        let count = i64::try_from(text.chars().count()).unwrap_or(FAR);
        // Where the text of that length begins, counted from zero; it may reach out of
        // the text at either end. There is no character 0.
        let first = if start < 0 { start + count } else { start - 1 };
        let (from, to) = if length < 0 {
            (first + length, first)
        } else {
            (first, first + length)
        };
        let [from, to] = [from, to].map(|place| usize::try_from(place).unwrap_or(0));
        let part: String = text.chars().take(to).skip(from).collect();
        Value::text(&part)
    })
}

/// What becomes of empty parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    Kept,
    LeftOut,
}

/// A text taken apart at each delimiter; into its characters if that is empty.
pub(super) fn split(value: &Value, delimiter: &Value, empty: Empty) -> Value {
    if delimiter.is_null() {
        return Value::Null;
    }
    let delimiter = delimiter.to_text();
    let mut parts = Vec::new();
    for item in value.items() {
        let text = item.to_text();
        if delimiter.is_empty() {
            let mut buffer = [0; 4];
            parts.extend(
                text.chars()
                    .map(|letter| Value::text(letter.encode_utf8(&mut buffer))),
            );
        } else {
            let all = text.split(&*delimiter);
            let kept = all.filter(|part| empty == Empty::Kept || !part.is_empty());
            parts.extend(kept.map(Value::text));
        }
    }
    Value::list(parts)
}

/// A text with its `%` sequences decoded; a plus stays what it is.
pub(super) fn decode_url(text: &str) -> String {
    let digit = |byte: Option<&u8>| {
        let value = char::from(*byte?).to_digit(16)?;
        u8::try_from(value).ok()
    };
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        index += 1;
        let pair = (digit(bytes.get(index)), digit(bytes.get(index + 1)));
        if let (b'%', (Some(high), Some(low))) = (byte, pair) {
            out.push(high << 4 | low);
            index += 2;
        } else {
            out.push(byte);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A text taken apart at each delimiter that is neither in quotes nor behind an escape
/// character; quotes and escape characters are taken off.
pub(super) fn split_quoted(value: &Value, marks: &[Value]) -> Value {
    let mark = |place: usize| {
        marks
            .get(place)
            .and_then(|mark| mark.to_text().chars().next())
    };
    let (delimiter, quote, escape) = (mark(0), mark(1), mark(2));
    if value.is_null() || delimiter.is_none() {
        return Value::Null;
    }
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut is_quoted = false;
    let text = value.to_text();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match Some(letter) {
            known if known == escape => part.extend(letters.next()),
            known if known == quote => is_quoted = !is_quoted,
            known if known == delimiter && !is_quoted => {
                parts.push(Value::text(&std::mem::take(&mut part)));
            }
            _ => part.push(letter),
        }
    }
    parts.push(Value::text(&part));
    Value::list(parts)
}

/// Whether a text is part of another one; of an empty one only if it is empty itself.
pub(super) fn has_part(value: &Value, part: &Value) -> Value {
    if value.is_null() || part.is_null() {
        return Value::Null;
    }
    let (text, part) = (value.to_text(), part.to_text());
    Value::Bool(match part.is_empty() {
        true => text.is_empty(),
        false => text.contains(&*part),
    })
}

/// Whether a text is as a pattern as a whole, in which `*` is any run.
pub(super) fn is_starred(value: &Value, pattern: &Value) -> Value {
    if value.is_null() || pattern.is_null() {
        return Value::Null;
    }
    let pattern = Glob::star(&pattern.to_text(), Case::Sensitive);
    Value::Bool(pattern.matches(&value.to_text()))
}
