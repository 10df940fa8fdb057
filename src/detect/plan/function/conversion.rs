//! Conversions.
//!
//! Source: Splunk, "Conversion functions", "Search Reference: convert".

use super::super::number::{fixed, in_base, with_commas};
use super::super::value::{Value, number_of};
use super::text::{each, each_item};

/// The number of a text in a base, ten unless another one is given.
pub(super) fn to_number(value: &Value, base: Option<&Value>) -> Value {
    let base = match base.map(Value::as_number) {
        None => 10.0,
        Some(Some(base)) => base,
        Some(None) => return Value::Null,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is out of range is no base"
    )]
    let base = base as u32;
    each_item(value, |item| match (item, base) {
        (Value::Bool(_), _) => Value::Null,
        (Value::Integer(_), 10) => item.clone(),
        (_, 10) => item.as_number().map_or(Value::Null, Value::number),
        _ => match in_base(&item.to_text(), base) {
            None => Value::Null,
            Some(number) => i64::try_from(number).map_or_else(
                |_| {
                    #[expect(clippy::cast_precision_loss, reason = "no other number holds it")]
                    Value::number(number as f64)
                },
                Value::Integer,
            ),
        },
    })
}

/// A value as text.
pub(super) fn to_text(value: &Value, form: Option<&Value>) -> Value {
    let form = form.map(|form| form.to_text().to_ascii_lowercase());
    each_item(value, |item| {
        let number = match item {
            Value::Bool(_) => None,
            item => item.as_number(),
        };
        match (form.as_deref(), number) {
            (Some("hex"), Some(number)) => Value::text(&hexadecimal(number)),
            (Some("binary"), Some(number)) => Value::text(&binary(number)),
            (Some("commas"), Some(number)) => Value::text(&commas(number)),
            (Some("duration"), Some(number)) => Value::text(&duration(number)),
            _ => Value::text(&item.to_text()),
        }
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the fraction is not shown")]
fn hexadecimal(number: f64) -> String {
    let sign = if number <= -1.0 { "-" } else { "" };
    format!("{sign}0x{:X}", (number as i64).unsigned_abs())
}

#[expect(clippy::cast_possible_truncation, reason = "the fraction is not shown")]
fn binary(number: f64) -> String {
    format!("{:b}", number as i64)
}

fn commas(number: f64) -> String {
    let decimals = if number.fract() == 0.0 { 0 } else { 2 };
    with_commas(&fixed(number, decimals))
}

fn duration(seconds: f64) -> String {
    const DAY: i64 = 86_400;
    let sign = if seconds < 0.0 { "-" } else { "" };
    #[expect(clippy::cast_possible_truncation, reason = "longer times are no use")]
    let whole = seconds.abs() as i64;
    let micros = (seconds.abs().fract() * 1e6).round();
    let (days, rest) = (whole / DAY, whole % DAY);
    let days = if days > 0 {
        format!("{days}+")
    } else {
        String::new()
    };
    let clock = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if micros > 0.0 && micros < 1e6 {
        format!("{sign}{days}{clock}.{micros:06}")
    } else {
        format!("{sign}{days}{clock}")
    }
}

/// The numbers of a value; items that are none are left out.
pub(super) fn number_or_null(value: &Value) -> Value {
    each_item(value, |item| best_number(item).unwrap_or_default())
}

/// The numbers of a value; the value itself if one of its items is none.
pub(super) fn number_or_text(value: &Value) -> Value {
    let numbers: Option<Vec<Value>> = value.items().map(best_number).collect();
    numbers.map_or_else(|| value.clone(), Value::list)
}

fn best_number(item: &Value) -> Option<Value> {
    match item {
        Value::Integer(_) | Value::Float(_) => Some(item.clone()),
        Value::Text(text) => number_of(text)
            .or_else(|| number_of(&text.replace(',', "")))
            .map(Value::number),
        _ => None,
    }
}

/// A conversion of texts that leaves alone what it does not understand.
fn converted(value: &Value, convert: fn(&str) -> Option<f64>) -> Value {
    each_item(value, |item| {
        let number = convert(&item.to_text());
        number.map_or_else(|| item.clone(), Value::number)
    })
}

/// Seconds of a length of time: `1+02:03:04`, `02:03:04`.
pub(super) fn duration_to_seconds(value: &Value) -> Value {
    converted(value, |text| {
        let (days, clock) = text.trim().split_once('+').unwrap_or(("0", text.trim()));
        let mut parts = clock.split(':');
        let [Some(hours), Some(minutes), Some(seconds), None] =
            [parts.next(), parts.next(), parts.next(), parts.next()]
        else {
            return None;
        };
        let units = [
            (days, 86_400.0),
            (hours, 3600.0),
            (minutes, 60.0),
            (seconds, 1.0),
        ];
        units
            .iter()
            .map(|(text, unit)| Some(number_of(text)? * unit))
            .sum()
    })
}

/// Seconds of minutes and seconds: `01:02.5`, `2.5`.
pub(super) fn minutes_to_seconds(value: &Value) -> Value {
    converted(value, |text| {
        let (minutes, seconds) = text.trim().split_once(':').unwrap_or(("0", text.trim()));
        Some(number_of(minutes)? * 60.0 + number_of(seconds)?)
    })
}

/// Kilobytes of a text such as `5m`, `2g`, or `10k`; kilobytes are the default.
pub(super) fn memory_to_kilobytes(value: &Value) -> Value {
    converted(value, |text| {
        let text = text.trim();
        let (number, unit) = match text.char_indices().next_back() {
            Some((at, 'k' | 'K')) => (text.get(..at)?, 1.0),
            Some((at, 'm' | 'M')) => (text.get(..at)?, 1024.0),
            Some((at, 'g' | 'G')) => (text.get(..at)?, 1024.0 * 1024.0),
            _ => (text, 1.0),
        };
        Some(number_of(number)? * unit)
    })
}

/// A text without commas.
pub(super) fn without_commas(value: &Value) -> Value {
    each(value, |text| {
        let plain = text.replace(',', "");
        number_of(&plain).map_or_else(|| Value::text(&plain), Value::number)
    })
}

/// The number with which a text begins; the text if it begins with none.
pub(super) fn without_unit(value: &Value) -> Value {
    converted(value, |text| {
        let text = text.trim();
        let end = text
            .char_indices()
            .find(|(at, character)| {
                let is_sign = *at == 0 && matches!(character, '-' | '+');
                !(is_sign || character.is_ascii_digit() || *character == '.')
            })
            .map_or(text.len(), |(at, _)| at);
        number_of(text.get(..end)?)
    })
}
