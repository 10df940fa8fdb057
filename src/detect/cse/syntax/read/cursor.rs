//! A place in the text, and the small steps from it.

use crate::detect::cse::syntax::error::SyntaxError;
use crate::detect::cse::syntax::span::{Span, Spanned};
use crate::detect::cse::syntax::text::{Quote, Text};

/// How deep parentheses, signs, and calls may nest.
const DEPTH: usize = 64;

/// Where the reader stands.
pub(super) struct Cursor<'t> {
    text: &'t str,
    position: usize,
    depth: usize,
    /// What is being read, which decides what `AND` may be left out of.
    pub(super) place: Place,
}

/// What the reader is in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The expression of a rule.
    Rule,
    /// The filter of `hasThreatMatch`.
    ThreatFilter,
}

impl<'t> Cursor<'t> {
    /// At a place of a text.
    pub(super) fn at_byte(text: &'t str, start: usize) -> Self {
        Self {
            text,
            position: start,
            depth: 0,
            place: Place::Rule,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn rewind(&mut self, position: usize) {
        self.position = position;
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    pub(super) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    pub(super) fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.position)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.position += letter.len_utf8();
        Some(letter)
    }

    pub(super) fn at(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.at(text);
        if found {
            self.position += text.len();
        }
        found
    }

    /// Takes letters for as long as a test holds.
    pub(super) fn take_while(&mut self, mut test: impl FnMut(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !test(letter))
            .unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    /// Skips blanks and comments. A comment that stays open is not skipped, so
    /// that whoever needs what should follow it finds it.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            let Some(length) = self
                .rest()
                .strip_prefix("/*")
                .and_then(|comment| comment.find("*/"))
            else {
                return;
            };
            self.position += length + "/**/".len();
        }
    }

