//! Queries.

use std::fmt;

use super::separated;
use crate::detect::sumo::syntax::operator::{Operator, Query, Subquery};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope {
            Some(scope) => {
                scope.fmt(f)?;
                if !self.operators.is_empty() {
                    f.write_str(" | ")?;
                }
            }
            None if self.operators.is_empty() => {}
            None => f.write_str("| ")?,
        }
        separated(f, &self.operators, " | ")
    }
}

impl fmt::Display for Subquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[subquery")?;
        if let Some(from) = &self.from {
            write!(f, " from=({from})")?;
        }
        if let Some(to) = &self.to {
            write!(f, " to=({to})")?;
        }
        write!(f, ": {}]", self.query)
    }
}

/// A query in parentheses, which needs no pipe before its first operator.
pub(super) struct Parenthesised<'q>(pub(super) &'q Query);

impl fmt::Display for Parenthesised<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needs_pipe = self.0.operators.first().is_none_or(|first| {
            matches!(
                first.node,
                Operator::Assignment(_) | Operator::Unknown(_) | Operator::Macro(_)
            )
        });
        f.write_str("(")?;
        if self.0.scope.is_some() || needs_pipe {
            self.0.fmt(f)?;
        } else {
            separated(f, &self.0.operators, " | ")?;
        }
        f.write_str(")")
    }
}
