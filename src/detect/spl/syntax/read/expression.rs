//! Expressions, by rank: `XOR`, `OR`, `AND`, `NOT`, comparisons, sums,
//! products, signs.

use super::cursor::Cursor;
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::expression::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Spacing,
    UnaryOperator,
};
use crate::detect::spl::syntax::name::{FieldName, Quoting, unescape_expression};
use crate::detect::spl::syntax::span::{Span, Spanned};

const OPERAND: &[&str] = &["field", "function", "number", "text", "`(`"];

impl Cursor<'_> {
    /// An expression.
    pub(super) fn expression(&mut self) -> Result<Expression, SyntaxError> {
        self.logical(LogicalOperator::Xor)
    }

    fn logical(&mut self, operator: LogicalOperator) -> Result<Expression, SyntaxError> {
        let (word, next) = match operator {
            LogicalOperator::Xor => ("XOR", Some(LogicalOperator::Or)),
            LogicalOperator::Or => ("OR", Some(LogicalOperator::And)),
            LogicalOperator::And => ("AND", None),
        };
        let mut operands = Vec::new();
        loop {
            operands.push(match next {
                Some(next) => self.logical(next)?,
                None => self.negation()?,
            });
            self.skip_blanks();
            if !self.eat_word(word) {
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
        if self.at_word("NOT") {
            return self.nested(1, Self::negated);
        }
        self.comparison()
    }

    fn negated(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position();
        self.eat_word("NOT");
        let operand = Box::new(self.negation()?);
        Ok(Spanned::new(
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            },
            self.span_from(start),
        ))
    }

    fn comparison(&mut self) -> Result<Expression, SyntaxError> {
        let left = self.sum()?;
        self.skip_blanks();
        if self.at_word("IN") {
            return self.membership(left);
        }
        let Some(operator) = self.comparison_operator() else {
            return Ok(left);
        };
        let right = self.sum()?;
        self.skip_blanks();
        let second = self.position();
        if self.comparison_operator().is_some() {
            return Err(SyntaxError::new(
                self.span_from(second),
                "a comparison cannot be compared again",
            )
            .expecting(&["`AND`", "`OR`"])
            .with_help("join two comparisons with `AND`"));
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

    fn comparison_operator(&mut self) -> Option<ComparisonOperator> {
        use ComparisonOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        if self.eat_word("LIKE") {
            return Some(ComparisonOperator::Like);
        }
        [
            ("==", Equal),
            ("!=", NotEqual),
            ("<=", LessOrEqual),
            (">=", GreaterOrEqual),
            ("=", Equal),
            ("<", Less),
            (">", Greater),
        ]
        .into_iter()
        .find(|(mark, _)| self.eat(mark))
        .map(|(_, operator)| operator)
    }

    fn membership(&mut self, operand: Expression) -> Result<Expression, SyntaxError> {
        self.eat_word("IN");
        self.skip_blanks();
        if !self.at("(") {
            return Err(self
                .unexpected(&["`(`"])
                .with_help("write the values as `field IN (1, 2)`"));
        }
        let values = self.nested(1, Self::arguments)?;
        let span = self.span_from(operand.span.start);
        Ok(Spanned::new(
            ExpressionKind::Membership {
                operand: Box::new(operand),
                values,
            },
            span,
        ))
    }

    /// Expressions in parentheses, with commas between them.
    fn arguments(&mut self) -> Result<Vec<Expression>, SyntaxError> {
        let opened = self.position();
        self.bump();
        let mut arguments = Vec::new();
        self.skip_blanks();
        if self.eat(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            self.skip_blanks();
            if !self.eat(",") {
                self.expect_closing(')', opened, &["operator", "`,`"])?;
                return Ok(arguments);
            }
        }
    }

    fn sum(&mut self) -> Result<Expression, SyntaxError> {
        let first = self.product()?;
        let mut rest = Vec::new();
        loop {
            let end = self.position();
            self.skip_blanks();
            let spaced = self.position() > end;
            let operator = match self.peek() {
                Some('+') => ArithmeticOperator::Add,
                Some('-') => ArithmeticOperator::Subtract,
                Some('.') => ArithmeticOperator::Concatenate(Spacing::Loose),
                _ => break,
            };
            self.bump();
            let right = self.position();
            let operand = self.product()?;
            let spaced = spaced || operand.span.start > right;
            let before = rest.last().map_or(&first, |(_, operand)| operand);
            let tight = !spaced && is_bare_name(before) && begins_with_name(&operand);
            let operator = match operator {
                ArithmeticOperator::Concatenate(_) if tight => {
                    ArithmeticOperator::Concatenate(Spacing::Tight)
                }
                other => other,
            };
            rest.push((operator, operand));
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
                Some('/') => ArithmeticOperator::Divide,
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

    fn signed(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        let operator = match self.peek() {
            Some('-') => UnaryOperator::Minus,
            Some('+') => UnaryOperator::Plus,
            _ if self.at_word("NOT") => return self.nested(1, Self::negated),
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

    fn operand(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position();
        let kind = match self.peek() {
            Some('(') => {
                let inner = self.parenthesised_expression()?;
                return Ok(Spanned::new(inner.node, self.span_from(start)));
            }
            Some('[') => ExpressionKind::Subsearch(self.subsearch()?.node),
            Some('"') => ExpressionKind::Text(unescape_expression(self.quoted('"')?)),
            Some('\'') => match self.quoted_field()? {
                Some(field) => ExpressionKind::Field(field.node),
                None => return Err(self.unexpected(OPERAND)),
            },
            Some(digit) if digit.is_ascii_digit() => self.number()?,
            Some('.') if self.peek_second().is_some_and(|c| c.is_ascii_digit()) => self.number()?,
            Some(letter) if begins_name(letter) => return self.named(),
            _ => return Err(self.unexpected(OPERAND)),
        };
        Ok(Spanned::new(kind, self.span_from(start)))
    }

    /// An expression in parentheses.
    pub(super) fn parenthesised_expression(&mut self) -> Result<Expression, SyntaxError> {
        self.nested(1, |cursor| {
            let opened = cursor.position();
            cursor.expect("(")?;
            let inner = cursor.expression()?;
            cursor.expect_closing(')', opened, &["operator"])?;
            Ok(inner)
        })
    }

    fn number(&mut self) -> Result<ExpressionKind, SyntaxError> {
        let start = self.position();
        self.take_while(|letter| letter.is_ascii_digit());
        if self.at(".") && self.peek_second().is_some_and(|c| c.is_ascii_digit()) {
            self.bump();
            self.take_while(|letter| letter.is_ascii_digit());
        }
        self.exponent();
        let unit = self.take_while(continues_name);
        let text = self.since(start);
        if !unit.is_empty() {
            return Err(SyntaxError::new(
                self.span_from(start),
                "this is neither a number nor a name",
            )
            .expecting(&["number", "`'field'`"])
            .with_help("put single quotes around a field whose name begins with a digit"));
        }
        match text.parse() {
            Ok(value) => Ok(ExpressionKind::Number {
                value,
                text: text.to_owned(),
            }),
            Err(_) => Err(
                SyntaxError::new(self.span_from(start), "this is not a number")
                    .expecting(&["number"]),
            ),
        }
    }

    fn exponent(&mut self) {
        let start = self.position();
        if !matches!(self.peek(), Some('e' | 'E')) {
            return;
        }
        self.bump();
        if matches!(self.peek(), Some('+' | '-')) {
            self.bump();
        }
        if self.take_while(|letter| letter.is_ascii_digit()).is_empty() {
            self.rewind(start);
        }
    }

    /// A field, a function, or a word that is a value.
    fn named(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position();
        let name = self.take_while(continues_name).to_owned();
        let end = self.position();
        self.skip_blanks();
        let followed = if self.at("(") {
            Following::Parenthesis
        } else {
            Following::Else
        };
        if is_operator(&name, followed) {
            self.rewind(start);
            return Err(self.unexpected(OPERAND));
        }
        if followed == Following::Parenthesis {
            let arguments = self.nested(1, Self::arguments)?;
            let function = name.to_ascii_lowercase();
            return Ok(Spanned::new(
                ExpressionKind::Call {
                    function,
                    arguments,
                },
                self.span_from(start),
            ));
        }
        self.rewind(end);
        let kind = match name.as_str() {
            "true" => ExpressionKind::Boolean(true),
            "false" => ExpressionKind::Boolean(false),
            "null" => ExpressionKind::Null,
            _ => ExpressionKind::Field(FieldName::bare(name)),
        };
        Ok(Spanned::new(kind, self.span_from(start)))
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

fn is_bare_name(expression: &Expression) -> bool {
    matches!(
        &expression.node,
        ExpressionKind::Field(field) if field.quoting == Quoting::Bare
    )
}

/// Whether a bare name stands first: `b * 2` in `a.b * 2`.
fn begins_with_name(expression: &Expression) -> bool {
    match &expression.node {
        ExpressionKind::Arithmetic { first, rest } => {
            is_bare_name(first)
                && rest
                    .first()
                    .is_some_and(|(operator, _)| operator.is_multiplicative())
        }
        _ => is_bare_name(expression),
    }
}

/// What comes after a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Following {
    Parenthesis,
    Else,
}

/// Whether a word is an operator and no name; two are functions as well.
fn is_operator(word: &str, followed: Following) -> bool {
    let is = |operator: &str| word.eq_ignore_ascii_case(operator);
    is("and") || is("or") || is("xor") || (followed == Following::Else && (is("in") || is("like")))
}

fn begins_name(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '_' | '$' | '@')
}

fn continues_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '@' | ':' | '{' | '}')
}
