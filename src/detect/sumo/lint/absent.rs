//! Conditions on fields that the events do not have.

use super::conjunction::{Facts, Place};
use super::rules::ABSENT_FIELD;
use super::{Linter, as_warning};
use crate::detect::lint::Finding;
use crate::event::catalogue::{Catalogue, Provider};

impl Linter<'_> {
    /// Tells which conditions need fields that none of the events has.
    pub(super) fn absent_fields(&mut self) {
        let facts = std::mem::take(&mut self.facts);
        self.absent_of(&facts, Place::Required);
        self.facts = facts;
    }

    /// The same for some facts; those of one of several possibilities are told as
    /// warnings.
    pub(super) fn absent_of(&mut self, facts: &Facts, place: Place) {
        if self.fields.are_unknown() {
            return;
        }
        let Some(ids) = facts.values("eventid") else {
            return;
        };
        let ids: Option<Vec<u32>> = ids.iter().map(|id| id.parse().ok()).collect();
        let Some(ids) = ids else {
            return;
        };
        let providers = self.providers();
        for (name, span) in &facts.needed {
            let item = name.strip_prefix("eventdata.").unwrap_or(name);
            if self.fields.is_made(name) || !may_be_absent(&providers, &ids, item) {
                continue;
            }
            let told: Vec<_> = ids.iter().map(u32::to_string).collect();
            let owners = owners(&providers, item);
            let mut finding = Finding::new(
                &ABSENT_FIELD,
                format!(
                    "events {} have no field `{}`",
                    told.join(" and "),
                    self.text(*span)
                ),
                self.query.place(*span),
            );
            if !owners.is_empty() {
                finding = finding.help(format!("it is a field of {}", owners.join(", ")));
            }
            if place == Place::Possible {
                finding = as_warning(finding);
            }
            self.tell(finding);
        }
    }

    /// The providers whose events may come.
    fn providers(&self) -> Vec<&'static Provider> {
        let hints = [
            ("sysmon", "Microsoft-Windows-Sysmon"),
            ("security", "Microsoft-Windows-Security-Auditing"),
        ];
        let hinted: Vec<_> = hints
            .iter()
            .filter(|(word, _)| self.fields.scope_says(word))
            .filter_map(|(_, name)| Catalogue::bundled().provider(name))
            .collect();
        match hinted.is_empty() {
            true => Catalogue::bundled().providers().collect(),
            false => hinted,
        }
    }
}

fn has(provider: &Provider, id: u32, item: &str) -> Option<bool> {
    let event = provider.events.get(&id)?;
    if event.schemas.is_empty() {
        return Some(true);
    }
    let mut fields = event.schemas.iter().flat_map(|schema| &schema.fields);
    Some(fields.any(|field| field.name.replace(' ', "_").eq_ignore_ascii_case(item)))
}

/// Whether no event of these ids has an item that events have.
fn may_be_absent(providers: &[&Provider], ids: &[u32], item: &str) -> bool {
    let is_item = Catalogue::bundled().providers().any(|provider| {
        let mut ids = provider.events.keys();
        ids.any(|id| has_certainly(provider, *id, item))
    });
    let of_ids: Vec<Option<bool>> = ids
        .iter()
        .flat_map(|id| providers.iter().map(|provider| has(provider, *id, item)))
        .collect();
    let is_known = ids.iter().all(|id| {
        let mut providers = providers.iter();
        providers.any(|provider| provider.events.contains_key(id))
    });
    is_item && is_known && of_ids.iter().flatten().all(|has| !has)
}

fn has_certainly(provider: &Provider, id: u32, item: &str) -> bool {
    provider
        .events
        .get(&id)
        .is_some_and(|event| !event.schemas.is_empty())
        && has(provider, id, item) == Some(true)
}

/// Some events that have an item, for people.
fn owners(providers: &[&Provider], item: &str) -> Vec<String> {
    let all = providers.iter().flat_map(|provider| {
        let ids = provider.events.keys();
        ids.filter(|id| has_certainly(provider, **id, item))
            .map(|id| format!("event {id}"))
    });
    all.take(4).collect()
}
