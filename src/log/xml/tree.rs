//! Elements, their attributes and what they hold.

use std::borrow::Cow;

use super::Leaf;

/// An XML element. Namespaces are not resolved: prefixes stay in names, and
/// declarations stay attributes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Element {
    /// The name as written, prefix included.
    pub name: String,
    /// Names and values in document order.
    pub attributes: Vec<(String, Leaf)>,
    /// Elements and text in document order.
    pub children: Vec<Node>,
}

/// One thing that an element holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A child element.
    Element(Element),
    /// A value; next to other values it is one part of a longer text.
    Text(Leaf),
}

impl Element {
    /// An element with a name and nothing else.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// The same element with one more attribute.
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>, value: Leaf) -> Self {
        self.attributes.push((name.into(), value));
        self
    }

    /// The same element with one more child element.
    #[must_use]
    pub fn with_child(mut self, child: Element) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// The same element with one more value.
    #[must_use]
    pub fn with_value(mut self, value: Leaf) -> Self {
        self.children.push(Node::Text(value));
        self
    }

    /// The first attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Leaf> {
        self.attributes
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The first attribute of that name, to change it.
    pub fn attribute_mut(&mut self, name: &str) -> Option<&mut Leaf> {
        self.attributes
            .iter_mut()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The child elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The child elements in document order, to change them.
    pub fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first child element of that name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|child| child.name == name)
    }

    /// The first child element of that name, to change it.
    pub fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.elements_mut().find(|child| child.name == name)
    }

    /// The text directly inside this element, without that of its children.
    pub fn text(&self) -> Cow<'_, str> {
        let mut values = self.children.iter().filter_map(|node| match node {
            Node::Text(leaf) if !leaf.is_empty() => Some(leaf),
            _ => None,
        });
        let Some(first) = values.next() else {
            return Cow::Borrowed("");
        };
        let mut text = first.text();
        for leaf in values {
            text.to_mut().push_str(&leaf.text());
        }
        text
    }
}
