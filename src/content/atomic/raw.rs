//! The public schema of Atomic Red Team, as it is written in files.
//!
//! What a single value must be like is said here; what relates several values is
//! in `check`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::model::{Platform, Shell};

/// A file of atomics.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTechnique {
    /// A technique of ATT&CK, such as `T1219` or `T1219.001`.
    #[schemars(regex(pattern = r"^T[0-9]{4}(\.[0-9]{3})?$"))]
    pub(super) attack_technique: String,
    /// The technique's name.
    #[serde(rename = "display_name")]
    #[schemars(length(min = 5))]
    _display_name: String,
    /// The tests of the technique.
    #[schemars(length(min = 1))]
    pub(super) atomic_tests: Vec<RawAtomic>,
}

/// A test.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAtomic {
    /// The test's name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// A GUID of the test's own, with hyphens.
    #[schemars(regex(
        pattern = r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
    ))]
    pub(super) auto_generated_guid: Option<String>,
    /// The number that the public tools give the test, which follows from its place.
    #[serde(rename = "test_number")]
    _test_number: Option<String>,
    /// What the test does.
    #[schemars(length(min = 1))]
    pub(super) description: String,
    /// The platforms that the test works on.
    #[schemars(length(min = 1))]
    pub(super) supported_platforms: Vec<RawPlatform>,
    /// The arguments of the test by name, of two letters or more.
    #[serde(default)]
    #[schemars(extend(
        "minProperties" = 1,
        "propertyNames" = {
            "pattern": r"^[\p{L}\p{M}\p{N}\p{Pc}-]+$",
            "minLength": 2,
            "description": "A name of at least two letters, digits, `_`, and `-`.",
        }
    ))]
    pub(super) input_arguments: BTreeMap<String, RawArgument>,
    /// Who checks and gets the dependencies, if not the executor of the test.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "RawDependencyExecutor")]
    pub(super) dependency_executor_name: Option<RawDependencyExecutor>,
    /// What must be there first.
    pub(super) dependencies: Option<Vec<RawDependency>>,
    /// How the test is performed.
    pub(super) executor: RawExecutor,
}

/// An argument of a test.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawArgument {
    /// What the argument is for.
    pub(super) description: String,
    /// The type of the argument.
    #[serde(rename = "type")]
    pub(super) kind: RawArgumentKind,
    /// The value unless someone gives another; write `null` if there is none.
    #[schemars(with = "serde_json::Value")]
    pub(super) default: serde_yaml::Value,
}

/// The type of an argument.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(super) enum RawArgumentKind {
    #[serde(rename = "string")]
    String,
    #[serde(rename = "String")]
    CapitalString,
    #[serde(rename = "path")]
    Path,
    #[serde(rename = "Path")]
    CapitalPath,
    #[serde(rename = "url")]
    Url,
    #[serde(rename = "Url")]
    CapitalUrl,
    #[serde(rename = "integer")]
    Integer,
    #[serde(rename = "Integer")]
    CapitalInteger,
    #[serde(rename = "float")]
    Float,
    #[serde(rename = "Float")]
    CapitalFloat,
}

/// Something that must be there first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDependency {
    /// What must be there.
    #[schemars(length(min = 1))]
    pub(super) description: String,
    /// A command that exits with 0 if it is there.
    #[schemars(length(min = 1))]
    pub(super) prereq_command: String,
    /// A command that gets it; write `null` if there is none.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schemars(with = "TextOrNull")]
    pub(super) get_prereq_command: Option<String>,
}

/// How a test is performed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum RawExecutor {
    Manual(RawManual),
    Powershell(RawCommand),
    CommandPrompt(RawCommand),
    Sh(RawCommand),
    Bash(RawCommand),
}

/// What a person does.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawManual {
    /// What the person does, step by step.
    #[schemars(length(min = 10))]
    pub(super) steps: String,
    /// Whether the steps need the rights of an administrator.
    #[serde(rename = "elevation_required", default)]
    _elevation_required: bool,
}

/// What a shell runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCommand {
    /// What the shell runs.
    #[schemars(length(min = 1))]
    pub(super) command: String,
    /// What the shell runs afterwards to undo it.
    pub(super) cleanup_command: Option<String>,
    /// Whether the command needs the rights of an administrator.
    #[serde(default)]
    pub(super) elevation_required: bool,
}

/// Who checks and gets dependencies.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawDependencyExecutor {
    Manual,
    Powershell,
    CommandPrompt,
    Sh,
    Bash,
}

impl RawDependencyExecutor {
    pub(super) fn shell(self) -> Option<Shell> {
        match self {
            Self::Manual => None,
            Self::Powershell => Some(Shell::PowerShell),
            Self::CommandPrompt => Some(Shell::CommandPrompt),
            Self::Sh => Some(Shell::Sh),
            Self::Bash => Some(Shell::Bash),
        }
    }
}

/// A platform by its word; the words are those of [`Platform::ALL`].
#[derive(Debug, Clone, Copy)]
pub(super) struct RawPlatform(pub(super) Platform);

impl JsonSchema for RawPlatform {
    fn schema_name() -> Cow<'static, str> {
        "Platform".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Platform::ALL.map(Platform::as_str) })
    }
}

impl<'d> Deserialize<'d> for RawPlatform {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let platform = Platform::parse(&text);
        platform
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom(format!("unknown platform `{text}`")))
    }
}

/// Text, or nothing; unlike an `Option`, its key must be there.
struct TextOrNull;

impl JsonSchema for TextOrNull {
    fn schema_name() -> Cow<'static, str> {
        "TextOrNull".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "null"] })
    }
}

/// A value whose key may be left out and, if it is there, is not empty.
fn present<'d, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'d>,
    T: Deserialize<'d>,
{
    T::deserialize(deserializer).map(Some)
}
