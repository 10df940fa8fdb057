//! Expressions, by rank: `? :`, `or`, `and`, `not`, comparisons, sums,
//! products, signs.

use super::cursor::Cursor;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::expression::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Negation,
    UnaryOperator,
};
use crate::detect::sumo::syntax::span::{Span, Spanned};

/// What may stand where a value should.
pub(super) const OPERAND: &[&str] = &["field", "function", "number", "text", "`(`"];

impl Cursor<'_> {
    /// An expression.
    pub(super) fn expression(&mut self) -> Result<Expression, SyntaxError> {
        let condition = self.logical(LogicalOperator::Or)?;
        if !self.eat_mark("?") {
            return Ok(condition);
        }
        let (then, otherwise) = self.nested(1, |cursor| {
            let then = cursor.expression()?;
            cursor.expect(":")?;
            Ok((then, cursor.expression()?))
        })?;
        let span = Span::new(condition.span.start, otherwise.span.end);
        Ok(Spanned::new(
            ExpressionKind::Choice {
                condition: Box::new(condition),
                then: Box::new(then),
                otherwise: Box::new(otherwise),
            },
            span,
        ))
    }

    fn logical(&mut self, operator: LogicalOperator) -> Result<Expression, SyntaxError> {
        let mut operands = Vec::new();
        loop {
            operands.push(match operator {
                LogicalOperator::Or => self.logical(LogicalOperator::And)?,
                LogicalOperator::And => self.negation()?,
            });
            let (word, mark) = match operator {
                LogicalOperator::Or => ("or", "||"),
                LogicalOperator::And => ("and", "&&"),
            };
            if !self.eat_word(word) && !self.eat_mark(mark) {
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

    fn negation(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        if self.at_negation() {
            return self.nested(1, Self::negated);
        }
        self.comparison()
    }

    fn at_negation(&self) -> bool {
        self.at_word("not") || (self.at("!") && !self.at("!="))
    }

    fn negated(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position();
        if !self.eat("!") {
            self.eat_word("not");
        }
        let operand = self.negation()?;
        let span = Span::new(start, operand.span.end);
        Ok(Spanned::new(
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand: Box::new(operand),
            },
            span,
        ))
    }

    fn comparison(&mut self) -> Result<Expression, SyntaxError> {
        let left = self.sum()?;
        self.skip_blanks();
        if self.at_word("in") {
            return self.membership(left, Negation::Plain);
        }
        if self.at_word("not") {
            return self.negated_membership(left);
        }
        self.refuse_foreign_comparison()?;
        let Some(operator) = self.comparison_operator() else {
            return Ok(left);
        };
        let right = self.compared(operator)?;
        self.skip_blanks();
        let second = self.position();
        if self.comparison_operator().is_some() {
            return Err(SyntaxError::new(
                self.span_from(second),
                "a comparison cannot be compared again",
            )
            .expecting(&["`and`", "`or`"])
            .with_help("join two comparisons with `and`"));
        }
        let span = Span::new(left.span.start, right.span.end);
        Ok(Spanned::new(
            ExpressionKind::Comparison {
                left: Box::new(left),
                operator,
                right: Box::new(right),
            },
            span,
        ))
    }

    /// The right side of a comparison.
    fn compared(&mut self, operator: ComparisonOperator) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        if operator == ComparisonOperator::Matches && self.at("/") {
            return self.regex();
        }
        self.sum()
    }

    /// Comparisons that other languages have.
    fn refuse_foreign_comparison(&mut self) -> Result<(), SyntaxError> {
        for word in ["like", "rlike", "between", "is"] {
            if self.at_word(word) {
                return Err(self
                    .unexpected(&["`=`", "`matches`", "`in`", "`contains`"])
                    .with_help(match word {
                        "is" => "write `isNull(field)`",
                        "between" => "write `field >= 1 and field <= 2`",
                        _ => "write `field matches \"*text*\"` or `field matches /regex/`",
                    }));
            }
        }
        Ok(())
    }

    fn comparison_operator(&mut self) -> Option<ComparisonOperator> {
        use ComparisonOperator::{
            Contains, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Matches, NotEqual,
        };
        [("matches", Matches), ("contains", Contains)]
            .into_iter()
            .find(|(word, _)| self.eat_word(word))
            .or_else(|| {
                [
                    ("==", Equal),
                    ("!=", NotEqual),
                    ("<>", NotEqual),
                    ("<=", LessOrEqual),
                    (">=", GreaterOrEqual),
                    ("=", Equal),
                    ("<", Less),
                    (">", Greater),
                ]
                .into_iter()
                .find(|(mark, _)| self.eat(mark))
            })
            .map(|(_, operator)| operator)
    }

    fn negated_membership(&mut self, operand: Expression) -> Result<Expression, SyntaxError> {
        self.eat_word("not");
        self.skip_blanks();
        if !self.at_word("in") {
            return Err(self
                .unexpected(&["`in`"])
                .with_help("write `!(field matches \"text\")`"));
        }
        self.membership(operand, Negation::Negated)
    }

    fn membership(
        &mut self,
        operand: Expression,
        negation: Negation,
    ) -> Result<Expression, SyntaxError> {
        self.eat_word("in");
        self.skip_blanks();
        if !self.at("(") {
            return Err(self
                .unexpected(&["`(`"])
                .with_help("write the values as `field in (\"a\", \"b\")`"));
        }
        let opened = self.position();
        let values = self.nested(1, Self::arguments)?;
        if values.is_empty() {
            return Err(
                SyntaxError::new(self.span_from(opened), "this list is empty")
                    .expecting(&["value"]),
            );
        }
        let span = self.span_from(operand.span.start);
        Ok(Spanned::new(
            ExpressionKind::Membership {
                operand: Box::new(operand),
                negation,
                values,
            },
            span,
        ))
    }

    fn sum(&mut self) -> Result<Expression, SyntaxError> {
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
                // What is left of a comment that is never closed.
                Some('/') if !self.at("/*") => ArithmeticOperator::Divide,
                Some('%') => ArithmeticOperator::Remainder,
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

    /// An operand with its signs: what may follow an arithmetic operator, and a
    /// constant of `fillmissing`.
    pub(super) fn signed(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        let operator = match self.peek() {
            Some('-') => UnaryOperator::Minus,
            Some('+') => UnaryOperator::Plus,
            _ if self.at_negation() => return self.nested(1, Self::negated),
            _ => return self.operand(),
        };
        self.nested(1, |cursor| {
            let start = cursor.position();
            cursor.bump();
            let operand = Box::new(cursor.signed()?);
            Ok(Spanned::new(
                ExpressionKind::Unary { operator, operand },
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
