//! XML text to a tree, within bounds that hostile input cannot pass.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{Element, Leaf, Node};

/// The longest text that is parsed, in bytes.
pub const MAX_BYTES: usize = 8 << 20;
/// The deepest nesting of elements.
pub const MAX_DEPTH: usize = 128;
/// The most elements and attributes together.
pub const MAX_NODES: usize = 1 << 18;
/// The most attributes of one element.
pub const MAX_ATTRIBUTES: usize = 512;

/// What white space between elements is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whitespace {
    /// Part of the event, as in what `evtx` renders without indentation.
    Keep,
    /// Layout, as in indented exports. White space alone in an element that
    /// has no child elements is a value even then.
    Drop,
}

/// Why a text is not read as XML.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Not well-formed.
    #[error("the XML is not well-formed at byte {offset}: {cause}")]
    Malformed {
        /// Where, in bytes from the start.
        offset: u64,
        /// What the parser says.
        cause: String,
    },
    /// An entity that XML does not predefine.
    #[error(
        "the XML refers to the unknown entity &{name}; (declarations of entities are not read)"
    )]
    UnknownEntity {
        /// The entity's name.
        name: String,
    },
    /// A document type declaration.
    #[error("the XML declares a document type, which no event has")]
    DocumentType,
    /// One of the limits was passed.
    #[error("the XML has more than {limit} {what}")]
    TooMuch {
        /// The limit.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// No root element, or an unfinished one.
    #[error("the XML ends before its root element does")]
    Incomplete,
    /// Something after the root element.
    #[error("the XML goes on after its root element, at byte {offset}")]
    Trailing {
        /// Where, in bytes from the start.
        offset: u64,
    },
}

/// Reads one document: a root element, with or without an XML declaration.
///
/// Text is taken as written: line ends and attribute values are not normalised,
/// because event logs hold carriage returns that must survive.
///
/// # Errors
/// Text that is not well-formed, declares a document type, or passes a limit.
pub fn parse(text: &str, whitespace: Whitespace) -> Result<Element, ParseError> {
    if text.len() > MAX_BYTES {
        return Err(too_much(MAX_BYTES, "bytes"));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder::new(whitespace);
    let mut reader = Reader::from_str(text);
    loop {
        let offset = reader.buffer_position();
        let event = reader.read_event().map_err(|cause| ParseError::Malformed {
            offset: reader.error_position(),
            cause: cause.to_string(),
        })?;
        match event {
            Event::Start(start) if builder.root.is_none() => builder.open(&start, offset)?,
            Event::Empty(start) if builder.root.is_none() => {
                builder.open(&start, offset)?;
                builder.close();
            }
            Event::End(_) => builder.end(),
            Event::Text(part) if builder.is_open() => builder.text.push_str(&part),
            Event::CData(part) if builder.is_open() => builder.text.push_str(&part),
            Event::Text(part) if part.trim().is_empty() => {}
            Event::GeneralRef(part) if builder.is_open() => builder.reference(&part, offset)?,
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::DocType(_) => return Err(ParseError::DocumentType),
            Event::Eof => return builder.root.ok_or(ParseError::Incomplete),
            _ => return Err(ParseError::Trailing { offset }),
        }
    }
}

fn too_much(limit: usize, what: &'static str) -> ParseError {
    ParseError::TooMuch { limit, what }
}

struct Builder {
    whitespace: Whitespace,
    open: Vec<Element>,
    text: String,
    nodes: usize,
    root: Option<Element>,
}

impl Builder {
    fn new(whitespace: Whitespace) -> Self {
        Self {
            whitespace,
            open: Vec::new(),
            text: String::new(),
            nodes: 0,
            root: None,
        }
    }

    fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    fn open(&mut self, start: &BytesStart<'_>, offset: u64) -> Result<(), ParseError> {
        if self.open.len() == MAX_DEPTH {
            return Err(too_much(MAX_DEPTH, "levels of elements"));
        }
        self.flush(Next::Element);
        let mut element = Element::new(start.name().0);
        for attribute in start.attributes() {
            let malformed = |cause: String| ParseError::Malformed { offset, cause };
            let attribute = attribute.map_err(|cause| malformed(cause.to_string()))?;
            if element.attributes.len() == MAX_ATTRIBUTES {
                return Err(too_much(MAX_ATTRIBUTES, "attributes of one element"));
            }
            let value = unescape(&attribute.value).map_err(|cause| malformed(cause.to_string()))?;
            element
                .attributes
                .push((attribute.key.0.to_owned(), Leaf::from(&*value)));
        }
        self.nodes += 1 + element.attributes.len();
        if self.nodes > MAX_NODES {
            return Err(too_much(MAX_NODES, "elements and attributes"));
        }
        self.open.push(element);
        Ok(())
    }

    /// A character or entity reference.
    fn reference(&mut self, part: &BytesRef<'_>, offset: u64) -> Result<(), ParseError> {
        let character = part
            .resolve_char_ref()
            .map_err(|cause| ParseError::Malformed {
                offset,
                cause: cause.to_string(),
            })?;
        match (character, resolve_predefined_entity(part)) {
            (Some(character), _) => self.text.push(character),
            (None, Some(text)) => self.text.push_str(text),
            (None, None) => {
                return Err(ParseError::UnknownEntity {
                    name: part.to_string(),
                });
            }
        }
        Ok(())
    }

    /// The end tag of an element: it holds at least an empty value.
    fn end(&mut self) {
        self.flush(Next::End);
        if let Some(element) = self.open.last_mut()
            && element.children.is_empty()
        {
            element.children.push(Node::Text(Leaf::from("")));
        }
        self.close();
    }

    fn close(&mut self) {
        let Some(element) = self.open.pop() else {
            return;
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
    }

    /// Turns the text gathered so far into a value of the open element.
    fn flush(&mut self, next: Next) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        if self.text.is_empty() {
            return;
        }
        let between_elements = next == Next::Element || !element.children.is_empty();
        if self.whitespace == Whitespace::Drop && between_elements && self.text.trim().is_empty() {
            self.text.clear();
            return;
        }
        let text = self.text.as_str().to_owned();
        self.text.clear();
        element.children.push(Node::Text(Leaf::Text(text)));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Next {
    Element,
    End,
}
