//! Expectations as written. The comments here are what an editor shows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::model::Gap;
use crate::content::text::OneOrMany;

/// What the atomics of one technique must leave in the logs, and which
/// detections must fire on them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Expectations of a technique")]
pub(crate) struct RawExpectations {
    /// The technique of ATT&CK, such as T1219.001; also the name of the file.
    pub(super) attack_technique: String,
    /// What is expected of each of its atomics.
    #[schemars(length(min = 1, max = 200))]
    pub(super) tests: Vec<RawTest>,
}

/// What is expected of one atomic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTest {
    /// The atomic's auto_generated_guid.
    pub(super) atomic: String,
    /// How the atomic runs; unless something is said, it exits with code 0.
    pub(super) run: Option<RawRun>,
    /// The events that it must leave, or must not.
    #[schemars(length(min = 1, max = 200))]
    pub(super) signals: Vec<RawSignal>,
    /// What a published page promises of it, judged against the records.
    #[serde(default)]
    pub(super) claims: Vec<RawClaim>,
    /// The detections that must fire on it.
    #[serde(default)]
    pub(super) detections: Vec<RawDetection>,
    /// Its benign twins, on which its detections must stay quiet.
    #[serde(default)]
    pub(super) controls: Vec<RawControl>,
}

/// How an atomic runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRun {
    /// Whether it ends by itself.
    pub(super) ends: RawEnd,
    /// How long it is observed before it is ended, such as 60s; only if it keeps
    /// running.
    #[schemars(regex(pattern = r"^[0-9]{1,7}(ms|s|m|h)$"))]
    pub(super) observe_for: Option<String>,
    /// The exit codes of a success; only if it exits.
    #[schemars(length(min = 1))]
    pub(super) exit_codes: Option<Vec<i32>>,
}

/// Whether an atomic ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawEnd {
    /// It does.
    Exits,
    /// It is observed for a while and then ended.
    KeepsRunning,
}

/// One expected event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSignal {
    /// Its name in this test: lower-case letters, digits, and hyphens.
    pub(super) id: String,
    /// The short name of the log that holds it, such as sysmon.
    pub(super) source: Option<String>,
    /// Its event id, or several; not for cloud logs.
    pub(super) event_id: Option<OneOrMany<u32>>,
    /// Its fields, as a Sigma selection, under the log's own field names.
    #[serde(default)]
    #[schemars(schema_with = "selection")]
    pub(super) fields: Option<serde_yaml::Value>,
    /// Several forms that it may have, instead of source, event_id, and fields.
    #[schemars(length(min = 1, max = 200))]
    pub(super) any_of: Option<Vec<RawBranch>>,
    /// How many such events there must be; at least one unless something is said.
    pub(super) count: Option<RawCount>,
    /// Fields whose value is that of another signal's event: the name of the
    /// other signal, or its name, a dot, and the field there.
    #[serde(default)]
    pub(super) same: BTreeMap<String, String>,
    /// The signal whose first event it comes after.
    pub(super) after: Option<String>,
    /// At most so long after that: a number and ms, s, m, or h, such as 60s.
    #[schemars(regex(pattern = r"^[0-9]{1,7}(ms|s|m|h)$"))]
    pub(super) within: Option<String>,
    /// The condition under which it is due; always, unless something is said.
    pub(super) when: Option<RawCondition>,
    /// Whether there must be no such event.
    #[serde(default)]
    pub(super) absent: bool,
}

/// One form of an expected event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBranch {
    /// The short name of the log that holds it, such as sysmon.
    pub(super) source: String,
    /// Its event id, or several; not for cloud logs.
    pub(super) event_id: Option<OneOrMany<u32>>,
    /// Its fields, as a Sigma selection, under the log's own field names.
    #[schemars(schema_with = "selection")]
    pub(super) fields: serde_yaml::Value,
}

/// How many events there must be.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCount {
    /// At least so many; 1 unless something is said.
    pub(super) min: Option<u64>,
    /// At most so many.
    pub(super) max: Option<u64>,
}

/// When a signal is due.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    /// The condition's name, which a fixture's given lists if it held.
    pub(super) given: String,
    /// Why the signal depends on it.
    #[schemars(length(min = 1))]
    pub(super) why: String,
}

/// What a published page promises.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClaim {
    /// The promise, in your own words.
    #[schemars(length(min = 1))]
    pub(super) text: String,
    /// The page that makes it.
    #[schemars(length(min = 1))]
    pub(super) page: String,
    /// Whether it holds.
    pub(super) holds: RawHolds,
    /// Why it does or does not; needed unless it holds.
    pub(super) because: Option<String>,
    /// The signals of this test that prove the judgement.
    #[serde(default)]
    pub(super) judged_by: Vec<String>,
}

/// Whether a claim holds: true, false, or unobservable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawHolds {
    True,
    False,
    Unobservable,
}

/// A detection that must fire.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDetection {
    /// The detection's id.
    pub(super) rule: String,
    /// The signals that it must fire on, any of them; every required one unless
    /// something is said.
    #[schemars(length(min = 1))]
    pub(super) fires_on: Option<Vec<String>>,
    /// What it is known to do instead; needs a reason.
    pub(super) expect: Option<Gap>,
    /// The reading that this is about; every one unless something is said.
    pub(super) reading: Option<RawReading>,
    /// Why it is known to do something else.
    pub(super) reason: Option<String>,
}

/// How a detection is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawReading {
    /// As its product would.
    Strict,
    /// As its author meant it.
    Intent,
}

/// A benign twin of a test.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawControl {
    /// The fixture: its path below the folder of fixtures.
    pub(super) fixture: String,
    /// The detections that it is the twin of; all of the test unless something
    /// is said.
    #[schemars(length(min = 1))]
    pub(super) detections: Option<Vec<String>>,
}

impl<'d> Deserialize<'d> for RawHolds {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_yaml::Value::deserialize(deserializer)? {
            serde_yaml::Value::Bool(true) => Ok(Self::True),
            serde_yaml::Value::Bool(false) => Ok(Self::False),
            serde_yaml::Value::String(word) if word == "unobservable" => Ok(Self::Unobservable),
            _ => Err(de::Error::custom("it is true, false, or unobservable")),
        }
    }
}

impl JsonSchema for RawHolds {
    fn schema_name() -> Cow<'static, str> {
        "RawHolds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whether a claim holds.",
            "enum": [true, false, "unobservable"],
        })
    }
}

/// A mapping, or a list of mappings.
fn selection(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["object", "array"],
        "items": {"type": "object", "minProperties": 1},
        "minItems": 1,
        "minProperties": 1,
    })
}
