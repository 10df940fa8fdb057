//! Signals: expected events, as selections in Sigma's syntax.

use std::sync::Arc;

use rsigma_parser::SigmaRule;
use serde_yaml::{Mapping, Value};

use super::companion::{CompanionError, parsed_rules};
use super::document::Parsed;
use super::parse::SigmaRuleSet;
use super::xml_path;
use crate::detect::Companion;
use crate::diagnostic::SourceText;
use crate::event::LogSource;
use crate::event::catalogue::{Catalogue, Route, Routing, SourceId};

/// What an expected event looks like.
#[derive(Debug, Clone, Copy)]
pub struct SignalSelection<'s> {
    /// The log that holds it.
    pub source: &'s SourceId,
    /// Its event ids; any, if there are none.
    pub event_ids: &'s [u32],
    /// Its fields: a mapping, or a list of mappings; nothing else is asked for if
    /// it is empty.
    pub fields: &'s Value,
    /// The text that it stands in, for explanations.
    pub text: &'s Arc<SourceText>,
}

impl SigmaRuleSet {
    /// Adds a rule, marked by `mark`, that matches the events which a signal looks
    /// for, wherever they come from in the source.
    ///
    /// # Errors
    ///
    /// The fields are no Sigma selection, or nothing leads to the source.
    pub fn add_signal(
        &mut self,
        signal: SignalSelection<'_>,
        mark: Companion,
    ) -> Result<(), CompanionError> {
        let mut added = rules_of(signal, mark)?;
        self.rules.append(&mut added);
        Ok(())
    }

    /// Makes every firing carry these fields, besides those that matched.
    pub fn keep_fields<'f>(&mut self, fields: impl IntoIterator<Item = &'f str>) {
        self.kept.extend(
            fields
                .into_iter()
                .map(|field| marked(field).unwrap_or_else(|| field.to_owned())),
        );
    }
}

fn rules_of(
    signal: SignalSelection<'_>,
    mark: Companion,
) -> Result<Vec<Parsed<SigmaRule>>, CompanionError> {
    let log_source = log_source_of(signal.source)
        .ok_or_else(|| CompanionError::UnknownSource(signal.source.to_string()))?;
    let mut parts = Mapping::new();
    let mut condition = Vec::new();
    let is_empty = match signal.fields {
        Value::Null => true,
        Value::Mapping(fields) => fields.is_empty(),
        _ => false,
    };
    if !is_empty {
        parts.insert("fields".into(), with_marks(signal.fields));
        condition.push("fields");
    }
    if !signal.event_ids.is_empty() {
        let ids = signal.event_ids.iter().map(|id| Value::from(*id)).collect();
        let id: Mapping = [(Value::from("EventID"), Value::Sequence(ids))]
            .into_iter()
            .collect();
        parts.insert("event_id".into(), Value::Mapping(id));
        condition.push("event_id");
    }
    if condition.is_empty() {
        return Err(CompanionError::BadFields(
            "there are neither fields nor an event id".to_owned(),
        ));
    }
    parts.insert("condition".into(), condition.join(" and ").into());
    parsed_rules(&log_source, parts, signal.text, mark)
}

/// What marks a log source of ours, which is a single source that no log source of
/// Sigma's taxonomy stands for.
const OWN: &str = "\u{1f}source/";

/// The log source that leads to all records of a source, and to no others.
fn log_source_of(source: &SourceId) -> Option<LogSource> {
    let catalogue = Catalogue::bundled();
    let known = catalogue.source(source.as_str())?;
    let named = catalogue
        .log_sources()
        .find(|log_source| match catalogue.routes(log_source) {
            Routing::Routes(routes) => {
                matches!(routes.as_slice(), [route] if route.source.as_ref() == Some(source)
                    && route.event_ids.is_empty()
                    && route.conditions.is_empty())
            }
            Routing::NotReadable { .. } | Routing::Unknown => false,
        });
    let own = || LogSource::new(None, None, Some(&format!("{OWN}{}", known.id)));
    Some(named.cloned().unwrap_or_else(own))
}

/// The way to the records of a source, if the log source is one of ours.
pub(super) fn own_route(log_source: &LogSource) -> Option<Route> {
    let id = log_source.service.as_deref()?.strip_prefix(OWN)?;
    let source = Catalogue::bundled().source(id)?;
    Some(Route {
        source: Some(source.id.clone()),
        reach: source.reach.clone(),
        event_ids: Vec::new(),
        conditions: Vec::new(),
        scope: None,
    })
}

/// The selection with the paths into XML as the engine knows them.
fn with_marks(fields: &Value) -> Value {
    match fields {
        Value::Mapping(mapping) => Value::Mapping(
            mapping
                .iter()
                .map(|(key, value)| {
                    let key = key
                        .as_str()
                        .and_then(marked)
                        .map_or_else(|| key.clone(), Value::from);
                    (key, value.clone())
                })
                .collect(),
        ),
        Value::Sequence(parts) => Value::Sequence(parts.iter().map(with_marks).collect()),
        other => other.clone(),
    }
}

/// The key of a selection with its path into XML marked, if it has one.
fn marked(key: &str) -> Option<String> {
    let (field, modifiers) = match key.split_once('|') {
        Some((field, modifiers)) => (field, Some(modifiers)),
        None => (key, None),
    };
    let (field, path) = field.split_once('/')?;
    let name = xml_path::name(field, path);
    Some(match modifiers {
        Some(modifiers) => format!("{name}|{modifiers}"),
        None => name,
    })
}
