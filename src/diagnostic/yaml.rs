//! YAML with the place of every node, for diagnostics.
//!
//! Values are taken from `serde_yaml`; this tree only says where they stand.

use std::ops::Range;
use std::sync::Arc;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

use super::{Code, Diagnostic, Place, SourceText};

/// A text that is read as YAML, with places.
#[derive(Debug)]
pub struct YamlSource {
    source: Arc<SourceText>,
    /// The byte at which each line starts.
    lines: Vec<usize>,
}

/// A node of a YAML document and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct YamlNode<'y> {
    node: &'y MarkedYaml<'y>,
    source: &'y YamlSource,
}

impl YamlSource {
    /// Prepares a text.
    #[must_use]
    pub fn new(source: &Arc<SourceText>) -> Self {
        let newlines = source.text.bytes().enumerate();
        let starts = newlines.filter(|(_, byte)| *byte == b'\n');
        Self {
            source: Arc::clone(source),
            lines: std::iter::once(0)
                .chain(starts.map(|(place, _)| place + 1))
                .collect(),
        }
    }

    /// Reads all documents and hands their roots to `visit`.
    ///
    /// # Errors
    ///
    /// The text is no YAML; the diagnostic says where.
    pub fn visit<R>(&self, visit: impl FnOnce(&[YamlNode<'_>]) -> R) -> Result<R, Box<Diagnostic>> {
        match MarkedYaml::load_from_str(&self.source.text) {
            Ok(documents) => {
                let roots: Vec<_> = documents
                    .iter()
                    .map(|node| YamlNode { node, source: self })
                    .collect();
                Ok(visit(&roots))
            }
            Err(error) => {
                let marker = error.marker();
                let byte = self.byte(marker.line(), marker.col());
                Err(Box::new(
                    Diagnostic::error(
                        Code::YAML_SYNTAX,
                        format!("the file is not well-formed YAML: {}", error.info()),
                    )
                    .at(Place::span(&self.source, byte..byte)),
                ))
            }
        }
    }

    /// The byte at a one-based line and a zero-based column in characters.
    fn byte(&self, line: usize, column: usize) -> usize {
        let text = &self.source.text;
        let Some(start) = self.lines.get(line.saturating_sub(1)).copied() else {
            return text.len();
        };
        text[start..]
            .char_indices()
            .nth(column)
            .map_or(text.len(), |(offset, _)| start + offset)
    }
}

impl<'y> YamlNode<'y> {
    /// The bytes at which the node stands.
    #[must_use]
    pub fn bytes(self) -> Range<usize> {
        let at = |marker: saphyr::Marker| self.source.byte(marker.line(), marker.col());
        let (start, end) = (at(self.node.span.start), at(self.node.span.end));
        let text = &self.source.source.text;
        let written = text.get(start..end).unwrap_or_default().trim_end();
        start..start + written.len()
    }

    /// The place of the node.
    #[must_use]
    pub fn place(self) -> Place {
        Place::span(&self.source.source, self.bytes())
    }

    /// The place of the node's first line, for nodes that span many.
    #[must_use]
    pub fn first_line(self) -> Place {
        let bytes = self.bytes();
        let text = &self.source.source.text[bytes.clone()];
        let length = text.find('\n').unwrap_or(text.len());
        Place::span(&self.source.source, bytes.start..bytes.start + length)
    }

    /// The place of a part of the node's own text, if it is written there.
    #[must_use]
    pub fn place_of(self, part: &str) -> Option<Place> {
        let bytes = self.bytes();
        let text = &self.source.source.text[bytes.clone()];
        let found = text.match_indices(part).find(|(start, _)| {
            let is_word =
                |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
            let before = text[..*start].chars().next_back();
            let after = text[start + part.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        });
        let start = bytes.start + found?.0;
        Some(Place::span(&self.source.source, start..start + part.len()))
    }

    /// The node's text, if it is a text scalar.
    #[must_use]
    pub fn as_str(self) -> Option<&'y str> {
        match &self.node.data {
            YamlData::Value(Scalar::String(text)) => Some(text),
            YamlData::Representation(text, ..) => Some(text),
            _ => None,
        }
    }

    /// Whether the node is a mapping.
    #[must_use]
    pub fn is_mapping(self) -> bool {
        matches!(self.node.data, YamlData::Mapping(_))
    }

    /// The pairs of a mapping; none for any other node.
    pub fn pairs(self) -> impl Iterator<Item = (YamlNode<'y>, YamlNode<'y>)> {
        let source = self.source;
        let pairs = match &self.node.data {
            YamlData::Mapping(pairs) => Some(pairs),
            _ => None,
        };
        pairs.into_iter().flatten().map(move |(key, value)| {
            (
                YamlNode { node: key, source },
                YamlNode {
                    node: value,
                    source,
                },
            )
        })
    }

    /// The elements of a list; none for any other node.
    pub fn elements(self) -> impl Iterator<Item = YamlNode<'y>> {
        let source = self.source;
        let elements = match &self.node.data {
            YamlData::Sequence(elements) => elements.as_slice(),
            _ => &[],
        };
        elements.iter().map(move |node| YamlNode { node, source })
    }

    /// The key and the value of a pair of a mapping.
    #[must_use]
    pub fn pair(self, name: &str) -> Option<(YamlNode<'y>, YamlNode<'y>)> {
        self.pairs().find(|(key, _)| key.as_str() == Some(name))
    }

    /// The value of a pair of a mapping.
    #[must_use]
    pub fn get(self, name: &str) -> Option<YamlNode<'y>> {
        self.pair(name).map(|(_, value)| value)
    }
}
