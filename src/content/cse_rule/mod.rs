//! Whole rules of Sumo Logic Cloud SIEM, as YAML or pasted as JSON.
//!
//! Keys are those of the vendor's Terraform resources, of its interface, and of its
//! public catalogue (`SumoLogic/cloud-siem-content-catalog`), which differ: case does not
//! tell `windowSize` from `window_size`.

mod keys;
mod read;
mod text;

use std::ops::Range;
use std::sync::Arc;

use super::query_text::QueryText;
use crate::detect::cse::syntax::{EntitySelector, RuleKind, Spanned, Tuning};
use crate::detect::{Lowered, Query, Refusal, cse};
use crate::diagnostic::{self, Code, Diagnostic, Severity, SourceText, YamlSource};

/// A rule as it is written.
#[derive(Debug)]
pub(super) struct CseRule {
    /// Everything that it says, one part after another in the order of the file.
    pub(super) text: QueryText,
    /// The parts that are expressions over records.
    pub(super) expressions: Vec<Range<usize>>,
    /// What it says, or why that is no rule.
    pub(super) rule: Result<ReadRule, Refusal>,
    /// What is to be said of it.
    pub(super) problems: Vec<Diagnostic>,
}

/// A rule that was read.
#[derive(Debug)]
pub(super) struct ReadRule {
    /// What it looks for; its place is that of the word for its type.
    pub(super) kind: Spanned<RuleKind>,
    /// Whom its signals are about.
    pub(super) entities: Vec<EntitySelector>,
    /// What narrows it.
    pub(super) tunings: Vec<Tuning>,
}

impl CseRule {
    /// The plan of the rule, or why it has none.
    pub(super) fn lower(&self, text: Query<'_>) -> Lowered {
        let mut lowered = match &self.rule {
            Ok(rule) => {
                let environment = cse::Environment::default();
                cse::lower_rule(
                    text,
                    &rule.kind,
                    &rule.entities,
                    &rule.tunings,
                    &environment,
                )
            }
            Err(refusal) => Lowered::refused(refusal.clone()),
        };
        lowered.problems.splice(0..0, self.problems.clone());
        lowered
    }

    /// Each expression as a query of its own.
    pub(super) fn queries(&self) -> Vec<QueryText> {
        let parts = self.expressions.iter();
        parts
            .filter_map(|part| self.text.part(part.clone()))
            .collect()
    }
}

/// Reads the value of `rule` in a document.
pub(super) fn read(source: &Arc<SourceText>) -> Option<CseRule> {
    let yaml = YamlSource::new(source);
    let read = yaml.visit(|documents| {
        let document = documents.first()?;
        let (key, rule) = document.pair("rule")?;
        let mut read = read::rule(key, rule);
        if let Some((query, _)) = document.pair("query") {
            read.problems.push(
                Diagnostic::warning(
                    Code::CONTENT_UNKNOWN_FIELD,
                    "a detection with a `rule` has no `query`",
                )
                .at(query.place())
                .help("the expressions of the rule are what is evaluated"),
            );
        }
        Some(read)
    });
    match read {
        Ok(read) => read,
        Err(problem) => Some(CseRule {
            text: QueryText::empty(),
            expressions: Vec::new(),
            rule: Err(Refusal::Invalid(problem.message.clone())),
            problems: vec![*problem],
        }),
    }
}

/// Why a rule with these problems is none.
fn refusal(problems: &[Diagnostic]) -> Option<Refusal> {
    diagnostic::has_error(problems).then(|| {
        let first = problems
            .iter()
            .find(|problem| problem.severity == Severity::Error);
        Refusal::Invalid(
            first
                .map(|problem| problem.message.clone())
                .unwrap_or_default(),
        )
    })
}
