//! YAML with the place of every node, for diagnostics.
//!
//! Values are taken from `serde_yaml`; this tree only says where they stand.

use std::ops::Range;
use std::sync::Arc;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

use super::{Code, Diagnostic, Place, SourceText};

/// More levels of nesting than this are taken for an attack.
const DEEPEST: usize = 200;

/// A line that is indented further than this holds no real content.
const FARTHEST: usize = 1000;

/// A text that is read as YAML, with places.
#[derive(Debug)]
pub struct YamlSource {
    source: Arc<SourceText>,
    /// The byte at which each line starts.
    lines: Vec<usize>,
    /// Whether each character is a byte: a long line is then not walked along for
    /// every node in it.
    is_ascii: bool,
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
            is_ascii: source.text.is_ascii(),
        }
    }

    /// Reads all documents and hands their roots to `visit`.
    ///
    /// # Errors
    ///
    /// The text is no YAML, is nested too deeply, or holds aliases that expand
    /// to too much; the diagnostic says where.
    pub fn visit<R>(&self, visit: impl FnOnce(&[YamlNode<'_>]) -> R) -> Result<R, Box<Diagnostic>> {
        if let Some(problem) = self.too_deep() {
            return Err(Box::new(problem));
        }
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
                let problem = if error.info().contains("node budget") {
                    Diagnostic::error(
                        Code::YAML_LIMIT,
                        "the file has aliases that stand for too much",
                    )
                    .help("write out what is meant instead of referring to it")
                } else {
                    syntax_problem(error.info())
                };
                Err(Box::new(problem.at(Place::span(&self.source, byte..byte))))
            }
        }
    }

    /// The problem with a text that is nested too deeply to be read safely.
    #[must_use]
    pub fn too_deep(&self) -> Option<Diagnostic> {
        let byte = too_deep(&self.source.text)?;
        Some(
            Diagnostic::error(
                Code::YAML_LIMIT,
                format!("the file is nested more than {DEEPEST} levels deep"),
            )
            .at(Place::span(&self.source, byte..byte))
            .help("no content needs that; look for brackets that are not closed"),
        )
    }

    /// The byte at a one-based line and a zero-based column in characters.
    fn byte(&self, line: usize, column: usize) -> usize {
        let text = &self.source.text;
        let Some(start) = self.lines.get(line.saturating_sub(1)).copied() else {
            return text.len();
        };
        if self.is_ascii {
            return text.len().min(start.saturating_add(column));
        }
        text[start..]
            .char_indices()
            .nth(column)
            .map_or(text.len(), |(offset, _)| start + offset)
    }
}

/// The byte at which a text is nested too deeply to be read safely, judged by
/// its brackets and by the dashes in front of its lines.
///
/// Brackets inside text count too; no real content has that many open.
fn too_deep(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut dashes = 0_usize;
    let mut blanks = 0_usize;
    let mut line_has_text = false;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        let is_far = blanks > FARTHEST && !line_has_text && !byte.is_ascii_whitespace();
        match byte {
            b'\n' => {
                dashes = 0;
                blanks = 0;
                line_has_text = false;
            }
            b'-' | b'?' | b':' if !line_has_text => dashes += 1,
            b' ' if !line_has_text => blanks += 1,
            b' ' | b'\t' | b'\r' => {}
            _ => line_has_text = true,
        }

        // A ruler of dashes is no nesting.
        let is_ruler = dashes > DEEPEST && !text[..place].ends_with([' ', '\t', '\n']);
        if open > DEEPEST || is_far || (dashes > DEEPEST && !is_ruler) {
            return Some(place);
        }
    }
    None
}

/// The bytes of a scalar without the comment behind it, which the reader takes
/// for a part of it.
fn scalar_length(written: &str) -> usize {
    let mut characters = written.char_indices();
    match characters.next() {
        Some((_, '\'')) => {
            let mut rest = &written[1..];
            while let Some(quote) = rest.find('\'') {
                rest = &rest[quote + 1..];
                match rest.strip_prefix('\'') {
                    Some(behind) => rest = behind,
                    None => return written.len() - rest.len(),
                }
            }
            written.len()
        }
        Some((_, '"')) => {
            let mut is_escaped = false;
            for (place, character) in characters {
                match character {
                    _ if is_escaped => is_escaped = false,
                    '\\' => is_escaped = true,
                    '"' => return place + 1,
                    _ => {}
                }
            }
            written.len()
        }
        Some((_, '|' | '>')) => written.len(),
        _ => written
            .find(" #")
            .map_or(written.len(), |comment| written[..comment].trim_end().len()),
    }
}

