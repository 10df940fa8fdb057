//! Detections in languages that are not evaluated yet, in the forms in which their
//! owners ship them. They are known by name, so that a verdict on one is
//! `unsupported` and not a lie.

use std::path::Path;

use serde_yaml::{Mapping, Value};

use super::files::is_toml;
use crate::detect::{Detection, DetectionId, Language, Reading};
use crate::diagnostic::{Code, Diagnostic, SourceText, YamlSource, did_you_mean};

/// Reads a detection of another language than Sigma: Splunk's content files,
/// Elastic's TOML rules, Sentinel's analytics rules, and bare queries (`id`,
/// `title`, `language`, `query`). `None` if the text is none of them.
pub(super) fn foreign_detection(source: &SourceText) -> Option<Result<Detection, Box<Diagnostic>>> {
    if is_toml(&source.file) {
        return elastic(source).map(Ok);
    }
    let has_key = |key: &str| {
        source.text.lines().any(|line| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with(':'))
        })
    };
    // Thousands of other files need not be read twice.
    if !has_key("id") || !(has_key("search") || has_key("query")) {
        return None;
    }
    let document: Mapping = serde_yaml::from_str(&source.text).ok()?;
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let id = text("id")?;
    let title = text("title").or_else(|| text("name")).unwrap_or(id);
    let made = |language| Some(Ok(detection(id, title, language, &source.file)));
    if document.contains_key("search") {
        let is_splunk = ["data_source", "how_to_implement", "known_false_positives"]
            .iter()
            .any(|key| document.contains_key(*key));
        return if is_splunk { made(Language::Spl) } else { None };
    }
    if let Some(word) = text("language") {
        return match Language::parse(word).filter(|language| *language != Language::Sigma) {
            Some(language) => made(language),
            None => Some(Err(unknown_language(source, word))),
        };
    }
    let is_sentinel = ["queryFrequency", "triggerOperator", "relevantTechniques"]
        .iter()
        .any(|key| document.contains_key(*key));
    if is_sentinel {
        made(Language::Kql)
    } else {
        None
    }
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
    }
}

fn unknown_language(source: &SourceText, word: &str) -> Box<Diagnostic> {
    let known = || Language::ALL.iter().map(|language| language.as_str());
    let help = match did_you_mean(word, known()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
    };
    let shared = SourceText::new(&source.file, source.text.clone());
    let place = YamlSource::new(&shared)
        .visit(|documents| {
            let value = documents.first()?.get("language")?;
            Some(value.place())
        })
        .ok()
        .flatten();
    let mut problem = Diagnostic::error(
        Code::CONTENT_BAD_VALUE,
        format!("`{word}` is no language of detections"),
    )
    .in_file(&source.file)
    .help(help);
    if let Some(place) = place {
        problem = problem.at(place);
    }
    Box::new(problem)
}
