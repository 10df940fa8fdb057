//! What a linter found, and what can be done about it.

use std::ops::Range;

use super::catalogue::{Remedy, Rule, rule_of};
use crate::detect::query::Query;
use crate::detect::syntax::Span;
use crate::diagnostic::{Diagnostic, Place, Severity};

/// Something that a linter found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What is told: the code, how bad it is, where it is, and what to do.
    pub diagnostic: Diagnostic,
    /// The rule that it was found by; none for problems of files.
    pub rule: Option<&'static Rule>,
    /// A change of the file that ends it.
    pub fix: Option<Fix>,
}

/// A change of a file that ends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an instruction (`take the quotes away`).
    pub title: String,
    /// Whether it is what the author can only have meant.
    pub remedy: Remedy,
    /// The changes, in the order of the file; they do not overlap.
    pub edits: Vec<Edit>,
}

/// A stretch of a file and what is to stand in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// Another text in the place of a part of a query.
    pub(in crate::detect) fn replace(
        query: &Query<'_>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        Self {
            range: query.range(span).range(),
            text: text.into(),
        }
    }

    /// A text in front of a part of a query.
    pub(in crate::detect) fn before(
        query: &Query<'_>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let start = query.range(span).start;
        Self {
            range: start..start,
            text: text.into(),
        }
    }

    /// A text behind a part of a query.
    pub(in crate::detect) fn after(query: &Query<'_>, span: Span, text: impl Into<String>) -> Self {
        let end = query.range(span).end;
        Self {
            range: end..end,
            text: text.into(),
        }
    }
}

impl Finding {
    /// A finding of a rule: what is wrong here, and where.
    #[must_use]
    pub fn new(rule: &'static Rule, message: impl Into<String>, place: Place) -> Self {
        let diagnostic = match rule.severity {
            Severity::Error => Diagnostic::error(rule.code, message),
            Severity::Warning => Diagnostic::warning(rule.code, message),
            Severity::Note => Diagnostic::note(rule.code, message),
        };
        Self {
            diagnostic: diagnostic.at(place),
            rule: Some(rule),
            fix: None,
        }
    }

    /// Puts a few words under the marked span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.label(label);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.help(help);
        self
    }

    /// Says what can be changed, and so what to do. Without edits nothing is said.
    #[must_use]
    pub fn fix(mut self, remedy: Remedy, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        if edits.is_empty() {
            return self;
        }
        let title = title.into();
        if self.diagnostic.help.is_none() {
            self.diagnostic.help = Some(title.clone());
        }
        self.fix = Some(Fix {
            title,
            remedy,
            edits,
        });
        self
    }
}

impl From<Diagnostic> for Finding {
    /// What a loader tells is found by the rule of its code, if there is one.
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            rule: rule_of(diagnostic.code),
            diagnostic,
            fix: None,
        }
    }
}
