//! What Sumo Logic rejects, reads otherwise than it looks, or can never match.

mod absent;
mod compare;
mod conjunction;
mod expression;
mod fields;
mod function;
mod names;
mod operator;
mod pattern;
mod recover;
mod rules;
mod scope;
mod stage;

pub use rules::RULES;

use super::{Environment, syntax};
use crate::detect::Query;
use crate::detect::lint::Finding;
use crate::diagnostic::Severity;
use conjunction::Facts;
use fields::Fields;
use syntax::Span;

/// Looks a query over. What keeps it from being read at all is told when it is lowered.
#[must_use]
pub fn lint(query: Query<'_>, environment: &Environment) -> Vec<Finding> {
    let tree = match syntax::parse(query.text) {
        Ok(tree) => tree,
        Err(_) => return recover::assignments(&query),
    };
    let mut linter = Linter {
        query,
        fields: Fields::new(environment),
        facts: Facts::default(),
        polarity: Polarity::Wanted,
        findings: Vec::new(),
    };
    if let Some(scope) = &tree.scope {
        linter.fields.look_at(scope);
        linter.scope(scope);
    }
    for operator in &tree.operators {
        linter.stage(operator);
    }
    linter.absent_fields();
    linter.findings
}

/// Looks one query over.
struct Linter<'l> {
    query: Query<'l>,
    /// The fields that there are where it looks.
    fields: Fields<'l>,
    /// What holds of the messages that come so far.
    facts: Facts,
    /// Whether the condition that is looked at has to hold.
    polarity: Polarity,
    findings: Vec<Finding>,
}

/// Whether a condition has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Polarity {
    /// It has.
    Wanted,
    /// It must not.
    Refused,
}

impl Linter<'_> {
    /// What is written in a place.
    fn text(&self, span: Span) -> &str {
        span.of(self.query.text).unwrap_or_default()
    }

    fn tell(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Tells of a condition that never holds. Where it must not hold, nothing is lost by
    /// it but what it was to leave out.
    fn tell_of_never(&mut self, finding: Finding) {
        let finding = match self.polarity {
            Polarity::Wanted => finding,
            Polarity::Refused => as_warning(finding),
        };
        self.tell(finding);
    }
}

/// The same, told as a warning if it was worse.
fn as_warning(mut finding: Finding) -> Finding {
    if finding.diagnostic.severity == Severity::Error {
        finding.diagnostic.severity = Severity::Warning;
    }
    finding
}
