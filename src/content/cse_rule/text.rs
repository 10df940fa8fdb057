//! The parts of a rule as one text.

use std::ops::Range;

use crate::content::query_text::QueryText;
use crate::diagnostic::YamlNode;

/// Puts the parts of a rule together. They must be all there before any is read, since
/// their spans are those of the whole.
#[derive(Default)]
pub(super) struct Parts {
    parts: Vec<(usize, String)>,
}

/// The text of a rule, with the places of its parts in the file.
pub(super) struct Text {
    pub(super) text: QueryText,
    parts: Vec<(usize, Range<usize>)>,
}

impl Parts {
    /// Takes in what a node says, and everything below it.
    pub(super) fn add(&mut self, node: YamlNode<'_>) {
        node.elements().for_each(|inner| self.add(inner));
        node.pairs().for_each(|(_, inner)| self.add(inner));
        if let Some(text) = scalar(node) {
            self.parts.push((node.bytes().start, text));
        }
    }

    /// All of it.
    pub(super) fn together(mut self, file: &str) -> Text {
        self.parts.sort();
        let mut text = QueryText::empty();
        let mut parts = Vec::new();
        for (start, part) in self.parts {
            let range = text.push(&QueryText::behind(file, start, &part));
            parts.push((start, range));
        }
        Text { text, parts }
    }
}

impl Text {
    /// Where a node stands in the text.
    pub(super) fn range(&self, node: YamlNode<'_>) -> Option<Range<usize>> {
        let start = node.bytes().start;
        let found = self.parts.iter().find(|(place, _)| *place == start);
        found.map(|(_, range)| range.clone())
    }
}

/// The text of a node that is a text, a number, or a truth value.
pub(super) fn scalar(node: YamlNode<'_>) -> Option<String> {
    if let Some(text) = node.as_str() {
        return Some(text.to_owned());
    }
    if let Some(number) = node.as_integer() {
        return Some(number.to_string());
    }
    node.as_bool().map(|truth| truth.to_string())
}
