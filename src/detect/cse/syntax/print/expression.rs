//! Expressions, with parentheses where the rank of operators asks for them.

use std::fmt::{self, Display};

use super::separated;
use crate::detect::cse::syntax::expression::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Sense,
    Test, UnaryOperator,
};

/// How tightly an expression holds together, from the loosest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Pipe,
    Or,
    And,
    Not,
    Test,
    Sum,
    Product,
    Sign,
    Operand,
}

fn rank(kind: &ExpressionKind) -> Rank {
    match kind {
        ExpressionKind::Piped(_) => Rank::Pipe,
        ExpressionKind::Logical { operator, .. } => match operator {
            LogicalOperator::Or => Rank::Or,
            LogicalOperator::And => Rank::And,
        },
        ExpressionKind::Unary { operator, .. } => match operator {
            UnaryOperator::Not => Rank::Not,
            UnaryOperator::Minus => Rank::Sign,
        },
        ExpressionKind::Comparison { .. } | ExpressionKind::Predicate { .. } => Rank::Test,
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
            ExpressionKind::Number(number) => number.fmt(f),
            ExpressionKind::Text(text) => text.fmt(f),
            ExpressionKind::Boolean(value) => value.fmt(f),
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
            ExpressionKind::ThreatMatch(threat) => threat.fmt(f),
            ExpressionKind::Unary { operator, operand } => {
                let (mark, bound) = match operator {
                    UnaryOperator::Not => ("NOT ", Rank::Not),
                    UnaryOperator::Minus => ("-", Rank::Sign),
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
            ExpressionKind::Predicate {
                operand,
                sense,
                test,
            } => {
                Within(operand, Rank::Sum).fmt(f)?;
                f.write_str(" ")?;
                predicate(f, *sense, test)
            }
            ExpressionKind::Logical { operator, operands } => {
                let (between, bound) = match operator {
                    LogicalOperator::Or => (" OR ", Rank::And),
                    LogicalOperator::And => (" AND ", Rank::Not),
                };
                let operands: Vec<_> = operands.iter().map(|one| Within(one, bound)).collect();
                separated(f, &operands, between)
            }
            ExpressionKind::Piped(piped) => piped.fmt(f),
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

fn predicate(f: &mut fmt::Formatter<'_>, sense: Sense, test: &Test) -> fmt::Result {
    if matches!(test, Test::Null) {
        return f.write_str(match sense {
            Sense::Affirmed => "IS NULL",
            Sense::Negated => "IS NOT NULL",
        });
    }
    if sense == Sense::Negated {
        f.write_str("NOT ")?;
    }
    match test {
        Test::Like { pattern, escape } => {
            write!(f, "LIKE {}", Within(pattern, Rank::Sum))?;
            match escape {
                None => Ok(()),
                Some('\'') => f.write_str(" ESCAPE \"'\""),
                Some('\\') => f.write_str(" ESCAPE '\\\\'"),
                Some(letter) => write!(f, " ESCAPE '{letter}'"),
            }
        }
        Test::Rlike(regex) => write!(f, "RLIKE {}", Within(regex, Rank::Sum)),
        Test::Glob(pattern) => write!(f, "matches {}", Within(pattern, Rank::Sum)),
        Test::Regex(regex) => write!(f, "matches /{regex}/"),
        Test::In(values) => {
            f.write_str("IN (")?;
            separated(f, values, ", ")?;
            f.write_str(")")
        }
        Test::Between { low, high } => write!(
            f,
            "BETWEEN {} AND {}",
            Within(low, Rank::Sum),
            Within(high, Rank::Sum)
        ),
        Test::Null => Ok(()),
    }
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
        })
    }
}
