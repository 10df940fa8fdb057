//! What Sumo Logic rejects, reads otherwise than it looks, or can never match.

mod operator;
mod rules;

pub use rules::RULES;

use super::{Environment, syntax};
use crate::detect::Query;
use crate::detect::lint::Finding;

/// Looks a query over. What keeps it from being read at all is told when it is lowered.
#[must_use]
pub fn lint(query: Query<'_>, environment: &Environment) -> Vec<Finding> {
    let Ok(tree) = syntax::parse(query.text) else {
        return Vec::new();
    };
    let mut linter = Linter {
        query,
        _environment: environment,
        findings: Vec::new(),
    };
    for operator in &tree.operators {
        linter.operator(operator);
    }
    linter.findings
}

/// Looks one query over.
struct Linter<'l> {
    query: Query<'l>,
    _environment: &'l Environment,
    findings: Vec<Finding>,
}
