//! An event as a Sigma rule sees it.

use std::borrow::Cow;
use std::collections::HashMap;

use rsigma_eval::EventValue;
use rsigma_parser::fieldpath::unescape_brackets;

use super::derived::{self, Derive};
use crate::event::catalogue::View;
use crate::event::{Event, FieldId, Names, Origin, Section, Value};

/// Where in an event a rule's field names lead, resolved once.
#[derive(Debug, Default)]
pub(super) struct FieldTable {
    entries: HashMap<Box<str>, Entry, ahash::RandomState>,
}

#[derive(Debug, Default)]
struct Entry {
    places: Vec<(Option<Section>, FieldId)>,
    derive: Option<Derive>,
}

impl FieldTable {
    /// Resolves the names that a group of rules uses, for the events that reach
    /// it under `scope`.
    pub(super) fn new<'n>(
        view: &View,
        scope: Option<&str>,
        fields: impl IntoIterator<Item = &'n str>,
        names: &Names,
    ) -> Self {
        let mut entries = HashMap::default();
        for name in fields {
            let (field, derive) = derived::split(name);
            let places: Vec<_> = view
                .candidates(scope, &unescape_brackets(field))
                .into_iter()
                .filter_map(|place| Some((place.section, names.get(&place.name)?)))
                .collect();
            if derive.is_some() {
                let entry = Entry {
                    places: places.clone(),
                    derive: None,
                };
                entries.insert(field.into(), entry);
            }
            entries.insert(name.into(), Entry { places, derive });
        }
        Self { entries }
    }

    /// The value that a rule's field name stands for in an event.
    pub(super) fn value<'b>(&self, event: Event<'b>, field: &str) -> Option<Value<'b>> {
        let entry = self.entries.get(field)?;
        let value = entry.places.iter().find_map(|(section, id)| match section {
            Some(section) => event.get(*section, *id),
            None => event.payload(*id),
        });
        match entry.derive {
            None => value,
            Some(derive) => derive.apply(value),
        }
    }
}

/// An event under the names of a [`FieldTable`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a, 'b> {
    event: Event<'b>,
    fields: &'a FieldTable,
    empty_is_null: bool,
}

impl<'a, 'b> Seen<'a, 'b> {
    pub(super) fn new(event: Event<'b>, fields: &'a FieldTable) -> Self {
        Self {
            event,
            fields,
            empty_is_null: matches!(event.origin(), Origin::EventLog { .. }),
        }
    }

    fn convert(&self, value: Value<'b>) -> EventValue<'b> {
        match value {
            Value::Text(text) => EventValue::Str(Cow::Borrowed(text)),
            Value::Integer(number) => EventValue::Int(number),
            Value::Float(number) => EventValue::Float(number),
            Value::Bool(truth) => EventValue::Bool(truth),
            // The event log stores an empty field as nothing; see `Nulls`.
            Value::Null if self.empty_is_null => EventValue::Str(Cow::Borrowed("")),
            Value::Null => EventValue::Null,
            Value::List(list) => {
                EventValue::Array(list.iter().map(|item| self.convert(item)).collect())
            }
            Value::Node(json) => EventValue::Str(Cow::Borrowed(json)),
        }
    }
}

impl rsigma_eval::Event for Seen<'_, '_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.fields
            .value(self.event, path)
            .map(|value| self.convert(value))
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        self.event.fields().any(|field| any_text(field.value, pred))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let mut texts = Vec::new();
        self.visit_string_values(&mut |text| texts.push(Cow::Owned(text.to_owned())));
        texts
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        let visit = std::cell::RefCell::new(visit);
        for field in self.event.fields() {
            any_text(field.value, &|text| {
                (visit.borrow_mut())(text);
                false
            });
        }
    }

    fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// Whether any text in a value satisfies a predicate; numbers are text to a
/// keyword.
fn any_text(value: Value<'_>, pred: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Text(text) | Value::Node(text) => pred(text),
        Value::Integer(number) => pred(&number.to_string()),
        Value::Float(number) => pred(&number.to_string()),
        Value::Bool(_) | Value::Null => false,
        Value::List(list) => list.iter().any(|item| any_text(item, pred)),
    }
}
