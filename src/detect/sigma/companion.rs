//! Rules that go along with another: same log source, other fields.

use std::sync::Arc;

use rsigma_parser::SigmaRule;
use serde_yaml::{Mapping, Value};

use super::document::Parsed;
use super::parse::SigmaRuleSet;
use crate::detect::Companion;
use crate::diagnostic::SourceText;
use crate::event::LogSource;

/// Why a companion cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum CompanionError {
    /// No rule goes by that name.
    #[error("no rule is called `{0}`")]
    UnknownRule(String),
    /// The named detection has no log source of its own.
    #[error("`{0}` is a correlation, whose firings have no fields to compare")]
    Correlation(String),
    /// The fields are no Sigma selection.
    #[error("the fields cannot be read: {0}")]
    BadFields(String),
    /// No log source leads to the records of that source alone.
    #[error("there is no source `{0}` whose events could be looked for")]
    UnknownSource(String),
}

impl SigmaRuleSet {
    /// Adds rules, marked by `mark`, that match the same events as `selection`
    /// does, among those of the log source of each rule that is called `of` by
    /// its id, name, or title.
    ///
    /// # Errors
    ///
    /// There is no such rule, it is a correlation, or `selection` is no Sigma
    /// selection.
    pub fn add_companion(
        &mut self,
        of: &str,
        mark: Companion,
        selection: &Mapping,
    ) -> Result<(), CompanionError> {
        let is_called = |names: [Option<&str>; 3]| names.contains(&Some(of));
        let mut added = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.companion.is_none()) {
            let document = &rule.document;
            let names = [document.id.as_deref(), document.name.as_deref()];
            if is_called([names[0], names[1], Some(&document.title)]) {
                added.extend(companions(rule, mark, selection)?);
            }
        }
        if added.is_empty() {
            let is_correlation = self.correlations.iter().any(|parsed| {
                let rule = &parsed.document;
                is_called([rule.id.as_deref(), rule.name.as_deref(), Some(&rule.title)])
            });
            return Err(if is_correlation {
                CompanionError::Correlation(of.to_owned())
            } else {
                CompanionError::UnknownRule(of.to_owned())
            });
        }
        self.rules.append(&mut added);
        Ok(())
    }
}

fn companions(
    rule: &Parsed<SigmaRule>,
    mark: Companion,
    selection: &Mapping,
) -> Result<Vec<Parsed<SigmaRule>>, CompanionError> {
    let source = &rule.document.logsource;
    let log_source = LogSource::new(
        source.product.as_deref(),
        source.category.as_deref(),
        source.service.as_deref(),
    );
    let detection: Mapping = [
        (text("selection"), Value::Mapping(selection.clone())),
        (text("condition"), text("selection")),
    ]
    .into_iter()
    .collect();
    parsed_rules(&log_source, detection, &rule.source, mark)
}

/// Rules of ours, in the form that the parser gives them.
pub(super) fn parsed_rules(
    log_source: &LogSource,
    detection: Mapping,
    source: &Arc<SourceText>,
    mark: Companion,
) -> Result<Vec<Parsed<SigmaRule>>, CompanionError> {
    let log_source: Mapping = [
        ("product", &log_source.product),
        ("category", &log_source.category),
        ("service", &log_source.service),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((text(name), text(value.as_deref()?))))
    .collect();
    let document: Mapping = [
        (text("title"), text("companion")),
        (text("logsource"), Value::Mapping(log_source)),
        (text("detection"), Value::Mapping(detection)),
    ]
    .into_iter()
    .collect();
    let bad = |error: &dyn std::fmt::Display| CompanionError::BadFields(error.to_string());
    let yaml = serde_yaml::to_string(&document).map_err(|error| bad(&error))?;
    let collection = rsigma_parser::parse_sigma_yaml(&yaml).map_err(|error| bad(&error))?;
    if let Some(error) = collection.errors.first() {
        return Err(bad(error));
    }
    let parsed = collection.rules.into_iter().map(|mut document| {
        // Nothing can refer to it.
        document.title.clear();
        Parsed {
            document,
            source: Arc::clone(source),
            // It stands in no file.
            number: None,
            is_told: false,
            companion: Some(mark),
        }
    });
    Ok(parsed.collect())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}
