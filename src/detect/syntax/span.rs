//! Where something stands in a text.

use std::fmt;
use std::ops::Range;

/// A stretch of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The stretch between two places.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The text that stands there, if the span is of this text.
    #[must_use]
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

/// A node of the tree and where it was written.
///
/// Two nodes are equal if they say the same; where they were written does not
/// matter. This is what makes a printed and parsed tree equal to the first.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// What was written.
    pub node: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A node at a place.
    #[must_use]
    pub fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }
}

impl<T> From<T> for Spanned<T> {
    /// A node that was written nowhere.
    fn from(node: T) -> Self {
        Self::new(node, Span::default())
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}
