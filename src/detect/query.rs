//! What the front ends of query languages share: the text of a query with its places,
//! and what becomes of it.

use std::sync::Arc;

use super::Refusal;
use super::plan::{self, Pipeline, Plan};
use super::syntax::{Span, SyntaxError};
use crate::diagnostic::{Code, Diagnostic, Place, SourceText};

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
        span: Span,
    },
    /// The product refuses it.
    Invalid {
        /// Why.
        why: String,
        /// Where it stands.
        span: Span,
    },
}

/// The codes under which a language's faults are told.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct Codes {
    pub(in crate::detect) unsupported: Code,
    pub(in crate::detect) invalid: Code,
}

impl Fault {
    pub(in crate::detect) fn unsupported(what: impl Into<String>, span: Span) -> Self {
        Self::Unsupported {
            what: what.into(),
            span,
        }
    }

    pub(in crate::detect) fn invalid(why: impl Into<String>, span: Span) -> Self {
        Self::Invalid {
            why: why.into(),
            span,
        }
    }

    /// The fault in a sentence.
    pub(in crate::detect) fn message(&self) -> String {
        match self {
            Self::Unsupported { what, .. } => format!("{what} is not evaluated"),
            Self::Invalid { why, .. } => why.clone(),
        }
    }
}

impl Query<'_> {
    /// Where a part of the text stands in the file.
    pub(in crate::detect) fn range(&self, span: Span) -> plan::Span {
        let of = |at: usize| self.places.get(at).copied();
        let end = span.end.checked_sub(1).and_then(of).map(|at| at + 1);
        let start = of(span.start)
            .or(end)
            .or_else(|| self.places.last().copied());
        let start = start.unwrap_or_default();
        plan::Span {
            start,
            end: end.unwrap_or(start).max(start),
        }
    }

    /// The same as a place that can be shown.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place::span(self.source, self.range(span).range())
    }
}

impl Lowered {
    /// Nothing yet.
    pub(in crate::detect) fn new() -> Self {
        Self {
            plan: Err(Refusal::Invalid(String::new())),
            log_source: String::new(),
            problems: Vec::new(),
            unsupported: Vec::new(),
        }
    }

    /// A query that cannot be read; what is wrong with it is told already.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self {
            plan: Err(refusal),
            ..Self::new()
        }
    }

    /// A text that is no query of its language.
    pub(in crate::detect) fn refuse(&mut self, error: SyntaxError, code: Code, place: Place) {
        self.plan = Err(Refusal::Invalid(error.message.clone()));
        let mut problem = Diagnostic::error(code, error.message)
            .at(place)
            .maybe_help(error.help);
        if !error.expected.is_empty() {
            problem = problem.label(format!("expected {}", error.expected.join(" or ")));
        }
        self.problems.push(problem);
    }

    /// The pipeline becomes the plan if there is no fault; every fault is told.
    pub(in crate::detect) fn settle(
        &mut self,
        pipeline: Pipeline,
        faults: Vec<Fault>,
        codes: Codes,
        place: impl Fn(Span) -> Place,
    ) {
        self.plan = match refusal(&faults) {
            None => Ok(Plan { pipeline }),
            Some(refusal) => Err(refusal),
        };
        for fault in faults {
            let message = fault.message();
            let (diagnostic, span) = match fault {
                Fault::Unsupported { what, span } => {
                    self.unsupported.push(what);
                    (Diagnostic::warning(codes.unsupported, message), span)
                }
                Fault::Invalid { span, .. } => (Diagnostic::error(codes.invalid, message), span),
            };
            self.problems.push(diagnostic.at(place(span)));
        }
    }
}

/// What the faults together make of a query: what is wrong with it counts for more than
/// what is not evaluated.
fn refusal(faults: &[Fault]) -> Option<Refusal> {
    let is_invalid = |fault: &&Fault| matches!(fault, Fault::Invalid { .. });
    let invalid = faults.iter().find(is_invalid);
    match (invalid, faults.first()) {
        (Some(fault), _) => Some(Refusal::Invalid(fault.message())),
        (None, Some(fault)) => Some(Refusal::Unsupported(fault.message())),
        (None, None) => None,
    }
}
