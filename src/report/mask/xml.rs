//! Masking inside the texts and attributes of XML.

use std::borrow::Cow;

use quick_xml::escape::{escape, unescape};

use super::Secrets;

/// Masks one line of XML. What stands between `<`, `>`, and `"` is either markup,
/// which holds no secret and is left, or a text with those three escaped.
pub(super) fn mask_line(line: &str, secrets: &Secrets) -> Option<String> {
    let mut out = String::with_capacity(line.len());
    let mut changed = false;
    let mut part = Part::Text;
    for piece in line.split_inclusive(['<', '>', '"']) {
        let (text, mark) = match piece.char_indices().next_back() {
            Some((place, '<' | '>' | '"')) => piece.split_at(place),
            _ => (piece, ""),
        };
        let own = part;
        part = part.behind(mark);
        if own == Part::Tag {
            out.push_str(piece);
            continue;
        }
        let plain = unescape(text).unwrap_or(Cow::Borrowed(text));
        match super::mask(&plain, secrets) {
            masked if masked == plain => out.push_str(text),
            masked => {
                changed = true;
                out.push_str(&escape(masked.as_ref()));
            }
        }
        out.push_str(mark);
    }
    changed.then_some(out)
}

/// Masks one line of XML.
pub(super) fn mask<'t>(line: &'t str, secrets: &Secrets) -> Cow<'t, str> {
    mask_line(line, secrets).map_or(Cow::Borrowed(line), Cow::Owned)
}

/// What a part of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What is said.
    Text,
    /// The names of an element and of its attributes.
    Tag,
    /// The value of an attribute.
    Value,
}

impl Part {
    /// What follows behind a mark.
    fn behind(self, mark: &str) -> Self {
        match (self, mark) {
            (Self::Text, "<") | (Self::Value, "\"") => Self::Tag,
            (Self::Tag, "\"") => Self::Value,
            (Self::Tag, ">") => Self::Text,
            (part, _) => part,
        }
    }
}
