//! What came closest, as the document of a run has it.

use crate::diff::{NearMiss, Predicate};
use crate::report::words::one_line;

/// How much of a value from a log is shown, in characters.
const VALUE_WIDTH: usize = 300;

/// How many of a predicate's values are shown.
const MOST_VALUES: usize = 8;

/// How many predicates are shown; those that fail come first.
const MOST_PREDICATES: usize = 12;

/// The lines that tell of a near miss.
pub(super) fn lines(near: &NearMiss) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(event) = &near.event {
        let distance = match near.distance {
            Some(1) => ", 1 predicate away".to_owned(),
            Some(distance) => format!(", {distance} predicates away"),
            None => String::new(),
        };
        let file = one_line(&event.file, VALUE_WIDTH);
        lines.push(format!(
            "closest{distance}: {file}, record {}",
            event.record
        ));
    }
    let (holding, failing): (Vec<_>, Vec<_>) =
        near.predicates.iter().partition(|given| given.satisfied);
    let all = failing.into_iter().chain(holding);
    for predicate in all.take(MOST_PREDICATES) {
        predicate_lines(&mut lines, predicate);
    }
    if near.predicates.len() > MOST_PREDICATES {
        let more = near.predicates.len() - MOST_PREDICATES;
        lines.push(format!("  and {more} more"));
    }
    if let Some(relation) = &near.relation {
        lines.push(format!("relation: {}", one_line(relation, VALUE_WIDTH)));
    }
    if !near.change.is_empty() {
        let change = near.change.join("; ");
        lines.push(format!(
            "smallest change: {}",
            one_line(&change, usize::MAX)
        ));
    }
    lines
}

fn predicate_lines(lines: &mut Vec<String>, predicate: &Predicate) {
    let mark = if predicate.satisfied {
        "holds"
    } else {
        "fails"
    };
    let not = if predicate.negated { "must not: " } else { "" };
    let field = predicate.field.as_deref().unwrap_or("any field");
    let joint = if predicate.wanted_all {
        " and "
    } else {
        " or "
    };
    let wanted = predicate.wanted.iter().take(MOST_VALUES);
    let wanted: Vec<_> = wanted
        .map(|value| format!("'{}'", one_line(value, VALUE_WIDTH)))
        .collect();
    let more = match predicate.wanted.len().saturating_sub(MOST_VALUES) {
        0 => String::new(),
        more => format!("{joint}{more} more"),
    };
    lines.push(format!(
        "  {mark}  {}: {not}{} {} {}{more}",
        one_line(&predicate.part, VALUE_WIDTH),
        one_line(field, VALUE_WIDTH),
        one_line(&predicate.operator, VALUE_WIDTH),
        wanted.join(joint)
    ));
    if let Some(seen) = &predicate.seen {
        lines.push(format!("           seen: {}", one_line(seen, VALUE_WIDTH)));
    }
}