/// Whether the text at `start` is that of a block scalar, behind `|` or `>`, in
/// which quotes and `#` are text.
fn is_block_content(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let Some((lines, indentation)) = before.rsplit_once('\n') else {
        return false;
    };
    if !indentation.bytes().all(|byte| byte == b' ') {
        return false;
    }
    let header = lines.trim_end().rsplit('\n').next().unwrap_or_default();
    let header = header.split(" #").next().unwrap_or_default();
    let indicator = header.split_whitespace().next_back().unwrap_or_default();
    let mut characters = indicator.chars();
    matches!(characters.next(), Some('|' | '>'))
        && characters.all(|character| matches!(character, '+' | '-' | '1'..='9'))
}

/// What the reader says of a fault, in our words where it is a common one.
fn syntax_problem(info: &str) -> Diagnostic {
    let (message, help) = if info.contains("duplicated key") {
        (
            "the key stands twice in one mapping".to_owned(),
            "remove one of the two, or merge what they say",
        )
    } else if info.contains("tab") {
        (
            "the line is indented with a tab, which YAML does not allow".to_owned(),
            "indent with blanks",
        )
    } else {
        (
            format!("the file is not well-formed YAML: {info}"),
            "look at the marked line and the one before it, for quotes, colons, and indentation",
        )
    };
    Diagnostic::error(Code::YAML_SYNTAX, message).help(help)
}

impl<'y> YamlNode<'y> {
    /// The text that the node stands in.
    #[must_use]
    pub fn source(self) -> &'y Arc<SourceText> {
        &self.source.source
    }

    /// The bytes at which the node stands.
    #[must_use]
    pub fn bytes(self) -> Range<usize> {
        let at = |marker: saphyr::Marker| self.source.byte(marker.line(), marker.col());
        let (start, mut end) = (at(self.node.span.start), at(self.node.span.end));
        let text = &self.source.source.text;
        // In brackets, the reader's end is in front of the closing one.
        let pair = (text.as_bytes().get(start), text.as_bytes().get(end));
        if matches!(pair, (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}')))
            && (self.is_list() || self.is_mapping())
        {
            end += 1;
        }
        let written = text.get(start..end).unwrap_or_default().trim_end();
        let is_scalar = !self.is_list() && !self.is_mapping();
        let length = if is_scalar && !is_block_content(text, start) {
            scalar_length(written)
        } else {
            written.len()
        };
        start..start + length
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

    /// Whether the node is a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self.node.data, YamlData::Sequence(_))
    }

    /// Whether the node is empty or says `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.node.data, YamlData::Value(Scalar::Null))
    }

    /// The whole number that the node is.
    #[must_use]
    pub fn as_integer(self) -> Option<i64> {
        match self.node.data {
            YamlData::Value(Scalar::Integer(number)) => Some(number),
            _ => None,
        }
    }

    /// The number that the node is.
    #[must_use]
    pub fn as_number(self) -> Option<f64> {
        match self.node.data {
            YamlData::Value(Scalar::Integer(number)) => Some(number as f64),
            YamlData::Value(Scalar::FloatingPoint(number)) => Some(number.into_inner()),
            _ => None,
        }
    }

    /// The truth value that the node is.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.node.data {
            YamlData::Value(Scalar::Boolean(truth)) => Some(truth),
            _ => None,
        }
    }

    /// What the node is, with its article, to stand in a sentence.
    #[must_use]
    pub fn what(self) -> &'static str {
        match &self.node.data {
            YamlData::Mapping(_) => "a mapping",
            YamlData::Sequence(_) => "a list",
            YamlData::Value(Scalar::Null) => "empty",
            YamlData::Value(Scalar::Boolean(_)) => "a truth value",
            YamlData::Value(Scalar::Integer(_) | Scalar::FloatingPoint(_)) => "a number",
            YamlData::Value(Scalar::String(_)) | YamlData::Representation(..) => "text",
            YamlData::Tagged(..) | YamlData::Alias(_) | YamlData::BadValue => "something else",
        }
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
