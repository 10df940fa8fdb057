//! One document of a Sigma file, and where in the file its parts stand.

use std::sync::Arc;

use rsigma_parser::{CorrelationRule, FilterRule, SigmaRule};

use crate::detect::{Companion, DetectionId};
use crate::diagnostic::{Place, SourceText, YamlNode, YamlSource};

/// One document and the text that it stands in.
#[derive(Debug)]
pub(super) struct Parsed<T> {
    pub(super) document: T,
    pub(super) source: Arc<SourceText>,
    /// How many documents of its kind stand before it in the file; `None` where
    /// that is not known, since some of the file could not be read.
    pub(super) number: Option<usize>,
    /// Whether all faults of the file have been told already.
    pub(super) is_told: bool,
    /// The mark of a rule that only goes along with another.
    pub(super) companion: Option<Companion>,
}

impl<T> Parsed<T> {
    /// Notes that the file has faults, all of which have been told. Which of
    /// its documents this is cannot be said then.
    pub(super) fn mark_as_told(&mut self) {
        self.is_told = true;
        self.number = None;
    }
}

/// What a document is, by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rule,
    Correlation,
    Filter,
}

/// A document that the parser reads.
pub(super) trait Document {
    const KIND: Kind;
}

impl Document for SigmaRule {
    const KIND: Kind = Kind::Rule;
}

impl Document for CorrelationRule {
    const KIND: Kind = Kind::Correlation;
}

impl Document for FilterRule {
    const KIND: Kind = Kind::Filter;
}

impl<T: Document> Parsed<T> {
    /// The identity of a document that has none: its file, and its number where
    /// the file holds more.
    pub(super) fn fallback_id(&self) -> DetectionId {
        let file = self.source.file.display();
        match self.number {
            None | Some(0) => DetectionId::new(&file.to_string()),
            Some(number) => DetectionId::new(&format!("{file}#{}", number + 1)),
        }
    }

    /// The place of a word below a path of keys, as near as it can be told: the
    /// word, the last key that is there, or the document's first line.
    pub(super) fn place(&self, path: &[&str], word: &str) -> Place {
        let yaml = YamlSource::new(&self.source);
        let found = yaml.visit(|documents| {
            let mut layers = layers::<T>(documents, self.number);
            let fallback = layers.first().map(|document| document.first_line());
            layers.retain(|document| path.first().is_none_or(|key| document.get(key).is_some()));
            let document = *layers.first()?;
            let mut node = document;
            let mut place = None;
            for key in path {
                let Some((key, value)) = node.pair(key) else {
                    break;
                };
                place = Some(key.place());
                node = value;
            }
            word_in(node, word)
                .or(place)
                .or(fallback)
                .or_else(|| Some(document.first_line()))
        });
        let first_line = self
            .source
            .text
            .find('\n')
            .unwrap_or(self.source.text.len());
        found
            .ok()
            .flatten()
            .unwrap_or_else(|| Place::span(&self.source, 0..first_line))
    }

    /// Hands the mapping under a key of this document to `visit`, wherever in
    /// the file it was written.
    pub(super) fn visit<R>(&self, key: &str, visit: impl FnOnce(YamlNode<'_>) -> R) -> Option<R> {
        let yaml = YamlSource::new(&self.source);
        let visited = yaml.visit(|documents| {
            let layers = layers::<T>(documents, self.number);
            let node = layers.iter().find_map(|document| document.get(key))?;
            Some(visit(node))
        });
        visited.ok().flatten()
    }
}

/// A scalar that is the word or holds it, keys included.
fn word_in(node: YamlNode<'_>, word: &str) -> Option<Place> {
    if word.is_empty() {
        return None;
    }
    if node.as_str().is_some_and(|text| text == word) {
        return Some(node.place());
    }
    let inner = node
        .pairs()
        .flat_map(|(key, value)| [key, value])
        .chain(node.elements());
    for node in inner {
        if let Some(place) = word_in(node, word) {
            return Some(place);
        }
    }
    if node.is_mapping() || node.is_list() {
        return None;
    }
    node.place_of(word).or_else(|| {
        let bytes = node.bytes();
        let source = node.source();
        let start = source.text.get(bytes.clone())?.find(word)?;
        let start = bytes.start + start;
        Some(Place::span(source, start..start + word.len()))
    })
}

/// The documents that a rule is made of, the nearest first: itself, what it
/// repeats, and the file's global document.
fn layers<'y, T: Document>(documents: &[YamlNode<'y>], number: Option<usize>) -> Vec<YamlNode<'y>> {
    let Some(number) = number else {
        return Vec::new();
    };
    let mut global: Option<YamlNode<'y>> = None;
    let mut previous: Vec<YamlNode<'y>> = Vec::new();
    let mut count = 0;
    for document in documents {
        let mut layers = vec![*document];
        match document.get("action").and_then(YamlNode::as_str) {
            Some("global") => {
                global = Some(*document);
                continue;
            }
            Some("reset") => {
                global = None;
                continue;
            }
            Some("repeat") => layers.extend(previous),
            _ => layers.extend(global),
        }
        let has = |key| layers.iter().any(|layer| layer.get(key).is_some());
        let kind = if has("correlation") {
            Kind::Correlation
        } else if has("filter") {
            Kind::Filter
        } else {
            Kind::Rule
        };
        if kind == T::KIND {
            if count == number {
                return layers;
            }
            count += 1;
        }
        previous = layers;
    }
    Vec::new()
}
