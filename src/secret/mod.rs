//! What secrets look like: keys, tokens, and passwords in any text.
//!
//! Who shows a text masks them; who keeps a recording puts pseudonyms into their
//! place. Both ask here where they are.

mod commands;
mod names;
mod patterns;

use std::ops::Range;

pub use names::{is_secret_argument, is_secret_name, is_trivial, kind};
pub use patterns::might_hold;

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where it stands, in bytes.
    pub bytes: Range<usize>,
    /// What it is, such as `password` or `aws-access-key`.
    pub kind: &'static str,
}

/// The secrets in a text of any number of lines, in their order; none is a part of
/// another.
#[must_use]
pub fn find(text: &str) -> Vec<Secret> {
    let mut found = Spans::default();
    patterns::find(text, &mut found);
    names::find(text, &mut found);
    commands::find(text, &mut found);
    found.0.sort_by_key(|secret| secret.bytes.start);
    found.0
}

/// Secrets that were found so far; the first that claims a place has it.
#[derive(Debug, Default)]
struct Spans(Vec<Secret>);

impl Spans {
    fn add(&mut self, bytes: Range<usize>, kind: &'static str) {
        let is_free =
            |known: &Secret| known.bytes.end <= bytes.start || bytes.end <= known.bytes.start;
        if !bytes.is_empty() && self.0.iter().all(is_free) {
            self.0.push(Secret { bytes, kind });
        }
    }
}
