//! What stands between the operators of an expression.

use super::cursor::{Cursor, begins_name, continues_name, short};
use super::expression::OPERAND;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::expression::{Expression, ExpressionKind};
use crate::detect::sumo::syntax::name::FieldName;
use crate::detect::sumo::syntax::span::{Span, Spanned};
use crate::detect::sumo::syntax::time::TimeUnit;

/// Words that are operators and no fields.
const RESERVED: &[&str] = &["and", "or", "not", "in", "matches", "contains", "as", "by"];

/// What the suffixes of sizes multiply by.
const SIZES: &[(&str, f64)] = &[
    ("K", 1e3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("B", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
];

impl Cursor<'_> {
    pub(super) fn operand(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position();
        let kind = match self.peek() {
            Some('(') => {
                let inner = self.parenthesised_expression()?;
                return Ok(Spanned::new(inner.node, self.span_from(start)));
            }
            Some('[') => {
                let subquery = self.subquery()?;
                ExpressionKind::Subquery(Box::new(subquery.node))
            }
            Some('"') => ExpressionKind::Text(self.text()?.node),
            Some('%') => ExpressionKind::Field(self.percent_field()?.node),
            Some(digit) if digit.is_ascii_digit() => self.number()?,
            Some('.') if self.peek_second().is_some_and(|c| c.is_ascii_digit()) => self.number()?,
            Some(letter) if begins_name(letter) => return self.named(),
            _ => return Err(self.unexpected(OPERAND)),
        };
        Ok(Spanned::new(kind, self.span_from(start)))
    }

    /// An expression in parentheses.
    fn parenthesised_expression(&mut self) -> Result<Expression, SyntaxError> {
        self.nested(1, |cursor| {
            let opened = cursor.position();
            cursor.expect("(")?;
            let inner = cursor.expression()?;
            cursor.expect_closing(')', opened, &["operator"])?;
            Ok(inner)
        })
    }

    /// Expressions in parentheses, with commas between them.
    pub(super) fn arguments(&mut self) -> Result<Vec<Expression>, SyntaxError> {
        let opened = self.position();
        self.bump();
        if self.eat_mark(")") {
            return Ok(Vec::new());
        }
        let arguments = self.list(Self::argument)?;
        self.expect_closing(')', opened, &["operator", "`,`"])?;
        Ok(arguments)
    }

    fn argument(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        if self.at("/") && !self.at("/*") {
            return self.regex();
        }
        if self.at("path://\"") {
            let start = self.position();
            let table = self.table()?;
            return Ok(Spanned::new(
                ExpressionKind::Table(table),
                self.span_from(start),
            ));
        }
        self.expression()
    }

    /// `/…/`. A backslash keeps the slash after it from ending the expression.
    pub(super) fn regex(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position();
        self.bump();
        while let Some(letter) = self.bump() {
            if letter == '\\' {
                self.bump();
            } else if letter == '/' {
                let whole = self.since(start);
                let raw = whole.get(1..whole.len() - 1).unwrap_or_default();
                return Ok(Spanned::new(
                    ExpressionKind::Regex(raw.to_owned()),
                    self.span_from(start),
                ));
            }
        }
        Err(SyntaxError::new(
            Span::new(start, start + 1),
            "this regular expression is never closed",
        )
        .expecting(&["`/`"])
        .with_help("put a backslash before a slash that belongs to the expression"))
    }

    fn number(&mut self) -> Result<ExpressionKind, SyntaxError> {
        let start = self.position();
        self.take_while(|letter| letter.is_ascii_digit());
        if self.at(".") && self.peek_second().is_some_and(|c| c.is_ascii_digit()) {
            self.bump();
            self.take_while(|letter| letter.is_ascii_digit());
        }
        self.exponent();
        let digits = self.since(start);
        let suffix = self.take_while(continues_name);
        let value: Option<f64> = digits.parse().ok();
        match (value, factor(suffix)) {
            (Some(value), Some(factor)) => Ok(ExpressionKind::Number {
                value: value * factor,
                text: self.since(start).to_owned(),
            }),
            _ => Err(SyntaxError::new(
                self.span_from(start),
                format!(
                    "`{}` is neither a number nor a name",
                    short(self.since(start))
                ),
            )
            .expecting(&["number", "`%\"field\"`"])
            .with_help("write a field whose name begins with a digit as `%\"2xx\"`")),
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
        let called = self.at("(");
        let is = |word: &&str| name.eq_ignore_ascii_case(word);
        if RESERVED.iter().any(is) && !(called && is(&"contains")) {
            self.rewind(start);
            return Err(self.unexpected(OPERAND));
        }
        if called {
            let arguments = self.nested(1, Self::arguments)?;
            return Ok(Spanned::new(
                ExpressionKind::Call {
                    function: name.to_ascii_lowercase(),
                    arguments,
                },
                self.span_from(start),
            ));
        }
        self.rewind(end);
        let kind = match name.to_ascii_lowercase().as_str() {
            "true" => ExpressionKind::Boolean(true),
            "false" => ExpressionKind::Boolean(false),
            "null" => ExpressionKind::Null,
            _ => ExpressionKind::Field(FieldName::bare(name)),
        };
        Ok(Spanned::new(kind, self.span_from(start)))
    }
}

/// What a suffix multiplies a number by.
fn factor(suffix: &str) -> Option<f64> {
    if suffix.is_empty() {
        return Some(1.0);
    }
    let size = SIZES.iter().find(|(name, _)| *name == suffix);
    size.map(|(_, factor)| *factor)
        .or_else(|| TimeUnit::named(suffix).map(TimeUnit::milliseconds))
}
