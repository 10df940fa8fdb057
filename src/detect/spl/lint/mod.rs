//! What Splunk rejects, reads otherwise than it looks, or can never match.
//!
//! A search is looked over as Splunk sees it, with its macros put in; only what its
//! author wrote is told. Which fields there are is followed from command to command by
//! `fields`.

mod boolean;
mod case;
mod event;
mod expression;
mod fields;
mod flow;
mod function;
mod model;
mod pattern;
mod quotes;
mod rules;
mod value;

pub use rules::RULES;

use super::Environment;
use super::syntax::{self, Span, SpanMap};
use crate::detect::Query;
use crate::detect::lint::{Edit, Finding, Rule};
use crate::diagnostic::{At, Severity};

/// Looks a query over. What keeps it from being read at all is told when it is lowered.
#[must_use]
pub fn lint(query: Query<'_>, environment: &Environment) -> Vec<Finding> {
    let mut findings = quotes::typographic(&query);
    let Ok(expanded) = syntax::expand(query.text, &environment.macros) else {
        return findings;
    };
    let Ok(tree) = syntax::parse(&expanded.text) else {
        return findings;
    };
    let mut linter = Linter {
        query,
        environment,
        text: &expanded.text,
        map: &expanded.map,
        dotted: flow::dotted_names(&tree.pipeline, &environment.deployment),
        findings: Vec::new(),
    };
    linter.pipeline(&tree.pipeline, fields::Rows::events());
    findings.append(&mut linter.findings);
    findings.sort_by_key(start);
    findings
}

/// Where a finding begins.
fn start(finding: &Finding) -> usize {
    match finding.diagnostic.place.as_ref().map(|place| &place.at) {
        Some(At::Span { bytes, .. }) => bytes.start,
        _ => 0,
    }
}

/// Looks one query over.
struct Linter<'l> {
    query: Query<'l>,
    environment: &'l Environment,
    /// The query with its macros put in.
    text: &'l str,
    map: &'l SpanMap,
    /// Names with dots that stand where only names of fields do.
    dotted: std::collections::BTreeSet<String>,
    findings: Vec<Finding>,
}

/// What a condition is to the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Nothing is found unless it holds.
    Required,
    /// It is one of several.
    Alternative,
    /// It must not hold.
    Excluded,
}

impl Weight {
    /// Of one of several conditions with this weight.
    fn in_alternatives(self) -> Self {
        match self {
            Self::Required | Self::Alternative => Self::Alternative,
            Self::Excluded => Self::Excluded,
        }
    }

    /// Of the contrary.
    fn negated(self) -> Self {
        match self {
            Self::Required | Self::Alternative => Self::Excluded,
            Self::Excluded => Self::Alternative,
        }
    }

    /// How bad it is if the condition can never hold.
    fn of_never(self) -> Severity {
        match self {
            Self::Required => Severity::Error,
            Self::Alternative | Self::Excluded => Severity::Warning,
        }
    }
}

impl Linter<'_> {
    /// Where a part was written, if no macro put it there.
    fn written(&self, span: Span) -> Option<Span> {
        self.map.written(span)
    }

    /// A part as it was written, if no macro put it there.
    fn source(&self, span: Span) -> Option<&str> {
        self.written(span)?.of(self.query.text)
    }

    /// A finding about a part, if no macro put it there.
    fn finding(
        &self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
    ) -> Option<Finding> {
        let span = self.written(span)?;
        Some(Finding::new(rule, message, self.query.place(span)))
    }

    /// Tells a finding about a part, if no macro put it there.
    fn tell(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        more: impl FnOnce(&Self, Finding) -> Finding,
    ) {
        if let Some(finding) = self.finding(rule, span, message) {
            let is_told = self.findings.iter().any(|told| {
                told.diagnostic.code == rule.code
                    && told.diagnostic.place == finding.diagnostic.place
            });
            if !is_told {
                let finding = more(self, finding);
                self.findings.push(finding);
            }
        }
    }

    /// Another text in the place of a part; nothing if a macro put it there.
    fn replace(&self, span: Span, text: impl Into<String>) -> Vec<Edit> {
        let span = self.written(span);
        span.map(|span| Edit::replace(&self.query, span, text))
            .into_iter()
            .collect()
    }

    /// Texts around a part; nothing if a macro put it there.
    fn surround(&self, span: Span, before: &str, after: &str) -> Vec<Edit> {
        let Some(span) = self.written(span) else {
            return Vec::new();
        };
        let mut edits = Vec::new();
        if !before.is_empty() {
            edits.push(Edit::before(&self.query, span, before));
        }
        if !after.is_empty() {
            edits.push(Edit::after(&self.query, span, after));
        }
        edits
    }
}

/// A finding that is as bad as this.
fn as_bad_as(severity: Severity) -> impl FnOnce(Finding) -> Finding {
    move |mut finding| {
        finding.diagnostic.severity = severity;
        finding
    }
}
