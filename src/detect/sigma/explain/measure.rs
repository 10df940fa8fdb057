//! How far an event is from what a rule asks for.

use std::cmp::Reverse;

use rsigma_eval::evaluate_rule;

use super::View;
use super::tree::{Leaf, Tree};
use crate::detect::sigma::view::FieldTable;
use crate::detect::{Outcome, Predicate, Seen};
use crate::event::{Event, OwnedValue};

/// An event that a rule looks at.
pub(super) struct Subject<'a, 'b> {
    pub(super) event: Event<'b>,
    pub(super) table: &'a FieldTable,
    pub(super) view: View<'a, 'b>,
}

/// How near an event is; the lesser, the nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    /// How many items would have to turn out otherwise.
    pub(super) changes: u32,
    /// How many items that count are as wanted.
    satisfied: Reverse<u32>,
}

/// No change of items would do.
const NEVER: u32 = u32::MAX;

impl Score {
    const NOTHING: Self = Self {
        changes: 0,
        satisfied: Reverse(0),
    };
    const NEVER: Self = Self {
        changes: NEVER,
        satisfied: Reverse(0),
    };

    fn plus(self, other: Self) -> Self {
        Self {
            changes: self.changes.saturating_add(other.changes),
            satisfied: Reverse(self.satisfied.0.saturating_add(other.satisfied.0)),
        }
    }
}

/// What a tree that is wanted to come out as `wanted` asks of its parts.
enum Demand<'t> {
    /// Each part.
    Each(&'t [Tree]),
    /// This many of the parts, whichever are nearest.
    Some(usize, &'t [Tree]),
    /// The part, to come out the other way.
    Opposite(&'t Tree),
    Leaf(&'t Leaf),
}

fn demand(tree: &Tree, wanted: bool) -> Demand<'_> {
    match tree {
        Tree::Leaf(leaf) => Demand::Leaf(leaf),
        Tree::Not(part) => Demand::Opposite(part),
        Tree::All(parts) if wanted => Demand::Each(parts),
        Tree::Any(parts) if !wanted => Demand::Each(parts),
        Tree::All(parts) | Tree::Any(parts) => Demand::Some(1, parts),
        Tree::AtLeast(count, parts) if wanted => Demand::Some(*count, parts),
        // So many must fail that too few are left.
        Tree::AtLeast(count, parts) => {
            Demand::Some((parts.len() + 1).saturating_sub(*count), parts)
        }
    }
}

/// How near the tree is to coming out as `wanted`.
pub(super) fn score(tree: &Tree, wanted: bool, subject: &Subject<'_, '_>) -> Score {
    match demand(tree, wanted) {
        Demand::Leaf(leaf) => {
            let is_wanted = holds(leaf, subject) == wanted;
            Score {
                changes: u32::from(!is_wanted),
                satisfied: Reverse(u32::from(is_wanted)),
            }
        }
        Demand::Opposite(part) => {
            let inner = score(part, !wanted, subject);
            // An exclusion that is not in the way is nothing gained.
            if wanted && inner.changes == 0 {
                Score::NOTHING
            } else {
                inner
            }
        }
        Demand::Each(parts) => parts
            .iter()
            .map(|part| score(part, wanted, subject))
            .fold(Score::NOTHING, Score::plus),
        Demand::Some(count, parts) => {
            if parts.len() < count {
                return Score::NEVER;
            }
            let mut scores: Vec<_> = parts
                .iter()
                .map(|part| score(part, wanted, subject))
                .collect();
            scores.sort_unstable();
            scores
                .into_iter()
                .take(count)
                .fold(Score::NOTHING, Score::plus)
        }
    }
}

/// The fields without which the tree cannot come out as `wanted`, whatever the
/// event's other fields held: those of items that want something of a field which
/// the event does not have, or has without a value. None, if it could.
pub(super) fn lacking(tree: &Tree, wanted: bool, subject: &Subject<'_, '_>) -> Vec<String> {
    match demand(tree, wanted) {
        Demand::Leaf(leaf) => match &leaf.field {
            Some(field) if holds(leaf, subject) != wanted && has_nothing(field, subject) => {
                leaf.predicate.field.iter().cloned().collect()
            }
            _ => Vec::new(),
        },
        Demand::Opposite(part) => lacking(part, !wanted, subject),
        Demand::Each(parts) => {
            let lacking = parts.iter().flat_map(|part| lacking(part, wanted, subject));
            lacking.collect()
        }
        Demand::Some(count, parts) => {
            let each: Vec<_> = parts
                .iter()
                .map(|part| lacking(part, wanted, subject))
                .collect();
            let possible = each.iter().filter(|lacking| lacking.is_empty()).count();
            if possible >= count {
                Vec::new()
            } else {
                each.concat()
            }
        }
    }
}

/// Whether the event has no value in a field, as far as its product writes one.
fn has_nothing(field: &str, subject: &Subject<'_, '_>) -> bool {
    match subject.table.value(subject.event, field) {
        None | Some(OwnedValue::Null) => true,
        Some(OwnedValue::Text(text)) => text.is_empty(),
        Some(OwnedValue::List(items)) => items.is_empty(),
        // Whether a field is there is a value of its own.
        Some(OwnedValue::Bool(false)) => field.contains('\u{1f}'),
        Some(_) => false,
    }
}

/// What became of the items that matter for the tree to come out as `wanted`.
pub(super) fn outcomes(tree: &Tree, wanted: bool, subject: &Subject<'_, '_>) -> Vec<Outcome> {
    match demand(tree, wanted) {
        Demand::Leaf(leaf) => vec![outcome(leaf, wanted, subject)],
        Demand::Opposite(part) => {
            let is_settled = score(part, !wanted, subject).changes == 0;
            if wanted && is_settled {
                Vec::new()
            } else {
                outcomes(part, !wanted, subject)
            }
        }
        Demand::Each(parts) => parts
            .iter()
            // Of several exclusions, those in the way are worth telling.
            .filter(|part| wanted || score(part, wanted, subject).changes > 0)
            .flat_map(|part| outcomes(part, wanted, subject))
            .collect(),
        // One failing item is enough to undo an exclusion; all of them are
        // told, since any of them would do.
        Demand::Some(_, parts) if !wanted && matches!(tree, Tree::All(_)) => parts
            .iter()
            .flat_map(|part| outcomes(part, wanted, subject))
            .collect(),
        Demand::Some(count, parts) => {
            let mut scored: Vec<_> = parts
                .iter()
                .map(|part| (score(part, wanted, subject), part))
                .collect();
            scored.sort_by_key(|(score, _)| *score);
            scored
                .into_iter()
                .take(count)
                .flat_map(|(_, part)| outcomes(part, wanted, subject))
                .collect()
        }
    }
}

fn holds(leaf: &Leaf, subject: &Subject<'_, '_>) -> bool {
    leaf.rule
        .as_ref()
        .is_some_and(|rule| evaluate_rule(rule, &subject.view).is_some())
}

fn outcome(leaf: &Leaf, wanted: bool, subject: &Subject<'_, '_>) -> Outcome {
    let seen = match &leaf.field {
        None => Seen::WholeEvent,
        Some(field) => subject
            .table
            .value(subject.event, field)
            .map_or(Seen::Absent, Seen::Value),
    };
    Outcome {
        predicate: Predicate {
            negated: !wanted,
            ..leaf.predicate.clone()
        },
        seen,
        satisfied: holds(leaf, subject) == wanted,
    }
}
