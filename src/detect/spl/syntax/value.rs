//! The values that `search` compares with, and their wildcards.

use std::fmt;

/// How a value of `search` was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueForm {
    /// `cmd.exe`.
    Bare,
    /// `"cmd.exe"`.
    Quoted,
    /// `TERM(10.0.0.1)`: one term of the index, minor breakers included.
    Term,
    /// `CASE(Cmd.exe)`: compared with regard to case.
    Case,
}

/// A stretch of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text that has to be there.
    Literal(String),
    /// `*`: any text, or none.
    Wildcard,
}

/// A value of `search`, with its wildcards told from its text.
///
/// In both bare and quoted values `\\` is one backslash and `\"` a quote; a
/// backslash before anything else stays a backslash. `*` is always a wildcard:
/// SPL has no way to write a literal asterisk, so `\*` is a backslash and then
/// any text, the same as `\\*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchValue {
    raw: String,
    form: ValueForm,
    pieces: Vec<Piece>,
}

impl SearchValue {
    /// Reads a value from what stands between its quotes or parentheses.
    pub fn new(raw: impl Into<String>, form: ValueForm) -> Self {
        let raw = raw.into();
        let pieces = match form {
            ValueForm::Term | ValueForm::Case => pieces(unwrapped(&raw)),
            ValueForm::Bare | ValueForm::Quoted => pieces(&raw),
        };
        Self { raw, form, pieces }
    }

    /// What was written, without the quotes or the parentheses.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// How it was written.
    #[must_use]
    pub fn form(&self) -> ValueForm {
        self.form
    }

    /// What it says, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether any part of it is a wildcard.
    #[must_use]
    pub fn has_wildcard(&self) -> bool {
        self.pieces.contains(&Piece::Wildcard)
    }

    /// What it says, with `*` for wildcards.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.as_str(),
                Piece::Wildcard => "*",
            })
            .collect()
    }
}

impl fmt::Display for SearchValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            ValueForm::Bare => f.write_str(&self.raw),
            ValueForm::Quoted => write!(f, "\"{}\"", self.raw),
            ValueForm::Term => write!(f, "TERM({})", self.raw),
            ValueForm::Case => write!(f, "CASE({})", self.raw),
        }
    }
}

fn unwrapped(raw: &str) -> &str {
    raw.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(raw)
}

fn pieces(raw: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut letters = raw.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(&next @ ('\\' | '"'))) => {
                literal.push(next);
                letters.next();
            }
            ('*', _) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Wildcard);
            }
            _ => literal.push(letter),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}
