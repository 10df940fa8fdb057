//! The text of a query, and where its characters stand in its file.

use std::ops::Range;

/// A query inside a content file.
#[derive(Debug, Clone)]
pub(super) struct QueryText {
    /// The query, as YAML gives it.
    pub(super) text: String,
    /// For every byte of the query, its place in the file.
    pub(super) places: Vec<usize>,
}

/// A character of the query is looked for so far ahead in the file.
const FARTHEST: usize = 400;

impl QueryText {
    /// The value of a key at the top of a YAML document.
    ///
    /// YAML folds lines, takes indentation away, and knows escapes; whatever it did,
    /// the characters of the value stand in the file in their order.
    pub(super) fn of(file: &str, key: &str, text: &str) -> Self {
        Self::from(file, start_of(file, key), text)
    }

    /// The value that stands at a place of a YAML document, or behind the sign there that
    /// says how its lines are folded.
    pub(super) fn behind(file: &str, start: usize, text: &str) -> Self {
        let rest = file.get(start..).unwrap_or_default();
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        let is_sign = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '+');
        let is_folded = line
            .strip_prefix(['|', '>'])
            .is_some_and(|sign| sign.trim_end().chars().all(is_sign));
        let start = if is_folded { start + line.len() } else { start };
        Self::from(file, start, text)
    }

    /// No text.
    pub(super) fn empty() -> Self {
        Self {
            text: String::new(),
            places: Vec::new(),
        }
    }

    /// Adds another text that stands behind in the file; where it then is.
    pub(super) fn push(&mut self, other: &Self) -> Range<usize> {
        if let Some(last) = self.places.last().copied() {
            self.text.push('\n');
            self.places.push(last + 1);
        }
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.places.extend(&other.places);
        start..self.text.len()
    }

    /// A part of the text.
    pub(super) fn part(&self, part: Range<usize>) -> Option<Self> {
        Some(Self {
            text: self.text.get(part.clone())?.to_owned(),
            places: self.places.get(part)?.to_vec(),
        })
    }

    fn from(file: &str, start: usize, text: &str) -> Self {
        let mut places = Vec::with_capacity(text.len());
        let mut at = start;
        for character in text.chars() {
            let rest = file.get(at..).unwrap_or_default();
            let is_same = |(place, other): &(usize, char)| {
                *place <= FARTHEST
                    && (*other == character || (character.is_whitespace() && other.is_whitespace()))
            };
            let found = rest.char_indices().find(is_same);
            let place = at + found.map_or(0, |(place, _)| place);
            places.extend((0..character.len_utf8()).map(|byte| place + byte));
            if let Some((_, other)) = found {
                at = place + other.len_utf8();
            }
        }
        Self {
            text: text.to_owned(),
            places,
        }
    }
}

/// Where the value of a key begins: behind its colon, or behind the line that says
/// how the lines below are folded.
fn start_of(file: &str, key: &str) -> usize {
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        let rest = line.strip_prefix(key).map(str::trim_start);
        if let Some(value) = rest.and_then(|rest| rest.strip_prefix(':')) {
            let is_folded = value.trim_start().starts_with(['|', '>']);
            let behind = line.len() - value.len();
            return at + if is_folded { line.len() } else { behind };
        }
        at += line.len();
    }
    0
}
