//! The formats that a log can be converted to.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::event::Origin;
use crate::log::JsonFormat;

/// A format that logs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The binary Windows event log.
    Evtx,
    /// AWS CloudTrail: `{"Records": […]}`.
    #[serde(rename = "cloudtrail")]
    CloudTrail,
    /// Azure activity: `{"records": […]}`.
    AzureActivity,
    /// One JSON record a line.
    #[serde(rename = "jsonl")]
    JsonLines,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 4] = [
        Self::Evtx,
        Self::CloudTrail,
        Self::AzureActivity,
        Self::JsonLines,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Evtx => "evtx",
            Self::CloudTrail => "cloudtrail",
            Self::AzureActivity => "azure-activity",
            Self::JsonLines => "jsonl",
        }
    }

    /// Whether a record of this log can stand in it.
    #[must_use]
    pub fn takes(self, origin: &Origin) -> bool {
        match self.json() {
            None => matches!(origin, Origin::EventLog { .. }),
            Some(format) => format.takes(origin),
        }
    }

    /// The JSON format, unless it is the binary log.
    pub(super) fn json(self) -> Option<JsonFormat> {
        match self {
            Self::Evtx => None,
            Self::CloudTrail => Some(JsonFormat::CloudTrail),
            Self::AzureActivity => Some(JsonFormat::AzureActivity),
            Self::JsonLines => Some(JsonFormat::JsonLines),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Evtx => "EVTX",
            Self::CloudTrail => "CloudTrail",
            Self::AzureActivity => "Azure activity",
            Self::JsonLines => "JSON lines",
        })
    }
}

/// What the name of the output says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// One format.
    One(Target),
    /// CloudTrail or Azure activity, whichever the records are.
    CloudJson,
    /// Nothing.
    Nothing,
}

/// Reads the ending of the output's name.
pub(super) fn by_ending(out: &Path) -> Named {
    let ending = out
        .extension()
        .and_then(OsStr::to_str)
        .map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("evtx") => Named::One(Target::Evtx),
        Some("jsonl" | "ndjson") => Named::One(Target::JsonLines),
        Some("json") => Named::CloudJson,
        _ => Named::Nothing,
    }
}

/// The problem that the output's name says nothing.
pub(super) fn unknown(out: Option<&Path>) -> Diagnostic {
    let (message, help) = match out {
        Some(_) => (
            "the output's ending does not say which format is meant",
            "say it with `--to evtx`, `--to cloudtrail`, `--to azure-activity`, or `--to jsonl`",
        ),
        None => (
            "standard output has no name that says which format is meant",
            "say it with `--to cloudtrail`, `--to azure-activity`, or `--to jsonl`",
        ),
    };
    let problem = Diagnostic::error(Code::CONVERT_UNKNOWN_TARGET, message).help(help);
    match out {
        Some(out) => problem.at(Place::file(out)),
        None => problem,
    }
}

/// The problem that a `.json` is wanted, and no record is of a cloud's log.
pub(super) fn no_cloud_record(out: &Path) -> Diagnostic {
    Diagnostic::error(
        Code::CONVERT_UNKNOWN_TARGET,
        "the output's ending `.json` stands for CloudTrail or Azure activity, and no record \
         is of either",
    )
    .in_file(out)
    .help("say `--to jsonl` for one record a line, or name an output that ends in `.evtx`")
}
