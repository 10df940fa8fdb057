//! An event split into its shape, which many records share, and its values.
//!
//! The shape is a byte string of operations: it is the key under which a
//! template is found again, what the template's GUID is a hash of, and what
//! the definition is built from. Names of fields (attributes `Name`) and
//! namespaces are part of the shape, as in Windows' own templates; everything
//! else is a value.
//!
//! Where a value stands follows what Windows wrote into the 8,395 records of
//! the shared recordings. Every attribute (74,366) is an *optional*
//! substitution, and an absent one the null type. So is the content of every
//! field of `System` (65,528), which depends on its own value. Content
//! elsewhere (96,556, next to 9,190 nested fragments and `Binary` elements) is
//! a *normal* substitution, and empty content (4,641) a string of no length,
//! never the null type: by `[MS-EVEN6]` 3.1.4.7.2 the null value of an optional
//! substitution takes its whole element away, and libevtx obeys.

use crate::event::catalogue::WireType;
use crate::log::xml::{Element, Leaf, Node};

use super::WriteError;
use super::text::push_utf16;

/// The deepest nesting of elements that is written.
pub const MAX_DEPTH: usize = 64;
/// The longest value in bytes: its length is 16 bits, and text is whole units.
const MAX_VALUE: usize = 0xfffe;
/// The longest literal that is part of a shape, in bytes of UTF-8.
const MAX_LITERAL: usize = 256;

/// Type codes that are used by name.
const NULL: u8 = 0x00;
const STRING: u8 = 0x01;
const POINTER: u8 = 0x10;
const HEX_INT_64: u8 = 0x15;

/// Where in an event an element stands.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    /// A field of `System`.
    System,
    /// Anything else.
    Other,
}

/// The operations of a shape. Texts follow as a length (u32) and UTF-8.
pub(super) mod op {
    /// An element; its name follows.
    pub const OPEN: u8 = 1;
    /// An attribute with a fixed value; name and value follow.
    pub const LITERAL_ATTRIBUTE: u8 = 2;
    /// An attribute with the next value; name and type code follow.
    pub const VALUE_ATTRIBUTE: u8 = 3;
    /// The end of a start tag that content follows.
    pub const CONTENT: u8 = 4;
    /// The end of a start tag of an empty element.
    pub const EMPTY: u8 = 5;
    /// The next value as text; its type code follows.
    pub const VALUE: u8 = 6;
    /// The next value as text, on which the element depends; its type code follows.
    pub const OWN_VALUE: u8 = 7;
    /// An end tag.
    pub const END: u8 = 8;
    /// An element that depends on its own value; its name follows.
    pub const OPEN_DEPENDENT: u8 = 9;
}

/// One event taken apart. Kept between records for its memory.
#[derive(Default)]
pub(super) struct Parts {
    pub shape: Vec<u8>,
    /// Four bytes a value: size (u16), type, zero.
    pub descriptors: Vec<u8>,
    pub values: Vec<u8>,
}

impl Parts {
    /// Takes an event apart, forgetting the one before.
    pub fn take(&mut self, event: &Element) -> Result<(), WriteError> {
        self.shape.clear();
        self.descriptors.clear();
        self.values.clear();
        self.element(event, 1, Section::Other)
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.descriptors.len() / 4
    }

    fn element(
        &mut self,
        element: &Element,
        depth: usize,
        section: Section,
    ) -> Result<(), WriteError> {
        if depth > MAX_DEPTH {
            return Err(WriteError::TooDeep { limit: MAX_DEPTH });
        }
        let dependent = section == Section::System
            && matches!(element.children.as_slice(), [Node::Text(leaf)] if !leaf.is_empty());
        let (open, value) = match dependent {
            true => (op::OPEN_DEPENDENT, op::OWN_VALUE),
            false => (op::OPEN, op::VALUE),
        };
        self.shape.push(open);
        self.name(&element.name);
        for (name, value) in &element.attributes {
            self.attribute(element, name, value)?;
        }
        if element.children.is_empty() {
            self.shape.push(op::EMPTY);
            return Ok(());
        }
        self.shape.push(op::CONTENT);
        let within = if depth == 2 && element.name == "System" {
            Section::System
        } else {
            Section::Other
        };
        let mut children = element.children.as_slice();
        while let [first, rest @ ..] = children {
            children = rest;
            match first {
                Node::Element(child) => self.element(child, depth + 1, within)?,
                Node::Text(leaf) if !matches!(rest.first(), Some(Node::Text(_))) => {
                    self.content(element, leaf, value)?;
                }
                Node::Text(leaf) => {
                    let (text, rest) = joined(leaf, rest);
                    children = rest;
                    self.content(element, &Leaf::from(text), value)?;
                }
            }
        }
        self.shape.push(op::END);
        Ok(())
    }

    /// The text of an element, placed by this operation.
    fn content(&mut self, element: &Element, leaf: &Leaf, operation: u8) -> Result<(), WriteError> {
        self.shape.push(operation);
        if leaf.is_empty() {
            self.shape.push(STRING);
            self.descriptors.extend([0, 0, STRING, 0]);
            return Ok(());
        }
        self.value(element, None, leaf)
    }

