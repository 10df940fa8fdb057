//! A line for each technique of a corpus.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::build::by_technique;
use super::corpus::Corpus;
use super::fields::Subject;
use super::proof::Proofs;
use crate::content::attack::AttackTable;
use crate::detect::DetectionId;

/// What a corpus has of each technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "misfire coverage --all")]
pub struct Index {
    /// The techniques that rules are tagged with, by id.
    pub techniques: Vec<IndexRow>,
    /// How many rules there are, those that are not evaluated included.
    pub rules: usize,
    /// How many of them are not evaluated.
    pub unread: usize,
    /// How many have no technique in their tags.
    pub untagged: usize,
    /// How many are known to fire; null where nothing was looked at.
    pub proven: Option<usize>,
    /// How many recordings of attacks were looked at; null where none was.
    pub recordings: Option<usize>,
    /// The rules counted by language.
    pub languages: BTreeMap<String, usize>,
    /// The rules that are not evaluated, by the reason.
    pub unread_because: BTreeMap<String, usize>,
}

/// What a corpus has of a technique, without its sub-techniques.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexRow {
    /// The technique, under the id that ATT&CK has for it today.
    pub technique: String,
    /// Its name; null for an id that ATT&CK does not have.
    pub name: Option<String>,
    /// What it serves.
    pub tactics: Vec<String>,
    /// How many rules are evaluated.
    pub rules: usize,
    /// How many are not.
    pub unread: usize,
    /// All of them, counted by language.
    pub languages: BTreeMap<String, usize>,
    /// How many events they look at.
    pub events: usize,
    /// How many fields of records they ask something of, or exclude.
    pub fields: usize,
    /// How many rules are known to fire; null where nothing was looked at.
    pub proven: Option<usize>,
}

/// The index of a corpus.
#[must_use]
pub fn index(corpus: &Corpus, proofs: Option<&Proofs>) -> Index {
    let attack = AttackTable::bundled();
    let is_proven = |id: &DetectionId| proofs.is_some_and(|proofs| !proofs.of(id).is_empty());
    let mut techniques = Vec::new();
    for (id, (rules, unread)) in by_technique(corpus) {
        let own = || rules.iter().filter_map(|place| corpus.rules.get(*place));
        let others = unread.iter().filter_map(|place| corpus.unread.get(*place));
        let mut languages = BTreeMap::new();
        let written = own().map(|rule| rule.detection.language);
        for language in written.chain(others.map(|rule| rule.detection.language)) {
            *languages.entry(language.to_string()).or_default() += 1;
        }
        let events: BTreeSet<_> = own().flat_map(|rule| &rule.events).collect();
        let fields: BTreeSet<_> = own()
            .flat_map(|rule| &rule.asks)
            .filter_map(|ask| match &ask.subject {
                Subject::Field(name) => Some(name),
                _ => None,
            })
            .collect();
        let proven = own().filter(|rule| is_proven(&rule.detection.id)).count();
        techniques.push(IndexRow {
            name: attack.name(&id),
            tactics: attack
                .tactics(&id)
                .iter()
                .map(ToString::to_string)
                .collect(),
            technique: id.to_string(),
            rules: rules.len(),
            unread: unread.len(),
            languages,
            events: events.len(),
            fields: fields.len(),
            proven: proofs.map(|_| proven),
        });
    }
    let mut languages = BTreeMap::new();
    let mut unread_because = BTreeMap::new();
    let all = corpus.rules.iter().map(|rule| &rule.detection);
    for detection in all.chain(corpus.unread.iter().map(|rule| &rule.detection)) {
        *languages.entry(detection.language.to_string()).or_default() += 1;
    }
    for rule in &corpus.unread {
        *unread_because.entry(rule.why.clone()).or_default() += 1;
    }
    let tagged = corpus.rules.iter().map(|rule| &rule.techniques);
    let tagged = tagged.chain(corpus.unread.iter().map(|rule| &rule.techniques));
    let proven = corpus.rules.iter();
    let proven = proven.filter(|rule| is_proven(&rule.detection.id)).count();
    Index {
        techniques,
        rules: corpus.len(),
        unread: corpus.unread.len(),
        untagged: tagged.filter(|techniques| techniques.is_empty()).count(),
        proven: proofs.map(|_| proven),
        recordings: proofs.map(|proofs| proofs.recordings),
        languages,
        unread_because,
    }
}
