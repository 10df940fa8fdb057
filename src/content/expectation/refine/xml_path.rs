//! Paths into the XML that a field of an event holds, such as
//! `TaskContent/Exec/Arguments`.

use crate::diagnostic::{Code, Diagnostic, YamlNode, did_you_mean};

/// The fields that hold the XML of a scheduled task: those of Security 4698 to 4702.
const TASKS: [&str; 2] = ["TaskContent", "TaskContentNew"];

/// The names in the XML of a scheduled task.
const TASK_NAMES: &str = include_str!("task.names");

/// Everything that is wrong with the paths of a selection. A path that leads nowhere
/// finds nothing, and makes a signal that must be absent look as expected.
pub(super) fn check(selection: YamlNode<'_>) -> Vec<Diagnostic> {
    let mappings = std::iter::once(selection).chain(selection.elements());
    let keys = mappings.flat_map(YamlNode::pairs).map(|(key, _)| key);
    keys.flat_map(of_key).collect()
}

fn of_key(key: YamlNode<'_>) -> Vec<Diagnostic> {
    let Some(written) = key.as_str() else {
        return Vec::new();
    };
    let written = written.split('|').next().unwrap_or_default();
    if let Some(problem) = malformed(written) {
        return vec![problem.at(key.place_of(written).unwrap_or_else(|| key.place()))];
    }
    let Some((field, path)) = written.split_once('/') else {
        return Vec::new();
    };
    let is_task = TASKS.iter().any(|task| task.eq_ignore_ascii_case(field));
    if !is_task {
        return Vec::new();
    }
    let nearly = path.split('/').filter_map(|step| {
        let meant = nearly_in_a_task(step)?;
        let why = if meant.eq_ignore_ascii_case(step) {
            " Upper and lower case differ in XML"
        } else {
            ""
        };
        Some(
            Diagnostic::warning(
                Code::EXPECTATION_UNKNOWN_FIELD,
                format!("the XML of a task is not known to have `{step}`"),
            )
            .at(key.place_of(step).unwrap_or_else(|| key.place()))
            .help(format!("did you mean `{meant}`?{why}")),
        )
    });
    nearly.collect()
}

/// What is wrong with a field whose path into XML can lead nowhere, whatever the XML.
pub(super) fn malformed(written: &str) -> Option<Diagnostic> {
    let (field, path) = written.split_once('/')?;
    let bad = |message: String| Diagnostic::error(Code::EXPECTATION_BAD_FIELDS, message);
    let example = "such as `TaskContent/Exec/Arguments`";
    if field.is_empty() {
        return Some(
            bad(format!("there is no field in front of the path `{path}`"))
                .help(format!("write the field that holds the XML, {example}")),
        );
    }
    let steps: Vec<&str> = path.split('/').collect();
    let last = steps.len() - 1;
    for (number, step) in steps.iter().enumerate() {
        let attribute = step.strip_prefix('@');
        let is_fitting = is_xml_name(attribute.unwrap_or(step));
        if is_fitting && (attribute.is_none() || number == last) {
            continue;
        }
        let prefixed = attribute
            .unwrap_or(step)
            .rsplit_once(':')
            .map(|(_, name)| name);
        let sign = if attribute.is_some() { "@" } else { "" };
        return Some(match (*step, attribute, prefixed) {
            ("", ..) => bad(format!("the path `{written}` has an empty step")).help(format!(
                "write names of elements with one `/` between them, {example}"
            )),
            (_, Some(""), _) => bad(format!(
                "the path `{written}` names no attribute behind `@`"
            ))
            .help("write the name of the attribute, or leave out `@`"),
            (_, Some(_), _) if is_fitting => {
                bad(format!("the path `{written}` goes on behind an attribute"))
                    .help("end it with the attribute, which holds no elements")
            }
            (_, _, Some(name)) if is_xml_name(name) => {
                bad(format!("`{step}` in the path `{written}` has a prefix"))
                    .help(format!("write `{sign}{name}`; namespaces do not matter"))
            }
            _ => bad(format!(
                "`{step}` in the path `{written}` cannot be a name in XML"
            ))
            .help(format!(
                "write the names of elements as the XML has them, {example}"
            )),
        });
    }
    None
}

/// A name of XML, without a prefix.
fn is_xml_name(text: &str) -> bool {
    let is_start = |character: char| character.is_alphabetic() || character == '_';
    text.starts_with(is_start)
        && text
            .chars()
            .all(|character| character.is_alphanumeric() || "-_.".contains(character))
}

/// What a step was meant to be that is nearly a name in a task's XML, and is none.
fn nearly_in_a_task(step: &str) -> Option<&'static str> {
    let lines = TASK_NAMES.lines().filter(|line| !line.starts_with('#'));
    let names = lines.flat_map(str::split_whitespace);
    if names.clone().any(|name| name == step) {
        return None;
    }
    let is_of_a_kind = |name: &&str| name.starts_with('@') == step.starts_with('@');
    did_you_mean(step, names.filter(is_of_a_kind))
}
