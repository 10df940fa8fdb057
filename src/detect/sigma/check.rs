//! What is wrong with a Sigma file, all of it at once, and where.
//!
//! The parser stops at the first fault and names no place; this looks over the
//! text again once the parser has refused it.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, SourceText, YamlNode, YamlSource, did_you_mean};

/// Every modifier of the specification.
///
/// Source: Sigma specification 2.1.0, appendix "Modifiers".
const MODIFIERS: &[&str] = &[
    "all",
    "base64",
    "base64offset",
    "cased",
    "cidr",
    "contains",
    "day",
    "dotall",
    "endswith",
    "exists",
    "expand",
    "fieldref",
    "gt",
    "gte",
    "hour",
    "i",
    "ignorecase",
    "lt",
    "lte",
    "m",
    "minute",
    "month",
    "multiline",
    "neq",
    "re",
    "s",
    "startswith",
    "utf16",
    "utf16be",
    "utf16le",
    "week",
    "wide",
    "windash",
    "year",
];

/// Every type of correlation.
///
/// Source: Sigma correlation rules specification 2.1.0, and `value_median`.
const CORRELATIONS: &[&str] = &[
    "event_count",
    "temporal",
    "temporal_ordered",
    "value_avg",
    "value_count",
    "value_median",
    "value_percentile",
    "value_sum",
];

/// The words of a condition that are no names.
const CONDITION_WORDS: &[&str] = &["and", "or", "not", "of", "them", "all", "any", "by", "near"];

/// Looks for everything that is wrong with a file.
pub(super) fn findings(source: &Arc<SourceText>) -> Vec<Diagnostic> {
    let yaml = YamlSource::new(source);
    let visited = yaml.visit(|documents| {
        let mut findings = Vec::new();
        let collection = documents
            .iter()
            .any(|document| document.get("action").is_some());
        for document in documents {
            if !document.is_mapping() {
                findings.push(
                    Diagnostic::error(Code::SIGMA_INVALID, "the document is not a mapping")
                        .at(document.first_line())
                        .help("a rule is a mapping with `title`, `logsource`, and `detection`"),
                );
                continue;
            }
            check_document(*document, collection, &mut findings);
        }
        findings
    });
    match visited {
        Ok(findings) => findings,
        Err(problem) => vec![*problem],
    }
}

fn check_document(document: YamlNode<'_>, collection: bool, findings: &mut Vec<Diagnostic>) {
    if let Some(correlation) = document.get("correlation") {
        require(document, &["title"], "correlation", findings);
        check_correlation(correlation, findings);
        return;
    }
    if let Some(filter) = document.get("filter") {
        require(document, &["title"], "filter", findings);
        check_detection(filter, &["rules"], findings);
        return;
    }
    // The parts of a collection may come from its global document.
    if !collection {
        require(
            document,
            &["title", "logsource", "detection"],
            "rule",
            findings,
        );
    }
    if let Some(detection) = document.get("detection") {
        check_detection(detection, &["timeframe"], findings);
    }
}

fn require(document: YamlNode<'_>, names: &[&str], kind: &str, findings: &mut Vec<Diagnostic>) {
    for name in names {
        if document.get(name).is_some() {
            continue;
        }
        let keys = document.pairs().filter_map(|(key, _)| key.as_str());
        let help = did_you_mean(name, keys).map_or_else(
            || format!("add `{name}:` to the {kind}"),
            |meant| format!("did you mean `{name}` by `{meant}`?"),
        );
        findings.push(
            Diagnostic::error(Code::SIGMA_INVALID, format!("the {kind} has no `{name}`"))
                .at(document.first_line())
                .help(help),
        );
    }
}

fn check_correlation(correlation: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    require(
        correlation,
        &["type", "rules", "timespan"],
        "correlation",
        findings,
    );
    if let Some(kind) = correlation.get("type")
        && let Some(name) = kind.as_str()
        && !CORRELATIONS.contains(&name)
    {
        findings.push(
            Diagnostic::error(
                Code::SIGMA_INVALID,
                format!("`{name}` is not a type of correlation"),
            )
            .at(kind.place())
            .help(suggestion(name, CORRELATIONS.iter().copied())),
        );
    }
}

