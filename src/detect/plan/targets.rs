//! What the records of an origin are held against.

use std::sync::{Arc, PoisonError};

use aho_corasick::AhoCorasick;

use super::engine::{Head, PlanEngine};
use super::field::FieldRef;
use super::prospect::prospect;
use super::record::FieldTable;
use super::{Truth, literal};
use crate::event::Origin;

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
    /// The table under which a head sees records of an origin, if it looks at them.
    pub(super) fn table_for(&self, head: &Head, origin: &Origin) -> Option<&Arc<FieldTable>> {
        let view = self.views.get(head.view)?;
        let (kind, _) = view.kind_of(origin)?;
        let table = self.tables.get(head.view)?.get(kind)?;
        let field = |field: &FieldRef| table.known(field, origin, 0);
        let is_out = head.asked.iter().chain(&table.condition).any(|predicate| {
            matches!(
                prospect(predicate, &field),
                Some(Truth::False | Truth::Unknown)
            )
        });
        (!is_out).then_some(table)
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
        for (index, head) in self.heads.iter().enumerate() {
            let Some(table) = self.table_for(head, origin) else {
                continue;
            };
            let literals = match self.prefilter {
                Prefilter::On => head
                    .asked
                    .iter()
                    .filter_map(|predicate| literal::of_predicate(predicate, table))
                    .min_by_key(Vec::len),
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
