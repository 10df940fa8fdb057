//! Which resource providers of Azure a test is expected to use.

use crate::content::{LoadedDetections, PlannedTest};
use crate::stage::execute::azure_providers;

/// The resource providers of Azure that the signals of a test name; or, if none does, its
/// detections.
pub(super) fn expected_providers(test: &PlannedTest, detections: &LoadedDetections) -> Vec<String> {
    let Some(expectation) = &test.expectation else {
        return Vec::new();
    };
    let branches = expectation
        .signals
        .iter()
        .flat_map(|signal| &signal.branches);
    let mut texts = Vec::new();
    for branch in branches.filter(|branch| branch.source.as_str() == "azure-activity") {
        texts_of(&branch.fields, &mut texts);
    }
    let named = distinct_providers(texts.into_iter());
    if !named.is_empty() {
        return named;
    }
    let rules = &expectation.detections;
    let listed = detections.listed();
    let expected = listed
        .iter()
        .filter(|listed| rules.iter().any(|expected| expected.rule == listed.id));
    distinct_providers(expected.map(|listed| listed.source.text.as_str()))
}

fn distinct_providers<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for provider in texts.flat_map(azure_providers) {
        if !found
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&provider))
        {
            found.push(provider);
        }
    }
    found
}

/// The texts in a value of YAML.
fn texts_of<'v>(value: &'v serde_yaml::Value, texts: &mut Vec<&'v str>) {
    match value {
        serde_yaml::Value::String(text) => texts.push(text),
        serde_yaml::Value::Sequence(values) => {
            values.iter().for_each(|value| texts_of(value, texts));
        }
        serde_yaml::Value::Mapping(members) => {
            members.iter().for_each(|(_, value)| texts_of(value, texts));
        }
        _ => {}
    }
}
