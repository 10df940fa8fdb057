//! What a field of a row holds.

use std::borrow::Cow;
use std::sync::Arc;

/// What a field of a row holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// Several values, none of them null or a list.
    List(Arc<[Self]>),
}

impl Value {
    /// Text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// A number, whole if it has no fraction; null if it is none.
    #[must_use]
    pub fn number(number: f64) -> Self {
        /// Beyond this, not every whole number has its own float.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !number.is_finite() {
            return Self::Null;
        }
        if number.fract() == 0.0 && number.abs() < EXACT {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is whole and in the range"
            )]
            return Self::Integer(number as i64);
        }
        Self::Float(number)
    }

    /// Several values: null if there are none, the value itself if it is alone. Lists
    /// among them are taken apart, nulls left out.
    #[must_use]
    pub fn list(values: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Self::Null => {}
                Self::List(items) => flat.extend(items.iter().cloned()),
                scalar => flat.push(scalar),
            }
        }
        match flat.len() {
            0 => Self::Null,
            1 => flat.remove(0),
            _ => Self::List(flat.into()),
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The values one by one: none of null, one of a scalar.
    pub fn items(&self) -> impl Iterator<Item = &Self> + Clone {
        let slice = match self {
            Self::Null => &[][..],
            Self::List(items) => items,
            scalar => std::slice::from_ref(scalar),
        };
        slice.iter()
    }

    /// The number that the value is, or that its text looks like.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the products count in floats as well"
            )]
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Text(text) => number_of(text),
            Self::Null | Self::Bool(_) | Self::List(_) => None,
        }
    }

    /// The value as text; the items of a list on lines of their own.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Bool(true) => Cow::Borrowed("True"),
            Self::Bool(false) => Cow::Borrowed("False"),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Float(number) => Cow::Owned(float_text(*number)),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(items) => {
                let texts: Vec<_> = items.iter().map(Self::to_text).collect();
                Cow::Owned(texts.join("\n"))
            }
        }
    }

    /// About how many bytes of memory the value takes.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => 24 + text.len(),
            Self::List(items) => 24 + items.iter().map(Self::size).sum::<usize>(),
            _ => 24,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// The decimal number that a text is.
pub(super) fn number_of(text: &str) -> Option<f64> {
    let text = text.trim();
    // Words that Rust takes for numbers are none here.
    let first = text
        .bytes()
        .find(|byte| !matches!(byte, b'-' | b'+' | b'.'))?;
    if !first.is_ascii_digit() {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Fifteen digits are what a float surely keeps.
fn float_text(number: f64) -> String {
    let text = format!("{number:.14e}");
    let rounded: f64 = text.parse().unwrap_or(number);
    if rounded.abs() >= 1e15 || (rounded != 0.0 && rounded.abs() < 1e-4) {
        return format!("{rounded:e}");
    }
    rounded.to_string()
}
