//! The smallest change that would flip a near miss.

use crate::detect::{Explanation, Outcome, Quantity, Seen};
use crate::event::OwnedValue;

/// More characters of a value are not shown.
const WIDTH: usize = 200;

/// What would have to be otherwise for the nearest event to match, each part as a
/// fragment of a sentence; empty if nothing came near.
#[must_use]
pub fn smallest_change(explanation: &Explanation) -> Vec<String> {
    let Some(nearest) = &explanation.nearest else {
        return explanation
            .groups
            .iter()
            .filter(|group| !group.met)
            .take(1)
            .map(|group| {
                format!(
                    "the group would have to reach {}, and it has {}",
                    group.wanted, group.got
                )
            })
            .collect();
    };
    nearest
        .outcomes
        .iter()
        .filter(|outcome| !outcome.satisfied)
        .map(change)
        .collect()
}

fn change(outcome: &Outcome) -> String {
    let predicate = &outcome.predicate;
    let field = predicate.field.as_deref().unwrap_or("the event");
    let quantity = match (predicate.quantity, predicate.values.len()) {
        (Quantity::All, 2..) => "all of ",
        (Quantity::Any, 2..) => "one of ",
        (_, _) => "",
    };
    let values: Vec<_> = predicate
        .values
        .iter()
        .take(4)
        .map(|value| format!("'{}'", short(value)))
        .collect();
    let more = match predicate.values.len() {
        0..=4 => String::new(),
        count => format!(" and {} more", count - 4),
    };
    let wanted = format!(
        "{field} {} {quantity}{}{more}",
        predicate.operator,
        values.join(", ")
    );
    let wanted = wanted.trim_end();
    let seen = match &outcome.seen {
        Seen::Absent => format!("{field} is absent"),
        Seen::WholeEvent => "nothing in the event does".to_owned(),
        Seen::Value(value) => format!("{field} is {}", value_text(value)),
    };
    let flip = if predicate.negated { "fail" } else { "hold" };
    format!("{wanted} would have to {flip}; {seen}")
}

fn value_text(value: &OwnedValue) -> String {
    match value {
        OwnedValue::Text(text) | OwnedValue::Node(text) => format!("'{}'", short(text)),
        OwnedValue::Integer(number) => number.to_string(),
        OwnedValue::Float(number) => number.to_string(),
        OwnedValue::Bool(truth) => truth.to_string(),
        OwnedValue::Null => "empty".to_owned(),
        OwnedValue::List(items) => {
            let items: Vec<_> = items.iter().take(4).map(value_text).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(WIDTH).collect();
    short.push_str("...");
    short
}
