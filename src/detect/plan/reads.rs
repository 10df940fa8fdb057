//! What a field of a view is called in the records themselves.

use std::collections::BTreeSet;

use super::expression::Expr;
use super::view::{Beyond, Definition, RecordKind, Wire};
use super::walk;
use crate::event::catalogue::Catalogue;

/// Definitions refer to each other to this depth at most; they never do so endlessly.
const DEEPEST: usize = 16;

/// The names that records of a kind have for what a query calls `name`: the field
/// itself, or those that it is computed of. None of what records do not hold, such as
/// the name of an index.
pub(super) fn of(kind: &RecordKind, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let shown = kind.shown.get(name);
    if shown.is_none() && kind.beyond == Beyond::Nothing {
        return found;
    }
    match shown {
        Some(definition) => defined(kind, definition, DEEPEST, &mut found),
        None => inner(kind, name, DEEPEST, &mut found),
    }
    found
}

fn defined(kind: &RecordKind, definition: &Definition, depth: usize, found: &mut BTreeSet<String>) {
    let Definition::Computed(expr) = definition else {
        return;
    };
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let mut expr: Expr = expr.clone();
    walk::fields_of_expr(&mut expr, &mut |field| {
        inner(kind, &field.name, depth, found);
    });
}

/// A name that a definition uses.
fn inner(kind: &RecordKind, name: &str, depth: usize, found: &mut BTreeSet<String>) {
    if let Some(definition) = kind.base.get(name) {
        defined(kind, definition, depth, found);
        return;
    }
    let names = super::record::wire_names(kind.wire, name);
    let is_known = |name: &&String| match kind.wire {
        Wire::Named { .. } => Catalogue::bundled()
            .field_names()
            .any(|known| known == *name),
        Wire::Paths | Wire::Keys => true,
    };
    found.extend(names.iter().find(is_known).cloned());
}
