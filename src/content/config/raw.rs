//! `misfire.toml` as written. The comments here are what an editor shows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::text::OneOrMany;

/// The configuration of a project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Configuration of misfire")]
pub(crate) struct RawConfig {
    /// Where the project's content is, relative to this file.
    #[serde(default)]
    pub(super) folders: RawFolders,
    /// The list of hits that are known to be benign, relative to this file.
    pub(super) benign: Option<String>,
    /// Named choices of content, taken with --profile.
    #[serde(default)]
    pub(super) profiles: BTreeMap<String, RawProfile>,
    /// Where products keep the records of a source, by the source's short name.
    #[serde(default)]
    pub(super) sources: BTreeMap<String, RawSource>,
    /// What Splunk searches refer to, and how Splunk takes in records.
    #[serde(default)]
    pub(super) splunk: RawSplunkSettings,
    /// How Sumo Logic takes in records, and where its lookup tables are.
    #[serde(default)]
    pub(super) sumo: RawSumoSettings,
    /// What may be executed.
    #[serde(default)]
    pub(super) execute: RawExecute,
    /// Where the records of clouds are read from after an execution.
    #[serde(default)]
    pub(super) collect: RawCollect,
}

/// Where the records of clouds are read from after an execution.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCollect {
    /// Those of Amazon Web Services.
    #[serde(default)]
    pub(super) aws: RawCollectAws,
    /// Those of Azure.
    #[serde(default)]
    pub(super) azure: RawCollectAzure,
}

/// Where the records of Amazon Web Services are read from.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCollectAws {
    /// Where CloudTrail is read from: lookup-events, s3://BUCKET/PREFIX, log-group:NAME, or the
    /// ARN of a log group; or several of them.
    pub(super) cloudtrail: Option<OneOrMany<String>>,
    /// The log group that Systems Manager writes to, or several: a name or an ARN each.
    pub(super) ssm_logs: Option<OneOrMany<String>>,
}

/// Where the records of Azure are read from.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCollectAzure {
    /// Where the activity log is read from: list, the address of the container that it is exported
    /// to, or both.
    pub(super) activity: Option<OneOrMany<String>>,
    /// The id of the subscription, where a test does not name one itself.
    pub(super) subscription: Option<String>,
}

/// What Splunk searches refer to, and how Splunk takes in records.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSplunkSettings {
    /// The folder of macros, or several, besides those beside the detections.
    pub(super) macros: Option<OneOrMany<String>>,
    /// The folder of lookup tables, or several, besides those beside the detections.
    pub(super) lookups: Option<OneOrMany<String>>,
    /// The deployment profile: current, or older.
    pub(super) deployment: Option<String>,
    /// Macros of this project, by their names; they win over those of the folders.
    #[serde(default)]
    pub(super) definitions: BTreeMap<String, RawMacro>,
}

/// How Sumo Logic takes in records, and where its lookup tables are.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSumoSettings {
    /// The folder of lookup tables, or several, besides those beside the detections.
    pub(super) lookups: Option<OneOrMany<String>>,
    /// The deployment profile: extraction-rules, or raw-keys.
    pub(super) deployment: Option<String>,
}

/// A macro.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a macro is neither its definition nor a table of `arguments` and `definition`"
)]
pub(super) enum RawMacro {
    /// What it stands for.
    Definition(String),
    /// What it stands for, with arguments.
    WithArguments(RawMacroTable),
}

/// A macro with arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMacroTable {
    /// The names of its arguments.
    #[serde(default)]
    pub(super) arguments: Vec<String>,
    /// What it stands for; $name$ stands for an argument.
    pub(super) definition: String,
}

/// Folders of content.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFolders {
    /// The folder of atomics, or several.
    pub(super) atomics: Option<OneOrMany<String>>,
    /// The folder of expectations, or several.
    pub(super) expectations: Option<OneOrMany<String>>,
    /// The folder of detections, or several.
    pub(super) detections: Option<OneOrMany<String>>,
    /// The folder of fixtures, or several.
    pub(super) fixtures: Option<OneOrMany<String>>,
}

/// A named choice of content.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    /// Folders that take the place of the project's.
    #[serde(default)]
    pub(super) folders: RawFolders,
    /// Only tests that one of these filters lets pass.
    #[serde(default)]
    pub(super) filters: Vec<String>,
    /// Only recordings in which all of these conditions held.
    #[serde(default)]
    pub(super) given: Vec<String>,
}

/// Where products keep the records of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    /// The metadata of its records in Sumo Logic.
    pub(super) sumo: Option<RawSumo>,
    /// The metadata of its records in Splunk.
    pub(super) splunk: Option<RawSplunk>,
}

/// The metadata of records in Sumo Logic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSumo {
    /// The value of _sourceCategory.
    #[schemars(length(min = 1))]
    pub(super) source_category: String,
}

/// The metadata of records in Splunk.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSplunk {
    /// The index.
    pub(super) index: Option<String>,
    /// The source type.
    pub(super) sourcetype: Option<String>,
    /// The source.
    pub(super) source: Option<String>,
}

/// What may be executed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExecute {
    /// The targets that atomics may be executed on; none unless it is listed.
    #[serde(default)]
    pub(super) allow: Vec<String>,
}
