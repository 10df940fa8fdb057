//! Which fields of records later stages need.

use std::sync::Arc;

use super::field::{FieldRef, NamePattern};
use super::link::{Scope, Slots};
use super::predicate::{Predicate, PredicateKind};
use super::record::Wanted;
use super::stage::{Argument, Pipeline, Projection, Source, Stage, StageKind};
use super::walk;

/// What the stages of a pipeline need, from that one on. Behind an aggregation
/// nothing of the records is left.
pub(super) fn of(pipeline: &Pipeline, first: usize, slots: &Slots) -> Wanted {
    let mut names = Names::default();
    let mut is_cut = false;
    for stage in &pipeline.stages[first.min(pipeline.stages.len())..] {
        names.stage(stage);
        is_cut |= keeps_named(stage);
        if matches!(
            stage.kind,
            StageKind::Aggregate(_) | StageKind::Correlate(_)
        ) {
            is_cut = true;
            break;
        }
    }
    // Whatever is left of the rows of an inner search, those around it may ask for.
    names.everything |= pipeline.part > 0 && !is_cut;
    names.into_wanted(slots)
}

/// Whether a stage keeps only fields that it names.
fn keeps_named(stage: &Stage) -> bool {
    match &stage.kind {
        StageKind::Project(Projection::Keep { patterns, .. }) => {
            patterns.iter().all(|pattern| pattern.exact().is_some())
        }
        _ => false,
    }
}

/// Whether a predicate looks through a whole row.
fn looks_anywhere(predicate: &Predicate) -> bool {
    match &predicate.kind {
        PredicateKind::Keyword(_) => true,
        PredicateKind::All(parts) | PredicateKind::Any(parts) => parts.iter().any(looks_anywhere),
        PredicateKind::Not(part) => looks_anywhere(part),
        _ => false,
    }
}

/// Every name that a pipeline has in patterns without a wildcard.
pub(super) fn exact_names(pipeline: &Pipeline, found: &mut Vec<Arc<str>>) {
    let mut names = Names::default();
    for stage in &pipeline.stages {
        names.stage(stage);
    }
    found.append(&mut names.named);
}

#[derive(Default)]
struct Names {
    everything: bool,
    named: Vec<Arc<str>>,
}

impl Names {
    fn stage(&mut self, stage: &Stage) {
        let mut copy = stage.clone();
        walk::fields_of_stage(&mut copy, &mut |field| {
            self.named.push(Arc::clone(&field.name))
        });
        match &stage.kind {
            StageKind::Project(Projection::Keep { patterns, .. }) => self.patterns(patterns),
            StageKind::Rename(pairs) => pairs.iter().for_each(|(old, _)| self.pattern(old)),
            StageKind::Aggregate(aggregate) => {
                for output in &aggregate.outputs {
                    if let Argument::Fields(pattern) = &output.argument {
                        self.pattern(pattern);
                    }
                }
            }
            StageKind::Window(window) => {
                for output in &window.outputs {
                    if let Argument::Fields(pattern) = &output.argument {
                        self.pattern(pattern);
                    }
                }
            }
            StageKind::Replace { fields, .. } | StageKind::Totals { fields, .. } => {
                self.everything |= fields.is_empty();
                self.patterns(fields);
            }
            // The names in its body are put together as it runs.
            StageKind::ForEach { .. } => self.everything = true,
            StageKind::Fill { fields, .. } => self.everything |= fields.is_empty(),
            StageKind::Filter(filter) => {
                self.everything |= !filter.rows.is_empty() || looks_anywhere(&filter.predicate);
            }
            StageKind::Join(join) => self.everything |= join.keys.is_empty(),
            StageKind::AppendResults(inner) if matches!(inner.source, Source::Given) => {
                for stage in &inner.stages {
                    self.stage(stage);
                }
            }
            _ => {}
        }
    }

    fn patterns(&mut self, patterns: &[NamePattern]) {
        for pattern in patterns {
            self.pattern(pattern);
        }
    }

    fn pattern(&mut self, pattern: &NamePattern) {
        match pattern.exact() {
            Some(name) => self.named.push(name.into()),
            None => self.everything = true,
        }
    }

    fn into_wanted(mut self, slots: &Slots) -> Wanted {
        self.named.sort_unstable();
        self.named.dedup();
        Wanted {
            everything: self.everything,
            fields: self
                .named
                .into_iter()
                .filter_map(|name| {
                    let slot = slots.get(Scope::Shown, &name)?;
                    Some(FieldRef { name, slot })
                })
                .collect(),
        }
    }
}
