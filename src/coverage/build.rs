//! From the corpus to the page of a technique.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::{Ask, Sense};
use super::corpus::{Corpus, SurveyedRule, UnreadRule};
use super::page::{LanguageRow, Page, ProofSummary, RuleRow, SubTechnique, UnreadRow};
use super::proof::Proofs;
use super::telemetry;
use crate::content::atomic::TechniqueId;
use crate::content::attack::AttackTable;
use crate::detect::{Detection, Language};

/// Which rules a page takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of the technique itself.
    Technique,
    /// Those of its sub-techniques too.
    SubTechniques,
}

/// Why there is no page: no rule of the corpus is of the technique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRule {
    /// The sub-techniques that there are rules of.
    pub sub_techniques: Vec<SubTechnique>,
    /// The technique that it is a sub-technique of, if there are rules of that.
    pub parent: Option<SubTechnique>,
}

/// The page of a technique, which may be named by a former id.
///
/// # Errors
///
/// No rule of the corpus is of it.
pub fn page(
    corpus: &Corpus,
    technique: &TechniqueId,
    scope: Scope,
    proofs: Option<&Proofs>,
) -> Result<Page, NoRule> {
    let attack = AttackTable::bundled();
    let technique = attack.current(technique);
    let is_own = |techniques: &[TechniqueId]| {
        techniques.iter().any(|id| match scope {
            Scope::Technique => attack.is_same(technique, id),
            Scope::SubTechniques => attack.covers(technique, id),
        })
    };
    let rules: Vec<usize> = (0..corpus.rules.len())
        .filter(|place| is_own(&corpus.rules[*place].techniques))
        .collect();
    let unread: Vec<&UnreadRule> = corpus
        .unread
        .iter()
        .filter(|rule| is_own(&rule.techniques))
        .collect();
    let sub_techniques = sub_techniques(corpus, technique);
    if rules.is_empty() && unread.is_empty() {
        return Err(NoRule {
            sub_techniques,
            parent: parent(corpus, technique),
        });
    }
    let builder = Builder {
        corpus,
        rules,
        proofs,
    };
    let (fields, computed) = builder.fields();
    let indicators = builder.indicators();
    let rows = builder.rule_rows();
    let proof = proofs.map(|proofs| ProofSummary {
        recordings: proofs.recordings,
        proven: builder
            .rules
            .iter()
            .filter(|rule| builder.is_proven(**rule))
            .count(),
        never_recorded: indicators
            .iter()
            .filter(|indicator| indicator.recordings == Some(0))
            .count(),
    });
    Ok(Page {
        technique: technique.to_string(),
        name: attack.name(technique),
        tactics: attack
            .tactics(technique)
            .iter()
            .map(ToString::to_string)
            .collect(),
        aliases: aliases(&builder, &unread, technique, scope),
        sub_techniques,
        with_sub_techniques: scope == Scope::SubTechniques,
        languages: builder.languages(&unread),
        events: builder.events(),
        fields,
        indicators,
        exclusions: builder.exclusions(Sense::Excluded),
        nested_exclusions: builder.exclusions(Sense::ExcludedInside),
        computed,
        gaps: telemetry::gaps(builder.own()),
        rules: rows,
        unread: unread.into_iter().map(unread_row).collect(),
        corpus: corpus.len(),
        proof,
    })
}

/// Other ids of the techniques of a page under which its rules are tagged.
fn aliases(
    builder: &Builder<'_>,
    unread: &[&UnreadRule],
    technique: &TechniqueId,
    scope: Scope,
) -> Vec<String> {
    let attack = AttackTable::bundled();
    let own = builder.own().map(|(_, rule)| &rule.techniques);
    let own = own.chain(unread.iter().map(|rule| &rule.techniques));
    let is_alias = |id: &&TechniqueId| {
        let current = attack.current(id);
        let is_meant = match scope {
            Scope::Technique => current == technique,
            Scope::SubTechniques => attack.covers(technique, id),
        };
        is_meant && current != *id
    };
    let aliases: BTreeSet<String> = own
        .flatten()
        .filter(is_alias)
        .map(ToString::to_string)
        .collect();
    aliases.into_iter().collect()
}

/// Every technique of a corpus under the id of today, with its rules.
pub(super) fn by_technique(corpus: &Corpus) -> BTreeMap<TechniqueId, (Vec<usize>, Vec<usize>)> {
    let attack = AttackTable::bundled();
    let mut found: BTreeMap<TechniqueId, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    let current = |techniques: &[TechniqueId]| -> BTreeSet<TechniqueId> {
        let ids = techniques.iter().map(|id| attack.current(id).clone());
        ids.collect()
    };
    for (place, rule) in corpus.rules.iter().enumerate() {
        for id in current(&rule.techniques) {
            found.entry(id).or_default().0.push(place);
        }
    }
    for (place, rule) in corpus.unread.iter().enumerate() {
        for id in current(&rule.techniques) {
            found.entry(id).or_default().1.push(place);
        }
    }
    found
}

