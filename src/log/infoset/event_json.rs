//! The JSON of a Windows event, as `evtx_dump` writes it, back into XML.
//!
//! The shape is that of the `evtx` library, versions 0.6 to 0.15: attributes
//! stand in `#attributes` or in a member `…_attributes` beside the element,
//! text beside them in `#text`, a `Data` element goes by its `Name`, unnamed
//! ones are one member `Data`, and a name that comes again is numbered (`_1`).

use std::collections::HashMap;

use super::json::Json;
use crate::event::Section;
use crate::event::catalogue::WireType;
use crate::log::xml::{Element, Leaf, Node};

pub(super) const ATTRIBUTES: &str = "#attributes";
pub(super) const TEXT: &str = "#text";
const SEPARATE_ATTRIBUTES: &str = "_attributes";

/// Knows the types of an event's fields.
pub(super) type Declared<'d> = &'d dyn Fn(Section, &str) -> Option<WireType>;

/// The part of an event that its `Event` object holds, and what goes before it
/// where attributes stand apart.
pub(super) fn event_object(document: &Json) -> Option<(&Json, Option<&Json>)> {
    match document.member("Event") {
        Some(event @ Json::Object(_)) => Some((event, document.member("Event_attributes"))),
        Some(_) => None,
        None => match document.member("System") {
            Some(Json::Object(_)) => Some((document, None)),
            _ => None,
        },
    }
}

/// The event of an `Event` object.
pub(super) fn event(object: &Json, attributes: Option<&Json>, declared: Declared<'_>) -> Element {
    let mut event = Element::new("Event");
    if let Some(attributes) = attributes {
        add_attributes(&mut event, attributes);
    }
    if let Json::Object(members) = object {
        let builder = Builder {
            declared,
            section: None,
        };
        builder.fill(&mut event, members);
    }
    event
}

/// Fills elements; `section` is the part of the event that they belong to.
#[derive(Clone, Copy)]
struct Builder<'d> {
    declared: Declared<'d>,
    section: Option<Section>,
}

impl Builder<'_> {
    fn fill(self, element: &mut Element, members: &[(String, Json)]) {
        let is_data = element.name == "EventData";
        let mut names = Repeated::default();
        for (key, value) in members {
            match key.as_str() {
                ATTRIBUTES => add_attributes(element, value),
                TEXT => self.add_text(element, value),
                _ if is_data => self.data(element, key, value, &mut names),
                _ => self.child(element, key, value, &mut names),
            }
        }
    }

    /// A member that is an element of its own.
    fn child(self, parent: &mut Element, key: &str, value: &Json, names: &mut Repeated) {
        if let Some(name) = key.strip_suffix(SEPARATE_ATTRIBUTES)
            && !name.is_empty()
            && let Json::Object(_) = value
        {
            let mut element = Element::new(names.original(name));
            add_attributes(&mut element, value);
            parent.children.push(Node::Element(element));
            names.expect_content_of(name, parent.children.len() - 1);
            return;
        }
        if let Some(place) = names.take_expected(key)
            && let Some(Node::Element(element)) = parent.children.get_mut(place)
        {
            self.content(element, value);
            return;
        }
        let name = names.original(key);
        let mut add = |value| {
            let mut element = Element::new(name);
            self.content(&mut element, value);
            parent.children.push(Node::Element(element));
        };
        match value {
            Json::List(items) => items.iter().for_each(&mut add),
            single => add(single),
        }
    }

    /// A member of `EventData`.
    fn data(self, parent: &mut Element, key: &str, value: &Json, names: &mut Repeated) {
        let is_declared = |name| (self.declared)(Section::EventData, name).is_some();
        match (key, value) {
            ("Data", Json::Object(members)) => {
                for value in texts(members) {
                    parent
                        .children
                        .push(Node::Element(self.unnamed("Data", value)));
                }
            }
            ("Data", Json::List(items)) => {
                for value in items {
                    parent
                        .children
                        .push(Node::Element(self.unnamed("Data", value)));
                }
            }
            ("Data", value) if is_declared("Data") => {
                let data = self.unnamed("Data", value);
                parent.children.push(Node::Element(data));
            }
            ("Binary", value) if is_binary(value) => {
                let binary = self.unnamed("Binary", value);
                parent.children.push(Node::Element(binary));
            }
            // Only elements other than `Data` have attributes and elements.
            (_, Json::Object(_)) => self.child(parent, key, value, names),
            (_, value) => {
                let name = match is_declared(key) {
                    true => names.named(key),
                    false => names.original(key),
                };
                let mut add = |value| {
                    let mut data = Element::new("Data").with_attribute("Name", Leaf::from(name));
                    self.add_value(&mut data, name, value);
                    parent.children.push(Node::Element(data));
                };
                match value {
                    Json::List(items) => items.iter().for_each(&mut add),
                    single => add(single),
                }
            }
        }
    }

    fn unnamed(self, name: &str, value: &Json) -> Element {
        let mut element = Element::new(name);
        self.add_value(&mut element, name, value);
        element
    }

    fn content(self, element: &mut Element, value: &Json) {
        let section = match element.name.as_str() {
            "EventData" => Some(Section::EventData),
            "UserData" => Some(Section::UserData),
            _ => self.section,
        };
        match value {
            Json::Object(members) => Self { section, ..self }.fill(element, members),
            single => {
                let name = element.name.clone();
                self.add_value(element, &name, single);
            }
        }
    }

    fn add_text(self, element: &mut Element, value: &Json) {
        let name = element.name.clone();
        match value {
            Json::List(items) => {
                for item in items {
                    self.add_value(element, &name, item);
                }
            }
            single => self.add_value(element, &name, single),
        }
    }

    fn add_value(self, element: &mut Element, name: &str, value: &Json) {
        let leaf = match value {
            Json::Null => return,
            Json::Bool(truth) => Leaf::Boolean(*truth),
            Json::Number(digits) => self.number(name, digits),
            Json::Text(text) => Leaf::from(text.as_str()),
            // No event has such values; their JSON is better than nothing.
            Json::List(_) | Json::Object(_) => Leaf::Text(to_text(value)),
        };
        element.children.push(Node::Text(leaf));
    }

    /// A number: JSON shows so only what is stored as one.
    fn number(self, name: &str, digits: &str) -> Leaf {
        let Some(section) = self.section else {
            return Leaf::from(digits);
        };
        let declared = (self.declared)(section, name);
        declared
            .into_iter()
            .chain([
                WireType::UInt32,
                WireType::Int32,
                WireType::UInt64,
                WireType::Int64,
                WireType::Double,
            ])
            .find_map(|wire| Leaf::typed(digits, wire))
            .unwrap_or_else(|| Leaf::from(digits))
    }
}

