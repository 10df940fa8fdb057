//! JSON for events that have none of their own.

use crate::event::{Origin, OwnedEvent, OwnedField, OwnedValue, Section};

/// An object whose members keep their order.
#[derive(Debug, Default)]
struct Object {
    members: Vec<(String, Member)>,
}

#[derive(Debug)]
enum Member {
    /// JSON text.
    Value(String),
    Object(Object),
}

impl Object {
    fn put(&mut self, name: &str, value: String) {
        self.members.push((name.to_owned(), Member::Value(value)));
    }

    /// The object that is a member, made if it is not there; `None` if the
    /// member is a value.
    fn object(&mut self, name: &str) -> Option<&mut Self> {
        let place = match self.members.iter().position(|(known, _)| known == name) {
            Some(place) => place,
            None => {
                self.members
                    .push((name.to_owned(), Member::Object(Self::default())));
                self.members.len() - 1
            }
        };
        match &mut self.members[place].1 {
            Member::Object(object) => Some(object),
            Member::Value(_) => None,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(known, _)| known == name)
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        for (place, (name, member)) in self.members.iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            out.push_str(&quoted(name));
            out.push(':');
            match member {
                Member::Value(json) => out.push_str(json),
                Member::Object(object) => object.write(out),
            }
        }
        out.push('}');
    }
}

/// Writes the event as JSON that our reader reads back with equal fields.
pub(super) fn build(event: &OwnedEvent, out: &mut String) {
    match event.origin {
        Origin::EventLog { .. } => windows(event).write(out),
        Origin::Stream(_) => nested(&event.fields).write(out),
    }
}

/// Members of members for names with dots.
fn nested(fields: &[OwnedField]) -> Object {
    let mut root = Object::default();
    for field in fields {
        if !put_nested(&mut root, &field.name, json(&field.value)) {
            root.put(&field.name, json(&field.value));
        }
    }
    root
}

/// Whether the value could be put where its name says.
fn put_nested(root: &mut Object, name: &str, value: String) -> bool {
    let mut parts: Vec<&str> = name.split('.').collect();
    let Some(last) = parts.pop() else {
        return false;
    };
    if last.is_empty() || parts.iter().any(|part| part.is_empty()) {
        return false;
    }
    let mut object = root;
    for part in parts {
        match object.object(part) {
            Some(inner) => object = inner,
            None => return false,
        }
    }
    if object.has(last) {
        return false;
    }
    object.put(last, value);
    true
}

/// The elements of `System` that have attributes, after Microsoft's
/// "SystemPropertiesType" schema.
const WITH_ATTRIBUTES: [&str; 6] = [
    "Provider",
    "EventID",
    "TimeCreated",
    "Correlation",
    "Execution",
    "Security",
];

/// The shape that `evtx_dump` writes.
fn windows(event: &OwnedEvent) -> Object {
    let mut parts = Object::default();
    let _ = parts.object("System");
    for field in &event.fields {
        let (name, value) = (&*field.name, json(&field.value));
        let part = match field.section {
            Section::System => {
                if let Some(system) = parts.object("System") {
                    put_system(system, name, value);
                }
                continue;
            }
            // The name of the element around user data is no part of an event.
            Section::UserData => parts
                .object("UserData")
                .and_then(|part| part.object("EventXML")),
            Section::EventData | Section::Body => parts.object("EventData"),
            Section::ProcessingErrorData => parts.object("ProcessingErrorData"),
            Section::RenderingInfo => parts.object("RenderingInfo"),
        };
        let Some(part) = part else {
            continue;
        };
        // The attributes of the section's own element.
        match name.strip_prefix("#attributes_") {
            Some(attribute) if field.section == Section::EventData => {
                if let Some(attributes) = part.object("#attributes") {
                    attributes.put(attribute, value);
                }
            }
            _ => part.put(name, value),
        }
    }
    let mut root = Object::default();
    root.members
        .push(("Event".to_owned(), Member::Object(parts)));
    root
}

fn put_system(system: &mut Object, name: &str, value: String) {
    let attribute = name
        .split_once('_')
        .filter(|(element, attribute)| WITH_ATTRIBUTES.contains(element) && !attribute.is_empty());
    if let Some((element, attribute)) = attribute {
        // A bare value that is there already moves beside the attributes.
        let place = system
            .members
            .iter()
            .position(|(known, _)| known == element);
        if let Some(place) = place
            && let Member::Value(text) = &system.members[place].1
        {
            let mut inner = Object::default();
            inner.put("#text", text.clone());
            system.members[place].1 = Member::Object(inner);
        }
        if let Some(inner) = system.object(element)
            && let Some(attributes) = inner.object("#attributes")
        {
            attributes.put(attribute, value);
        }
    } else if system.has(name)
        && let Some(inner) = system.object(name)
    {
        inner.put("#text", value);
    } else {
        system.put(name, value);
    }
}

/// A value as JSON.
fn json(value: &OwnedValue) -> String {
    match value {
        OwnedValue::Text(text) => quoted(text),
        OwnedValue::Integer(number) => number.to_string(),
        OwnedValue::Float(number) if number.is_finite() => {
            serde_json::Value::from(*number).to_string()
        }
        OwnedValue::Float(number) => quoted(&number.to_string()),
        OwnedValue::Bool(truth) => truth.to_string(),
        OwnedValue::Null => "null".to_owned(),
        OwnedValue::List(items) => {
            let items: Vec<_> = items.iter().map(json).collect();
            format!("[{}]", items.join(","))
        }
        OwnedValue::Node(json) => json.to_string(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
