//! The page of a technique.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::events::EventRow;
use super::probe::Sought;
use super::proof::Proof;
use super::telemetry::GapRow;

/// What the rules of a corpus look at and ask for, for one technique.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "misfire coverage --technique")]
pub struct Page {
    /// The technique, under the id that ATT&CK has for it today.
    pub technique: String,
    /// Its name; null for an id that ATT&CK does not have.
    pub name: Option<String>,
    /// What it serves.
    pub tactics: Vec<String>,
    /// Other ids of it under which rules are tagged.
    pub aliases: Vec<String>,
    /// Its sub-techniques that rules are tagged with.
    pub sub_techniques: Vec<SubTechnique>,
    /// Whether the rules of its sub-techniques are part of the page.
    pub with_sub_techniques: bool,
    /// The rules, counted by language.
    pub languages: Vec<LanguageRow>,
    /// The events that the rules look at.
    pub events: Vec<EventRow>,
    /// The fields of records that they ask something of, or exclude.
    pub fields: Vec<FieldRow>,
    /// The values that they ask for, those of most rules first.
    pub indicators: Vec<IndicatorRow>,
    /// The values that they exclude, whatever else holds.
    pub exclusions: Vec<ExclusionRow>,
    /// The values that they exclude in one of several alternatives only.
    pub nested_exclusions: Vec<ExclusionRow>,
    /// What they compare that is no field of a record: outputs of lookups, counts, and
    /// what they compute.
    pub computed: Vec<FieldRow>,
    /// Fields that some or all of the events do not carry.
    pub gaps: Vec<GapRow>,
    /// The rules.
    pub rules: Vec<RuleRow>,
    /// The rules of the technique that are not evaluated, which count nowhere else.
    pub unread: Vec<UnreadRow>,
    /// How many rules the whole corpus has.
    pub corpus: usize,
    /// What was proven; null where nothing was looked at.
    pub proof: Option<ProofSummary>,
}

/// A sub-technique, and how many rules it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SubTechnique {
    /// Its id.
    pub technique: String,
    /// Its own name; null for an id that ATT&CK does not have.
    pub name: Option<String>,
    /// How many rules are tagged with it.
    pub rules: usize,
}

/// The rules in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LanguageRow {
    /// The language.
    pub language: String,
    /// Whose language it is.
    pub vendor: String,
    /// How many rules are evaluated.
    pub rules: usize,
    /// How many are not.
    pub unread: usize,
    /// How many are known to fire; null where nothing was proven.
    pub proven: Option<usize>,
}

/// A field, and how rules compare it. A rule counts once, and once an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldRow {
    /// The field, under the name that all languages share here; null for the whole
    /// record.
    pub field: Option<String>,
    /// The names that the rules write for it.
    pub names: Vec<String>,
    /// How many rules ask something of it.
    pub rules: usize,
    /// How many exclude values of it.
    pub rules_excluding: usize,
    /// How many do either.
    pub rules_naming: usize,
    /// How many rules ask with each operator.
    pub operators: BTreeMap<String, usize>,
    /// How many rules exclude with each operator.
    pub operators_excluding: BTreeMap<String, usize>,
    /// How many rules do either with each operator.
    pub operators_naming: BTreeMap<String, usize>,
    /// Values, those of most rules first.
    pub samples: Vec<String>,
    /// How many of the rules that ask are known to fire; null where nothing was proven.
    pub proven: Option<usize>,
}

/// A value that rules ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndicatorRow {
    /// The field; null for the whole record.
    pub field: Option<String>,
    /// How it is compared.
    pub operator: String,
    /// The value, in its most frequent spelling.
    pub value: String,
    /// How many rules of the page ask for it.
    pub rules: usize,
    /// How many rules of the page ask for it or exclude it.
    pub rules_naming: usize,
    /// How many rules of the whole corpus, of any technique, ask for it.
    pub reach: usize,
    /// How many rules of the whole corpus ask for it or exclude it.
    pub reach_naming: usize,
    /// How many of the rules that ask are known to fire; null where nothing was proven.
    pub proven: Option<usize>,
    /// How many recordings of attacks hold it; null where it was not looked for, or no
    /// recording has a log in which it could be.
    pub recordings: Option<usize>,
    /// How it is looked for.
    #[serde(skip)]
    pub(super) sought: Sought,
}

/// A value that rules exclude.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExclusionRow {
    /// The field; null for the whole record.
    pub field: Option<String>,
    /// How it is compared.
    pub operator: String,
    /// The value; null where the operator says all.
    pub value: Option<String>,
    /// How many rules exclude it.
    pub rules: usize,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleRow {
    /// Its id.
    pub detection: String,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: String,
    /// How serious its firing is; null where it does not say.
    pub level: Option<String>,
    /// Its file.
    pub file: String,
    /// The log that it is written for, for people.
    pub log_source: String,
    /// The techniques that its tags name.
    pub techniques: Vec<String>,
    /// What proves that it fires; null where nothing was looked at.
    pub proofs: Option<Vec<Proof>>,
}

/// A rule that is not evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreadRow {
    /// Its id.
    pub detection: String,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: String,
    /// Its file.
    pub file: String,
    /// Why, as a fragment of a sentence.
    pub why: String,
}

/// What was proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProofSummary {
    /// How many recordings of attacks were looked at.
    pub recordings: usize,
    /// How many rules are known to fire.
    pub proven: usize,
    /// How many values were looked for and are in none of the recordings.
    pub never_recorded: usize,
}
