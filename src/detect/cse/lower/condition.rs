//! Conditions. There are two truth values: what a null makes of a test is false, and
//! its contrary true.
//!
//! Source: Sumo Logic, "Cloud SIEM Rules Syntax".

use super::super::syntax::{
    self, ComparisonOperator, Expression, ExpressionKind, LikePiece, LogicalOperator, Sense, Test,
    UnaryOperator, like_pieces,
};
use super::{Expressions, MODES, function};
use crate::detect::plan::compare::{Case, CompareOp};
use crate::detect::plan::pattern::{Glob, Piece};
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{Expr, Pattern, Predicate, PredicateKind, Truth, Value};
use crate::detect::query::Fault;

impl Expressions<'_> {
    /// An expression as a condition; what cannot be lowered becomes a fault.
    pub(super) fn part(&self, tree: &Expression) -> Predicate {
        self.predicate(tree)
            .unwrap_or_else(|fault| self.fault(fault, tree.span))
    }

    pub(super) fn fault(&self, fault: Fault, span: syntax::Span) -> Predicate {
        self.faults.borrow_mut().push(fault);
        Predicate::new(PredicateKind::Constant(Truth::False), (self.place)(span))
    }

    /// An expression as a condition.
    pub(super) fn predicate(&self, tree: &Expression) -> Result<Predicate, Fault> {
        let span = (self.place)(tree.span);
        let kind = match &tree.node {
            ExpressionKind::Boolean(truth) => PredicateKind::Constant(Truth::from(*truth)),
            ExpressionKind::Null => PredicateKind::Constant(Truth::False),
            ExpressionKind::Logical { operator, operands } => {
                let parts = operands.iter().map(|operand| self.part(operand)).collect();
                match operator {
                    LogicalOperator::And => PredicateKind::All(parts),
                    LogicalOperator::Or => PredicateKind::Any(parts),
                }
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => PredicateKind::Not(Box::new(self.part(operand))),
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                return Ok(self.compared(left, operation(*operator), right, tree.span));
            }
            ExpressionKind::Predicate {
                operand,
                sense,
                test,
            } => {
                let tested = self.tested(operand, test, tree.span)?;
                return Ok(match sense {
                    Sense::Affirmed => tested,
                    Sense::Negated => tested.negated(),
                });
            }
            ExpressionKind::ThreatMatch(_) => {
                let what = "the function `hasThreatMatch()`";
                return Err(Fault::unsupported(what, tree.span));
            }
            ExpressionKind::Piped(_) => {
                return Err(Fault::unsupported("a pipe in an expression", tree.span));
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                let called = function::predicate(self, function, arguments, tree.span)?;
                return match called {
                    Some(predicate) => Ok(predicate),
                    None => Ok(self.holds(self.value(tree)?, tree.span)),
                };
            }
            _ => return Ok(self.holds(self.value(tree)?, tree.span)),
        };
        Ok(Predicate::new(kind, span))
    }

    /// Whether a value is true.
    pub(super) fn holds(&self, value: Expr, span: syntax::Span) -> Predicate {
        let truth = Expr::literal(Value::Bool(true), (self.place)(span));
        self.compared(value, CompareOp::Equal, truth, span)
    }

    pub(super) fn compared(
        &self,
        left: Expr,
        operator: CompareOp,
        right: Expr,
        span: syntax::Span,
    ) -> Predicate {
        let kind = PredicateKind::Compare {
            left,
            operator,
            right,
            modes: MODES,
        };
        Predicate::new(kind, (self.place)(span))
    }

    pub(super) fn matched(&self, subject: Expr, pattern: Pattern, span: syntax::Span) -> Predicate {
        let kind = PredicateKind::Matches {
            subject,
            pattern,
            modes: MODES,
        };
        Predicate::new(kind, (self.place)(span))
    }

    fn tested(
        &self,
        operand: &Expression,
        test: &Test,
        span: syntax::Span,
    ) -> Result<Predicate, Fault> {
        let subject = self.value(operand)?;
        let pattern = match test {
            Test::Null => {
                let exists = PredicateKind::Exists(subject);
                return Ok(Predicate::new(exists, (self.place)(span)).negated());
            }
            Test::In(values) => return self.one_of(subject, values, span),
            Test::Between { low, high } => {
                let (low, high) = (self.value(low)?, self.value(high)?);
                let above = self.compared(subject.clone(), CompareOp::GreaterOrEqual, low, span);
                let below = self.compared(subject, CompareOp::LessOrEqual, high, span);
                return Ok(Predicate::all(vec![above, below], (self.place)(span)));
            }
            Test::Like { pattern, escape } => {
                let glob = |text: &str| like(text, escape.unwrap_or('\\'));
                written(pattern, "LIKE")?.map(|text| Pattern::Globs(vec![glob(&text)]))
            }
            Test::Glob(pattern) => written(pattern, "matches")?
                .map(|text| Pattern::Globs(vec![Glob::star(&text, Case::Sensitive)])),
            Test::Rlike(pattern) => match written(pattern, "RLIKE")? {
                Some(text) => Some(regex(&text, Flavour::Java, pattern.span)?),
                None => None,
            },
            Test::Regex(text) => Some(regex(text, Flavour::Re2, span)?),
        };
        Ok(match pattern {
            Some(pattern) => self.matched(subject, pattern, span),
            // Nothing is like null.
            None => {
                let never = PredicateKind::Constant(Truth::False);
                Predicate::new(never, (self.place)(span))
            }
        })
    }

    /// `IN`: the values are compared as with `=`, without wildcards.
    fn one_of(
        &self,
        subject: Expr,
        values: &[Expression],
        span: syntax::Span,
    ) -> Result<Predicate, Fault> {
        let mut globs = Vec::new();
        let mut any = Vec::new();
        for value in values {
            let value = self.value(value)?;
            match value.as_literal() {
                Some(literal @ Value::Text(text))
                    if literal.as_number().is_none() && !is_truth(text) =>
                {
                    let pieces = vec![Piece::Literal(text.to_string())];
                    globs.push(Glob::new(pieces, Case::Sensitive));
                }
                _ => any.push(self.compared(subject.clone(), CompareOp::Equal, value, span)),
            }
        }
        if !globs.is_empty() {
            any.push(self.matched(subject, Pattern::Globs(globs), span));
        }
        Ok(Predicate::any(any, (self.place)(span)))
    }
}

