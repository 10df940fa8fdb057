//! Quoted texts.

use std::borrow::Cow;
use std::fmt;

/// Which marks stood around a text. They mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quote {
    /// `'so'`.
    Single,
    /// `"so"`.
    Double,
}

impl Quote {
    /// The mark.
    #[must_use]
    pub fn mark(self) -> char {
        match self {
            Quote::Single => '\'',
            Quote::Double => '"',
        }
    }
}

/// A quoted text.
///
/// A backslash is a letter like any other, so that regular expressions and
/// `LIKE` patterns can be written plainly; only before the mark that is around
/// the text does it vanish.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    raw: String,
    quote: Quote,
}

impl Text {
    /// A text from what stands between its marks, if that does not end it
    /// early or leave it open.
    #[must_use]
    pub fn from_raw(raw: impl Into<String>, quote: Quote) -> Option<Self> {
        let raw = raw.into();
        let mut letters = raw.chars();
        while let Some(letter) = letters.next() {
            if letter == quote.mark() || (letter == '\\' && letters.next().is_none()) {
                return None;
            }
        }
        Some(Self { raw, quote })
    }

    /// A text whose end the reader found.
    pub(super) fn read(raw: &str, quote: Quote) -> Self {
        Self {
            raw: raw.to_owned(),
            quote,
        }
    }

    /// What was written between the marks.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The marks.
    #[must_use]
    pub fn quote(&self) -> Quote {
        self.quote
    }

    /// What the text says.
    #[must_use]
    pub fn value(&self) -> Cow<'_, str> {
        if !self.raw.contains(self.quote.mark()) {
            return Cow::Borrowed(&self.raw);
        }
        let mut value = String::with_capacity(self.raw.len());
        let mut letters = self.raw.chars();
        while let Some(letter) = letters.next() {
            match letters.clone().next() {
                Some(next) if letter == '\\' => {
                    if next != self.quote.mark() {
                        value.push(letter);
                    }
                    value.push(next);
                    letters.next();
                }
                _ => value.push(letter),
            }
        }
        Cow::Owned(value)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = self.quote.mark();
        write!(f, "{mark}{}{mark}", self.raw)
    }
}
