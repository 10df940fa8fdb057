//! Places of XML texts.
//!
//! Source: W3C, "XML Path Language (XPath) Version 1.0", section 2: the child and the
//! attribute axis in their short form, positions, and attributes that are the same.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::value::Value;
use super::text::each;
use super::xml::{attributes_of, name_of, resolved};

/// Elements may be so deep.
const DEEPEST: usize = 128;

/// So many elements are looked at.
const MOST_ELEMENTS: usize = 100_000;

#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

/// A way from element to element, and what is taken at its end.
#[derive(Debug, PartialEq, Eq)]
struct Path {
    steps: Vec<Step>,
    taken: Taken,
}

#[derive(Debug, PartialEq, Eq)]
struct Step {
    /// `None` for any name.
    name: Option<String>,
    which: Which,
}

#[derive(Debug, PartialEq, Eq)]
enum Which {
    Every,
    /// By its place, from one.
    At(usize),
    Last,
    With(String, String),
}

#[derive(Debug, PartialEq, Eq)]
enum Taken {
    Text,
    Attribute(String),
}

/// What is first at a path of a text; null if there is nothing, or no such path.
pub(super) fn first_at(value: &Value, path: &Value) -> Value {
    let Some(path) = Path::read(&path.to_text()) else {
        return Value::Null;
    };
    each(value, |text| {
        let root = Element {
            children: read(text),
            ..Element::default()
        };
        match path.first(&root, &path.steps) {
            Some(found) => Value::text(found.trim()),
            None => Value::Null,
        }
    })
}

/// Whether a path is one that `first_at` goes.
#[must_use]
pub fn is_path(path: &str) -> bool {
    Path::read(path).is_some()
}

impl Path {
    /// Reads `/a/b[2]/text()`, `a/b[@id=3]/@name`.
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('/').unwrap_or(text);
        let mut parts = parts_of(text)?;
        let last = parts.pop()?;
        let taken = match last.strip_prefix('@') {
            Some(name) => Taken::Attribute(is_name(name).then(|| name.to_owned())?),
            None => {
                if last != "text()" {
                    parts.push(last);
                }
                Taken::Text
            }
        };
        let steps: Option<Vec<Step>> = parts.iter().map(|part| Step::read(part)).collect();
        let steps = steps.filter(|steps| !steps.is_empty())?;
        Some(Self { steps, taken })
    }

    /// The first end of the ways that these steps go from an element.
    fn first<'e>(&self, element: &'e Element, steps: &[Step]) -> Option<&'e str> {
        let Some((step, rest)) = steps.split_first() else {
            return match &self.taken {
                Taken::Text => (!element.text.trim().is_empty()).then_some(&element.text),
                Taken::Attribute(name) => element.attribute(name),
            };
        };
        let named: Vec<_> = element
            .children
            .iter()
            .filter(|child| step.name.as_ref().is_none_or(|name| *name == child.name))
            .collect();
        let chosen: Vec<&Element> = match &step.which {
            Which::Every => named,
            Which::At(place) => named.get(place - 1).into_iter().copied().collect(),
            Which::Last => named.last().into_iter().copied().collect(),
            Which::With(name, value) => {
                let own = |child: &&&Element| child.attribute(name) == Some(value);
                named.iter().filter(own).copied().collect()
            }
        };
        chosen.into_iter().find_map(|child| self.first(child, rest))
    }
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Step {
    fn read(text: &str) -> Option<Self> {
        let (name, which) = match text.split_once('[') {
            None => (text, Which::Every),
            Some((name, rest)) => (name, Which::read(rest.strip_suffix(']')?.trim())?),
        };
        let name = match name {
            "*" => None,
            name => Some(is_name(name).then(|| name.to_owned())?),
        };
        Some(Self { name, which })
    }
}

impl Which {
    fn read(text: &str) -> Option<Self> {
        if text == "last()" {
            return Some(Self::Last);
        }
        if let Some((name, value)) = text.strip_prefix('@').and_then(|rest| rest.split_once('=')) {
            let value = value.trim().trim_matches(['"', '\'']);
            let name = name.trim();
            return is_name(name).then(|| Self::With(name.to_owned(), value.to_owned()));
        }
        text.parse().ok().filter(|place| *place > 0).map(Self::At)
    }
}

/// The parts between slashes, of which those in brackets are none.
fn parts_of(text: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut depth = 0_u32;
    for letter in text.chars() {
        match letter {
            '/' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            '[' => depth += 1,
            ']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        parts.last_mut()?.push(letter);
    }
    (depth == 0 && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

fn is_name(text: &str) -> bool {
    let is_of_name = |letter: char| letter.is_alphanumeric() || "_-.:".contains(letter);
    !text.is_empty() && text.chars().all(is_of_name)
}

/// The elements of a text. What follows an error is not read.
fn read(text: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut open = vec![Element::default()];
    let mut count = 0;
    let new = |start: &BytesStart<'_>| Element {
        name: name_of(start),
        attributes: attributes_of(start),
        ..Element::default()
    };
    while let Ok(event) = reader.read_event() {
        let mut ended = None;
        match event {
            Event::Start(start) if open.len() <= DEEPEST => open.push(new(&start)),
            Event::Empty(start) => ended = Some(new(&start)),
            Event::End(_) if open.len() > 1 => ended = open.pop(),
            Event::Text(part) => push(&mut open, &part),
            Event::CData(part) => push(&mut open, &part),
            Event::GeneralRef(entity) => push(&mut open, &resolved(&entity)),
            Event::Start(_) | Event::End(_) | Event::Eof => break,
            _ => {}
        }
        if let (Some(ended), Some(parent)) = (ended, open.last_mut()) {
            parent.children.push(ended);
            count += 1;
        }
        if count > MOST_ELEMENTS {
            break;
        }
    }
    // Those that are not closed are there as well.
    while open.len() > 1 {
        if let (Some(ended), Some(parent)) = (open.pop(), open.last_mut()) {
            parent.children.push(ended);
        }
    }
    open.pop().map(|root| root.children).unwrap_or_default()
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_path_is_told() {
        for path in [
            "",
            "/",
            "//a",
            "/a[",
            "/a[0]",
            "/a]b[",
            "/a[position()<2]",
            "/@",
            "text()",
        ] {
            assert!(!is_path(path), "{path}");
        }
        for path in ["/a", "a/b", "/a/*/@id", "/a[@b='c/d']/text()", "/a[last()]"] {
            assert!(is_path(path), "{path}");
        }
    }

    #[test]
    fn a_text_that_breaks_off_is_read_so_far() {
        let text = Value::text("<a><b>1</b><c>2");
        let at = |path: &str| first_at(&text, &Value::text(path));
        assert_eq!(at("/a/b/text()"), Value::text("1"));
        assert_eq!(at("/a/c"), Value::text("2"));
        assert_eq!(at("/a/d"), Value::Null);
    }
}
