//! The `info.yml` of a regression suite.
//!
//! The format is that of the `regression_data` folder in SigmaHQ's repository;
//! `controls` is ours.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::files::{cause_of_error, place_of_error};
use crate::diagnostic::{Code, Diagnostic, Place, SourceText, YamlSource, did_you_mean};

/// An `info.yml`. Keys that say nothing about the tests are known and passed over;
/// any other key may be a misspelled one, and is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Info {
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "date")]
    _date: Option<IgnoredAny>,
    #[serde(rename = "modified")]
    _modified: Option<IgnoredAny>,
    #[serde(rename = "author")]
    _author: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) rule_metadata: Vec<RuleReference>,
    pub(super) regression_tests_info: Option<Vec<Test>>,
    /// Recordings that must not match.
    #[serde(default)]
    pub(super) controls: Vec<Control>,
}

/// The rule that a suite is about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleReference {
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: String,
}

/// One recording, and how often the rule must match it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    #[serde(default)]
    pub(super) name: String,
    /// The suite's word for the recording's provider; it is not always true.
    #[serde(rename = "provider")]
    _provider: Option<IgnoredAny>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) match_count: Option<u64>,
    pub(super) path: String,
}

/// A benign recording.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Control {
    pub(super) path: String,
    pub(super) why: String,
}

impl Info {
    /// Reads an `info.yml`; `None` where its owner has commented its tests out.
    pub(super) fn parse(source: &Arc<SourceText>) -> Result<Option<Self>, Box<Diagnostic>> {
        // The places are read first: this finds what is no YAML at all.
        YamlSource::new(source).visit(|_| ())?;
        let info: Self = serde_yaml::from_str(&source.text).map_err(|error| {
            let (cause, help) = cause_of_error(&error);
            let code = if cause.contains("unknown field") {
                Code::CONTENT_UNKNOWN_FIELD
            } else {
                Code::CONTENT_BAD_VALUE
            };
            Box::new(
                Diagnostic::error(
                    code,
                    format!("the suite's description cannot be read: {cause}"),
                )
                .at(place_of_error(source, &error))
                .help("compare it with the other `info.yml` files")
                .maybe_help(help),
            )
        })?;
        match &info.regression_tests_info {
            None if is_commented_out(&source.text) => return Ok(None),
            None => return Err(missing(source, "regression_tests_info")),
            Some(tests) if tests.is_empty() => {
                return Err(missing(source, "regression_tests_info"));
            }
            Some(_) => {}
        }
        if info.rule_metadata.is_empty() {
            return Err(missing(source, "rule_metadata"));
        }
        Ok(Some(info))
    }
}

fn is_commented_out(text: &str) -> bool {
    text.lines().any(|line| {
        line.trim_start()
            .strip_prefix('#')
            .is_some_and(|comment| comment.trim_start().starts_with("regression_tests_info:"))
    })
}

fn missing(source: &Arc<SourceText>, key: &str) -> Box<Diagnostic> {
    let keys = source
        .text
        .lines()
        .filter_map(|line| line.split_once(':').map(|(key, _)| key))
        .filter(|other| *other != key);
    let help = did_you_mean(key, keys).map_or_else(
        || match key {
            "rule_metadata" => "say which rule the tests are about".to_owned(),
            _ => format!("fill in `{key}:`, or comment it out to switch the test off"),
        },
        |meant| format!("did you mean `{key}` by `{meant}`?"),
    );
    let first_line = source.text.find('\n').unwrap_or(source.text.len());
    Box::new(
        Diagnostic::error(
            Code::CONTENT_MISSING_FIELD,
            format!("the suite's description has no `{key}`"),
        )
        .at(Place::span(source, 0..first_line))
        .help(help),
    )
}

/// The place at which a text is written in a file.
pub(super) fn place_of(source: &Arc<SourceText>, text: &str) -> Place {
    match source.text.find(text) {
        Some(start) => Place::span(source, start..start + text.len()),
        None => Place::file(&source.file),
    }
}
