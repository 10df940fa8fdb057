//! Names of fields.

use std::fmt;

use super::span::Spanned;
use super::text::Text;

/// How the name of a field was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quoting {
    /// `status_code`: letters, digits, underscores, and dots.
    Bare,
    /// `%users[2].name`: brackets as well.
    Percent,
    /// `%"users[2].first name"`: anything.
    Quoted,
}

/// The name of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldName {
    /// The name, without the percent sign, quotes, and escapes.
    pub text: String,
    /// How it was written.
    pub quoting: Quoting,
}

/// A field's name and where it was written.
pub type Field = Spanned<FieldName>;

impl FieldName {
    /// A name as it is.
    pub fn bare(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quoting: Quoting::Bare,
        }
    }

    /// A name as `%"name"`.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quoting: Quoting::Quoted,
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quoting {
            Quoting::Bare => f.write_str(&self.text),
            Quoting::Percent => write!(f, "%{}", self.text),
            Quoting::Quoted => write!(f, "%{}", Text::new(&self.text)),
        }
    }
}
