//! What is known of the rules of a set before they are compiled.

use std::collections::HashSet;
use std::sync::Arc;

use super::document::{Document, Parsed};
use super::parse::SigmaRuleSet;
use crate::detect::DetectionId;
use crate::diagnostic::SourceText;

/// A rule or correlation of a set.
#[derive(Debug)]
pub struct Listed<'s> {
    /// Its identity.
    pub id: DetectionId,
    /// Its title.
    pub title: &'s str,
    /// Its tags, ATT&CK techniques among them (`attack.t1219`).
    pub tags: &'s [String],
    /// The file that holds it.
    pub source: &'s Arc<SourceText>,
    /// Whether it stands by itself.
    pub role: Role,
}

/// Whether a rule stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It does.
    Alone,
    /// A correlation is built on it.
    Base,
}

impl SigmaRuleSet {
    /// Every rule and correlation, in the order in which they were loaded.
    #[must_use]
    pub fn listed(&self) -> Vec<Listed<'_>> {
        let referred: HashSet<&str> = self
            .correlations
            .iter()
            .flat_map(|parsed| &parsed.document.rules)
            .map(String::as_str)
            .collect();
        let role = |names: [Option<&str>; 3]| {
            let is_base = names
                .into_iter()
                .flatten()
                .any(|name| referred.contains(name));
            if is_base { Role::Base } else { Role::Alone }
        };
        let written = self.rules.iter().filter(|rule| rule.companion.is_none());
        let rules = written.map(|parsed| {
            let rule = &parsed.document;
            Listed {
                id: id(parsed, rule.id.as_deref()),
                title: &rule.title,
                tags: &rule.tags,
                source: &parsed.source,
                role: role([rule.id.as_deref(), rule.name.as_deref(), Some(&rule.title)]),
            }
        });
        let correlations = self.correlations.iter().map(|parsed| {
            let rule = &parsed.document;
            Listed {
                id: id(parsed, rule.id.as_deref()),
                title: &rule.title,
                tags: &rule.tags,
                source: &parsed.source,
                role: role([rule.id.as_deref(), rule.name.as_deref(), Some(&rule.title)]),
            }
        });
        rules.chain(correlations).collect()
    }
}

fn id<T: Document>(parsed: &Parsed<T>, id: Option<&str>) -> DetectionId {
    match id {
        Some(id) => DetectionId::new(id),
        None => parsed.fallback_id(),
    }
}
