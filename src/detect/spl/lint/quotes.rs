//! Quotes as word processors set them.

use super::rules::TYPOGRAPHIC_QUOTES;
use crate::detect::Query;
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::spl::syntax::Span;

/// Typographic double quotes that stand where straight ones would quote: outside of
/// text in straight ones, macros, and comments.
pub(super) fn typographic(query: &Query<'_>) -> Vec<Finding> {
    let mut spans = Vec::new();
    let mut is_quoted = false;
    let mut is_call = false;
    let mut letters = query.text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' if !is_call => is_quoted = !is_quoted,
            // Three of them open a comment, and three close it.
            '`' if !is_quoted => is_call = !is_call,
            '“' | '”' | '„' | '‟' if !is_quoted && !is_call => {
                spans.push(Span::new(place, place + letter.len_utf8()));
            }
            _ => {}
        }
    }
    let Some(first) = spans.first().copied() else {
        return Vec::new();
    };
    let edits = spans
        .iter()
        .map(|span| Edit::replace(query, *span, "\""))
        .collect();
    vec![
        Finding::new(
            &TYPOGRAPHIC_QUOTES,
            "this quote of a word processor does not quote",
            query.place(first),
        )
        .fix(Remedy::Certain, "write straight quotes", edits),
    ]
}
