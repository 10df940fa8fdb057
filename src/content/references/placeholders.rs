//! What the signals of an expectation leave open: `#{argument}`, `#{host.KEY}`.

use serde_yaml::Value;

use crate::content::expectation::{Branch, Expectation};
use crate::diagnostic::{At, Place};

/// A value that a recording fills in.
#[derive(Debug, Clone)]
pub(super) enum Placeholder {
    /// An argument of the atomic.
    Argument { name: String, place: Place },
    /// What is known of the host.
    Host { key: String },
}

/// Everything that the signals leave open, each once a signal.
pub(super) fn placeholders(expectation: &Expectation) -> Vec<Placeholder> {
    let mut found = Vec::new();
    let branches = expectation
        .signals
        .iter()
        .flat_map(|signal| &signal.branches);
    for branch in branches {
        let mut names = Vec::new();
        visit(&branch.fields, &mut names);
        found.extend(
            names
                .into_iter()
                .map(|name| match name.strip_prefix("host.") {
                    Some(key) => Placeholder::Host {
                        key: key.to_owned(),
                    },
                    None => Placeholder::Argument {
                        place: place_of(branch, &name),
                        name,
                    },
                }),
        );
    }
    found
}

fn visit(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            for part in text.split("#{").skip(1) {
                let Some((name, _)) = part.split_once('}') else {
                    continue;
                };
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        Value::Sequence(values) => values.iter().for_each(|value| visit(value, names)),
        Value::Mapping(pairs) => pairs.values().for_each(|value| visit(value, names)),
        Value::Tagged(tagged) => visit(&tagged.value, names),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Where a branch names it.
fn place_of(branch: &Branch, name: &str) -> Place {
    let written = format!("#{{{name}}}");
    match &branch.place.at {
        At::Span { source, bytes } => {
            let behind = source.text.get(bytes.start..).unwrap_or_default();
            match behind.find(&written) {
                Some(start) => {
                    let start = bytes.start + start;
                    Place::span(source, start..start + written.len())
                }
                None => branch.place.clone(),
            }
        }
        _ => branch.place.clone(),
    }
}
