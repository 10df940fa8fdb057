//! Looking for the values of a page in recordings.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::{Mapping, Value};

use super::page::Page;
use super::proof::Proofs;
use crate::detect::Companion;
use crate::detect::sigma::{SigmaRuleSet, SignalSelection};
use crate::diagnostic::SourceText;
use crate::event::catalogue::Catalogue;

/// How a value of a page is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sought {
    /// The modifiers and the value of a Sigma selection.
    pub(super) items: BTreeSet<(String, String)>,
    /// What records may call its field.
    pub(super) names: BTreeSet<String>,
    /// The sources in whose records it may be.
    pub(super) sources: BTreeSet<String>,
}

/// The values of a page as rules that look for them.
#[derive(Debug, Default)]
pub struct Probes {
    /// A rule for each value and source, marked with the number of the value.
    pub rules: SigmaRuleSet,
    /// The sources of each value that is looked for.
    pub(super) sources: BTreeMap<usize, BTreeSet<String>>,
}

/// The rules that look for the values of a page. What cannot be looked for has none.
#[must_use]
pub fn probes(page: &Page) -> Probes {
    let mut probes = Probes::default();
    let text = SourceText::new("page", String::new());
    let known = Catalogue::bundled().sources();
    for (number, row) in page.indicators.iter().enumerate() {
        let Some(fields) = selection(&row.sought) else {
            continue;
        };
        let wanted = known
            .iter()
            .filter(|source| row.sought.sources.contains(source.id.as_str()));
        for source in wanted {
            let signal = SignalSelection {
                source: &source.id,
                event_ids: &[],
                fields: &fields,
                text: &text,
            };
            let id = source.id.to_string();
            if probes.rules.add_signal(signal, Companion(number)).is_ok() {
                probes.sources.entry(number).or_default().insert(id);
            }
        }
    }
    probes
}

impl Probes {
    /// Takes only these values for looked for: the rules of the others were not
    /// compiled.
    pub fn keep(&mut self, compiled: &BTreeSet<usize>) {
        self.sources.retain(|number, _| compiled.contains(number));
    }
}

/// Any of the spellings in any of the fields.
fn selection(sought: &Sought) -> Option<Value> {
    let is_field = |name: &&String| !name.is_empty() && !name.contains('|');
    let mut choices = Vec::new();
    for name in sought.names.iter().filter(is_field) {
        for (modifiers, value) in &sought.items {
            let key = match modifiers.as_str() {
                "" => name.clone(),
                modifiers => format!("{name}|{modifiers}"),
            };
            let value = match value.parse::<i64>() {
                Ok(number) if modifiers.is_empty() => Value::from(number),
                _ => Value::from(value.as_str()),
            };
            let mut choice = Mapping::new();
            choice.insert(Value::from(key), value);
            choices.push(Value::Mapping(choice));
        }
    }
    (!choices.is_empty()).then_some(Value::Sequence(choices))
}

/// How many recordings hold a value; `None` if it was not looked for, or if no
/// recording has a log in which it could be.
pub(super) fn recordings_of(number: usize, proofs: &Proofs) -> Option<usize> {
    let sources = proofs.probed.get(&number)?;
    let mut could_be = proofs
        .searched
        .iter()
        .filter(|recording| recording.is_of(sources))
        .peekable();
    could_be.peek()?;
    Some(
        could_be
            .filter(|recording| recording.held.contains(&number))
            .count(),
    )
}
