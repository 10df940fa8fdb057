//! What the front ends of query languages take and give: a query, its plan, and what is
//! to be said of it.

use std::sync::Arc;

use super::Refusal;
use super::plan::{Plan, Span};
use super::syntax;
use crate::diagnostic::{Diagnostic, SourceText};

/// A query to be lowered.
#[derive(Debug, Clone, Copy)]
pub struct Query<'q> {
    /// Its text.
    pub text: &'q str,
    /// The file that it stands in.
    pub source: &'q Arc<SourceText>,
    /// For every byte of the text, its place in the file.
    pub places: &'q [usize],
}

/// A lowered query.
#[derive(Debug)]
pub struct Lowered {
    /// The plan, or why there is none.
    pub plan: Result<Plan, Refusal>,
    /// The records that it looks at, for people.
    pub log_source: String,
    /// What is to be said of it.
    pub problems: Vec<Diagnostic>,
    /// Every construct that is not evaluated, in the words of the documentation.
    pub unsupported: Vec<String>,
}

/// Why a part of a query has no plan.
#[derive(Debug, Clone)]
pub(in crate::detect) enum Fault {
    /// It is not evaluated.
    Unsupported {
        /// The construct (`the command map`).
        what: String,
        /// Where it stands.
        span: syntax::Span,
    },
    /// Its product refuses it.
    Invalid {
        /// Why.
        why: String,
        /// Where it stands.
        span: syntax::Span,
    },
}

impl Fault {
    pub(in crate::detect) fn unsupported(what: impl Into<String>, span: syntax::Span) -> Self {
        Self::Unsupported {
            what: what.into(),
            span,
        }
    }

    pub(in crate::detect) fn invalid(why: impl Into<String>, span: syntax::Span) -> Self {
        Self::Invalid {
            why: why.into(),
            span,
        }
    }
}

/// Why a query with such parts has no plan.
pub(in crate::detect) fn refusal(faults: &[Fault], first: &Fault) -> Refusal {
    let invalid = faults.iter().find_map(|fault| match fault {
        Fault::Invalid { why, .. } => Some(why.clone()),
        Fault::Unsupported { .. } => None,
    });
    match (invalid, first) {
        (Some(why), _) => Refusal::Invalid(why),
        (None, Fault::Invalid { why, .. }) => Refusal::Invalid(why.clone()),
        (None, Fault::Unsupported { what, .. }) => {
            Refusal::Unsupported(format!("{what} is not evaluated"))
        }
    }
}

impl Query<'_> {
    /// Where a part of the text stands in the file.
    pub(in crate::detect) fn range(&self, span: syntax::Span) -> Span {
        let of = |at: usize| self.places.get(at).copied();
        let end = span.end.checked_sub(1).and_then(of).map(|at| at + 1);
        let start = of(span.start)
            .or(end)
            .or_else(|| self.places.last().copied());
        let start = start.unwrap_or_default();
        Span {
            start,
            end: end.unwrap_or(start).max(start),
        }
    }
}
