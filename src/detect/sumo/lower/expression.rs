//! Expressions of `where` and of assignments.
//!
//! Source: Sumo Logic, "Field Expressions", "where Search Operator", "matches Search
//! Operator", "contains Search Operator", "in Search Operator", "if and ? Search Operator".
//! Text is compared with regard to case. What comparing with null yields is on no page; it
//! is false here, as the pages of the vendor's rule language have it.

use super::super::syntax::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Negation,
    Text, UnaryOperator,
};
use super::function::{called, holds};
use super::{Fault, Lowerer};
use crate::detect::plan::compare::{Case, Coercion, CompareOp};
use crate::detect::plan::function::Function;
use crate::detect::plan::pattern::{Glob, Piece};
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{
    Arithmetic, Expr, ExprKind, Items, Modes, Nulls, Pattern, Predicate, PredicateKind, Span,
    TextOperands, Truth, Value,
};

/// How values are compared: a text that is a number is cast beside a number.
///
/// Source: Sumo Logic, "Casting Data to a Number or String".
pub(super) const BY_TYPE: Modes = Modes {
    case: Case::Sensitive,
    nulls: Nulls::False,
    items: Items::Whole,
    coercion: Coercion::ByType,
};

/// How `in` compares: what is not cast before is text.
///
/// Source: Sumo Logic, "where Search Operator"; "Casting Data to a Number or String".
const AS_IT_IS: Modes = Modes {
    coercion: Coercion::Typed,
    ..BY_TYPE
};

/// Each operand of a sum lies one level deeper.
const MOST_OPERANDS: usize = 200;

