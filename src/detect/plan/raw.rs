//! The text of a record, as products that keep the whole record show it.

use std::fmt::Write;

use crate::event::{Event, Origin, Section, Value};

/// The text of a record: XML for event logs, and the record itself for others.
///
/// Source: the order and names of the elements are those of the Windows Event Log
/// schema, "EventType complex type"; the quotes are Splunk's, which keeps what the
/// Windows API renders.
pub(super) fn text_of(event: Event<'_>) -> String {
    match event.origin() {
        Origin::EventLog { .. } => xml_of(event),
        Origin::Stream(_) => event.raw().to_owned(),
    }
}

fn xml_of(event: Event<'_>) -> String {
    let mut xml = String::from(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>",
    );
    let system = |name: &str| event.find(Section::System, name).map(text);
    let get = |name: &str| escaped(&system(name).unwrap_or_default());
    let _ = write!(
        xml,
        "<Provider Name='{}' Guid='{}'/><EventID>{}</EventID><Version>{}</Version>\
         <Level>{}</Level><Task>{}</Task><Opcode>{}</Opcode><Keywords>{}</Keywords>\
         <TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID><Correlation/>\
         <Execution ProcessID='{}' ThreadID='{}'/><Channel>{}</Channel>\
         <Computer>{}</Computer><Security UserID='{}'/></System>",
        get("Provider_Name"),
        get("Provider_Guid"),
        get("EventID"),
        get("Version"),
        get("Level"),
        get("Task"),
        get("Opcode"),
        get("Keywords"),
        get("TimeCreated_SystemTime"),
        get("EventRecordID"),
        get("Execution_ProcessID"),
        get("Execution_ThreadID"),
        get("Channel"),
        get("Computer"),
        get("Security_UserID"),
    );
    let mut open = None;
    for field in event.fields() {
        let section = field.section;
        if !section.is_payload() {
            continue;
        }
        if open != Some(section) {
            if let Some(open) = open {
                let _ = write!(xml, "</{open}>");
            }
            let _ = write!(xml, "<{section}>");
            open = Some(section);
        }
        let value = escaped(&text(field.value));
        let name = escaped(field.name);
        let _ = match section {
            Section::EventData => write!(xml, "<Data Name='{name}'>{value}</Data>"),
            _ => write!(xml, "<{name}>{value}</{name}>"),
        };
    }
    if let Some(open) = open {
        let _ = write!(xml, "</{open}>");
    }
    xml.push_str("</Event>");
    xml
}

fn text(value: Value<'_>) -> String {
    match value {
        Value::Text(text) | Value::Node(text) => text.to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null => String::new(),
        Value::List(items) => items.iter().map(text).collect::<Vec<_>>().join("\n"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&apos;")
        .replace('"', "&quot;")
}
