//! Names of fields, and the quotes around them.

use std::fmt;

use super::span::Spanned;

/// How a text was quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quoting {
    /// Not at all.
    Bare,
    /// `'so'`; in expressions, a field.
    Single,
    /// `"so"`.
    Double,
}

impl Quoting {
    fn mark(self) -> Option<char> {
        match self {
            Quoting::Bare => None,
            Quoting::Single => Some('\''),
            Quoting::Double => Some('"'),
        }
    }
}

/// The name of a field, or a pattern for several (`Processes.*`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldName {
    /// The name, without quotes and escapes.
    pub text: String,
    /// How it was quoted. A quoted name may hold anything.
    pub quoting: Quoting,
}

/// A field's name and where it was written.
pub type Field = Spanned<FieldName>;

impl FieldName {
    /// A name without quotes.
    pub fn bare(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quoting: Quoting::Bare,
        }
    }

    /// A name in double quotes.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quoting: Quoting::Double,
        }
    }

    /// Whether the name is a pattern.
    #[must_use]
    pub fn has_wildcard(&self) -> bool {
        self.text.contains('*')
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quoting.mark() {
            None => f.write_str(&self.text),
            Some(mark) => write_quoted(f, &self.text, mark),
        }
    }
}

/// Puts quotes around a text, and backslashes where they are needed.
pub(super) fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str, mark: char) -> fmt::Result {
    use fmt::Write;
    f.write_char(mark)?;
    for letter in text.chars() {
        if letter == mark || letter == '\\' {
            f.write_char('\\')?;
        }
        f.write_char(letter)?;
    }
    f.write_char(mark)
}

/// What a quoted text says: `\\` is a backslash, a backslash before the mark
/// gives the mark, and any other backslash stays, as regular expressions need.
pub(super) fn unescape(raw: &str, mark: char) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut letters = raw.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(&next) if letter == '\\' && (next == '\\' || next == mark) => {
                text.push(next);
                letters.next();
            }
            _ => text.push(letter),
        }
    }
    text
}

/// As [`unescape`], and `\t` is a tab: Splunk documents it for the strings of
/// expressions only.
pub(super) fn unescape_expression(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut letters = raw.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = match letters.peek() {
            Some(&next @ ('\\' | '"')) if letter == '\\' => Some(next),
            Some('t') if letter == '\\' => Some('\t'),
            _ => None,
        };
        if escaped.is_some() {
            letters.next();
        }
        text.push(escaped.unwrap_or(letter));
    }
    text
}
