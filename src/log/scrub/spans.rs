//! Identities in a text, by their places.

use std::ops::Range;

use super::Kind;

/// An identity in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) bytes: Range<usize>,
    pub(super) kind: Kind,
    /// The identity in one notation, whichever it is written in.
    pub(super) canonical: String,
    /// Whether it is the same wherever else these signs stand.
    pub(super) spreads: bool,
}

impl Span {
    pub(super) fn new(bytes: Range<usize>, kind: Kind, canonical: impl Into<String>) -> Self {
        Self {
            bytes,
            kind,
            canonical: canonical.into(),
            spreads: true,
        }
    }

    /// A name, in whatever case.
    pub(super) fn name(bytes: Range<usize>, kind: Kind, name: &str) -> Self {
        Self::new(bytes, kind, name.to_lowercase())
    }

    /// The same, known only here.
    pub(super) fn only_here(mut self) -> Self {
        self.spreads = false;
        self
    }
}

/// Whether a text ends with an escape of an address, such as `%5C`, whose last sign is
/// no part of what follows.
pub(super) fn ends_with_escape(text: &str) -> bool {
    let mut signs = text.bytes().rev();
    let is_hex = |sign: Option<u8>| sign.is_some_and(|sign| sign.is_ascii_hexdigit());
    is_hex(signs.next()) && is_hex(signs.next()) && signs.next() == Some(b'%')
}

/// Identities that do not overlap; the first that claims a place has it.
#[derive(Debug, Default)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    pub(super) fn add(&mut self, span: Span) {
        if !span.bytes.is_empty() && self.is_free(&span.bytes) {
            self.0.push(span);
        }
    }

    pub(super) fn is_free(&self, bytes: &Range<usize>) -> bool {
        self.0
            .iter()
            .all(|known| known.bytes.end <= bytes.start || bytes.end <= known.bytes.start)
    }

    pub(super) fn into_sorted(mut self) -> Vec<Span> {
        self.0.sort_by_key(|span| span.bytes.start);
        self.0
    }
}
