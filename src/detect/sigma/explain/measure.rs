//! The items of a rule, held against an event.

use rsigma_eval::evaluate_rule;

use super::View;
use super::tree::Leaf;
use crate::detect::sigma::view::FieldTable;
use crate::detect::{Outcome, Predicate, Seen, tree};
use crate::event::{Event, OwnedValue};

/// An event that a rule looks at.
pub(super) struct Subject<'a, 'b> {
    pub(super) event: Event<'b>,
    pub(super) table: &'a FieldTable,
    pub(super) view: View<'a, 'b>,
}

impl tree::Subject<Box<Leaf>> for Subject<'_, '_> {
    fn comes_out(&self, leaf: &Box<Leaf>, wanted: bool) -> bool {
        holds(leaf, self) == wanted
    }

    fn outcome(&self, leaf: &Box<Leaf>, wanted: bool) -> Outcome {
        outcome(leaf, wanted, self)
    }

    fn lacks(&self, leaf: &Box<Leaf>) -> Option<String> {
        let field = leaf.field.as_ref()?;
        let field = has_nothing(field, self).then_some(&leaf.predicate.field)?;
        field.clone()
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
