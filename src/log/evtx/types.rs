//! Types for the values of an event that was read as XML text.
//!
//! A value takes a type only where it renders back to exactly the same text,
//! so that giving types never changes what an event says.

use crate::event::Section;
use crate::event::catalogue::WireType;
use crate::log::xml::{Element, Leaf, Node};

/// Types the fixed fields of `System`, and every field of `EventData` and
/// `UserData` for which `declared` knows a type.
///
/// A field of `EventData` goes by the `Name` of its `Data` element, or by the
/// element's own name where it has none; a field of `UserData` by the name of
/// its element or attribute.
pub fn apply_types(event: &mut Element, declared: impl Fn(Section, &str) -> Option<WireType>) {
    for section in event.elements_mut() {
        match section.name.as_str() {
            "System" => apply_system_types(section),
            "EventData" => {
                for field in section.elements_mut() {
                    let name = match field.attribute("Name") {
                        Some(name) => name.text().into_owned(),
                        None => field.name.clone(),
                    };
                    if let Some(wire) = declared(Section::EventData, &name) {
                        retype_content(field, wire);
                    }
                }
            }
            "UserData" => apply_user_types(section, &declared),
            _ => {}
        }
    }
}

fn apply_user_types(element: &mut Element, declared: &impl Fn(Section, &str) -> Option<WireType>) {
    for (name, value) in &mut element.attributes {
        if !name.starts_with("xmlns")
            && let Some(wire) = declared(Section::UserData, name)
        {
            retype(value, wire);
        }
    }
    if let Some(wire) = declared(Section::UserData, &element.name) {
        retype_content(element, wire);
    }
    for child in element.elements_mut() {
        apply_user_types(child, declared);
    }
}

/// The types of `System`'s elements and attributes, from Microsoft's event
/// schema ("SystemPropertiesType complex type") and from what Windows stores.
pub fn apply_system_types(system: &mut Element) {
    use WireType::{FileTime, Guid, HexInt64, Sid, UInt8, UInt16, UInt32, UInt64};
    for field in system.elements_mut() {
        let content = match field.name.as_str() {
            "EventID" | "Task" => Some(UInt16),
            "Version" | "Level" | "Opcode" => Some(UInt8),
            "Keywords" => Some(HexInt64),
            "EventRecordID" => Some(UInt64),
            _ => None,
        };
        if let Some(wire) = content {
            retype_content(field, wire);
        }
        for (name, value) in &mut field.attributes {
            let wire = match (field.name.as_str(), name.as_str()) {
                ("Provider", "Guid") => Guid,
                ("EventID", "Qualifiers") => UInt16,
                ("TimeCreated", "SystemTime") => FileTime,
                ("Correlation", "ActivityID" | "RelatedActivityID") => Guid,
                (
                    "Execution",
                    "ProcessID" | "ThreadID" | "SessionID" | "KernelTime" | "UserTime"
                    | "ProcessorTime",
                ) => UInt32,
                ("Execution", "ProcessorID") => UInt8,
                ("Security", "UserID") => Sid,
                _ => continue,
            };
            retype(value, wire);
        }
    }
}

/// Types an element's text, if that is all it holds.
fn retype_content(element: &mut Element, wire: WireType) {
    if let [Node::Text(value)] = element.children.as_mut_slice() {
        retype(value, wire);
    }
}

fn retype(value: &mut Leaf, wire: WireType) {
    // A value that has a type keeps it: it was read from where it was stored.
    if matches!(value, Leaf::Text(_) | Leaf::Null(_))
        && let Some(typed) = Leaf::typed(&value.text(), wire)
    {
        *value = typed;
    }
}

/// Stores the longest values in fewer bytes, without changing their text:
/// upper-case hexadecimal as bytes, and ASCII text in one byte a character.
/// For a record that does not fit otherwise, as one whose bytes were read as
/// text.
pub fn compact(element: &mut Element) {
    const WORTH_IT: usize = 64;
    let shrink = |value: &mut Leaf| {
        if let Leaf::Text(text) = value
            && text.len() >= WORTH_IT
            && let Some(smaller) = [WireType::Binary, WireType::AnsiString]
                .into_iter()
                .find_map(|wire| Leaf::typed(text, wire))
        {
            *value = smaller;
        }
    };
    element
        .attributes
        .iter_mut()
        .for_each(|(_, value)| shrink(value));
    for child in &mut element.children {
        match child {
            Node::Element(child) => compact(child),
            Node::Text(value) => shrink(value),
        }
    }
}
