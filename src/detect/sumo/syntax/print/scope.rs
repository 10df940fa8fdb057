//! The scope.

use std::fmt;

use super::separated;
use crate::detect::sumo::syntax::scope::{Scope, ScopeKind, ScopeOperator};

/// A condition within another.
struct Term<'s>(&'s Scope);

impl fmt::Display for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.node {
            ScopeKind::And(_) | ScopeKind::Or(_) => write!(f, "({})", self.0),
            _ => self.0.fmt(f),
        }
    }
}

impl fmt::Display for ScopeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScopeKind::Everything => f.write_str("*"),
            ScopeKind::Keyword(value) => value.fmt(f),
            ScopeKind::Comparison {
                field,
                operator,
                value,
            } => {
                let mark = match operator {
                    ScopeOperator::Equal => "=",
                    ScopeOperator::NotEqual => "!=",
                };
                write!(f, "{field}{mark}{value}")
            }
            ScopeKind::In { field, values } => {
                write!(f, "{field} in (")?;
                separated(f, values, ", ")?;
                f.write_str(")")
            }
            ScopeKind::And(terms) => {
                let terms: Vec<_> = terms.iter().map(Term).collect();
                separated(f, &terms, " AND ")
            }
            ScopeKind::Or(terms) => {
                let terms: Vec<_> = terms.iter().map(Term).collect();
                separated(f, &terms, " OR ")
            }
            ScopeKind::Not(term) => write!(f, "NOT {}", Term(term)),
            ScopeKind::Subquery(subquery) => subquery.fmt(f),
            ScopeKind::Macro(call) => write!(f, "`{call}`"),
        }
    }
}
