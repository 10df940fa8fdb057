//! The files of deployments, as written.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `profiles.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profiles {
    pub(super) profiles: Vec<Profile>,
}

/// One way of taking in records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) sources: Vec<SourceData>,
}

/// What the records of a source are called. `{Channel}`, `{Computer}`, and
/// `{Provider}` stand for what a record says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceData {
    /// The source; `*` for any other event log.
    pub(super) id: String,
    #[serde(default)]
    pub(super) index: Option<String>,
    #[serde(default)]
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) sourcetype: Option<String>,
    #[serde(default)]
    pub(super) host: Option<String>,
    #[serde(default)]
    pub(super) eventtypes: Vec<String>,
}

/// A file of `fields/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldsData {
    pub(super) source: String,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, Expression>,
    /// What records of the source are, on conditions.
    #[serde(default)]
    pub(super) groups: Vec<GroupData>,
    #[serde(default)]
    pub(super) events: BTreeMap<u32, EventData>,
}

/// Records of a source for which something holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupData {
    pub(super) when: Expression,
    #[serde(default)]
    pub(super) models: Vec<String>,
    #[serde(default)]
    pub(super) eventtypes: Vec<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

/// What an event id adds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventData {
    #[serde(default)]
    pub(super) models: Vec<String>,
    #[serde(default)]
    pub(super) when: BTreeMap<String, Expression>,
    #[serde(default)]
    pub(super) eventtypes: Vec<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, Expression>,
}

/// An expression of SPL's `eval`; a number or truth value is one as well.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Expression {
    Number(i64),
    Truth(bool),
    Text(String),
}

impl Expression {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => format!("\"{truth}\""),
            Self::Text(text) => text.clone(),
        }
    }
}

/// `models.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Models {
    pub(super) models: BTreeMap<String, ModelData>,
}

/// A data model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelData {
    /// Why no record that can be read is part of it, if that is so.
    #[serde(default)]
    pub(super) unavailable: Option<String>,
    #[serde(default)]
    pub(super) datasets: BTreeMap<String, DatasetData>,
}

/// A dataset of a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetData {
    #[serde(default)]
    pub(super) parent: Option<String>,
    /// What its fields' names begin with.
    pub(super) node: String,
    /// The tags that its records have.
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// What else must hold.
    #[serde(rename = "where")]
    pub(super) condition: Option<Expression>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, FieldData>,
}

/// A field of a dataset.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldData {
    /// What the model computes in its place.
    #[serde(default)]
    pub(super) calculation: Option<Expression>,
    /// What the model makes of it where a record has none.
    #[serde(default)]
    pub(super) default: Option<String>,
}
