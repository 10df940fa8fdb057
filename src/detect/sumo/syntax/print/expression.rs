//! Expressions, with parentheses where the rank of operators asks for them.

use std::fmt::{self, Display};

use super::separated;
use crate::detect::sumo::syntax::expression::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Negation,
    UnaryOperator,
};

/// How tightly an expression holds together, from the loosest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Choice,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Sign,
    Operand,
}

fn rank(kind: &ExpressionKind) -> Rank {
    match kind {
        ExpressionKind::Choice { .. } => Rank::Choice,
        ExpressionKind::Logical { operator, .. } => match operator {
            LogicalOperator::Or => Rank::Or,
            LogicalOperator::And => Rank::And,
        },
        ExpressionKind::Unary {
            operator: UnaryOperator::Not,
            ..
        } => Rank::Not,
        ExpressionKind::Unary { .. } => Rank::Sign,
        ExpressionKind::Comparison { .. } | ExpressionKind::Membership { .. } => Rank::Comparison,
        ExpressionKind::Arithmetic { rest, .. } => match rest.first() {
            Some((operator, _)) if operator.is_multiplicative() => Rank::Product,
            Some(_) => Rank::Sum,
            None => Rank::Operand,
        },
        _ => Rank::Operand,
    }
}

/// An expression where only those of some rank may stand bare.
struct Within<'e>(&'e Expression, Rank);

impl fmt::Display for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if rank(&self.0.node) < self.1 {
            write!(f, "({})", self.0)
        } else {
            self.0.fmt(f)
        }
    }
}

impl fmt::Display for ExpressionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpressionKind::Number { text, .. } => f.write_str(text),
            ExpressionKind::Text(text) => text.fmt(f),
            ExpressionKind::Regex(raw) => write!(f, "/{raw}/"),
            ExpressionKind::Boolean(value) => write!(f, "{value}"),
            ExpressionKind::Null => f.write_str("null"),
            ExpressionKind::Field(field) => field.fmt(f),
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                write!(f, "{function}(")?;
                separated(f, arguments, ", ")?;
                f.write_str(")")
            }
            ExpressionKind::Choice {
                condition,
                then,
                otherwise,
            } => write!(f, "{} ? {then} : {otherwise}", Within(condition, Rank::Or)),
            ExpressionKind::Unary { operator, operand } => {
                let (mark, bound) = match operator {
                    // A comparison gets parentheses, though it need not: few
                    // know how loosely `!` binds.
                    UnaryOperator::Not => ("!", Rank::Sum),
                    UnaryOperator::Minus => ("-", Rank::Sign),
                    UnaryOperator::Plus => ("+", Rank::Sign),
                };
                write!(f, "{mark}{}", Within(operand, bound))
            }
            ExpressionKind::Arithmetic { first, rest } => arithmetic(f, first, rest),
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => write!(
                f,
                "{} {operator} {}",
                Within(left, Rank::Sum),
                Within(right, Rank::Sum)
            ),
            ExpressionKind::Membership {
                operand,
                negation,
                values,
            } => {
                let word = match negation {
                    Negation::Plain => "in",
                    Negation::Negated => "not in",
                };
                write!(f, "{} {word} (", Within(operand, Rank::Sum))?;
                separated(f, values, ", ")?;
                f.write_str(")")
            }
            ExpressionKind::Logical { operator, operands } => {
                let (between, bound) = match operator {
                    LogicalOperator::Or => (" or ", Rank::And),
                    LogicalOperator::And => (" and ", Rank::Not),
                };
                let operands: Vec<_> = operands.iter().map(|one| Within(one, bound)).collect();
                separated(f, &operands, between)
            }
            ExpressionKind::Subquery(subquery) => subquery.fmt(f),
            ExpressionKind::Table(table) => table.fmt(f),
        }
    }
}

fn arithmetic(
    f: &mut fmt::Formatter<'_>,
    first: &Expression,
    rest: &[(ArithmeticOperator, Expression)],
) -> fmt::Result {
    let bound = match rest.first() {
        Some((operator, _)) if operator.is_multiplicative() => Rank::Sign,
        _ => Rank::Product,
    };
    Within(first, bound).fmt(f)?;
    for (operator, operand) in rest {
        write!(f, " {operator} {}", Within(operand, bound))?;
    }
    Ok(())
}

impl fmt::Display for ArithmeticOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ArithmeticOperator::Add => "+",
            ArithmeticOperator::Subtract => "-",
            ArithmeticOperator::Multiply => "*",
            ArithmeticOperator::Divide => "/",
            ArithmeticOperator::Remainder => "%",
        })
    }
}

impl fmt::Display for ComparisonOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ComparisonOperator::Equal => "=",
            ComparisonOperator::NotEqual => "!=",
            ComparisonOperator::Less => "<",
            ComparisonOperator::LessOrEqual => "<=",
            ComparisonOperator::Greater => ">",
            ComparisonOperator::GreaterOrEqual => ">=",
            ComparisonOperator::Matches => "matches",
            ComparisonOperator::Contains => "contains",
        })
    }
}
