//! The tables of a page: what its rules look at and ask for, counted.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::{Ask, Item, Sense};
use super::build::Builder;
use super::events::{EventKey, EventRow};
use super::fields::{Fields, Subject};
use super::page::{ExclusionRow, FieldRow, IndicatorRow};
use super::probe::{Sought, recordings_of};
use super::rows::{Counted, Spellings};
use crate::event::Origin;

/// So many values are shown of a field.
const MOST_SAMPLES: usize = 5;

/// What makes two values one row.
type ValueKey<'c> = (Option<&'c str>, &'c str, String);

/// The row that a field of the record stands in.
fn row_of(ask: &Ask) -> Option<Option<&str>> {
    match &ask.subject {
        Subject::Field(name) => Some(Some(name)),
        Subject::Anywhere => Some(None),
        Subject::Computed(_) | Subject::Routing => None,
    }
}

fn value_key(ask: &Ask) -> Option<ValueKey<'_>> {
    Some((row_of(ask)?, &ask.operator, ask.key()))
}

/// What a field comes to while it is counted.
#[derive(Default)]
struct FieldCount {
    names: BTreeSet<String>,
    all: Counted,
    operators: BTreeMap<String, Counted>,
    /// The rules of each value, and its spellings.
    values: BTreeMap<String, (BTreeSet<usize>, Spellings)>,
}

/// What a value comes to while it is counted.
#[derive(Default)]
struct ValueCount {
    all: Counted,
    spellings: Spellings,
    sought: Sought,
}

impl ValueCount {
    /// Notes how the value is looked for in records of these sources.
    fn seek(&mut self, ask: &Ask, sources: &[&String]) {
        let Subject::Field(row) = &ask.subject else {
            return;
        };
        let known = Fields::bundled().wire_names(row);
        // Of a name that the table does not have, the value may be made of another.
        let names = match known {
            [] if ask.reads.iter().any(|name| name == row) => std::slice::from_ref(row),
            known => known,
        };
        if names.is_empty() {
            return;
        }
        for Item { modifiers, value } in ask.items.iter().cloned() {
            self.sought.items.insert((modifiers, value));
        }
        self.sought.names.extend(names.iter().cloned());
        let sources = sources.iter().map(|source| (*source).clone());
        self.sought.sources.extend(sources);
    }
}

impl<'c> Builder<'c> {
    pub(super) fn events(&self) -> Vec<EventRow> {
        let mut counted: BTreeMap<&EventKey, BTreeSet<usize>> = BTreeMap::new();
        for (place, rule) in self.own() {
            for event in &rule.events {
                counted.entry(event).or_default().insert(place);
            }
        }
        let mut rows: Vec<_> = counted
            .into_iter()
            .map(|(event, rules)| EventRow {
                provider: event.provider.clone(),
                id: event.id,
                title: self.corpus.known.title(event).to_owned(),
                rules: rules.len(),
                recordings: self.recordings_of(event),
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.rules));
        rows
    }

    /// How many of the recordings that were searched hold an event.
    fn recordings_of(&self, event: &EventKey) -> Option<usize> {
        let searched = &self.proofs?.searched;
        let is_held = |origins: &BTreeSet<Origin>| origins.iter().any(|own| event.covers(own));
        let held = searched
            .iter()
            .filter(|recording| is_held(&recording.origins));
        (!searched.is_empty()).then(|| held.count())
    }

    /// The fields of records, and what is none.
    pub(super) fn fields(&self) -> (Vec<FieldRow>, Vec<FieldRow>) {
        let mut fields: BTreeMap<Option<&str>, FieldCount> = BTreeMap::new();
        let mut computed: BTreeMap<Option<&str>, FieldCount> = BTreeMap::new();
        for (place, ask) in self.asks() {
            let count = match &ask.subject {
                Subject::Field(name) => fields.entry(Some(name)).or_default(),
                Subject::Anywhere => fields.entry(None).or_default(),
                Subject::Computed(name) => computed.entry(Some(name)).or_default(),
                Subject::Routing => continue,
            };
            if !ask.written.is_empty() {
                count.names.insert(ask.written.clone());
            }
            count.all.add(place, ask.sense);
            let operator = count.operators.entry(ask.operator.clone());
            operator.or_default().add(place, ask.sense);
            if let (Some(value), Sense::Asked) = (&ask.value, ask.sense) {
                let (rules, spellings) = count.values.entry(ask.key()).or_default();
                if rules.insert(place) {
                    spellings.add(value);
                }
            }
        }
        let rows = |counted: BTreeMap<Option<&str>, FieldCount>| {
            let rows = counted.into_iter();
            let mut rows: Vec<_> = rows.map(|(name, count)| self.field(name, count)).collect();
            rows.sort_by_key(|row| {
                (
                    std::cmp::Reverse((row.rules, row.rules_naming)),
                    row.field.clone(),
                )
            });
            rows
        };
        (rows(fields), rows(computed))
    }

