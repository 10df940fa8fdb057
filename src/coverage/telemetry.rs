//! Fields that rules ask for and that the events they look at do not carry.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::ask::{Ask, Sense};
use super::corpus::SurveyedRule;
use super::events::EventKey;
use super::fields::{Fields, Subject};
use crate::detect::Language;
use crate::event::catalogue::{Catalogue, EventEntry, ViewLanguage};

/// A field that not all of the events carry whose rules ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GapRow {
    /// The field, under the name that all languages share here.
    pub field: String,
    /// How many rules ask something of it and look at an event that does not carry it.
    pub rules: usize,
    /// How many of these look at no event that carries it.
    pub rules_blind: usize,
    /// The events that carry it.
    pub carried_by: Vec<String>,
    /// The events that do not.
    pub absent_in: Vec<String>,
}

#[derive(Default)]
struct Gap {
    rules: BTreeSet<usize>,
    blind: BTreeSet<usize>,
    carried_by: BTreeSet<EventKey>,
    absent_in: BTreeSet<EventKey>,
}

/// The fields that the events of rules do not carry. Of events whose fields nobody
/// recorded, nothing is said.
pub(super) fn gaps<'c>(rules: impl Iterator<Item = (usize, &'c SurveyedRule)>) -> Vec<GapRow> {
    let mut gaps: BTreeMap<&str, Gap> = BTreeMap::new();
    for (place, rule) in rules {
        let events: Vec<_> = rule
            .events
            .iter()
            .filter_map(|event| Some((event, fields_of(event)?)))
            .collect();
        let is_known = events.len() == rule.events.len();
        for ask in rule.asks.iter().filter(|ask| ask.sense == Sense::Asked) {
            let Subject::Field(name) = &ask.subject else {
                continue;
            };
            let names = names_of(ask, name, rule.detection.language);
            let carries =
                |fields: &BTreeSet<&str>| names.iter().any(|name| fields.contains(name.as_str()));
            let (carried, absent): (Vec<_>, Vec<_>) =
                events.iter().partition(|(_, fields)| carries(fields));
            if absent.is_empty() {
                continue;
            }
            let gap = gaps.entry(name).or_default();
            gap.rules.insert(place);
            if carried.is_empty() && is_known {
                gap.blind.insert(place);
            }
            let key = |(event, _): &(&EventKey, BTreeSet<&str>)| (*event).clone();
            gap.carried_by.extend(carried.into_iter().map(key));
            gap.absent_in.extend(absent.into_iter().map(key));
        }
    }
    let told = |events: BTreeSet<EventKey>| events.iter().map(told).collect();
    let mut rows: Vec<_> = gaps
        .into_iter()
        .map(|(name, gap)| GapRow {
            field: name.to_owned(),
            rules: gap.rules.len(),
            rules_blind: gap.blind.len(),
            // What one rule's name finds in an event, another's may not.
            absent_in: told(gap.absent_in.difference(&gap.carried_by).cloned().collect()),
            carried_by: told(gap.carried_by),
        })
        .filter(|row| !row.absent_in.is_empty())
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.rules_blind, row.rules)));
    rows
}

fn told(event: &EventKey) -> String {
    match event.id {
        Some(id) => format!("{} {id}", event.provider),
        None => event.provider.clone(),
    }
}

/// The fields of an event; none where they are not known.
fn fields_of(event: &EventKey) -> Option<BTreeSet<&'static str>> {
    let catalogue = Catalogue::bundled();
    let entry: &EventEntry = catalogue
        .provider(&event.provider)?
        .events
        .get(&event.id?)?;
    if entry.schemas.is_empty() {
        return None;
    }
    let schemas = entry.schemas.iter().chain([catalogue.common()]);
    let fields = schemas.flat_map(|schema| &schema.fields);
    Some(fields.map(|field| field.name).collect())
}

/// What records may call a field of a rule.
fn names_of(ask: &Ask, row: &str, language: Language) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ask.reads.iter().cloned().collect();
    if language == Language::Sigma {
        let view = Catalogue::bundled().view(ViewLanguage::Sigma);
        let written = ask.written.split('/').next().unwrap_or(&ask.written);
        for scope in view.scopes().map(Some).chain([None]) {
            let candidates = view.candidates(scope, written);
            names.extend(candidates.into_iter().map(|place| place.name.into_owned()));
        }
    }
    if names.is_empty() {
        names.insert(row.to_owned());
        names.extend(Fields::bundled().wire_names(row).iter().cloned());
    }
    names
}
