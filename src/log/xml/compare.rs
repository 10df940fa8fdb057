//! Whether two trees say the same.

use std::borrow::Cow;
use std::fmt;

use super::{Element, Leaf, Node};

/// The first place where two trees differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The elements on the way, as `Event/EventData/Data`.
    pub path: String,
    /// What the first tree has there.
    pub left: String,
    /// What the second tree has there.
    pub right: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, left, right } = self;
        write!(f, "at {path}: {left} against {right}")
    }
}

/// Where two infosets first differ; `None` when they are equal.
pub fn difference(left: &Element, right: &Element) -> Option<Difference> {
    let mut path = Vec::new();
    compare(left, right, &mut path).map(|(left_shown, right_shown)| {
        let path = path.join("/");
        let path = if path.is_empty() {
            left.name.clone()
        } else {
            path
        };
        Difference {
            path,
            left: left_shown,
            right: right_shown,
        }
    })
}

/// What an element holds, with neighbouring text joined and empty text gone.
#[derive(PartialEq)]
enum Content<'a> {
    Element(&'a Element),
    Text(Cow<'a, str>),
}

fn compare<'a>(
    left: &'a Element,
    right: &'a Element,
    path: &mut Vec<&'a str>,
) -> Option<(String, String)> {
    path.push(&left.name);
    if left.name != right.name {
        return Some((format!("<{}>", left.name), format!("<{}>", right.name)));
    }
    let (mut left_attributes, mut right_attributes) = (attributes(left), attributes(right));
    loop {
        match (left_attributes.next(), right_attributes.next()) {
            (None, None) => break,
            (a, b) if same_attribute(a, b) => {}
            (a, b) => return Some((show_attribute(a), show_attribute(b))),
        }
    }
    let (left_content, right_content) = (content(left), content(right));
    for index in 0..left_content.len().max(right_content.len()) {
        match (left_content.get(index), right_content.get(index)) {
            (Some(Content::Element(a)), Some(Content::Element(b))) => {
                let found = compare(a, b, path);
                if found.is_some() {
                    return found;
                }
            }
            (Some(Content::Text(a)), Some(Content::Text(b))) if a == b => {}
            (a, b) => return Some((show_content(a), show_content(b))),
        }
    }
    path.pop();
    None
}

type Attribute<'a> = &'a (String, Leaf);

fn attributes(element: &Element) -> impl Iterator<Item = Attribute<'_>> {
    let attributes = element.attributes.iter();
    attributes.filter(|(_, value)| !value.is_empty())
}

fn same_attribute(left: Option<Attribute<'_>>, right: Option<Attribute<'_>>) -> bool {
    matches!((left, right), (Some(a), Some(b)) if a.0 == b.0 && a.1.text() == b.1.text())
}

fn content(element: &Element) -> Vec<Content<'_>> {
    let mut out = Vec::with_capacity(element.children.len());
    for child in &element.children {
        match (child, out.last_mut()) {
            (Node::Element(child), _) => out.push(Content::Element(child)),
            (Node::Text(leaf), _) if leaf.is_empty() => {}
            (Node::Text(leaf), Some(Content::Text(text))) => text.to_mut().push_str(&leaf.text()),
            (Node::Text(leaf), _) => out.push(Content::Text(leaf.text())),
        }
    }
    out
}

fn show_attribute(attribute: Option<Attribute<'_>>) -> String {
    attribute.map_or_else(
        || "no attribute".to_owned(),
        |(name, value)| format!("{name}={:?}", value.text()),
    )
}

fn show_content(content: Option<&Content<'_>>) -> String {
    match content {
        None => "nothing".to_owned(),
        Some(Content::Element(element)) => format!("<{}>", element.name),
        Some(Content::Text(text)) => format!("{text:?}"),
    }
}
