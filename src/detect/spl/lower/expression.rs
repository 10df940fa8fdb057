//! Expressions of `eval` and `where`.
//!
//! Source: Splunk, "Search Reference: eval", "where", "Comparison and Conditional
//! functions"; comparisons with null are null, text is compared with regard to case,
//! and what looks like a number on both sides is compared as one.

use super::super::syntax::{
    self, ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator,
    Spacing, UnaryOperator,
};
use super::function;
use super::{Fault, Lowerer};
use crate::detect::plan::compare::{Case, Coercion, CompareOp};
use crate::detect::plan::function::Function;
use crate::detect::plan::pattern::{Glob, Piece};
use crate::detect::plan::{
    Arithmetic, Expr, ExprKind, Items, Modes, Nulls, Pattern, Predicate, PredicateKind, Span,
    TextOperands, Truth, Value,
};

/// How `where` and `eval` compare.
pub(in super::super) const EVAL: Modes = Modes {
    case: Case::Sensitive,
    nulls: Nulls::Unknown,
    items: Items::Any,
    coercion: Coercion::NumberFirst,
};

/// Each operand of a sum lies one level deeper.
const MOST_OPERANDS: usize = 200;

/// Lowers expressions, and knows where they stand.
pub(super) struct Expressions<'s> {
    pub(super) place: &'s dyn Fn(syntax::Span) -> Span,
}

impl Lowerer<'_> {
    /// The value of an expression.
    pub(super) fn value(&self, tree: &Expression) -> Result<Expr, Fault> {
        let place = |span| self.span(span);
        Expressions { place: &place }.value(tree)
    }

    /// An expression as a condition.
    pub(super) fn condition(&self, tree: &Expression) -> Result<Predicate, Fault> {
        let place = |span| self.span(span);
        Expressions { place: &place }.predicate(tree)
    }
}

/// An expression that stands in no search.
pub(super) fn standing_alone(tree: &Expression) -> Result<Expr, Fault> {
    let place = |_| Span::default();
    Expressions { place: &place }.value(tree)
}

