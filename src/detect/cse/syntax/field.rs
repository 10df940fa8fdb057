//! Names of fields.

use std::fmt;

use super::span::Spanned;
use super::text::Text;

/// A field of a record, or a part of one: `baseImage`, `fields["a.b"]`.
///
/// `fields` holds what the parser of a product found and its mapper did not
/// name; `_raw` is another name for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldPath {
    /// The bare name. Dots in it belong to it.
    pub name: String,
    /// What stood in brackets after the name.
    pub keys: Vec<Key>,
}

/// A field and where it was written.
pub type Field = Spanned<FieldPath>;

/// What stands in brackets after a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A key of a map. Dots in it belong to it.
    Text(Text),
    /// A place in a list, from zero.
    Place(u32),
}

impl FieldPath {
    /// A field without brackets.
    pub fn bare(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            keys: Vec::new(),
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for key in &self.keys {
            write!(f, "[{key}]")?;
        }
        Ok(())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Text(text) => text.fmt(f),
            Key::Place(place) => place.fmt(f),
        }
    }
}