fn is_truth(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

fn operation(operator: ComparisonOperator) -> CompareOp {
    match operator {
        ComparisonOperator::Equal => CompareOp::Equal,
        ComparisonOperator::NotEqual => CompareOp::NotEqual,
        ComparisonOperator::Less => CompareOp::Less,
        ComparisonOperator::LessOrEqual => CompareOp::LessOrEqual,
        ComparisonOperator::Greater => CompareOp::Greater,
        ComparisonOperator::GreaterOrEqual => CompareOp::GreaterOrEqual,
    }
}

/// The text of a pattern; none if it is null.
fn written(pattern: &Expression, word: &str) -> Result<Option<String>, Fault> {
    match &pattern.node {
        ExpressionKind::Text(text) => Ok(Some(text.value().into_owned())),
        ExpressionKind::Null => Ok(None),
        _ => {
            let what = format!("`{word}` with a computed pattern");
            Err(Fault::unsupported(what, pattern.span))
        }
    }
}

fn like(text: &str, escape: char) -> Glob {
    let pieces = like_pieces(text, escape)
        .into_iter()
        .map(|piece| match piece {
            LikePiece::Literal(text) => Piece::Literal(text),
            LikePiece::One => Piece::AnyOne,
            LikePiece::Many => Piece::AnyRun,
        });
    Glob::new(pieces.collect(), Case::Sensitive)
}

/// A regular expression, which may match anywhere.
fn regex(text: &str, flavour: Flavour, span: syntax::Span) -> Result<Pattern, Fault> {
    let regex = Regex::new(text, flavour, Anchoring::Find, Case::Sensitive).map_err(|error| {
        let why = format!("the regular expression is not valid: {error}");
        Fault::invalid(why, span)
    })?;
    Ok(Pattern::Regex(Box::new(regex)))
}