impl Expressions<'_> {
    /// The value of an expression.
    pub(super) fn value(&self, tree: &Expression) -> Result<Expr, Fault> {
        let span = (self.place)(tree.span);
        let kind = match &tree.node {
            ExpressionKind::Number { value, .. } => ExprKind::Literal(Value::number(*value)),
            ExpressionKind::Text(text) => ExprKind::Literal(Value::text(text)),
            ExpressionKind::Boolean(truth) => ExprKind::Literal(Value::Bool(*truth)),
            ExpressionKind::Null => ExprKind::Literal(Value::Null),
            ExpressionKind::Field(name) => return Ok(Expr::field(&name.text, span)),
            ExpressionKind::Call {
                function,
                arguments,
            } => return function::value(self, function, arguments, tree.span),
            ExpressionKind::Unary {
                operator: UnaryOperator::Minus,
                operand,
            } => ExprKind::Arithmetic {
                operator: Arithmetic::Subtract,
                text: TextOperands::Null,
                left: Box::new(Expr::literal(Value::Integer(0), span)),
                right: Box::new(self.value(operand)?),
            },
            ExpressionKind::Unary {
                operator: UnaryOperator::Plus,
                operand,
            } => return self.value(operand),
            ExpressionKind::Arithmetic { first, rest } => return self.arithmetic(first, rest),
            ExpressionKind::Subsearch(_) => {
                return Err(Fault::unsupported(
                    "a subsearch in an expression",
                    tree.span,
                ));
            }
            ExpressionKind::Unary { .. }
            | ExpressionKind::Comparison { .. }
            | ExpressionKind::Membership { .. }
            | ExpressionKind::Logical { .. } => ExprKind::Test(Box::new(self.predicate(tree)?)),
        };
        Ok(Expr::new(kind, span))
    }

    fn arithmetic(
        &self,
        first: &Expression,
        rest: &[(ArithmeticOperator, Expression)],
    ) -> Result<Expr, Fault> {
        if rest.len() > MOST_OPERANDS {
            return Err(Fault::unsupported(
                "an expression of more than 200 operands",
                first.span,
            ));
        }
        let mut left = self.value(first)?;
        for (operator, right) in rest {
            let right = self.value(right)?;
            let span = Span {
                start: left.span.start,
                end: right.span.end,
            };
            let operator = match operator {
                ArithmeticOperator::Add => Arithmetic::Add,
                ArithmeticOperator::Subtract => Arithmetic::Subtract,
                ArithmeticOperator::Multiply => Arithmetic::Multiply,
                ArithmeticOperator::Divide => Arithmetic::Divide,
                ArithmeticOperator::Remainder => Arithmetic::Remainder,
                ArithmeticOperator::Concatenate(Spacing::Tight | Spacing::Loose) => {
                    left = match left.kind {
                        ExprKind::Concat(mut parts) => {
                            parts.push(right);
                            Expr::new(ExprKind::Concat(parts), span)
                        }
                        _ => Expr::new(ExprKind::Concat(vec![left, right]), span),
                    };
                    continue;
                }
            };
            left = Expr::new(
                ExprKind::Arithmetic {
                    operator,
                    text: TextOperands::Join,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                span,
            );
        }
        Ok(left)
    }

    /// An expression as a condition.
    pub(super) fn predicate(&self, tree: &Expression) -> Result<Predicate, Fault> {
        let span = (self.place)(tree.span);
        let kind = match &tree.node {
            ExpressionKind::Boolean(truth) => PredicateKind::Constant(Truth::from(*truth)),
            ExpressionKind::Null => PredicateKind::Constant(Truth::Unknown),
            ExpressionKind::Logical { operator, operands } => {
                let parts: Vec<_> = operands
                    .iter()
                    .map(|operand| self.predicate(operand))
                    .collect::<Result<_, _>>()?;
                match operator {
                    LogicalOperator::And => PredicateKind::All(parts),
                    LogicalOperator::Or => PredicateKind::Any(parts),
                    LogicalOperator::Xor => return Ok(exclusive(parts, span)),
                }
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => PredicateKind::Not(Box::new(self.predicate(operand)?)),
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => return self.comparison(left, *operator, right, tree.span),
            ExpressionKind::Membership { operand, values } => {
                return self.one_of(operand, values, tree.span);
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                if let Some(predicate) = function::predicate(self, function, arguments, tree.span)?
                {
                    return Ok(predicate);
                }
                PredicateKind::Holds(self.value(tree)?)
            }
            _ => PredicateKind::Holds(self.value(tree)?),
        };
        Ok(Predicate::new(kind, span))
    }

    fn comparison(
        &self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        span: syntax::Span,
    ) -> Result<Predicate, Fault> {
        let operator = match operator {
            ComparisonOperator::Equal => CompareOp::Equal,
            ComparisonOperator::NotEqual => CompareOp::NotEqual,
            ComparisonOperator::Less => CompareOp::Less,
            ComparisonOperator::LessOrEqual => CompareOp::LessOrEqual,
            ComparisonOperator::Greater => CompareOp::Greater,
            ComparisonOperator::GreaterOrEqual => CompareOp::GreaterOrEqual,
            ComparisonOperator::Like => return self.like(left, right, span),
        };
        Ok(Predicate::new(
            PredicateKind::Compare {
                left: self.value(left)?,
                operator,
                right: self.value(right)?,
                modes: EVAL,
            },
            (self.place)(span),
        ))
    }

    /// Source: Splunk, "Comparison and Conditional functions: like": `%` is any run,
    /// `_` any one character.
    pub(super) fn like(
        &self,
        subject: &Expression,
        pattern: &Expression,
        span: syntax::Span,
    ) -> Result<Predicate, Fault> {
        let ExpressionKind::Text(text) = &pattern.node else {
            let call = ExprKind::Call {
                function: Function::IsLike,
                arguments: vec![self.value(subject)?, self.value(pattern)?],
            };
            let holds = PredicateKind::Holds(Expr::new(call, (self.place)(span)));
            return Ok(Predicate::new(holds, (self.place)(span)));
        };
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject: self.value(subject)?,
                pattern: Pattern::Globs(vec![like_glob(text)]),
                modes: EVAL,
            },
            (self.place)(span),
        ))
    }

    /// Source: Splunk, "Comparison and Conditional functions: in": the values are
    /// compared as with `=`, without wildcards.
    pub(super) fn one_of(
        &self,
        operand: &Expression,
        values: &[Expression],
        span: syntax::Span,
    ) -> Result<Predicate, Fault> {
        let left = self.value(operand)?;
        let mut globs = Vec::new();
        let mut any = Vec::new();
        for value in values {
            let value = self.value(value)?;
            match value.as_literal() {
                Some(Value::Text(text)) if Value::text(text).as_number().is_none() => {
                    globs.push(Glob::new(
                        vec![Piece::Literal(text.to_string())],
                        Case::Sensitive,
                    ));
                }
                _ => any.push(Predicate::new(
                    PredicateKind::Compare {
                        left: left.clone(),
                        operator: CompareOp::Equal,
                        right: value,
                        modes: EVAL,
                    },
                    (self.place)(span),
                )),
            }
        }
        if !globs.is_empty() {
            any.push(Predicate::new(
                PredicateKind::Matches {
                    subject: left,
                    pattern: Pattern::Globs(globs),
                    modes: EVAL,
                },
                (self.place)(span),
            ));
        }
        Ok(Predicate::any(any, (self.place)(span)))
    }
}

fn exclusive(parts: Vec<Predicate>, span: Span) -> Predicate {
    let mut parts = parts.into_iter();
    let first = parts
        .next()
        .unwrap_or_else(|| Predicate::new(PredicateKind::Constant(Truth::False), span));
    parts.fold(first, |left, right| {
        let only_left = Predicate::all(vec![left.clone(), right.clone().negated()], span);
        let only_right = Predicate::all(vec![left.negated(), right], span);
        Predicate::any(vec![only_left, only_right], span)
    })
}

/// The pattern of `like`. A backslash is a character as others: published searches
/// write `%\\Scripts\\%` for a folder.
pub(super) fn like_glob(text: &str) -> Glob {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    for character in text.chars() {
        let wildcard = match character {
            '%' => Piece::AnyRun,
            '_' => Piece::AnyOne,
            other => {
                literal.push(other);
                continue;
            }
        };
        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        pieces.push(wildcard);
    }
    pieces.push(Piece::Literal(literal));
    Glob::new(pieces, Case::Sensitive)
}
