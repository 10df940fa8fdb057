//! What the records of an origin are held against.

use std::sync::{Arc, PoisonError};

use aho_corasick::AhoCorasick;

use super::engine::{Head, PlanEngine};
use super::field::FieldRef;
use super::prospect::prospect;
use super::reads;
use super::record::FieldTable;
use super::view::{EventIds, RecordKind, View};
use super::{Predicate, Truth, literal};
use crate::event::Origin;
use crate::event::catalogue::{Catalogue, Reach, Source};

/// So many origins are remembered; a log with more is hostile.
pub(super) const MOST_ORIGINS: usize = 4096;

/// Whether records are looked through for literals before they are taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefilter {
    On,
    Off,
}

/// What a record of one origin is held against.
pub(super) struct OriginTargets {
    pub(super) targets: Vec<Target>,
    pub(super) automaton: Option<AhoCorasick>,
    /// The target of each pattern of the automaton.
    pub(super) patterns: Vec<usize>,
}

pub(super) struct Target {
    pub(super) head: usize,
    pub(super) table: Arc<FieldTable>,
    pub(super) has_literals: bool,
}

impl PlanEngine {
    /// How a head sees records of an origin, whatever it asks of them.
    pub(super) fn kind_of(&self, head: &Head, origin: &Origin) -> Option<&RecordKind> {
        let (_, kind) = self.views.get(head.view)?.kind_of(origin)?;
        Some(kind)
    }

    /// What the records that a head looks at call a field.
    pub(super) fn reads(&self, head: &Head, field: Option<&str>) -> Vec<String> {
        let (Some(field), Some(view)) = (field, self.views.get(head.view)) else {
            return Vec::new();
        };
        let looked_at = Catalogue::bundled()
            .sources()
            .iter()
            .flat_map(|source| self.kinds_looked_at(head, view, source));
        let mut names: Vec<String> = looked_at.flat_map(|kind| reads::of(kind, field)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The kinds of records of a log that a head looks at.
    pub(super) fn kinds_looked_at<'v>(
        &self,
        head: &Head,
        view: &'v View,
        source: &Source,
    ) -> Vec<&'v RecordKind> {
        let kinds = view.kinds.iter();
        let of_source =
            kinds.filter(|kind| kind.source.as_str() == "*" || kind.source == source.id);
        let is_looked_at = |kind: &&RecordKind| {
            let ids: Vec<Option<u32>> = match &kind.event_ids {
                EventIds::Any => vec![None],
                EventIds::OneOf(ids) => ids.iter().copied().map(Some).collect(),
            };
            let mut origins = ids.into_iter().flat_map(|id| origins_of(source, id));
            origins.any(|origin| {
                // Another kind may come before this one.
                let is_its = view
                    .kind_of(&origin)
                    .is_some_and(|(_, own)| std::ptr::eq(own, *kind));
                is_its && self.table_for(head, &origin).is_some()
            })
        };
        of_source.filter(is_looked_at).collect()
    }

    /// Whether a head looks at records of a log at all.
    pub(super) fn head_covers(&self, head: &Head, source: &Source) -> bool {
        let view = self.views.get(head.view);
        view.is_some_and(|view| !self.kinds_looked_at(head, view, source).is_empty())
    }

    /// The table under which a head sees records of an origin, if it looks at them.
    pub(super) fn table_for(&self, head: &Head, origin: &Origin) -> Option<&Arc<FieldTable>> {
        let table = self.table_of(head.view, origin)?;
        (!is_out(&head.asked, table, origin)).then_some(table)
    }

    /// The table under which a view shows records of an origin, if it shows any.
    fn table_of(&self, view: usize, origin: &Origin) -> Option<&Arc<FieldTable>> {
        let (kind, _) = self.views.get(view)?.kind_of(origin)?;
        let table = self.tables.get(view)?.get(kind)?;
        (!is_out(&table.condition, table, origin)).then_some(table)
    }

    pub(super) fn targets(&self, origin: &Origin) -> Arc<OriginTargets> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = origins.get(origin) {
            return Arc::clone(known);
        }
        let targets = Arc::new(self.targets_of(origin));
        if origins.len() < MOST_ORIGINS {
            origins.insert(origin.clone(), Arc::clone(&targets));
        }
        targets
    }

    fn targets_of(&self, origin: &Origin) -> OriginTargets {
        let mut targets = Vec::new();
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        // What is found of a record under one table, all heads of the view share.
        let shown = self.heads_of_views.iter().enumerate();
        let shown = shown.filter_map(|(view, heads)| Some((self.table_of(view, origin)?, heads)));
        let pairs = shown.flat_map(|(table, heads)| heads.iter().map(move |head| (table, *head)));
        for (table, index) in pairs {
            let head = &self.heads[index];
            if is_out(&head.asked, table, origin) {
                continue;
            }
            let literals = match self.prefilter {
                Prefilter::On => head
                    .asked
                    .iter()
                    .filter_map(|predicate| literal::of_predicate(predicate, table))
                    .min_by_key(|texts| literal::weight(texts)),
                Prefilter::Off => None,
            };
            let has_literals = literals.is_some();
            for text in literals.into_iter().flatten() {
                texts.push(text);
                patterns.push(targets.len());
            }
            targets.push(Target {
                head: index,
                table: Arc::clone(table),
                has_literals,
            });
        }
        let automaton = if texts.is_empty() {
            None
        } else {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(&texts)
                .ok()
        };
        if automaton.is_none() {
            for target in &mut targets {
                target.has_literals = false;
            }
        }
        OriginTargets {
            targets,
            automaton,
            patterns,
        }
    }
}

/// Where records of a source may come from; of an event id, if one is given.
fn origins_of(source: &Source, id: Option<u32>) -> Vec<Origin> {
    match &source.reach {
        Reach::Channels { channels, .. } => channels
            .iter()
            .map(|channel| Origin::EventLog {
                provider: None,
                channel: Some(channel.as_str().into()),
                event_id: id,
            })
            .collect(),
        Reach::Stream(stream) => vec![Origin::Stream(stream.clone())],
        Reach::AnyChannelBut { .. } => Vec::new(),
    }
}

/// Whether no record of an origin can be what is asked.
fn is_out<'p>(
    asked: impl IntoIterator<Item = &'p Predicate>,
    table: &FieldTable,
    origin: &Origin,
) -> bool {
    let field = |field: &FieldRef| table.known(field, origin, 0);
    asked.into_iter().any(|predicate| {
        matches!(
            prospect(predicate, &field),
            Some(Truth::False | Truth::Unknown)
        )
    })
}