    fn field(&self, name: Option<&str>, count: FieldCount) -> FieldRow {
        let each = |of: fn(&Counted) -> usize| -> BTreeMap<String, usize> {
            let counts = count.operators.iter();
            let counts = counts.map(|(operator, counted)| (operator.clone(), of(counted)));
            counts.filter(|(_, rules)| *rules > 0).collect()
        };
        let mut values: Vec<_> = count.values.values().collect();
        values.sort_by_key(|(rules, _)| std::cmp::Reverse(rules.len()));
        let samples = values.iter().take(MOST_SAMPLES);
        FieldRow {
            field: name.map(ToOwned::to_owned),
            rules: count.all.asking.len(),
            rules_excluding: count.all.excluding.len(),
            rules_naming: count.all.naming(),
            operators: each(|counted| counted.asking.len()),
            operators_excluding: each(|counted| counted.excluding.len()),
            operators_naming: each(Counted::naming),
            samples: samples
                .map(|(_, spellings)| spellings.usual().to_owned())
                .collect(),
            proven: self.proven(&count.all.asking),
            names: count.names.into_iter().collect(),
        }
    }

    pub(super) fn indicators(&self) -> Vec<IndicatorRow> {
        let mut here: BTreeMap<ValueKey<'c>, ValueCount> = BTreeMap::new();
        for (place, rule) in self.own() {
            let events = rule.events.iter();
            let sources: Vec<_> = events
                .flat_map(|event| self.corpus.known.sources(event))
                .collect();
            for ask in &rule.asks {
                let (Some(key), Some(value)) = (value_key(ask), &ask.value) else {
                    continue;
                };
                let count = here.entry(key).or_default();
                count.all.add(place, ask.sense);
                count.spellings.add(value);
                count.seek(ask, &sources);
            }
        }
        here.retain(|_, count| !count.all.asking.is_empty());
        let mut reach: BTreeMap<&ValueKey<'c>, Counted> = BTreeMap::new();
        for (place, rule) in self.corpus.rules.iter().enumerate() {
            for ask in &rule.asks {
                let key = value_key(ask);
                let known = key.and_then(|key| here.get_key_value(&key));
                if let Some((key, _)) = known {
                    reach.entry(key).or_default().add(place, ask.sense);
                }
            }
        }
        let mut rows: Vec<_> = here
            .iter()
            .map(|(key, count)| {
                let (field, operator, _) = key;
                let ValueCount {
                    all: counted,
                    spellings,
                    sought,
                } = count;
                let reached = reach.remove(key).unwrap_or_default();
                IndicatorRow {
                    field: field.map(ToOwned::to_owned),
                    operator: (*operator).to_owned(),
                    value: spellings.usual().to_owned(),
                    rules: counted.asking.len(),
                    rules_naming: counted.naming(),
                    reach: reached.asking.len(),
                    reach_naming: reached.naming(),
                    proven: self.proven(&counted.asking),
                    recordings: None,
                    sought: sought.clone(),
                }
            })
            .collect();
        rows.sort_by(|left, right| {
            let rank = |row: &IndicatorRow| {
                (
                    std::cmp::Reverse(row.rules),
                    row.reach,
                    row.field.clone(),
                    row.operator.clone(),
                    row.value.clone(),
                )
            };
            rank(left).cmp(&rank(right))
        });
        if let Some(proofs) = self.proofs {
            for (number, row) in rows.iter_mut().enumerate() {
                row.recordings = recordings_of(number, proofs);
            }
        }
        rows
    }

    pub(super) fn exclusions(&self, wanted: Sense) -> Vec<ExclusionRow> {
        let mut counted: BTreeMap<ValueKey<'c>, (BTreeSet<usize>, Spellings)> = BTreeMap::new();
        for (place, ask) in self.asks().filter(|(_, ask)| ask.sense == wanted) {
            let Some(key) = value_key(ask) else { continue };
            let (rules, spellings) = counted.entry(key).or_default();
            rules.insert(place);
            if let Some(value) = &ask.value {
                spellings.add(value);
            }
        }
        let mut rows: Vec<_> = counted
            .into_iter()
            .map(|((field, operator, _), (rules, spellings))| ExclusionRow {
                field: field.map(ToOwned::to_owned),
                operator: operator.to_owned(),
                value: spellings
                    .all()
                    .next()
                    .is_some()
                    .then(|| spellings.usual().to_owned()),
                rules: rules.len(),
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.rules));
        rows
    }
}