impl Lowerer<'_> {
    /// The value of an expression.
    pub(super) fn value(&mut self, tree: &Expression) -> Result<Expr, Fault> {
        let span = self.span(tree.span);
        let kind = match &tree.node {
            ExpressionKind::Number { value, .. } => ExprKind::Literal(Value::number(*value)),
            ExpressionKind::Text(text) => ExprKind::Literal(Value::text(&text.text())),
            ExpressionKind::Boolean(truth) => ExprKind::Literal(Value::Bool(*truth)),
            ExpressionKind::Null => ExprKind::Literal(Value::Null),
            ExpressionKind::Field(name) => return self.field(name, tree.span),
            ExpressionKind::Call {
                function,
                arguments,
            } => return self.call(function, arguments, tree.span),
            ExpressionKind::Choice {
                condition,
                then,
                otherwise,
            } => return self.choice(condition, then, otherwise, span),
            ExpressionKind::Unary {
                operator: UnaryOperator::Minus,
                operand,
            } => match operand.node {
                ExpressionKind::Number { value, .. } => ExprKind::Literal(Value::number(-value)),
                _ => ExprKind::Arithmetic {
                    operator: Arithmetic::Subtract,
                    text: TextOperands::Null,
                    left: Box::new(Expr::literal(Value::Integer(0), span)),
                    right: Box::new(self.value(operand)?),
                },
            },
            ExpressionKind::Unary {
                operator: UnaryOperator::Plus,
                operand,
            } => return self.value(operand),
            ExpressionKind::Arithmetic { first, rest } => return self.arithmetic(first, rest),
            ExpressionKind::Regex(_) => {
                return Err(Fault::invalid(
                    "a regular expression stands only behind `matches` and in `replace`",
                    tree.span,
                ));
            }
            ExpressionKind::Subquery(_) => return Err(Fault::unsupported("a subquery", tree.span)),
            ExpressionKind::Table(_) => {
                return Err(Fault::unsupported("a lookup table", tree.span));
            }
            ExpressionKind::Unary { .. }
            | ExpressionKind::Comparison { .. }
            | ExpressionKind::Membership { .. }
            | ExpressionKind::Logical { .. } => ExprKind::Test(Box::new(self.condition(tree)?)),
        };
        Ok(Expr::new(kind, span))
    }

    /// The value of an expression where a text is needed: a truth value is `true` or
    /// `false`.
    ///
    /// Source: Sumo Logic, "isNumeric Search Operator", and others, which return `true`.
    pub(super) fn text(&mut self, tree: &Expression) -> Result<Expr, Fault> {
        let value = self.value(tree)?;
        let may_be_truth = match &value.kind {
            ExprKind::Literal(value) => matches!(value, Value::Bool(_)),
            // What a record has is text.
            ExprKind::Field(field) => self.names.is_made(&field.name),
            ExprKind::Test(_) | ExprKind::Case(_) | ExprKind::Coalesce(_) => true,
            _ => false,
        };
        let span = value.span;
        Ok(match may_be_truth {
            true => called(Function::TruthToText, vec![value], span),
            false => value,
        })
    }

    /// `if(condition, then, otherwise)`.
    pub(super) fn choice(
        &mut self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
        span: Span,
    ) -> Result<Expr, Fault> {
        let condition = self.condition(condition)?;
        let always = Predicate::new(PredicateKind::Constant(Truth::True), span);
        let arms = vec![
            (condition, self.value(then)?),
            (always, self.value(otherwise)?),
        ];
        Ok(Expr::new(ExprKind::Case(arms), span))
    }

    fn arithmetic(
        &mut self,
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
            let kind = ExprKind::Arithmetic {
                operator: match operator {
                    ArithmeticOperator::Add => Arithmetic::Add,
                    ArithmeticOperator::Subtract => Arithmetic::Subtract,
                    ArithmeticOperator::Multiply => Arithmetic::Multiply,
                    ArithmeticOperator::Divide => Arithmetic::Divide,
                    ArithmeticOperator::Remainder => Arithmetic::Remainder,
                },
                text: TextOperands::Null,
                left: Box::new(left),
                right: Box::new(right),
            };
            left = Expr::new(kind, span);
        }
        Ok(left)
    }

    /// An expression as a condition.
    pub(super) fn condition(&mut self, tree: &Expression) -> Result<Predicate, Fault> {
        let span = self.span(tree.span);
        match &tree.node {
            ExpressionKind::Logical { operator, operands } => {
                let parts = operands.iter().map(|part| self.condition(part));
                let parts = parts.collect::<Result<Vec<_>, _>>()?;
                Ok(match operator {
                    LogicalOperator::And => Predicate::all(parts, span),
                    LogicalOperator::Or => Predicate::any(parts, span),
                })
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => {
                let operand = self.condition(operand)?;
                Ok(Predicate::new(PredicateKind::Not(Box::new(operand)), span))
            }
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => match operator {
                ComparisonOperator::Matches => self.matches(left, right, span),
                ComparisonOperator::Contains => self.contains(left, right, span),
                _ => self.comparison(left, *operator, right, span),
            },
            ExpressionKind::Membership {
                operand,
                negation,
                values,
            } => {
                let subject = self.value(operand)?;
                let mut any = Vec::with_capacity(values.len());
                for value in values {
                    let right = self.value(value)?;
                    any.push(Predicate::new(
                        PredicateKind::Compare {
                            left: subject.clone(),
                            operator: CompareOp::Equal,
                            right,
                            modes: AS_IT_IS,
                        },
                        span,
                    ));
                }
                let any = Predicate::any(any, span);
                Ok(match negation {
                    Negation::Plain => any,
                    Negation::Negated => any.negated(),
                })
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                if let Some(predicate) = self.test(function, arguments, tree.span)? {
                    return Ok(predicate);
                }
                Ok(Predicate::new(
                    PredicateKind::Holds(self.value(tree)?),
                    span,
                ))
            }
            ExpressionKind::Subquery(child) => self.among(child, tree.span),
            ExpressionKind::Boolean(truth) => Ok(Predicate::new(
                PredicateKind::Constant(Truth::from(*truth)),
                span,
            )),
            _ => Ok(Predicate::new(
                PredicateKind::Holds(self.value(tree)?),
                span,
            )),
        }
    }

    fn comparison(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let is_null = |side: &Expression| matches!(side.node, ExpressionKind::Null);
        if is_null(left) || is_null(right) {
            return self.with_null(left, operator, right, span);
        }
        let operator = match operator {
            ComparisonOperator::Equal => CompareOp::Equal,
            ComparisonOperator::NotEqual => CompareOp::NotEqual,
            ComparisonOperator::Less => CompareOp::Less,
            ComparisonOperator::LessOrEqual => CompareOp::LessOrEqual,
            ComparisonOperator::Greater => CompareOp::Greater,
            ComparisonOperator::GreaterOrEqual => CompareOp::GreaterOrEqual,
            ComparisonOperator::Matches | ComparisonOperator::Contains => {
                return Err(Fault::unsupported("this comparison", right.span));
            }
        };
        let (left, right) = (self.value(left)?, self.value(right)?);
        Ok(compared(left, operator, right, span))
    }

    /// A comparison with the word `null`, which no page has. Its author means whether
    /// there is a value.
    fn with_null(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = match left.node {
            ExpressionKind::Null => right,
            _ => left,
        };
        if !self.is_meant() {
            return Err(Fault::unsupported(
                "a comparison with `null`, which the documentation does not have,",
                right.span,
            ));
        }
        self.repaired(
            "the comparison with `null` is taken as `isNull`",
            right.span,
        );
        let exists = Predicate::new(PredicateKind::Exists(self.value(subject)?), span);
        Ok(match operator {
            ComparisonOperator::NotEqual => exists,
            _ => exists.negated(),
        })
    }

    /// `subject matches "glob"` and `subject matches /regex/`.
    pub(super) fn matches(
        &mut self,
        subject: &Expression,
        pattern: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = self.text(subject)?;
        let pattern = match &pattern.node {
            ExpressionKind::Text(text) => Pattern::Globs(vec![glob(text)]),
            ExpressionKind::Regex(written) => {
                let regex = Regex::new(written, Flavour::Re2, Anchoring::Find, Case::Sensitive);
                Pattern::Regex(Box::new(regex.map_err(|error| {
                    Fault::invalid(
                        format!("the regular expression is none of RE2: {error}"),
                        pattern.span,
                    )
                })?))
            }
            _ => {
                let arguments = vec![subject, self.text(pattern)?];
                return Ok(holds(Function::IsStarred, arguments, span));
            }
        };
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject,
                pattern,
                modes: BY_TYPE,
            },
            span,
        ))
    }

    /// `subject contains "part"`: an empty text is part of an empty one only.
    pub(super) fn contains(
        &mut self,
        subject: &Expression,
        part: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = self.text(subject)?;
        let ExpressionKind::Text(text) = &part.node else {
            let arguments = vec![subject, self.text(part)?];
            return Ok(holds(Function::HasPart, arguments, span));
        };
        let text = text.text();
        if text.is_empty() {
            let empty = Expr::literal(Value::text(""), self.span(part.span));
            return Ok(compared(subject, CompareOp::Equal, empty, span));
        }
        let pieces = vec![Piece::AnyRun, Piece::Literal(text), Piece::AnyRun];
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject,
                pattern: Pattern::Globs(vec![Glob::new(pieces, Case::Sensitive)]),
                modes: BY_TYPE,
            },
            span,
        ))
    }
}

/// Two values, compared by what they are.
pub(super) fn compared(left: Expr, operator: CompareOp, right: Expr, span: Span) -> Predicate {
    Predicate::new(
        PredicateKind::Compare {
            left,
            operator,
            right,
            modes: BY_TYPE,
        },
        span,
    )
}

/// A pattern in which only `*` is a wildcard.
pub(super) fn glob(text: &Text) -> Glob {
    let text = text.text();
    let mut pieces = Vec::new();
    for (index, part) in text.split('*').enumerate() {
        if index > 0 {
            pieces.push(Piece::AnyRun);
        }
        pieces.push(Piece::Literal(part.to_owned()));
    }
    Glob::new(pieces, Case::Sensitive)
}