fn check_detection(detection: YamlNode<'_>, reserved: &[&str], findings: &mut Vec<Diagnostic>) {
    let mut parts = Vec::new();
    for (key, value) in detection.pairs() {
        let Some(name) = key.as_str() else { continue };
        if name == "condition" || reserved.contains(&name) {
            continue;
        }
        parts.push(name);
        check_modifiers(value, findings);
    }
    let Some(condition) = detection.get("condition") else {
        findings.push(
            Diagnostic::error(Code::SIGMA_INVALID, "the detection has no `condition`")
                .at(detection.first_line())
                .help(format!(
                    "add `condition:` with the names of its parts ({})",
                    parts.join(", ")
                )),
        );
        return;
    };
    let lines = std::iter::once(condition).chain(condition.elements());
    for line in lines {
        if let Some(text) = line.as_str() {
            check_condition(line, text, &parts, findings);
        }
    }
}

fn check_condition(node: YamlNode<'_>, text: &str, parts: &[&str], findings: &mut Vec<Diagnostic>) {
    if let Some((_, aggregation)) = text.split_once('|') {
        findings.push(
            Diagnostic::error(
                Code::SIGMA_UNSUPPORTED,
                "the condition has an aggregation behind a `|`, which Sigma 2 has dropped",
            )
            .at(node.place())
            .label(aggregation.trim().to_owned())
            .help("write the aggregation as a correlation rule"),
        );
        return;
    }
    let words = text.split(|character: char| {
        !(character.is_alphanumeric() || matches!(character, '_' | '-' | '*' | '?'))
    });
    for word in words.filter(|word| !word.is_empty()) {
        let known = CONDITION_WORDS.contains(&word.to_lowercase().as_str())
            || word.parse::<u64>().is_ok()
            || parts.contains(&word);
        let pattern = word.contains('*') || word.contains('?');
        if known || (pattern && parts.iter().any(|part| matches(word, part))) {
            continue;
        }
        findings.push(
            Diagnostic::error(
                Code::SIGMA_INVALID,
                format!("the condition names `{word}`, which the detection does not define"),
            )
            .at(node.place_of(word).unwrap_or_else(|| node.place()))
            .help(suggestion(word, parts.iter().copied())),
        );
    }
}

/// Whether a condition's pattern, such as `selection_*`, matches a part's name.
fn matches(pattern: &str, name: &str) -> bool {
    rsigma_parser::detection_name_matches(pattern, name)
}

fn check_modifiers(node: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    for (key, value) in node.pairs() {
        if let Some(field) = key.as_str() {
            for modifier in field.split('|').skip(1) {
                if MODIFIERS.contains(&modifier.to_lowercase().as_str()) {
                    continue;
                }
                findings.push(
                    Diagnostic::error(
                        Code::SIGMA_INVALID,
                        format!("`{modifier}` is not a modifier"),
                    )
                    .at(key.place_of(modifier).unwrap_or_else(|| key.place()))
                    .help(suggestion(modifier, MODIFIERS.iter().copied())),
                );
            }
        }
        check_modifiers(value, findings);
    }
    for element in node.elements() {
        check_modifiers(element, findings);
    }
}

fn suggestion<'a>(name: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> String {
    match did_you_mean(name, candidates.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known are {}", candidates.collect::<Vec<_>>().join(", ")),
    }
}

/// A place for a fault that only the parser or the compiler has found: the
/// first of `words` that the text holds, else its first line.
pub(super) fn place_of_words(source: &Arc<SourceText>, words: &[&str]) -> Place {
    let found = words
        .iter()
        .filter(|word| !word.is_empty())
        .find_map(|word| {
            let start = source.text.find(word)?;
            Some(start..start + word.len())
        });
    let first_line = source.text.find('\n').unwrap_or(source.text.len());
    Place::span(source, found.unwrap_or(0..first_line))
}
