//! Detections in other languages than Sigma, in the forms in which their owners ship
//! them. Those in languages that are not evaluated yet are known by name, so that a
//! verdict on one is `unsupported` and not a lie.

use std::path::Path;

use serde_yaml::{Mapping, Value};

use super::cse_rule::{self, CseRule};
use super::files::is_toml;
use super::query_text::QueryText;
use crate::detect::{Detection, DetectionId, Language, Reading};
use crate::diagnostic::{Code, Diagnostic, Place, SourceText, YamlSource, did_you_mean};

/// A detection in another language than Sigma.
#[derive(Debug)]
pub(super) struct Foreign {
    pub(super) detection: Detection,
    /// The text of its query, where it is at hand.
    pub(super) query: Option<QueryText>,
    /// What the query says, where it is a whole rule of Cloud SIEM.
    pub(super) rule: Option<CseRule>,
}

/// Reads a detection of another language than Sigma: Splunk's content files,
/// Elastic's TOML rules, Sentinel's analytics rules, and bare queries (`id`,
/// `title`, `language`, and `query`, or `rule` for a whole rule of Cloud SIEM). `None` if
/// the text is none of them.
pub(super) fn foreign_detection(source: &SourceText) -> Option<Result<Foreign, Box<Diagnostic>>> {
    if is_toml(&source.file) {
        return elastic(source).map(|detection| {
            Ok(Foreign {
                detection,
                query: None,
                rule: None,
            })
        });
    }
    let has_key = |key: &str| {
        source.text.lines().any(|line| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with(':'))
        })
    };
    // Thousands of other files need not be read twice.
    let has_query = ["search", "query", "rule"].into_iter().any(has_key);
    let may_be_query = has_key("language") || (has_query && has_key("id"));
    if !may_be_query {
        return None;
    }
    let document: Mapping = serde_yaml::from_str(&source.text).ok()?;
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    if !has_query {
        let language = text("language").and_then(Language::parse);
        let is_query = language.is_some_and(|language| language != Language::Sigma);
        let lacks_query = is_query && !document.contains_key("detection");
        return lacks_query.then(|| Err(no_query(source)));
    }
    let id = text("id")?;
    let title = text("title").or_else(|| text("name")).unwrap_or(id);
    let made = |language, key| {
        let mut detection = detection(id, title, language, &source.file);
        detection.tags = tags(&document);
        detection.agrees_with = agrees_with(&document);
        let query = text(key).map(|text| QueryText::of(&source.text, key, text));
        Some(Ok(Foreign {
            detection,
            query,
            rule: None,
        }))
    };
    if document.contains_key("search") {
        let is_splunk = ["data_source", "how_to_implement", "known_false_positives"]
            .iter()
            .any(|key| document.contains_key(*key));
        return if is_splunk {
            made(Language::Spl, "search")
        } else {
            None
        };
    }
    if let Some(word) = text("language") {
        return match Language::parse(word).filter(|language| *language != Language::Sigma) {
            Some(Language::SumoCse) if document.contains_key("rule") => {
                let shared = SourceText::new(&source.file, source.text.clone());
                made(Language::SumoCse, "query")
                    .map(|made| made.map(|foreign| with_rule(foreign, cse_rule::read(&shared))))
            }
            Some(language) => made(language, "query"),
            None => Some(Err(unknown_language(source, word))),
        };
    }
    let is_sentinel = ["queryFrequency", "triggerOperator", "relevantTechniques"]
        .iter()
        .any(|key| document.contains_key(*key));
    if is_sentinel {
        made(Language::Kql, "query")
    } else {
        None
    }
}

/// A detection whose query is a whole rule.
fn with_rule(mut foreign: Foreign, rule: Option<CseRule>) -> Foreign {
    if let Some(rule) = rule {
        foreign.query = Some(rule.text.clone());
        foreign.rule = Some(rule);
    }
    foreign
}

/// The detections that a bare query says are the same idea in another language.
fn agrees_with(document: &Mapping) -> Vec<DetectionId> {
    let ids = document.get("agrees_with").and_then(Value::as_sequence);
    let ids = ids.into_iter().flatten().filter_map(Value::as_str);
    ids.map(DetectionId::new).collect()
}

/// The techniques that a detection names: `tags.mitre_attack_id` in Splunk's content,
/// `attack` in front of a bare query.
fn tags(document: &Mapping) -> Vec<String> {
    let of = |value: Option<&Value>| -> Vec<String> {
        let items = value.and_then(Value::as_sequence).into_iter().flatten();
        items
            .filter_map(Value::as_str)
            .map(|technique| format!("attack.{}", technique.to_lowercase()))
            .collect()
    };
    let mut tags = of(document.get("attack"));
    let inner = document.get("tags").and_then(Value::as_mapping);
    tags.extend(of(inner.and_then(|tags| tags.get("mitre_attack_id"))));
    tags
}

/// A rule in the form of Elastic's detection rules.
fn elastic(source: &SourceText) -> Option<Detection> {
    let document: toml::Table = source.text.parse().ok()?;
    let rule = document.get("rule")?.as_table()?;
    let text = |key: &str| rule.get(key).and_then(toml::Value::as_str);
    let id = text("rule_id")?;
    let language = Language::parse(text("language").unwrap_or("kuery"))?;
    let title = text("name").unwrap_or(id);
    Some(detection(id, title, language, &source.file))
}

fn detection(id: &str, title: &str, language: Language, file: &Path) -> Detection {
    Detection {
        id: DetectionId::new(id),
        name: None,
        title: title.to_owned(),
        language,
        reading: Reading::Strict,
        level: None,
        tags: Vec::new(),
        log_source: String::new(),
        file: file.to_owned(),
        companion: None,
        agrees_with: Vec::new(),
    }
}

/// A file that names the language of a query, and has none.
fn no_query(source: &SourceText) -> Box<Diagnostic> {
    let problem = Diagnostic::error(Code::CONTENT_MISSING_FIELD, "the key `query` is missing")
        .in_file(&source.file)
        .help("add `query:` with the text of the query; `language` says what it is written in");
    Box::new(match place_of_language(source) {
        Some(place) => problem.at(place),
        None => problem,
    })
}

fn place_of_language(source: &SourceText) -> Option<Place> {
    let shared = SourceText::new(&source.file, source.text.clone());
    YamlSource::new(&shared)
        .visit(|documents| {
            let value = documents.first()?.get("language")?;
            Some(value.place())
        })
        .ok()
        .flatten()
}

fn unknown_language(source: &SourceText, word: &str) -> Box<Diagnostic> {
    let known = || Language::ALL.iter().map(|language| language.as_str());
    let help = match did_you_mean(word, known()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
    };
    let mut problem = Diagnostic::error(
        Code::CONTENT_BAD_VALUE,
        format!("`{word}` is no language of detections"),
    )
    .in_file(&source.file)
    .help(help);
    if let Some(place) = place_of_language(source) {
        problem = problem.at(place);
    }
    Box::new(problem)
}
