//! Selections that stand outside of rules, such as those of expectations.

use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use super::{SigmaEngine, check, parse};
use crate::diagnostic::{At, Code, Diagnostic, Place, Severity, SourceText, YamlNode, has_error};
use crate::event::Names;

/// Everything that is wrong with a selection: a mapping of fields, all of which
/// must hold, or a list of such mappings. `name` is what its owner calls it.
///
/// Values may hold `#{...}`, which someone fills in later; whether such a value is
/// right cannot be said.
#[must_use]
pub fn check_selection(name: &str, selection: YamlNode<'_>, value: &Value) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if let Some(keyword) = keyword(selection) {
        problems.push(
            Diagnostic::error(
                Code::SIGMA_INVALID,
                format!("the `{name}` hold {}, not fields", keyword.what()),
            )
            .at(keyword.first_line())
            .help("write the name of a field in front of the value, such as `Image|endswith: ...`"),
        );
        return problems;
    }
    check::check_selection(name, selection, &mut problems);
    problems.retain(|problem| !problem.place.as_ref().is_some_and(is_open));
    for problem in &mut problems {
        // A rule of which this is said is left out; a selection cannot be.
        if problem.code == Code::SIGMA_UNSUPPORTED {
            problem.severity = Severity::Error;
            problem.help = Some("write out what is meant".to_owned());
        }
    }
    if !has_error(&problems) && !has_open_value(value) && !compiles(value) {
        problems.push(
            Diagnostic::error(
                Code::SIGMA_INVALID,
                format!("the `{name}` cannot be read as a Sigma selection"),
            )
            .at(selection.first_line())
            .help("compare them with the selection of a rule that loads"),
        );
    }
    problems
}

/// The first part of a selection that is no mapping of fields.
fn keyword(selection: YamlNode<'_>) -> Option<YamlNode<'_>> {
    if selection.is_mapping() {
        return None;
    }
    if selection.is_list() {
        return selection.elements().find(|element| !element.is_mapping());
    }
    Some(selection)
}

/// Whether the marked text holds a value that is filled in later.
fn is_open(place: &Place) -> bool {
    match &place.at {
        At::Span { source, bytes } => source
            .text
            .get(bytes.clone())
            .is_some_and(|text| text.contains("#{")),
        _ => false,
    }
}

fn has_open_value(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("#{"),
        Value::Sequence(values) => values.iter().any(has_open_value),
        Value::Mapping(pairs) => pairs.values().any(has_open_value),
        Value::Tagged(tagged) => has_open_value(&tagged.value),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn compiles(selection: &Value) -> bool {
    let text = |text: &str| Value::String(text.to_owned());
    let detection: Mapping = [
        (text("selection"), selection.clone()),
        (text("condition"), text("selection")),
    ]
    .into_iter()
    .collect();
    let log_source: Mapping = [(text("product"), text("windows"))].into_iter().collect();
    let rule: Mapping = [
        (text("title"), text("selection")),
        (text("logsource"), Value::Mapping(log_source)),
        (text("detection"), Value::Mapping(detection)),
    ]
    .into_iter()
    .collect();
    let Ok(yaml) = serde_yaml::to_string(&rule) else {
        return false;
    };
    let (set, problems) = parse(&SourceText::new("selection", yaml));
    if has_error(&problems) || set.len() != 1 {
        return false;
    }
    let mut names = Names::builder();
    set.intern(&mut names);
    SigmaEngine::new(set, &Arc::new(names.freeze()))
        .0
        .compiled()
        == 1
}