/// The values of unnamed `Data` elements, which stand in one `#text`.
fn texts(members: &[(String, Json)]) -> &[Json] {
    match members.iter().find(|(key, _)| key == TEXT) {
        Some((_, Json::List(items))) => items,
        Some((_, single)) => std::slice::from_ref(single),
        None => &[Json::Null],
    }
}

fn add_attributes(element: &mut Element, attributes: &Json) {
    let Json::Object(members) = attributes else {
        return;
    };
    for (name, value) in members {
        let value = match value {
            Json::Null => continue,
            Json::Text(text) | Json::Number(text) => Leaf::from(text.as_str()),
            other => Leaf::from(to_text(other)),
        };
        element.attributes.push((name.clone(), value));
    }
}

/// Whether the value can be that of the element `Binary`: nothing, or bytes.
fn is_binary(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Text(text) => text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        _ => false,
    }
}

fn to_text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(text) | Json::Text(text) => text.clone(),
        Json::List(items) => {
            let items: Vec<_> = items.iter().map(to_text).collect();
            items.join(", ")
        }
        Json::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{key}: {}", to_text(value)))
                .collect();
            members.join(", ")
        }
    }
}

/// The names that one object has had, to undo the numbering of those that come
/// again.
#[derive(Default)]
struct Repeated {
    seen: HashMap<String, u32, ahash::RandomState>,
    expected: HashMap<String, usize, ahash::RandomState>,
}

impl Repeated {
    /// The name without its number, if it is one that came before.
    fn original<'k>(&mut self, key: &'k str) -> &'k str {
        if let Some((base, number)) = key.rsplit_once('_')
            && let Ok(number) = number.parse::<u32>()
            && let Some(times) = self.seen.get_mut(base)
            && *times == number
        {
            *times += 1;
            return base;
        }
        self.named(key)
    }

    /// The name as it is.
    fn named<'k>(&mut self, key: &'k str) -> &'k str {
        self.seen.insert(key.to_owned(), 1);
        key
    }

    /// Notes that the content of the element at `place` may follow.
    fn expect_content_of(&mut self, key: &str, place: usize) {
        self.expected.insert(key.to_owned(), place);
    }

    fn take_expected(&mut self, key: &str) -> Option<usize> {
        self.expected.remove(key)
    }
}
