//! What stands between operators: values, fields, and calls.

use super::cursor::{Cursor, begins_name, continues_name};
use crate::detect::cse::syntax::error::SyntaxError;
use crate::detect::cse::syntax::expression::{Expression, ExpressionKind};
use crate::detect::cse::syntax::field::{Field, FieldPath, Key};
use crate::detect::cse::syntax::number::Number;
use crate::detect::cse::syntax::span::Spanned;

pub(super) const OPERAND: &[&str] = &["field", "function", "number", "text", "`(`"];

/// Words that are operators and no names.
const RESERVED: &[&str] = &[
    "and", "or", "not", "in", "like", "rlike", "matches", "between", "is", "escape", "as",
];

impl Cursor<'_> {
    pub(super) fn operand(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        if let Some(text) = self.quoted()? {
            return Ok(Spanned::new(ExpressionKind::Text(text.node), text.span));
        }
        let kind = match self.peek() {
            Some('(') => {
                let inner = self.parenthesised()?;
                return Ok(Spanned::new(inner.node, self.span_from(start)));
            }
            Some(digit) if digit.is_ascii_digit() => self.number()?,
            Some('.') if self.peek_second().is_some_and(|c| c.is_ascii_digit()) => self.number()?,
            Some(letter) if begins_name(letter) => self.named()?,
            _ => return Err(self.unexpected(OPERAND)),
        };
        Ok(Spanned::new(kind, self.span_from(start)))
    }

    fn parenthesised(&mut self) -> Result<Expression, SyntaxError> {
        self.nested(|cursor| {
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

    fn number(&mut self) -> Result<ExpressionKind, SyntaxError> {
        let start = self.position();
        self.take_while(|letter| letter.is_ascii_digit());
        if self.at(".") && self.peek_second().is_some_and(|c| c.is_ascii_digit()) {
            self.bump();
            self.take_while(|letter| letter.is_ascii_digit());
        }
        self.exponent();
        let digits = self.since(start);
        let unit = self.take_while(continues_name);
        match Number::read(digits, unit) {
            Some(number) => Ok(ExpressionKind::Number(number)),
            None => Err(SyntaxError::new(
                self.span_from(start),
                "this is neither a number nor a name",
            )
            .expecting(&["number", "field"])
            .with_help(
                "a number may end in a unit: `ms`, `s`, `m`, `h`, `d`, `K`, `M`, `G`, `Ki`",
            )),
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
    fn named(&mut self) -> Result<ExpressionKind, SyntaxError> {
        if RESERVED.iter().any(|word| self.at_word(word)) {
            return Err(self.unexpected(OPERAND));
        }
        let start = self.position();
        let name = self.take_while(continues_name);
        let end = self.position();
        self.skip_blanks();
        if self.at("(") {
            if name.eq_ignore_ascii_case("hasThreatMatch") {
                return self.nested(Self::threat_match);
            }
            let arguments = self.nested(Self::arguments)?;
            return Ok(ExpressionKind::Call {
                function: name.to_owned(),
                arguments,
            });
        }
        self.rewind(end);
        for (word, kind) in [
            ("true", ExpressionKind::Boolean(true)),
            ("false", ExpressionKind::Boolean(false)),
            ("null", ExpressionKind::Null),
        ] {
            if name.eq_ignore_ascii_case(word) && !self.at(".") {
                return Ok(kind);
            }
        }
        self.rewind(start);
        Ok(ExpressionKind::Field(self.field()?.node))
    }

    /// A field, with its dots and brackets.
    pub(super) fn field(&mut self) -> Result<Field, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        if !self.peek().is_some_and(begins_name) {
            return Err(self.unexpected(&["field"]));
        }
        self.take_while(continues_name);
        while self.at(".") && self.peek_second().is_some_and(begins_name) {
            self.bump();
            self.take_while(continues_name);
        }
        let mut path = FieldPath::bare(self.since(start));
        loop {
            let end = self.position();
            self.skip_blanks();
            if !self.at("[") {
                self.rewind(end);
                return Ok(Spanned::new(path, self.span_from(start)));
            }
            path.keys.push(self.key()?);
        }
    }

    fn key(&mut self) -> Result<Key, SyntaxError> {
        let opened = self.position();
        self.expect("[")?;
        self.skip_blanks();
        let key = if let Some(text) = self.quoted()? {
            Key::Text(text.node)
        } else {
            let start = self.position();
            let digits = self.take_while(|letter| letter.is_ascii_digit());
            let Ok(place) = digits.parse() else {
                self.rewind(start);
                return Err(self
                    .unexpected(&["text", "whole number"])
                    .with_help("write a key as `fields[\"name\"]`"));
            };
            Key::Place(place)
        };
        self.expect_closing(']', opened, &[])?;
        Ok(key)
    }
}
