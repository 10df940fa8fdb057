//! The text of a piece.

use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::event::Span;

use super::problems::Problems;
use super::split::{Item, Piece};

/// A piece whose bytes are known to be text.
#[derive(Debug)]
pub(super) struct TextPiece {
    pub(super) text: String,
    pub(super) items: Vec<Item>,
}

impl Item {
    /// Where the record stands in its piece's text.
    pub(super) fn span(&self) -> Span {
        Span::new(self.start, self.end).unwrap_or_default()
    }
}

/// Reads the piece as UTF-8. What is not is replaced, record by record, and
/// told.
pub(super) fn to_text(piece: Piece, problems: &mut Problems<'_>) -> TextPiece {
    let bytes = match String::from_utf8(piece.bytes) {
        Ok(text) => {
            return TextPiece {
                text,
                items: piece.items,
            };
        }
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut items = piece.items;
    for item in &mut items {
        let start = text.len();
        let decoded = String::from_utf8_lossy(&bytes[item.start..item.end]);
        if let std::borrow::Cow::Owned(_) = decoded {
            problems.push(
                Diagnostic::error(
                    Code::LOG_NOT_UTF8,
                    "the record holds bytes that are no UTF-8; they were replaced",
                )
                .at(Place::new(problems.path(), At::Line(item.line)))
                .help("export the log as UTF-8; the record was searched with the replacements"),
            );
        }
        text.push_str(&decoded);
        item.start = start;
        item.end = text.len();
    }
    TextPiece { text, items }
}
