//! Quoted texts, and variables within them.

use super::super::ast::{Expression, Piece};
use super::{Parser, Read};

impl Parser<'_> {
    /// Reads a text in single quotes; the first is taken already.
    pub(super) fn verbatim(&mut self) -> Read<String> {
        let mut text = String::new();
        loop {
            match self.bump() {
                Some('\'' | '‘' | '’') if matches!(self.peek(), Some('\'')) => {
                    self.bump();
                    text.push('\'');
                }
                Some('\'' | '‘' | '’') => return Ok(text),
                Some(sign) => text.push(sign),
                None => return self.problem("a single quote is not closed"),
            }
        }
    }

    /// Reads a text in double quotes; the first is taken already.
    pub(super) fn expandable(&mut self) -> Read<Expression> {
        let mut pieces = Pieces::default();
        loop {
            match self.peek() {
                Some('"' | '“' | '”') => {
                    self.bump();
                    if self.peek() != Some('"') {
                        return Ok(pieces.done());
                    }
                    self.bump();
                    pieces.push('"');
                }
                Some(_) => self.piece(&mut pieces)?,
                None => return self.problem("a double quote is not closed"),
            }
        }
    }

    /// Reads a here-string; its `@"` or `@'` is taken already.
    pub(super) fn here_string(&mut self, quote: char) -> Read<Expression> {
        while matches!(self.peek(), Some(' ' | '\t' | '\r')) {
            self.bump();
        }
        if self.bump() != Some('\n') {
            return self.problem("a here-string begins within its line");
        }
        let end = format!("\n{quote}@");
        let start = self.at.saturating_sub(1);
        let Some(length) = self.text.get(start..).and_then(|rest| rest.find(&end)) else {
            return self.problem("a here-string is not closed");
        };
        let inner = self.text.get(start + 1..start + length).unwrap_or("");
        let inner = inner.strip_suffix('\r').unwrap_or(inner);
        self.at = start + length + end.len();
        if quote == '\'' {
            return Ok(Expression::Text(inner.to_owned()));
        }
        let mut within = Parser::new(inner);
        within.level = self.level;
        let mut pieces = Pieces::default();
        while within.peek().is_some() {
            within.piece(&mut pieces)?;
        }
        Ok(pieces.done())
    }

    /// Reads one sign, escape, variable, or subexpression of an expandable text.
    pub(super) fn piece(&mut self, pieces: &mut Pieces) -> Read<()> {
        match self.peek() {
            Some('`') => {
                self.bump();
                self.escape(pieces);
            }
            Some('$') => match self.variable()? {
                Some(variable) => pieces.value(variable),
                None => {
                    self.bump();
                    pieces.push('$');
                }
            },
            Some(sign) => {
                self.bump();
                pieces.push(sign);
            }
            None => {}
        }
        Ok(())
    }

    /// Reads what a backtick escapes (about_Special_Characters).
    fn escape(&mut self, pieces: &mut Pieces) {
        match self.bump() {
            Some('n') => pieces.push('\n'),
            Some('r') => pieces.push('\r'),
            Some('t') => pieces.push('\t'),
            Some('0') => pieces.push('\0'),
            Some('a') => pieces.push('\u{7}'),
            Some('b') => pieces.push('\u{8}'),
            Some('f') => pieces.push('\u{c}'),
            Some('v') => pieces.push('\u{b}'),
            Some('\r') if self.peek() == Some('\n') => {
                self.bump();
            }
            Some('\n') | None => {}
            Some(sign) => pieces.push(sign),
        }
    }

    /// Reads a variable or a subexpression; `None` if the `$` is only a sign.
    pub(super) fn variable(&mut self) -> Read<Option<Expression>> {
        let next = self.peek_at(1);
        match next {
            Some('(') => {
                self.at += 2;
                let inner = self.deeper(|parser| parser.statements_until(')'))?;
                self.expect(")")?;
                Ok(Some(Expression::Sub(inner)))
            }
            Some('{') => {
                self.at += 2;
                let start = self.at;
                let Some(length) = self.rest().find('}') else {
                    return self.problem("`}` is missing");
                };
                self.at += length;
                let name = self.since(start);
                self.at += 1;
                Ok(Some(Expression::Variable(name)))
            }
            Some(sign @ ('$' | '^' | '?')) => {
                self.at += 2;
                Ok(Some(Expression::Variable(sign.to_string())))
            }
            Some(sign) if sign.is_alphanumeric() || sign == '_' => {
                self.at += 1;
                let mut name = self.identifier().unwrap_or_default();
                let after = self.peek_at(1);
                let qualifies = self.peek() == Some(':')
                    && after.is_some_and(|sign| sign.is_alphanumeric() || sign == '_');
                if qualifies {
                    self.at += 1;
                    name.push(':');
                    name.push_str(&self.identifier().unwrap_or_default());
                }
                Ok(Some(Expression::Variable(name)))
            }
            _ => Ok(None),
        }
    }
}

/// The parts of a text that is being read.
#[derive(Default)]
pub(super) struct Pieces {
    done: Vec<Piece>,
    text: String,
}

impl Pieces {
    pub(super) fn push(&mut self, sign: char) {
        self.text.push(sign);
    }

    pub(super) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn value(&mut self, value: Expression) {
        if !self.text.is_empty() {
            self.done.push(Piece::Text(std::mem::take(&mut self.text)));
        }
        self.done.push(Piece::Value(value));
    }

    pub(super) fn extend(&mut self, expression: Expression) {
        match expression {
            Expression::Text(text) => self.push_str(&text),
            Expression::Expandable(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => self.push_str(&text),
                        Piece::Value(value) => self.value(value),
                    }
                }
            }
            other => self.value(other),
        }
    }

    pub(super) fn done(mut self) -> Expression {
        if self.done.is_empty() {
            return Expression::Text(self.text);
        }
        if !self.text.is_empty() {
            self.done.push(Piece::Text(self.text));
        }
        Expression::Expandable(self.done)
    }
}