    fn attribute(&mut self, element: &Element, name: &str, value: &Leaf) -> Result<(), WriteError> {
        if let Leaf::Text(text) = value
            && (name == "Name" || name == "xmlns" || name.starts_with("xmlns:"))
            && (1..=MAX_LITERAL).contains(&text.len())
            && !text.contains('\0')
        {
            self.shape.push(op::LITERAL_ATTRIBUTE);
            self.name(name);
            self.name(text);
            return Ok(());
        }
        self.shape.push(op::VALUE_ATTRIBUTE);
        self.name(name);
        self.value(element, Some(name), value)
    }

    fn name(&mut self, name: &str) {
        // Longer names fail when the template is built; the length only has to be unambiguous.
        self.shape.extend((name.len() as u32).to_le_bytes());
        self.shape.extend(name.as_bytes());
    }

    /// Appends a value, and its declared type to the shape.
    fn value(
        &mut self,
        element: &Element,
        attribute: Option<&str>,
        leaf: &Leaf,
    ) -> Result<(), WriteError> {
        let declared = code(leaf);
        self.shape.push(declared);
        let start = self.values.len();
        if let Leaf::Text(text) | Leaf::Ansi(text) = leaf
            && text.contains('\0')
        {
            return Err(WriteError::NulInText {
                place: place(element, attribute),
            });
        }
        push(leaf, &mut self.values);
        let size = self.values.len() - start;
        if size > MAX_VALUE {
            return Err(WriteError::ValueTooLong {
                place: place(element, attribute),
                bytes: size,
                limit: MAX_VALUE,
            });
        }
        // An absent value is declared with its type and stored as the null type; a pointer is
        // stored as the number of its host's width.
        let stored = match declared {
            _ if size == 0 => NULL,
            POINTER => HEX_INT_64,
            other => other,
        };
        let [low, high] = (size as u16).to_le_bytes();
        self.descriptors.extend([low, high, stored, 0]);
        Ok(())
    }
}

/// Neighbouring values as one text, and what follows them.
fn joined<'a>(first: &Leaf, mut rest: &'a [Node]) -> (String, &'a [Node]) {
    let mut text = first.text().into_owned();
    while let [Node::Text(leaf), more @ ..] = rest {
        text.push_str(&leaf.text());
        rest = more;
    }
    (text, rest)
}

/// The element or attribute as a message names it.
fn place(element: &Element, attribute: Option<&str>) -> String {
    let mut place = element.name.clone();
    if let Some(name) = element.attribute("Name") {
        place = format!("{place} {:?}", name.text());
    }
    match attribute {
        Some(attribute) => format!("{place} (attribute {attribute})"),
        None => place,
    }
}

/// The type code of `[MS-EVEN6]` 2.2.12 (BinXml value types) under which a value
/// is declared.
fn code(leaf: &Leaf) -> u8 {
    match leaf {
        Leaf::Ansi(text) if !text.is_ascii() => STRING,
        _ => match leaf.wire_type() {
            WireType::UnicodeString => STRING,
            WireType::AnsiString => 0x02,
            WireType::Int8 => 0x03,
            WireType::UInt8 => 0x04,
            WireType::Int16 => 0x05,
            WireType::UInt16 => 0x06,
            WireType::Int32 => 0x07,
            WireType::UInt32 => 0x08,
            WireType::Int64 => 0x09,
            WireType::UInt64 => 0x0a,
            WireType::Float => 0x0b,
            WireType::Double => 0x0c,
            WireType::Boolean => 0x0d,
            WireType::Binary => 0x0e,
            WireType::Guid => 0x0f,
            WireType::FileTime => 0x11,
            WireType::SystemTime => 0x12,
            WireType::Sid => 0x13,
            WireType::HexInt32 => 0x14,
            WireType::Pointer => POINTER,
            WireType::HexInt64 => HEX_INT_64,
        },
    }
}

fn push(leaf: &Leaf, out: &mut Vec<u8>) {
    match leaf {
        Leaf::Null(_) => {}
        Leaf::Ansi(text) if text.is_ascii() => out.extend(text.as_bytes()),
        Leaf::Text(text) | Leaf::Ansi(text) => push_utf16(text, out),
        Leaf::Int8(value) => out.extend(value.to_le_bytes()),
        Leaf::UInt8(value) => out.extend(value.to_le_bytes()),
        Leaf::Int16(value) => out.extend(value.to_le_bytes()),
        Leaf::UInt16(value) => out.extend(value.to_le_bytes()),
        Leaf::Int32(value) => out.extend(value.to_le_bytes()),
        Leaf::UInt32(value) | Leaf::HexInt32(value) => out.extend(value.to_le_bytes()),
        Leaf::Int64(value) => out.extend(value.to_le_bytes()),
        Leaf::UInt64(value) | Leaf::HexInt64(value) | Leaf::Pointer(value) => {
            out.extend(value.to_le_bytes());
        }
        Leaf::Float(value) => out.extend(value.to_le_bytes()),
        Leaf::Double(value) => out.extend(value.to_le_bytes()),
        Leaf::Boolean(value) => out.extend(u32::from(*value).to_le_bytes()),
        Leaf::Binary(bytes) => out.extend(bytes),
        Leaf::Guid(guid) => out.extend(guid.0),
        Leaf::FileTime(time) => out.extend(time.0.to_le_bytes()),
        Leaf::SystemTime(time) => out.extend(time.0.iter().flat_map(|field| field.to_le_bytes())),
        Leaf::Sid(sid) => out.extend(sid.as_bytes()),
    }
}
