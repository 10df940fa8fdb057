//! Rules that go along with another: same log source, other fields.

use serde_yaml::{Mapping, Value};

use super::document::Parsed;
use super::parse::SigmaRuleSet;

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
}

impl SigmaRuleSet {
    /// Adds a rule with the id `id` that matches the same events as `selection`
    /// does, among those of the log source of the rule that is called `of`.
    ///
    /// # Errors
    ///
    /// There is no such rule, it is a correlation, or `selection` is no Sigma
    /// selection.
    pub fn add_companion(
        &mut self,
        of: &str,
        id: &str,
        selection: Mapping,
    ) -> Result<(), CompanionError> {
        let is_called = |names: [Option<&str>; 3]| names.contains(&Some(of));
        let rule = self.rules.iter().find(|parsed| {
            let rule = &parsed.document;
            is_called([rule.id.as_deref(), rule.name.as_deref(), Some(&rule.title)])
        });
        let Some(rule) = rule else {
            let correlation = self.correlations.iter().any(|parsed| {
                let rule = &parsed.document;
                is_called([rule.id.as_deref(), rule.name.as_deref(), Some(&rule.title)])
            });
            return Err(if correlation {
                CompanionError::Correlation(of.to_owned())
            } else {
                CompanionError::UnknownRule(of.to_owned())
            });
        };
        let source = &rule.document.logsource;
        let log_source: Mapping = [
            ("product", &source.product),
            ("category", &source.category),
            ("service", &source.service),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((text(name), text(value.as_deref()?))))
        .collect();
        let detection: Mapping = [
            (text("selection"), Value::Mapping(selection)),
            (text("condition"), text("selection")),
        ]
        .into_iter()
        .collect();
        let document: Mapping = [
            (text("title"), text(id)),
            (text("id"), text(id)),
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
        let source = std::sync::Arc::clone(&rule.source);
        let parsed = collection.rules.into_iter().map(|document| Parsed {
            document,
            source: std::sync::Arc::clone(&source),
            // It stands in no file.
            number: None,
            is_told: false,
        });
        self.rules.extend(parsed);
        Ok(())
    }
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}
