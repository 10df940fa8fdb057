//! Text that is kept as it is.

use super::cursor::Cursor;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::span::{Span, Spanned};

impl Cursor<'_> {
    /// What stands here up to the pipe or the bracket that ends this operator,
    /// over texts and over brackets that open and close; without comments.
    pub(super) fn raw(&mut self) -> Result<Spanned<String>, SyntaxError> {
        self.raw_until(usize::MAX)
    }

    /// As [`Cursor::raw`], but not beyond a place.
    pub(super) fn raw_until(&mut self, end: usize) -> Result<Spanned<String>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let mut kept = String::new();
        let mut opened = Vec::new();
        let mut solid = start;
        while let Some(letter) = self.peek() {
            let from = self.position();
            if from >= end {
                break;
            }
            match letter {
                '"' => {
                    self.text()?;
                }
                '/' if begins_word(&kept) && (self.at("//") || self.at("/*")) => {
                    if !self.skip_comment() {
                        return Err(self.unexpected(&[]));
                    }
                    kept.push(' ');
                    continue;
                }
                '/' if regex_follows(&kept) => self.skip_regex(),
                '\'' => self.skip_quoted_letter(),
                '(' | '[' => {
                    opened.push((from, letter));
                    self.bump();
                }
                ')' | ']' if opened.is_empty() => break,
                ')' | ']' => {
                    if opened.last().is_some_and(|(_, open)| closes(*open, letter)) {
                        opened.pop();
                    }
                    self.bump();
                }
                '|' if self.eat("||") => {}
                '|' if opened.is_empty() => break,
                _ => {
                    self.bump();
                }
            }
            kept.push_str(self.since(from));
            if !letter.is_whitespace() {
                solid = self.position();
            }
        }
        if let Some((place, open)) = opened.pop() {
            let (message, close) = match open {
                '[' => ("this bracket is never closed", "`]`"),
                _ => ("this parenthesis is never closed", "`)`"),
            };
            return Err(SyntaxError::new(Span::new(place, place + 1), message).expecting(&[close]));
        }
        self.skipped_since(solid);
        Ok(Spanned::new(
            kept.trim().to_owned(),
            Span::new(start, solid),
        ))
    }

    /// Skips a regular expression, or its slash if it is none.
    fn skip_regex(&mut self) {
        let mut ahead = self.clone();
        if ahead.regex().is_ok() {
            self.rewind(ahead.position());
        } else {
            self.bump();
        }
    }

    /// Skips `'|'`, or a single quote that is only an apostrophe.
    fn skip_quoted_letter(&mut self) {
        let mut letters = self.rest().chars();
        letters.next();
        let inner = letters.next();
        self.bump();
        if letters.next() == Some('\'') && inner.is_some() {
            self.bump();
            self.bump();
        }
    }
}

/// Whether a comment may begin after a text: within a word, `//` and `/*`
/// belong to a place like `https://…` or `shared/*`.
fn begins_word(before: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_none_or(|letter| letter.is_whitespace() || "()[],\"|".contains(letter))
}

/// Whether a slash after a text begins a regular expression.
fn regex_follows(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with(['(', ','])
        || before
            .len()
            .checked_sub("matches".len())
            .and_then(|start| before.get(start..))
            .is_some_and(|end| end.eq_ignore_ascii_case("matches"))
}

fn closes(open: char, close: char) -> bool {
    matches!((open, close), ('(', ')') | ('[', ']'))
}
