//! Rows: what flows from stage to stage.

use std::sync::Arc;

use super::evaluate::Fields;
use super::field::FieldRef;
use super::predicate::Within;
use super::value::Value;
use crate::event::{EventId, OwnedValue};

/// One row, with the events that it came from.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    values: Vec<(Arc<str>, Value)>,
    /// The events, in the order of time; none for a row of a table.
    pub(super) origins: Vec<EventId>,
}

/// The field that holds the time of a row, in seconds since the epoch.
pub const TIME: &str = "_time";
/// The field that holds the text of a record.
pub const RAW: &str = "_raw";

impl Row {
    /// A row without a field, that an event made.
    pub(super) fn of(origin: EventId) -> Self {
        Self {
            values: Vec::new(),
            origins: vec![origin],
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let mut values = self.values.iter();
        values
            .find(|(known, _)| &**known == name)
            .map(|(_, value)| value)
    }

    /// Sets a field; null removes it.
    pub(super) fn set(&mut self, name: &Arc<str>, value: Value) {
        let place = self.values.iter().position(|(known, _)| known == name);
        match (place, value.is_null()) {
            (Some(place), true) => {
                self.values.remove(place);
            }
            (Some(place), false) => self.values[place].1 = value,
            (None, true) => {}
            (None, false) => self.values.push((Arc::clone(name), value)),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.values.iter().map(|(name, _)| name)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.values.iter().map(|(name, value)| (name, value))
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = (&Arc<str>, &mut Value)> {
        self.values.iter_mut().map(|(name, value)| (&*name, value))
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.values.retain(|(name, _)| keep(name));
    }

    /// The time of the row, in seconds since the epoch.
    pub(super) fn time(&self) -> Option<f64> {
        self.get(TIME).and_then(Value::as_number)
    }

    /// About how many bytes of memory the row takes.
    pub(super) fn size(&self) -> usize {
        let values = self.values.iter();
        let values: usize = values.map(|(_, value)| 40 + value.size()).sum();
        64 + values + self.origins.len() * size_of::<EventId>()
    }

    /// Adds the origins of another row.
    pub(super) fn adopt(&mut self, other: &Self) {
        self.origins.extend(other.origins.iter().copied());
    }

    /// The fields as they leave the plan.
    pub(super) fn into_owned(self) -> Vec<(Box<str>, OwnedValue)> {
        let values = self.values.into_iter();
        values
            .map(|(name, value)| ((&*name).into(), owned(&value)))
            .collect()
    }

    /// A row of what was held back.
    pub(super) fn from_owned(fields: Vec<(Box<str>, OwnedValue)>, origin: EventId) -> Self {
        let values = fields.into_iter();
        Self {
            values: values
                .map(|(name, value)| (Arc::from(name), borrowed(&value)))
                .collect(),
            origins: vec![origin],
        }
    }
}

impl Fields for Row {
    fn get(&self, field: &FieldRef) -> Value {
        self.get(&field.name).cloned().unwrap_or(Value::Null)
    }

    fn any_text(&self, _: Within, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.values
            .iter()
            .any(|(_, value)| value.items().any(|item| test(&item.to_text())))
    }
}

/// A value as the rest of the program takes it.
pub(super) fn owned(value: &Value) -> OwnedValue {
    match value {
        Value::Null => OwnedValue::Null,
        Value::Bool(truth) => OwnedValue::Bool(*truth),
        Value::Integer(number) => OwnedValue::Integer(*number),
        Value::Float(number) => OwnedValue::Float(*number),
        Value::Text(text) => OwnedValue::Text((&**text).into()),
        Value::List(items) => OwnedValue::List(items.iter().map(owned).collect()),
    }
}

fn borrowed(value: &OwnedValue) -> Value {
    match value {
        OwnedValue::Null => Value::Null,
        OwnedValue::Bool(truth) => Value::Bool(*truth),
        OwnedValue::Integer(number) => Value::Integer(*number),
        OwnedValue::Float(number) => Value::Float(*number),
        OwnedValue::Text(text) | OwnedValue::Node(text) => Value::Text((&**text).into()),
        OwnedValue::List(items) => Value::list(items.iter().map(borrowed).collect()),
    }
}
