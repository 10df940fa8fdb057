//! Why a rule fired or did not.

use crate::support;

mod corpus;
mod groups;
mod nearest;

use std::path::PathBuf;

use misfire::detect::sigma::SigmaEngine;
use misfire::detect::{Engine, Explanation, Outcome, ProgramId, Seen};
use misfire::event::OwnedValue;
use support::events::{Made, batch};

/// Explains one program on events.
pub fn explained(engine: &SigmaEngine, program: u32, events: &[Made]) -> Explanation {
    let batch = batch(engine.names(), events);
    engine.explain(ProgramId(program), None, &mut |visit| {
        for event in batch.events() {
            visit(event);
        }
    })
}

/// One outcome in a line: its part, what is asked for, what was seen, and
/// whether that is as wanted.
pub fn line(outcome: &Outcome) -> String {
    let predicate = &outcome.predicate;
    let seen = match &outcome.seen {
        Seen::Absent => "absent".to_owned(),
        Seen::WholeEvent => "whole event".to_owned(),
        Seen::Value(OwnedValue::Text(text)) => text.to_string(),
        Seen::Value(value) => format!("{value:?}"),
    };
    format!(
        "{} {}{} {}{} [{}] seen {}: {}",
        predicate.part,
        if predicate.negated { "not " } else { "" },
        predicate.field.as_deref().unwrap_or("keywords"),
        predicate.operator,
        match predicate.quantity {
            misfire::detect::Quantity::All => " (all)",
            misfire::detect::Quantity::Any => "",
        },
        predicate.values.join(", "),
        seen,
        if outcome.satisfied { "yes" } else { "no" },
    )
}

/// The lines of the nearest event.
pub fn lines(explanation: &Explanation) -> Vec<String> {
    let nearest = explanation.nearest.as_ref();
    nearest
        .into_iter()
        .flat_map(|nearest| &nearest.outcomes)
        .map(line)
        .collect()
}

/// The text that each predicate's span marks.
pub fn marked(text: &str, explanation: &Explanation) -> Vec<Option<String>> {
    let nearest = explanation.nearest.as_ref();
    nearest
        .into_iter()
        .flat_map(|nearest| &nearest.outcomes)
        .map(|outcome| {
            let span = outcome.predicate.span.clone()?;
            Some(text[span].to_owned())
        })
        .collect()
}

/// The shared folder of Sigma's corpus.
pub fn sigma() -> Option<PathBuf> {
    support::corpus("sigma")
}
