//! An event tree in the JSON shape of `evtx_dump` 0.15, for events that were
//! XML.
//!
//! Only one thing differs: unnamed `Data` beside named ones is kept.

use std::collections::HashMap;

use super::event_json::{ATTRIBUTES, TEXT};
use crate::log::xml::{Element, Leaf, Node};

/// The event as `{"Event": …}` on one line.
pub(in crate::log) fn to_json(event: &Element) -> String {
    let mut out = String::from("{");
    key(&event.name, 0, &mut out);
    value(event, Place::Payload, &mut out);
    out.push('}');
    out
}

/// Where in the event an element stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In `System`, where empty is absent.
    System,
    /// Anywhere else.
    Payload,
}

fn value(element: &Element, place: Place, out: &mut String) {
    let place = match element.name.as_str() {
        "System" => Place::System,
        _ => place,
    };
    let has_attributes = element
        .attributes
        .iter()
        .any(|(_, value)| !value.is_empty());
    let has_elements = element.elements().next().is_some();
    if has_attributes || has_elements {
        object(element, place, out);
    } else {
        content(element, place, out);
    }
}

/// An element's text, as a number if it is stored as one.
fn content(element: &Element, place: Place, out: &mut String) {
    match element.children.as_slice() {
        [] => out.push_str("null"),
        [Node::Text(value)] if place == Place::System && value.is_empty() => out.push_str("null"),
        [Node::Text(value)] => leaf(value, out),
        _ => out.push_str(&quoted(&element.text())),
    }
}

fn object(element: &Element, place: Place, out: &mut String) {
    let mut members = Members {
        out,
        is_first: true,
        names: HashMap::default(),
    };
    members.out.push('{');
    let mut attributes = element
        .attributes
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .peekable();
    if attributes.peek().is_some() {
        members.begin(ATTRIBUTES, Numbered::No);
        members.out.push('{');
        for (place, (name, value)) in attributes.enumerate() {
            if place > 0 {
                members.out.push(',');
            }
            key(name, 0, members.out);
            leaf(value, members.out);
        }
        members.out.push('}');
    }
    if !element.text().is_empty() {
        members.begin(TEXT, Numbered::No);
        match element.children.as_slice() {
            [Node::Text(value)] => leaf(value, members.out),
            _ => members.out.push_str(&quoted(&element.text())),
        }
    }
    let is_container = matches!(element.name.as_str(), "EventData" | "UserData");
    let mut unnamed: Vec<_> = element
        .elements()
        .filter(|child| is_container && child.name == "Data" && data_name(child).is_none())
        .collect();
    let children: Vec<_> = element.elements().collect();
    let mut rest = children.as_slice();
    while let [child, following @ ..] = rest {
        rest = following;
        if !is_container || child.name != "Data" {
            members.begin(&child.name, Numbered::Yes);
            value(child, place, members.out);
            continue;
        }
        let Some(name) = data_name(child) else {
            // All of them, where the first one stands.
            if !unnamed.is_empty() {
                members.begin("Data", Numbered::No);
                members.out.push('{');
                key(TEXT, 0, members.out);
                list(&std::mem::take(&mut unnamed), members.out);
                members.out.push('}');
            }
            continue;
        };
        let same = following
            .iter()
            .take_while(|next| next.name == "Data" && data_name(next).as_ref() == Some(&name))
            .count();
        members.begin(&name, Numbered::Yes);
        let mut run = vec![*child];
        run.extend(&following[..same]);
        rest = &following[same..];
        list(&run, members.out);
    }
    members.out.push('}');
}

/// The values of `Data` elements: one, or a list.
fn list(elements: &[&Element], out: &mut String) {
    let data = |element: &Element, out: &mut String| {
        if element.elements().next().is_some() {
            value(element, Place::Payload, out);
        } else {
            content(element, Place::Payload, out);
        }
    };
    if let [single] = elements {
        return data(single, out);
    }
    out.push('[');
    for (place, element) in elements.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        data(element, out);
    }
    out.push(']');
}

fn data_name(element: &Element) -> Option<String> {
    let name = element.attribute("Name")?.text();
    (!name.is_empty()).then(|| name.into_owned())
}

/// Whether a name that comes again is numbered.
#[derive(Clone, Copy, PartialEq)]
enum Numbered {
    Yes,
    No,
}

/// The members of an object under way.
struct Members<'o> {
    out: &'o mut String,
    is_first: bool,
    names: HashMap<String, u32, ahash::RandomState>,
}

impl Members<'_> {
    fn begin(&mut self, name: &str, numbered: Numbered) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.push(',');
        }
        let number = match numbered {
            Numbered::No => 0,
            Numbered::Yes => {
                let times = self.names.entry(name.to_owned()).or_default();
                *times += 1;
                *times - 1
            }
        };
        key(name, number, self.out);
    }
}

fn key(name: &str, number: u32, out: &mut String) {
    match number {
        0 => out.push_str(&quoted(name)),
        number => out.push_str(&quoted(&format!("{name}_{number}"))),
    }
    out.push(':');
}

fn leaf(value: &Leaf, out: &mut String) {
    match value {
        Leaf::Int8(_)
        | Leaf::UInt8(_)
        | Leaf::Int16(_)
        | Leaf::UInt16(_)
        | Leaf::Int32(_)
        | Leaf::UInt32(_)
        | Leaf::Int64(_)
        | Leaf::UInt64(_)
        | Leaf::Boolean(_) => out.push_str(&value.text()),
        other => out.push_str(&quoted(&other.text())),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