fn sub_techniques(corpus: &Corpus, technique: &TechniqueId) -> Vec<SubTechnique> {
    let attack = AttackTable::bundled();
    by_technique(corpus)
        .into_iter()
        .filter(|(id, _)| attack.covers(technique, id) && !attack.is_same(technique, id))
        .map(|(id, (rules, unread))| SubTechnique {
            name: attack.technique(&id).map(|known| known.name.clone()),
            technique: id.to_string(),
            rules: rules.len() + unread.len(),
        })
        .collect()
}

fn parent(corpus: &Corpus, technique: &TechniqueId) -> Option<SubTechnique> {
    let parent = technique.parent();
    if parent == *technique {
        return None;
    }
    let (rules, unread) = by_technique(corpus).remove(&parent)?;
    Some(SubTechnique {
        name: AttackTable::bundled().name(&parent),
        technique: parent.to_string(),
        rules: rules.len() + unread.len(),
    })
}

/// Whose language it is.
fn vendor(language: Language) -> &'static str {
    match language {
        Language::Sigma => "Sigma",
        Language::Spl => "Splunk",
        Language::Sumo | Language::SumoCse => "Sumo Logic",
        Language::Kql => "Microsoft",
        Language::Eql | Language::Kuery | Language::Esql | Language::Lucene => "Elastic",
    }
}

/// The rules of a page, as its tables are made of them.
pub(super) struct Builder<'c> {
    pub(super) corpus: &'c Corpus,
    /// The places of the page's rules.
    rules: Vec<usize>,
    pub(super) proofs: Option<&'c Proofs>,
}

impl<'c> Builder<'c> {
    pub(super) fn own(&self) -> impl Iterator<Item = (usize, &'c SurveyedRule)> + '_ {
        let corpus = self.corpus;
        let places = self.rules.iter();
        places.filter_map(move |place| Some((*place, corpus.rules.get(*place)?)))
    }

    pub(super) fn asks(&self) -> impl Iterator<Item = (usize, &'c Ask)> + '_ {
        self.own()
            .flat_map(|(place, rule)| rule.asks.iter().map(move |ask| (place, ask)))
    }

    fn is_proven(&self, rule: usize) -> bool {
        let rule = self.corpus.rules.get(rule);
        let id = rule.map(|rule| &rule.detection.id);
        let proofs = id.and_then(|id| Some(self.proofs?.of(id)));
        proofs.is_some_and(|proofs| !proofs.is_empty())
    }

    /// How many of these rules are known to fire.
    pub(super) fn proven(&self, rules: &BTreeSet<usize>) -> Option<usize> {
        self.proofs?;
        Some(rules.iter().filter(|rule| self.is_proven(**rule)).count())
    }

    fn languages(&self, unread: &[&UnreadRule]) -> Vec<LanguageRow> {
        let mut counted: BTreeMap<Language, (BTreeSet<usize>, usize)> = BTreeMap::new();
        for (place, rule) in self.own() {
            let (rules, _) = counted.entry(rule.detection.language).or_default();
            rules.insert(place);
        }
        for rule in unread {
            counted.entry(rule.detection.language).or_default().1 += 1;
        }
        counted
            .into_iter()
            .map(|(language, (rules, unread))| LanguageRow {
                language: language.to_string(),
                vendor: vendor(language).to_owned(),
                rules: rules.len(),
                unread,
                proven: self.proven(&rules),
            })
            .collect()
    }

    fn rule_rows(&self) -> Vec<RuleRow> {
        let mut rows: Vec<_> = self
            .own()
            .map(|(_, rule)| {
                let Detection {
                    id,
                    title,
                    language,
                    level,
                    file,
                    log_source,
                    ..
                } = &rule.detection;
                RuleRow {
                    detection: id.as_str().to_owned(),
                    title: title.clone(),
                    language: language.to_string(),
                    level: level.map(|level| level.to_string()),
                    file: file.display().to_string(),
                    log_source: log_source.clone(),
                    techniques: rule.techniques.iter().map(ToString::to_string).collect(),
                    proofs: self.proofs.map(|proofs| proofs.of(id).to_vec()),
                }
            })
            .collect();
        rows.sort_by(|left, right| {
            let rank = |row: &RuleRow| (row.language.clone(), row.title.clone(), row.file.clone());
            rank(left).cmp(&rank(right))
        });
        rows
    }
}

fn unread_row(rule: &UnreadRule) -> UnreadRow {
    let detection = &rule.detection;
    UnreadRow {
        detection: detection.id.as_str().to_owned(),
        title: detection.title.clone(),
        language: detection.language.to_string(),
        file: detection.file.display().to_string(),
        why: rule.why.clone(),
    }
}
