//! An event copied out of its batch.

use jiff::Timestamp;

use super::batch::Event;
use super::id::EventId;
use super::origin::Origin;
use super::section::Section;
use super::value::Value;

/// An event that outlives its batch: in near misses, signals, correlation state,
/// and on its way into a written log.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedEvent {
    /// Its identity.
    pub id: EventId,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// The log it stands in.
    pub origin: Origin,
    /// Its fields in order.
    pub fields: Vec<OwnedField>,
}

/// One field of an [`OwnedEvent`].
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedField {
    /// The part of the event that holds it.
    pub section: Section,
    /// Its name.
    pub name: Box<str>,
    /// Its value.
    pub value: OwnedValue,
}

/// A [`Value`] that owns what it holds.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnedValue {
    /// Text.
    Text(Box<str>),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// An explicit null.
    Null,
    /// Several values under one name.
    List(Vec<OwnedValue>),
    /// Nested data as JSON text.
    Node(Box<str>),
}

impl From<Event<'_>> for OwnedEvent {
    fn from(event: Event<'_>) -> Self {
        Self {
            id: event.id(),
            time: event.time(),
            origin: event.origin().clone(),
            fields: event
                .fields()
                .map(|field| OwnedField {
                    section: field.section,
                    name: field.name.into(),
                    value: field.value.into(),
                })
                .collect(),
        }
    }
}

impl From<Value<'_>> for OwnedValue {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.into()),
            Value::Integer(number) => Self::Integer(number),
            Value::Float(number) => Self::Float(number),
            Value::Bool(truth) => Self::Bool(truth),
            Value::Null => Self::Null,
            Value::List(list) => Self::List(list.iter().map(Self::from).collect()),
            Value::Node(json) => Self::Node(json.into()),
        }
    }
}

impl OwnedEvent {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, section: Section, name: &str) -> Option<&OwnedValue> {
        self.fields
            .iter()
            .find(|field| field.section == section && &*field.name == name)
            .map(|field| &field.value)
    }
}
