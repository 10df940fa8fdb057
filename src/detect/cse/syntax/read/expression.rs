//! Expressions, by rank: `OR`, `AND`, `NOT`, tests and comparisons, sums,
//! products, signs.

use super::cursor::{Cursor, Place, begins_name};
use super::operand::OPERAND;
use crate::detect::cse::syntax::error::SyntaxError;
use crate::detect::cse::syntax::expression::{
    ArithmeticOperator, Expression, ExpressionKind, LogicalOperator, UnaryOperator,
};
use crate::detect::cse::syntax::span::{Span, Spanned};

impl Cursor<'_> {
    /// An expression.
    pub(super) fn expression(&mut self) -> Result<Expression, SyntaxError> {
        self.logical(LogicalOperator::Or)
    }

    fn logical(&mut self, operator: LogicalOperator) -> Result<Expression, SyntaxError> {
        let mut operands = Vec::new();
        loop {
            operands.push(match operator {
                LogicalOperator::Or => self.logical(LogicalOperator::And)?,
                LogicalOperator::And => self.negation()?,
            });
            self.skip_blanks();
            let more = match operator {
                LogicalOperator::Or => self.eat_word("OR") || self.eat("||"),
                LogicalOperator::And => {
                    self.eat_word("AND") || self.eat("&&") || self.and_is_left_out()
                }
            };
            if !more {
                break;
            }
        }
        if operands.len() > 1 {
            let span = around(&operands);
            return Ok(Spanned::new(
                ExpressionKind::Logical { operator, operands },
                span,
            ));
        }
        match operands.pop() {
            Some(only) => Ok(only),
            None => Err(self.unexpected(OPERAND)),
        }
    }

    /// Whether two conditions stand side by side, as an example of
    /// `hasThreatMatch` has them.
    fn and_is_left_out(&self) -> bool {
        self.place == Place::ThreatFilter
            && !self.at_word("OR")
            && self
                .peek()
                .is_some_and(|letter| begins_name(letter) || letter == '(')
    }

    fn negation(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        if !self.at_negation() {
            return self.test();
        }
        self.nested(|cursor| {
            let start = cursor.position();
            if !cursor.eat("!") {
                cursor.eat_word("NOT");
            }
            let operand = Box::new(cursor.negation()?);
            Ok(Spanned::new(
                ExpressionKind::Unary {
                    operator: UnaryOperator::Not,
                    operand,
                },
                cursor.span_from(start),
            ))
        })
    }

    fn at_negation(&self) -> bool {
        self.at_word("NOT") || (self.at("!") && !self.at("!="))
    }

    pub(super) fn sum(&mut self) -> Result<Expression, SyntaxError> {
        let first = self.product()?;
        let mut rest = Vec::new();
        loop {
            let end = self.position();
            self.skip_blanks();
            let operator = match self.peek() {
                Some('+') => ArithmeticOperator::Add,
                Some('-') => ArithmeticOperator::Subtract,
                _ => {
                    self.rewind(end);
                    break;
                }
            };
            self.bump();
            rest.push((operator, self.product()?));
        }
        Ok(chain(first, rest))
    }

    fn product(&mut self) -> Result<Expression, SyntaxError> {
        let first = self.signed()?;
        let mut rest = Vec::new();
        loop {
            let end = self.position();
            self.skip_blanks();
            let operator = match self.peek() {
                Some('*') => ArithmeticOperator::Multiply,
                Some('/') if !self.at("/*") && !self.at("//") => ArithmeticOperator::Divide,
                Some('%') if !self.at("%\"") => ArithmeticOperator::Remainder,
                _ => {
                    self.rewind(end);
                    break;
                }
            };
            self.bump();
            rest.push((operator, self.signed()?));
        }
        Ok(chain(first, rest))
    }

    fn signed(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        if !self.at("-") {
            return self.operand();
        }
        self.nested(|cursor| {
            let start = cursor.position();
            cursor.bump();
            let operand = Box::new(cursor.signed()?);
            Ok(Spanned::new(
                ExpressionKind::Unary {
                    operator: UnaryOperator::Minus,
                    operand,
                },
                cursor.span_from(start),
            ))
        })
    }
}

fn chain(first: Expression, rest: Vec<(ArithmeticOperator, Expression)>) -> Expression {
    let Some((_, last)) = rest.last() else {
        return first;
    };
    let span = Span::new(first.span.start, last.span.end);
    Spanned::new(
        ExpressionKind::Arithmetic {
            first: Box::new(first),
            rest,
        },
        span,
    )
}

fn around(operands: &[Expression]) -> Span {
    let start = operands.first().map_or(0, |first| first.span.start);
    let end = operands.last().map_or(start, |last| last.span.end);
    Span::new(start, end)
}
