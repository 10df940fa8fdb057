//! The `detection` of a rule: its parts and its condition.

use super::{condition, invalid, modifiers};
use crate::diagnostic::{Code, Diagnostic, YamlNode};

/// Checks a detection. Where it is not whole, parts that its condition names
/// may stand in another document.
pub(super) fn check(
    detection: YamlNode<'_>,
    kind: &str,
    reserved: &[&str],
    is_whole: bool,
    findings: &mut Vec<Diagnostic>,
) {
    if !detection.is_mapping() {
        findings.push(
            invalid(format!(
                "the detection is {}, not a mapping",
                detection.what()
            ))
            .at(detection.first_line())
            .help("name its parts, and say in `condition:` how they go together"),
        );
        return;
    }
    let mut parts = Vec::new();
    let mut has_nameless = false;
    for (key, value) in detection.pairs() {
        let Some(name) = key.as_str() else {
            has_nameless = true;
            findings.push(
                invalid(format!("the part's name is {}, not text", key.what()))
                    .at(key.first_line())
                    .help("put it in quotes"),
            );
            continue;
        };
        if name == MERGE {
            has_nameless = true;
            findings.push(merged(key));
            continue;
        }
        if name == "condition" || reserved.contains(&name) {
            continue;
        }
        parts.push(name);
        check_part(name, key, value, findings);
    }
    let Some(condition) = detection.get("condition") else {
        if is_whole {
            findings.push(no_condition(detection, kind, &parts));
        }
        return;
    };
    if has_nameless {
        return;
    }
    if is_whole && parts.is_empty() {
        findings.push(
            invalid(format!(
                "the {kind} has a condition and nothing that it could speak of"
            ))
            .at(condition.first_line())
            .help("add a part, such as `selection:` with fields and values"),
        );
        return;
    }
    condition::check(condition, &parts, is_whole, findings);
}

fn no_condition(detection: YamlNode<'_>, kind: &str, parts: &[&str]) -> Diagnostic {
    let close = crate::diagnostic::did_you_mean("condition", parts.iter().copied());
    let help = match close {
        Some(close) => format!("did you mean `condition` by `{close}`?"),
        None => format!(
            "add `condition:` with the names of its parts ({})",
            parts.join(", ")
        ),
    };
    invalid(format!("the {kind} has no `condition`"))
        .at(detection.first_line())
        .help(help)
}

/// Checks one part: a mapping of fields, or a list of mappings or keywords.
pub(super) fn check_part(
    name: &str,
    key: YamlNode<'_>,
    part: YamlNode<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    if part.is_null() {
        findings.push(
            invalid(format!("the part `{name}` is empty"))
                .at(key.place())
                .help("give it fields and values, or remove it"),
        );
    } else if part.is_mapping() {
        check_mapping(name, part, findings);
    } else if part.is_list() {
        if part.elements().next().is_none() {
            findings.push(
                invalid(format!("the part `{name}` is an empty list"))
                    .at(part.first_line())
                    .help("give it keywords, or mappings of fields and values"),
            );
        }
        for element in part.elements() {
            if element.is_null() {
                findings.push(
                    invalid(format!("the part `{name}` has an empty keyword"))
                        .at(element.first_line())
                        .help("write what is to be found, or remove it"),
                );
            } else if element.is_mapping() {
                check_mapping(name, element, findings);
            } else if element.is_list() {
                check_part(name, key, element, findings);
            }
        }
    }
}

/// YAML's merge key, by which a mapping takes in another.
const MERGE: &str = "<<";

fn merged(key: YamlNode<'_>) -> Diagnostic {
    Diagnostic::error(
        Code::SIGMA_UNSUPPORTED,
        "`<<` is a merge key of YAML, and merge keys are not evaluated here",
    )
    .at(key.place())
    .help("write out what the mapping that is named behind it holds")
}

fn check_mapping(name: &str, mapping: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    if mapping.pairs().next().is_none() {
        findings.push(
            invalid(format!("the part `{name}` is an empty mapping"))
                .at(mapping.first_line())
                .help("give it fields and values, or remove it"),
        );
    }
    for (key, value) in mapping.pairs() {
        if key.as_str() == Some(MERGE) {
            findings.push(merged(key));
            continue;
        }
        if key.as_str().is_none() {
            findings.push(
                invalid(format!("the field's name is {}, not text", key.what()))
                    .at(key.first_line())
                    .help("put it in quotes"),
            );
            continue;
        }
        // Fields of arrays have mappings of their own.
        let is_array = key.as_str().is_some_and(|name| name.contains('['));
        if is_array && value.is_mapping() {
            continue;
        }
        modifiers::check(key, value, findings);
    }
}
