//! Conditions of `search`.

use std::fmt;

use super::separated;
use crate::detect::spl::syntax::search::{SearchExpression, SearchExpressionKind, SearchOperator};

/// A condition within another. Alternatives get parentheses even where `OR`
/// would bind tighter anyway: few know that it does.
struct Term<'e>(&'e SearchExpression);

impl fmt::Display for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.node {
            SearchExpressionKind::And(_) | SearchExpressionKind::Or(_) => {
                write!(f, "({})", self.0)
            }
            _ => self.0.fmt(f),
        }
    }
}

impl fmt::Display for SearchExpressionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchExpressionKind::Everything => f.write_str("*"),
            SearchExpressionKind::And(terms) => {
                let terms: Vec<_> = terms.iter().map(Term).collect();
                separated(f, &terms, " AND ")
            }
            SearchExpressionKind::Or(terms) => {
                let terms: Vec<_> = terms.iter().map(Term).collect();
                separated(f, &terms, " OR ")
            }
            SearchExpressionKind::Not(term) => write!(f, "NOT {}", Term(term)),
            SearchExpressionKind::Comparison {
                field,
                operator,
                value,
            } => {
                field.fmt(f)?;
                // A name's last sign must not become the operator's first, nor a value's
                // first the operator's last.
                if field.node.text.ends_with('!') {
                    f.write_str(" ")?;
                }
                operator.fmt(f)?;
                if value.to_string().starts_with('=') {
                    f.write_str(" ")?;
                }
                value.fmt(f)
            }
            SearchExpressionKind::In { field, values } => {
                write!(f, "{field} IN (")?;
                separated(f, values, ", ")?;
                f.write_str(")")
            }
            SearchExpressionKind::Keyword(value) => value.fmt(f),
            SearchExpressionKind::TimeModifier { modifier, value } => {
                write!(f, "{}={value}", modifier.name())
            }
            SearchExpressionKind::Subsearch(pipeline) => write!(f, "[{pipeline}]"),
        }
    }
}

impl fmt::Display for SearchOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SearchOperator::Equal => "=",
            SearchOperator::NotEqual => "!=",
            SearchOperator::Less => "<",
            SearchOperator::LessOrEqual => "<=",
            SearchOperator::Greater => ">",
            SearchOperator::GreaterOrEqual => ">=",
        })
    }
}
