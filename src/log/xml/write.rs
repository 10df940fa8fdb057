//! A tree as XML text.

use super::{Element, Leaf, Node};

/// The element as XML text on one line, without a declaration.
///
/// Characters that XML 1.0 forbids become `_`, as Windows shows them. Carriage
/// returns, and white space in attributes, become character references, so
/// that every XML parser reads the same text back.
pub fn to_xml(element: &Element) -> String {
    let mut out = String::new();
    write_element(element, &mut out);
    out
}

fn write_element(element: &Element, out: &mut String) {
    out.push('<');
    out.push_str(&element.name);
    for (name, value) in &element.attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(value, Place::Attribute, out);
        out.push('"');
    }
    if element.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for child in &element.children {
        match child {
            Node::Element(element) => write_element(element, out),
            Node::Text(leaf) => escape(leaf, Place::Content, out),
        }
    }
    out.push_str("</");
    out.push_str(&element.name);
    out.push('>');
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Attribute,
    Content,
}

fn escape(leaf: &Leaf, place: Place, out: &mut String) {
    for character in leaf.text().chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if place == Place::Attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' if place == Place::Attribute => out.push_str("&#10;"),
            '\t' if place == Place::Attribute => out.push_str("&#9;"),
            _ => out.push(shown(character)),
        }
    }
}

/// What a character becomes in XML: itself, or `_` where XML 1.0 forbids it.
pub fn shown(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => character,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '_',
        _ => character,
    }
}
