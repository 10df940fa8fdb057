//! Texts in double quotes.

use std::fmt;

/// A text in double quotes.
///
/// Only double quotes make a text; single quotes hold the delimiter of `split`
/// and nothing else. What stands between the quotes is kept as written,
/// because operators read it in two ways: a regular expression is the raw text,
/// and everything else is the text without its escapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    raw: String,
}

impl Text {
    /// The text that says this.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut raw = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '"' | '\\' => raw.extend(['\\', letter]),
                '\n' => raw.push_str("\\n"),
                '\r' => raw.push_str("\\r"),
                '\t' => raw.push_str("\\t"),
                _ => raw.push(letter),
            }
        }
        Self { raw }
    }

    /// What stands between two quotes. No quote in it may lack its backslash.
    pub(super) fn from_raw(raw: &str) -> Self {
        Self {
            raw: raw.to_owned(),
        }
    }

    /// What was written between the quotes: the regular expression, if it is
    /// one.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// What it says: `\"` is a quote, `\\` a backslash, `\n`, `\r`, and `\t`
    /// are the letters that they usually are, and any other backslash stays.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.raw.len());
        let mut letters = self.raw.chars().peekable();
        while let Some(letter) = letters.next() {
            let escaped = match letters.peek() {
                Some(&next @ ('"' | '\\')) if letter == '\\' => Some(next),
                Some('n') if letter == '\\' => Some('\n'),
                Some('r') if letter == '\\' => Some('\r'),
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
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.raw)
    }
}