    /// Whether a word stands here, whatever its case, and ends where it ends.
    pub(super) fn at_word(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest
                .get(word.len()..)
                .and_then(|after| after.chars().next())
                .is_some_and(continues_name)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.position += word.len();
        }
        found
    }

    /// The text that begins here, if one does.
    pub(super) fn quoted(&mut self) -> Result<Option<Spanned<Text>>, SyntaxError> {
        let quote = match self.peek() {
            Some('\'') => Quote::Single,
            Some('"') => Quote::Double,
            _ => return Ok(None),
        };
        let start = self.position;
        let raw = self.enclosed(quote.mark()).ok_or_else(|| {
            SyntaxError::new(Span::new(start, start + 1), "this quote is never closed")
                .expecting(&[if quote == Quote::Double {
                    "`\"`"
                } else {
                    "`'`"
                }])
                .with_help(
                    "a backslash before a quote takes it into the text: end a text that ends in a \
                 backslash with two of them",
                )
        })?;
        Ok(Some(Spanned::new(
            Text::read(raw, quote),
            self.span_from(start),
        )))
    }

    /// What stands between two marks, the first of which is here. A backslash
    /// keeps the mark after it from ending it.
    pub(super) fn enclosed(&mut self, mark: char) -> Option<&'t str> {
        self.bump();
        let inner = self.position;
        while let Some(letter) = self.bump() {
            if letter == '\\' {
                self.bump();
            } else if letter == mark {
                return self.text.get(inner..self.position - mark.len_utf8());
            }
        }
        None
    }

    /// Reads one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth == DEPTH {
            let length = self.peek().map_or(0, char::len_utf8);
            let span = Span::new(self.position, self.position + length);
            return Err(SyntaxError::new(span, "this nests too deeply")
                .with_help(format!("at most {DEPTH} levels are read")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// The word or the letter that stands here.
    fn lexeme(&self) -> Spanned<&'t str> {
        let rest = self.rest();
        let ends = |letter: char| letter.is_whitespace() || is_breaker(letter);
        let length = match rest.chars().next() {
            None => 0,
            Some(_) if rest.starts_with("/*") || rest.starts_with("{{") => 2,
            Some(letter) if is_breaker(letter) => letter.len_utf8(),
            Some(_) => rest.find(ends).unwrap_or(rest.len()),
        };
        Spanned::new(
            &rest[..length],
            Span::new(self.position, self.position + length),
        )
    }

    /// What stands here cannot, and what could.
    pub(super) fn unexpected(&mut self, expected: &[&str]) -> SyntaxError {
        self.skip_blanks();
        let lexeme = self.lexeme();
        let error = match lexeme.node {
            "" if self.text.trim().is_empty() => {
                SyntaxError::new(lexeme.span, "the expression is empty")
            }
            "" => SyntaxError::new(lexeme.span, "the expression ends too early"),
            "/*" => {
                return SyntaxError::new(lexeme.span, "this comment is never closed")
                    .expecting(&["`*/`"]);
            }
            word => SyntaxError::new(lexeme.span, format!("`{}` cannot stand here", short(word))),
        };
        match advice(lexeme.node, self.rest()) {
            Some(help) => error.with_help(help),
            None => error,
        }
        .expecting(expected)
    }

    /// Takes a mark, or says that it is missing.
    pub(super) fn expect(&mut self, mark: &str) -> Result<(), SyntaxError> {
        self.skip_blanks();
        if self.eat(mark) {
            Ok(())
        } else {
            Err(self.unexpected(&[&format!("`{mark}`")]))
        }
    }

    /// Takes a word, or says that it is missing.
    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        self.skip_blanks();
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self.unexpected(&[&format!("`{word}`")]))
        }
    }

    /// Takes the mark that closes what opened at a place.
    pub(super) fn expect_closing(
        &mut self,
        mark: char,
        opened: usize,
        expected: &[&str],
    ) -> Result<(), SyntaxError> {
        self.skip_blanks();
        let close = format!("`{mark}`");
        match self.peek() {
            Some(letter) if letter == mark => {
                self.bump();
                Ok(())
            }
            None => Err(SyntaxError::new(
                Span::new(opened, opened + 1),
                match mark {
                    ']' => "this bracket is never closed",
                    _ => "this parenthesis is never closed",
                },
            )
            .expecting(&[&close])),
            Some(_) => {
                let mut all = expected.to_vec();
                all.push(&close);
                Err(self.unexpected(&all))
            }
        }
    }

    pub(super) fn expect_end(&mut self) -> Result<(), SyntaxError> {
        self.skip_blanks();
        match self.peek() {
            None => Ok(()),
            Some(closing @ (')' | ']')) => Err(SyntaxError::new(
                Span::new(self.position, self.position + 1),
                match closing {
                    ')' => "this parenthesis closes nothing",
                    _ => "this bracket closes nothing",
                },
            )),
            Some(_) => Err(self.unexpected(&["operator", "`AND`", "`OR`"])),
        }
    }
}

pub(super) fn begins_name(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

pub(super) fn continues_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Letters that end a bare word and stand for themselves.
fn is_breaker(letter: char) -> bool {
    matches!(
        letter,
        '(' | ')' | '[' | ']' | '|' | ',' | '"' | '\'' | '`' | '=' | '<' | '>' | '!' | '/'
    )
}

/// What helps against a common mistake.
fn advice(lexeme: &str, rest: &str) -> Option<&'static str> {
    let is = |word: &str| lexeme.eq_ignore_ascii_case(word);
    if lexeme == "{{" {
        Some("templates stand in the texts of a signal, not in an expression")
    } else if lexeme.starts_with(['“', '”', '‘', '’']) {
        Some("use straight quotes")
    } else if rest.starts_with("//") {
        Some("only `/* … */` is a comment")
    } else if rest.starts_with("%\"") {
        Some("write the field as `fields[\"name\"]`")
    } else if lexeme == "|" {
        Some("only `json` pipes and one `where` may stand before a condition")
    } else if is("contains") {
        Some("write `contains(field, text)`")
    } else if is("as") {
        Some("only a `json` pipe names its result")
    } else {
        None
    }
}

/// Enough of a word to know it by.
fn short(word: &str) -> String {
    const LONGEST: usize = 40;
    if word.chars().count() <= LONGEST {
        return word.to_owned();
    }
    let mut text: String = word.chars().take(LONGEST).collect();
    text.push('…');
    text
}
