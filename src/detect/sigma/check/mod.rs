//! What is wrong with a Sigma file, all of it at once, and where.
//!
//! The parser stops at the first fault and names no place, and some faults it
//! does not see at all; this looks over the text again once there is a reason
//! to.
//!
//! Source: Sigma rules, correlation rules, and filters specifications 2.1.0.

mod condition;
mod correlation;
mod detection;
mod modifiers;

use std::sync::Arc;

use super::document::Kind;
use crate::diagnostic::{Code, Diagnostic, Place, SourceText, YamlNode, YamlSource, did_you_mean};

/// The keys of a rule.
const RULE_KEYS: [&str; 20] = [
    "author",
    "custom_attributes",
    "date",
    "description",
    "detection",
    "falsepositives",
    "fields",
    "id",
    "level",
    "license",
    "logsource",
    "modified",
    "name",
    "references",
    "related",
    "scope",
    "sigma-version",
    "status",
    "tags",
    "title",
];

/// The keys of correlations and filters.
const OTHER_KEYS: [&str; 2] = ["correlation", "filter"];

const LOG_SOURCE_KEYS: [&str; 4] = ["product", "category", "service", "definition"];

const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

const STATUSES: [&str; 5] = [
    "stable",
    "test",
    "experimental",
    "deprecated",
    "unsupported",
];

const RELATIONS: [&str; 5] = ["derived", "obsolete", "merged", "renamed", "similar"];

/// Looks for everything that is wrong with a file.
pub(super) fn findings(source: &Arc<SourceText>) -> Vec<Diagnostic> {
    let yaml = YamlSource::new(source);
    let visited = yaml.visit(|documents| {
        let mut findings = Vec::new();
        check_documents(documents, &mut findings);
        findings
    });
    match visited {
        Ok(findings) => findings,
        Err(problem) => vec![*problem],
    }
}

/// Whether a text is meant to hold rules, wherever in its lines their keys stand:
/// in rules that are indented, written as JSON, or in a list.
pub(super) fn is_meant_as_a_rule(source: &Arc<SourceText>) -> bool {
    const KEYS: [&str; 4] = ["detection", "logsource", "correlation", "filter"];
    if !KEYS.iter().any(|key| source.text.contains(key)) {
        return false;
    }
    let visited = YamlSource::new(source).visit(|documents| {
        documents
            .iter()
            .any(|document| is_rule(*document) || document.elements().any(is_rule))
    });
    // Of a text that is no YAML, its lines say what it was meant to be.
    visited.unwrap_or_else(|_| {
        let is_written = |key: &str| {
            source.text.lines().any(|line| {
                let line = line.trim_start_matches([' ', '\t', '-', '{', '[', '"', '\'']);
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
            })
        };
        is_written("detection") && is_written("logsource") || is_written("correlation")
    })
}

fn is_rule(node: YamlNode<'_>) -> bool {
    ["detection", "logsource", "correlation", "filter"]
        .iter()
        .any(|key| node.get(key).is_some())
}

/// A key of a rule that another was likely meant by.
pub(super) fn misspelled_key(key: &str) -> Option<&'static str> {
    let known = RULE_KEYS.into_iter().chain(OTHER_KEYS);
    did_you_mean(key, known).filter(|meant| *meant != key)
}

/// A key of a log source that another was likely meant by.
pub(super) fn misspelled_log_source_key(key: &str) -> Option<&'static str> {
    did_you_mean(key, LOG_SOURCE_KEYS).filter(|meant| *meant != key)
}

/// Looks for everything that is wrong with a selection that stands by itself.
pub(super) fn check_selection(name: &str, selection: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    detection::check_part(name, selection, selection, findings);
}

fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::SIGMA_INVALID, message)
}

