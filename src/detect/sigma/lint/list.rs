//! Values that stand twice in a list, or that another takes in.

use super::edits;
use super::logic::superfluous;
use super::rule::{Item, Rule};
use super::rules::{DUPLICATE_VALUE, SWALLOWED_VALUE};
use crate::detect::lint::{Finding, Remedy};

/// A longer list is one of indicators, in which some overlap does no harm.
const LONGEST: usize = 200;

pub(super) fn check(rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    for (_, item) in rule.items() {
        if item.values.len() < 2 || item.values.len() > LONGEST {
            continue;
        }
        let twice = twice(item, findings);
        for (index, other) in superfluous(item) {
            if !twice.contains(&index) {
                swallowed(item, index, other, findings);
            }
        }
    }
}

/// Tells of values that are written as one before them is; their places in the list.
fn twice(item: &Item<'_>, findings: &mut Vec<Finding>) -> Vec<usize> {
    let is_cased = item.has_any(&["cased", "re", "base64", "base64offset"]);
    let mut seen = std::collections::HashSet::new();
    let mut places = Vec::new();
    for (index, node) in item.values.iter().enumerate() {
        let text = match node.as_str() {
            Some(text) if is_cased => text.to_owned(),
            Some(text) => text.to_lowercase(),
            None => node
                .source()
                .text
                .get(node.bytes())
                .unwrap_or_default()
                .to_owned(),
        };
        if seen.insert((node.as_str().is_some(), text)) {
            continue;
        }
        places.push(index);
        let edit = edits::without_element(*node);
        findings.push(
            Finding::new(
                &DUPLICATE_VALUE,
                "the value stands there twice",
                node.first_line(),
            )
            .fix(Remedy::Certain, "remove it", edit.into_iter().collect()),
        );
    }
    places
}

fn swallowed(item: &Item<'_>, index: usize, other: usize, findings: &mut Vec<Finding>) {
    let (Some(node), Some(other)) = (item.values.get(index), item.values.get(other)) else {
        return;
    };
    // An empty text has a rule of its own.
    let Some(other) = other.as_str().filter(|other| !other.is_empty()) else {
        return;
    };
    let message = if item.has("all") {
        format!("a value with `{other}` has this in it")
    } else {
        format!("whatever matches this matches `{other}`")
    };
    let edit = edits::without_element(*node);
    findings.push(
        Finding::new(&SWALLOWED_VALUE, message, node.first_line()).fix(
            Remedy::Proposed,
            "remove it",
            edit.into_iter().collect(),
        ),
    );
}
