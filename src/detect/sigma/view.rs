//! An event as a Sigma rule sees it.

use std::borrow::Cow;
use std::collections::HashMap;

use rsigma_eval::EventValue;
use rsigma_parser::fieldpath::unescape_brackets;

use super::derived::{self, Derive};
use super::xml_path;
use crate::event::catalogue::View;
use crate::event::{Event, FieldId, Names, Origin, OwnedValue, Section, Value};

/// Where in an event a rule's field names lead, resolved once.
#[derive(Debug, Default)]
pub(super) struct FieldTable {
    entries: HashMap<Box<str>, Entry, ahash::RandomState>,
}

#[derive(Debug, Default)]
struct Entry {
    places: Vec<(Option<Section>, FieldId)>,
    derive: Option<Derive>,
    /// The path in the XML that the field holds.
    path: Option<Box<str>>,
}

/// What a rule sees of an event under one of its field names.
#[derive(Debug)]
pub(super) enum Sight<'b> {
    /// A value of the event.
    Value(Value<'b>),
    /// Texts from inside a value.
    Texts(Vec<String>),
}

impl From<Sight<'_>> for OwnedValue {
    fn from(sight: Sight<'_>) -> Self {
        match sight {
            Sight::Value(value) => value.into(),
            Sight::Texts(texts) => {
                let mut texts: Vec<_> = texts
                    .into_iter()
                    .map(|text| Self::Text(text.into()))
                    .collect();
                match texts.len() {
                    1 => texts.remove(0),
                    _ => Self::List(texts),
                }
            }
        }
    }
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
            let (bare, derive) = derived::split(name);
            let (field, path) = match xml_path::split(bare) {
                Some((field, path)) => (field, Some(Box::<str>::from(path))),
                None => (bare, None),
            };
            let places: Vec<_> = view
                .candidates(scope, &unescape_brackets(field))
                .into_iter()
                .filter_map(|place| Some((place.section, names.get(&place.name)?)))
                .collect();
            if derive.is_some() {
                let entry = Entry {
                    places: places.clone(),
                    derive: None,
                    path: path.clone(),
                };
                entries.insert(bare.into(), entry);
            }
            let entry = Entry {
                places,
                derive,
                path,
            };
            entries.insert(name.into(), entry);
        }
        Self { entries }
    }

    /// The value that a rule's field name stands for in an event, copied out.
    pub(super) fn value(&self, event: Event<'_>, field: &str) -> Option<OwnedValue> {
        self.sight(event, field).map(OwnedValue::from)
    }

    /// What a rule's field name stands for in an event.
    pub(super) fn sight<'b>(&self, event: Event<'b>, field: &str) -> Option<Sight<'b>> {
        let entry = self.entries.get(field)?;
        let value = entry.places.iter().find_map(|(section, id)| match section {
            Some(section) => event.get(*section, *id),
            None => event.payload(*id),
        });
        if let Some(path) = &entry.path {
            let xml = value.and_then(|value| value.as_text());
            let texts = xml.map_or_else(Vec::new, |xml| xml_path::texts(xml, path));
            return match entry.derive {
                None => (!texts.is_empty()).then_some(Sight::Texts(texts)),
                Some(derive) => {
                    let mut values = texts.iter().map(|text| Some(Value::Text(text)));
                    let first = values.next().unwrap_or_default();
                    let mut values = std::iter::once(first).chain(values);
                    values.find_map(|value| derive.apply(value))
                }
                .map(Sight::Value),
            };
        }
        match entry.derive {
            None => value,
            Some(derive) => derive.apply(value),
        }
        .map(Sight::Value)
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
        Some(match self.fields.sight(self.event, path)? {
            Sight::Value(value) => self.convert(value),
            Sight::Texts(texts) => EventValue::Array(
                texts
                    .into_iter()
                    .map(|text| EventValue::Str(Cow::Owned(text)))
                    .collect(),
            ),
        })
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