fn check_documents(documents: &[YamlNode<'_>], findings: &mut Vec<Diagnostic>) {
    let mut global: Option<YamlNode<'_>> = None;
    let mut previous = false;
    for document in documents {
        if !document.is_mapping() {
            findings.push(
                invalid(format!(
                    "the document is {}, not a mapping",
                    document.what()
                ))
                .at(document.first_line())
                .help(if document.elements().any(is_rule) {
                    "split the list into documents, with a line of `---` in front of each"
                } else {
                    "a rule is a mapping with `title`, `logsource`, and `detection`"
                }),
            );
            continue;
        }
        check_keys(*document, findings);
        let mut is_part = false;
        if let Some((_, action)) = document.pair("action") {
            match action.as_str() {
                Some("global") => {
                    global = Some(*document);
                    continue;
                }
                Some("reset") => {
                    global = None;
                    continue;
                }
                Some("repeat") if previous => is_part = true,
                Some("repeat") => {
                    findings.push(
                        invalid("there is no document before this one to repeat")
                            .at(action.place())
                            .help("put the document that is to be repeated in front"),
                    );
                    continue;
                }
                other => {
                    let actions = ["global", "repeat", "reset"];
                    let name = other.unwrap_or_default();
                    findings.push(
                        invalid("the document's `action` is not one that there is")
                            .at(action.first_line())
                            .help(suggestion(name, actions.into_iter())),
                    );
                    continue;
                }
            }
        }
        previous = true;
        check_document(*document, global, is_part, findings);
    }
}

fn check_document(
    document: YamlNode<'_>,
    global: Option<YamlNode<'_>>,
    is_part: bool,
    findings: &mut Vec<Diagnostic>,
) {
    let find = |key: &str| {
        document
            .pair(key)
            .or_else(|| global.and_then(|global| global.pair(key)))
    };
    let kind = if find("correlation").is_some() {
        Kind::Correlation
    } else if find("filter").is_some() {
        Kind::Filter
    } else {
        Kind::Rule
    };
    let (name, needed): (_, &[_]) = match kind {
        Kind::Rule => ("rule", &["title", "logsource", "detection"]),
        Kind::Correlation => ("correlation", &["title"]),
        Kind::Filter => ("filter", &["title"]),
    };
    // What a part lacks may come from the document that it repeats.
    if !is_part {
        let is_likely_no_rule = is_likely_no_rule(document);
        for key in needed {
            if find(key).is_none() && (*key == "title" || !is_likely_no_rule) {
                findings.push(missing(document, key, name));
            }
        }
    }
    if let Some(correlation) = document.get("correlation") {
        correlation::check(correlation, findings);
    }
    if let Some(filter) = document.get("filter") {
        check_filter(filter, findings);
    }
    if let Some(detection) = document.get("detection") {
        let is_whole = !is_part && global.is_none_or(|global| global.get("detection").is_none());
        detection::check(detection, "detection", &["timeframe"], is_whole, findings);
    }
}

/// Whether a document is a correlation or a filter but for the spelling.
fn is_likely_no_rule(document: YamlNode<'_>) -> bool {
    let mut keys = document.pairs().filter_map(|(key, _)| key.as_str());
    document.get("detection").is_none()
        && keys.any(|key| misspelled_key(key).is_some_and(|meant| OTHER_KEYS.contains(&meant)))
}

/// What can be said of a document's keys whatever it is.
fn check_keys(document: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    for key in ["title", "id", "name", "description", "author", "license"] {
        if let Some(value) = document.get(key)
            && value.as_str().is_none()
        {
            // An id of digits only is read as a number.
            let help = if value.as_number().is_some() {
                "put it in quotes"
            } else {
                "write it as text"
            };
            let what = value.what();
            let problem = if key == "title" {
                invalid(format!("`title` is {what}, not text"))
            } else {
                Diagnostic::warning(
                    Code::SIGMA_INVALID,
                    format!("`{key}` is {what}, not text, and is left out"),
                )
            };
            findings.push(problem.at(value.first_line()).help(help));
        }
    }
    for (key, known) in [("level", &LEVELS), ("status", &STATUSES)] {
        if let Some(value) = document.get(key) {
            let name = value.as_str().unwrap_or_default();
            if !known.contains(&name) {
                findings.push(
                    Diagnostic::warning(
                        Code::SIGMA_INVALID,
                        format!("the `{key}` is not one that there is, and is left out"),
                    )
                    .at(value.first_line())
                    .help(suggestion(name, known.iter().copied())),
                );
            }
        }
    }
    if let Some(log_source) = document.get("logsource") {
        check_log_source(log_source, findings);
    }
    if let Some(related) = document.get("related") {
        check_related(related, findings);
    }
    if let Some(version) = document.get("sigma-version")
        && version.as_number().is_none()
        && !version
            .as_str()
            .is_some_and(|text| text.starts_with(|first: char| first.is_ascii_digit()))
    {
        findings.push(
            Diagnostic::warning(
                Code::SIGMA_INVALID,
                "the `sigma-version` is no version, and is left out",
            )
            .at(version.first_line())
            .help("write it as in `2.1.0`"),
        );
    }
    for (key, _) in document.pairs() {
        let Some(name) = key.as_str() else {
            findings.push(
                invalid(format!("the key is {}, not text", key.what()))
                    .at(key.first_line())
                    .help("remove it, or put it in quotes"),
            );
            continue;
        };
        let known = RULE_KEYS.contains(&name)
            || OTHER_KEYS.contains(&name)
            || ["action", "generate", "taxonomy"].contains(&name);
        if known {
            continue;
        }
        // A key that must be there is told as missing.
        let is_rule = OTHER_KEYS.iter().all(|key| document.get(key).is_none());
        let is_needed =
            |key| key == "title" || (is_rule && ["logsource", "detection"].contains(&key));
        if let Some(meant) = misspelled_key(name)
            && !(is_needed(meant) && document.get(meant).is_none())
        {
            let message = format!("`{name}` is not a key of Sigma's");
            let problem = if is_likely_no_rule(document) && OTHER_KEYS.contains(&meant) {
                invalid(message)
            } else {
                Diagnostic::warning(Code::SIGMA_INVALID, message)
            };
            findings.push(
                problem
                    .at(key.place())
                    .help(format!("did you mean `{meant}`?")),
            );
        }
    }
}

fn check_related(related: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    let warning = |message: &str| Diagnostic::warning(Code::SIGMA_INVALID, message.to_owned());
    if !related.is_list() {
        findings.push(
            warning("`related` is not a list, and is left out")
                .at(related.first_line())
                .help("write a list of mappings with `id` and `type`"),
        );
    }
    for entry in related.elements() {
        if entry.get("id").is_none() || entry.get("type").is_none() {
            findings.push(
                warning("an entry of `related` lacks its `id` or its `type`, and is left out")
                    .at(entry.first_line())
                    .help("write both"),
            );
        }
        if let Some(kind) = entry.get("type") {
            let name = kind.as_str().unwrap_or_default();
            if !RELATIONS.contains(&name) {
                findings.push(
                    warning("the relation is not one that there is, and is left out")
                        .at(kind.first_line())
                        .help(suggestion(name, RELATIONS.into_iter())),
                );
            }
        }
    }
}

fn check_log_source(log_source: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    if !log_source.is_mapping() {
        findings.push(
            invalid(format!(
                "`logsource` is {}, not a mapping",
                log_source.what()
            ))
            .at(log_source.first_line())
            .help("write `product:`, `category:`, and `service:` below it"),
        );
        return;
    }
    for key in ["product", "category", "service"] {
        if let Some(value) = log_source.get(key)
            && value.as_str().is_none()
        {
            findings.push(
                invalid(format!(
                    "the log source's `{key}` is {}, not text",
                    value.what()
                ))
                .at(value.first_line())
                .help("write one name, or leave it out"),
            );
        }
    }
    for (key, _) in log_source.pairs() {
        let name = key.as_str().unwrap_or_default();
        if LOG_SOURCE_KEYS.contains(&name) {
            continue;
        }
        // Without the key that was meant, the rule would search other logs.
        let problem = match misspelled_log_source_key(name) {
            Some(meant) => invalid(format!("`{name}` is not a key of a log source"))
                .help(format!("did you mean `{meant}`?")),
            None => Diagnostic::warning(
                Code::SIGMA_INVALID,
                format!("`{name}` is not a key of a log source, and is left out"),
            )
            .help("a log source has `product`, `category`, `service`, and `definition`"),
        };
        findings.push(problem.at(key.first_line()));
    }
}

fn check_filter(filter: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    if !filter.is_mapping() {
        findings.push(
            invalid(format!("`filter` is {}, not a mapping", filter.what()))
                .at(filter.first_line())
                .help("write `rules:`, a selection, and `condition:` below it"),
        );
        return;
    }
    match filter.get("rules") {
        None => findings.push(
            Diagnostic::warning(
                Code::SIGMA_INVALID,
                "the filter names no rules, so it applies to all of its log source",
            )
            .at(filter.first_line())
            .help("add `rules:` with their ids or names, or `rules: any`"),
        ),
        Some(rules) => check_references(rules, "filter", findings),
    }
    detection::check(filter, "filter", &["rules"], true, findings);
}

/// The rules that a correlation or filter names.
fn check_references(rules: YamlNode<'_>, kind: &str, findings: &mut Vec<Diagnostic>) {
    let is_text = rules.as_str().is_some();
    if !is_text && !rules.is_list() {
        findings.push(
            invalid(format!(
                "the {kind}'s `rules` is {}, not a list",
                rules.what()
            ))
            .at(rules.first_line())
            .help("write a list of ids or names"),
        );
    }
    for rule in rules.elements().filter(|rule| rule.as_str().is_none()) {
        findings.push(
            invalid(format!(
                "the rule that the {kind} names is {}, not text",
                rule.what()
            ))
            .at(rule.first_line())
            .help("write its id or its name, in quotes if it is a number"),
        );
    }
}

fn missing(node: YamlNode<'_>, name: &str, kind: &str) -> Diagnostic {
    let keys = node.pairs().filter_map(|(key, _)| key.as_str());
    let close = did_you_mean(name, keys);
    let place = close
        .and_then(|close| node.pair(close))
        .map_or_else(|| node.first_line(), |(key, _)| key.place());
    let help = close.map_or_else(
        || format!("add `{name}:` to the {kind}"),
        |meant| format!("did you mean `{name}` by `{meant}`?"),
    );
    invalid(format!("the {kind} has no `{name}`"))
        .at(place)
        .help(help)
}

fn suggestion<'a>(name: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> String {
    match did_you_mean(name, candidates.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let known: Vec<_> = candidates.map(|known| format!("`{known}`")).collect();
            match known.as_slice() {
                [] => "there is none".to_owned(),
                [only] => format!("there is only {only}"),
                known => format!("known are {}", known.join(", ")),
            }
        }
    }
}

/// The first line of a text, for a fault whose place is not known.
pub(super) fn first_line(source: &Arc<SourceText>) -> Place {
    let first_line = source.text.find('\n').unwrap_or(source.text.len());
    Place::span(source, 0..first_line)
}
