//! What a rule asks of a value instead of the value itself: whether it is
//! there, or which hour a time falls in.
//!
//! The engine sees such a thing as a field of its own, whose name is the
//! field's name and a mark.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rsigma_parser::Modifier;

use crate::event::{Value, parse_time};

/// What stands between a field's name and what is made of it; no field name
/// holds it.
const MARK: char = '\u{1f}';

/// A value that is made of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Derive {
    /// Whether the field is there, whatever it holds.
    Exists,
    /// A part of the time that it holds.
    Part(Part),
}

/// A part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

const ALL: [(Derive, Modifier, &str); 7] = [
    (Derive::Exists, Modifier::Exists, "exists"),
    (Derive::Part(Part::Minute), Modifier::Minute, "minute"),
    (Derive::Part(Part::Hour), Modifier::Hour, "hour"),
    (Derive::Part(Part::Day), Modifier::Day, "day"),
    (Derive::Part(Part::Week), Modifier::Week, "week"),
    (Derive::Part(Part::Month), Modifier::Month, "month"),
    (Derive::Part(Part::Year), Modifier::Year, "year"),
];

impl Derive {
    /// What the modifiers of an item ask for, if they are for nothing else.
    pub(super) fn of(modifiers: &[Modifier]) -> Option<Self> {
        let [modifier] = modifiers else {
            return None;
        };
        ALL.iter()
            .find(|(_, known, _)| known == modifier)
            .map(|(derive, ..)| *derive)
    }

    /// What is made of a field that holds `value`.
    pub(super) fn apply(self, value: Option<Value<'_>>) -> Option<Value<'static>> {
        match self {
            Self::Exists => Some(Value::Bool(value.is_some())),
            Self::Part(part) => part.of(time(value?)?).map(Value::Integer),
        }
    }
}

/// The name under which the engine asks for what is made of a field.
pub(super) fn name(field: &str, derive: Derive) -> String {
    let known = ALL.iter().find(|(known, ..)| *known == derive);
    format!("{field}{MARK}{}", known.map_or("", |(.., name)| name))
}

/// The field and what is made of it.
pub(super) fn split(name: &str) -> (&str, Option<Derive>) {
    let Some((field, wanted)) = name.rsplit_once(MARK) else {
        return (name, None);
    };
    match ALL.iter().find(|(.., name)| *name == wanted) {
        Some((derive, ..)) => (field, Some(*derive)),
        // The mark of something else, such as a path in XML.
        None => (name, None),
    }
}

/// The time that a value stands for: text, or seconds or milliseconds since
/// 1970.
fn time(value: Value<'_>) -> Option<Timestamp> {
    const MILLISECONDS_FROM: i64 = 100_000_000_000;
    match value {
        Value::Text(text) => parse_time(text),
        Value::Integer(number) if number.abs() >= MILLISECONDS_FROM => {
            Timestamp::from_millisecond(number).ok()
        }
        Value::Integer(number) => Timestamp::from_second(number).ok(),
        Value::List(list) => list.iter().find_map(time),
        _ => None,
    }
}

impl Part {
    /// The part of a time, in UTC.
    fn of(self, time: Timestamp) -> Option<i64> {
        let time = time.to_zoned(TimeZone::UTC);
        Some(match self {
            Self::Minute => time.minute().into(),
            Self::Hour => time.hour().into(),
            Self::Day => time.day().into(),
            Self::Week => time.date().iso_week_date().week().into(),
            Self::Month => time.month().into(),
            Self::Year => time.year().into(),
        })
    }
}
