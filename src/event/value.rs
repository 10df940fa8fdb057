//! What a field holds.

use super::batch::Batch;
use super::builder::Slot;

/// A field's value, borrowed from its batch.
///
/// An absent field has no value at all: absent, null, and empty are three
/// things.
#[derive(Debug, Clone, Copy)]
pub enum Value<'b> {
    /// Text.
    Text(&'b str),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// An explicit null.
    Null,
    /// Several values under one name.
    List(List<'b>),
    /// Nested data that is not flattened, as JSON text.
    Node(&'b str),
}

impl<'b> Value<'b> {
    pub(super) fn resolve(slot: Slot, batch: &'b Batch) -> Self {
        match slot {
            Slot::Text(span) => Self::Text(batch.text_at(span)),
            Slot::Integer(number) => Self::Integer(number),
            Slot::Float(number) => Self::Float(number),
            Slot::Bool(truth) => Self::Bool(truth),
            Slot::Null => Self::Null,
            Slot::List { start, end } => Self::List(List {
                batch,
                items: &batch.items[start as usize..end as usize],
            }),
            Slot::Node(span) => Self::Node(batch.text_at(span)),
        }
    }

    /// The text, if the value is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&'b str> {
        match *self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match *self {
            Self::Text(text) => Json::from(text),
            Self::Integer(number) => Json::from(number),
            Self::Float(number) => Json::from(number),
            Self::Bool(truth) => Json::from(truth),
            Self::Null => Json::Null,
            Self::List(list) => list.iter().map(|item| item.to_json()).collect(),
            Self::Node(json) => serde_json::from_str(json).unwrap_or_else(|_| Json::from(json)),
        }
    }
}

/// Several values under one name, in order.
#[derive(Clone, Copy)]
pub struct List<'b> {
    batch: &'b Batch,
    items: &'b [Slot],
}

impl<'b> List<'b> {
    /// The values in order.
    pub fn iter(self) -> impl Iterator<Item = Value<'b>> {
        self.items
            .iter()
            .map(move |slot| Value::resolve(*slot, self.batch))
    }

    /// How many values there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.items.is_empty()
    }
}

impl std::fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
