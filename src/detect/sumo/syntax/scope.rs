//! The scope: what stands before the first pipe.

use std::fmt;

use super::name::Field;
use super::operator::Subquery;
use super::span::Spanned;
use super::text::Text;

/// A condition of the scope and where it was written.
pub type Scope = Spanned<ScopeKind>;

/// A condition on whole messages and their metadata. Nothing in it regards
/// case.
#[derive(Debug, Clone, PartialEq)]
pub enum ScopeKind {
    /// `*`.
    Everything,
    /// A word, or a phrase in quotes.
    Keyword(Value),
    /// `field=value`.
    Comparison {
        /// The field.
        field: Field,
        /// How.
        operator: ScopeOperator,
        /// What it is compared with.
        value: Value,
    },
    /// `field in (value, …)`.
    In {
        /// The field.
        field: Field,
        /// What it may be; never empty.
        values: Vec<Spanned<Value>>,
    },
    /// Conditions that all have to hold, with or without `AND` between them; at
    /// least two.
    And(Vec<Scope>),
    /// Conditions of which one has to hold; at least two.
    Or(Vec<Scope>),
    /// `NOT` or `!`.
    Not(Box<Scope>),
    /// `[subquery: …]`, whose result stands in its place.
    Subquery(Box<Subquery>),
    /// A macro between backticks, as written.
    Macro(String),
}

/// How the scope compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeOperator {
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
}

/// A keyword, or what a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Without quotes: `*` and `?` are wildcards.
    Bare(String),
    /// In quotes: nothing is a wildcard.
    Quoted(Text),
}

impl Value {
    /// What it says, with wildcards as they were written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Value::Bare(text) => text.clone(),
            Value::Quoted(text) => text.text(),
        }
    }

    /// What it says, with its wildcards told from its text.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece> {
        match self {
            Value::Bare(text) => pieces(text),
            Value::Quoted(text) => vec![Piece::Literal(text.text())],
        }
    }

    /// Whether any part of it is a wildcard.
    #[must_use]
    pub fn has_wildcard(&self) -> bool {
        matches!(self, Value::Bare(text) if text.contains(['*', '?']))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bare(text) => f.write_str(text),
            Value::Quoted(text) => text.fmt(f),
        }
    }
}

/// A stretch of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text that has to be there.
    Literal(String),
    /// `*`: any text, or none.
    AnyText,
    /// `?`: any one letter.
    AnyLetter,
}

/// A text with its wildcards told from the rest.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for letter in text.chars() {
        match (letter, pieces.last_mut()) {
            ('*', _) => pieces.push(Piece::AnyText),
            ('?', _) => pieces.push(Piece::AnyLetter),
            (_, Some(Piece::Literal(literal))) => literal.push(letter),
            _ => pieces.push(Piece::Literal(letter.to_string())),
        }
    }
    pieces
}
