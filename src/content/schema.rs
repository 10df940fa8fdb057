//! The JSON Schemas of the formats of content, for editors and other programs.

use serde_json::Value;

use super::{atomic, config, expectation, fixture};

/// The schema of each format, with its name.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("atomic", atomic::schema().clone()),
        ("config", config::schema().clone()),
        ("expectation", expectation::schema().clone()),
        ("fixture", fixture::schema().clone()),
    ]
}
