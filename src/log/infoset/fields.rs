//! The fields of a Windows event back into XML, for forms that have taken it
//! apart: winlogbeat, NXLog, PowerShell.
//!
//! `System` is put together in the order in which Windows writes it ("Windows
//! Event Log schema", "SystemPropertiesType complex type"). Levels, operation
//! codes and keywords that a form has as words only become the numbers that
//! the schema's `winmeta.xml` gives them.

use super::json::Json;
use crate::event::catalogue::{Catalogue, EventSchema};
use crate::event::{Event, Section, Value};
use crate::log::xml::{Element, FileTime, Guid, Leaf, Node};

/// The namespace of every Windows event.
pub(super) const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";
/// The root of `UserData` where its name is not known, which is also what
/// Windows calls it for events without a manifest.
const UNKNOWN_ROOT: &str = "EventXML";

/// How deep user data is nested; names with more dots stay names.
const MAX_LEVELS: usize = 32;

/// The event of a record's fields.
pub(super) fn event(record: Event<'_>) -> Element {
    let system = System::gather(record);
    let schema = system.schema();
    let mut event = Element::new("Event")
        .with_attribute("xmlns", Leaf::from(NAMESPACE))
        .with_child(system.element(record));
    let has = |section| record.fields().any(|field| field.section == section);
    if has(Section::UserData) {
        event = event.with_child(user_data(record));
    }
    // Windows writes one of the two, and an empty one where there is nothing.
    if has(Section::EventData) || !has(Section::UserData) {
        event = event.with_child(event_data(record, schema));
    }
    if has(Section::RenderingInfo) {
        event = event.with_child(rendering_info(record));
    }
    event
}

/// The text of a value; lists are joined as the forms that have them do.
fn text(value: Value<'_>) -> String {
    match value {
        Value::Text(text) | Value::Node(text) => text.to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => serde_json::to_string(&number).unwrap_or_default(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null => String::new(),
        Value::List(list) => {
            let items: Vec<_> = list.iter().map(text).collect();
            items.join(", ")
        }
    }
}

/// What is known of the frame of an event.
struct System {
    provider: Option<String>,
    event_id: Option<u32>,
    version: Option<u8>,
}

impl System {
    fn gather(record: Event<'_>) -> Self {
        let find = |name| record.find(Section::System, name).map(text);
        Self {
            provider: find("Provider_Name"),
            event_id: find("EventID").and_then(|id| id.trim().parse().ok()),
            version: find("Version").and_then(|version| version.trim().parse().ok()),
        }
    }

    /// The fields of the event's own version.
    fn schema(&self) -> Option<&'static EventSchema> {
        let version = self.version.unwrap_or(0);
        let schema = Catalogue::bundled().event(
            self.provider.as_deref()?,
            self.event_id?,
            self.version.unwrap_or(0),
        )?;
        schema.versions.contains(&version).then_some(schema)
    }

    fn element(&self, record: Event<'_>) -> Element {
        let find = |name: &str| record.find(Section::System, name).map(text);
        let rendered = |name: &str| record.find(Section::RenderingInfo, name).map(text);
        let attribute = |element: Element, name: &str, value: Option<String>| match value {
            Some(value) if !value.is_empty() => element.with_attribute(name, Leaf::from(value)),
            _ => element,
        };
        let value = |name: &str, value: String| Element::new(name).with_value(Leaf::from(value));
        let number = |name: &str, word: Option<&'static str>| {
            let known = find(name).filter(|value| !value.is_empty());
            let number = known.unwrap_or_else(|| word.unwrap_or("0").to_owned());
            value(name, number)
        };

        let mut provider = attribute(Element::new("Provider"), "Name", self.provider.clone());
        provider = attribute(provider, "Guid", find("Provider_Guid").map(guid));
        let source = find("Provider_EventSourceName");
        provider = attribute(provider, "EventSourceName", source);
        let qualifiers = find("EventID_Qualifiers");
        let event_id = attribute(Element::new("EventID"), "Qualifiers", qualifiers)
            .with_value(Leaf::from(find("EventID").unwrap_or_default()));
        let keywords = find("Keywords").filter(|bits| !bits.is_empty());
        let keywords = keywords.unwrap_or_else(|| keywords_of(rendered("Keywords").as_deref()));
        let created = match record.time().and_then(FileTime::from_timestamp) {
            Some(time) => {
                Element::new("TimeCreated").with_attribute("SystemTime", Leaf::FileTime(time))
            }
            None => attribute(
                Element::new("TimeCreated"),
                "SystemTime",
                find("TimeCreated_SystemTime"),
            ),
        };
        let mut correlation = Element::new("Correlation");
        for name in ["ActivityID", "RelatedActivityID"] {
            let id = find(&format!("Correlation_{name}")).map(guid);
            correlation = attribute(correlation, name, id);
        }
        let mut execution = Element::new("Execution");
        for name in ["ProcessID", "ThreadID"] {
            let id = find(&format!("Execution_{name}"));
            execution = attribute(execution, name, id);
        }
        let user = find("Security_UserID");
        let level = level_of(rendered("Level").as_deref());
        let opcode = opcode_of(rendered("Opcode").as_deref());
        Element::new("System")
            .with_child(provider)
            .with_child(event_id)
            .with_child(number("Version", None))
            .with_child(number("Level", level))
            .with_child(number("Task", None))
            .with_child(number("Opcode", opcode))
            .with_child(value("Keywords", keywords))
            .with_child(created)
            .with_child(number("EventRecordID", None))
            .with_child(correlation)
            .with_child(execution)
            .with_child(value("Channel", find("Channel").unwrap_or_default()))
            .with_child(value("Computer", find("Computer").unwrap_or_default()))
            .with_child(attribute(Element::new("Security"), "UserID", user))
    }
}

/// The standard levels, by the words that Windows renders them as.
fn level_of(word: Option<&str>) -> Option<&'static str> {
    Some(match word?.to_ascii_lowercase().as_str() {
        "critical" => "1",
        "error" => "2",
        "warning" => "3",
        "information" | "info" => "4",
        "verbose" => "5",
        _ => return None,
    })
}

/// The standard operation codes, by the words that Windows renders them as.
fn opcode_of(word: Option<&str>) -> Option<&'static str> {
    Some(match word?.to_ascii_lowercase().as_str() {
        "start" => "1",
        "stop" => "2",
        _ => return None,
    })
}

/// The bits of the standard keywords, by the words that Windows renders them
/// as; the highest bit marks an event of a channel.
fn keywords_of(words: Option<&str>) -> String {
    let words = words.unwrap_or_default().to_ascii_lowercase();
    let has = |word: &str| words.split(", ").any(|known| known == word);
    let mut bits = 0x8000_0000_0000_0000_u64;
    for (word, bit) in [
        ("audit failure", 0x0010_0000_0000_0000),
        ("audit success", 0x0020_0000_0000_0000),
        ("classic", 0x0080_0000_0000_0000),
    ] {
        if has(word) {
            bits |= bit;
        }
    }
    format!("{bits:#x}")
}

/// A GUID as Windows stores and shows it, whatever its braces and case.
fn guid(text: String) -> String {
    let bare = text.trim_matches(['{', '}']).to_ascii_lowercase();
    let braced = format!("{{{bare}}}");
    match Guid::parse(&braced) {
        Some(_) => braced,
        None => text,
    }
}

/// `EventData` in the order of the record, each value under its name.
fn event_data(record: Event<'_>, schema: Option<&EventSchema>) -> Element {
    let fields: Vec<_> = record
        .fields()
        .filter(|field| field.section == Section::EventData)
        .map(|field| (field.name, field.value))
        .collect();
    let mut data = Element::new("EventData");
    // Winlogbeat numbers values that have no names.
    let is_unnamed = schema.is_some_and(|schema| {
        schema.field(Section::EventData, "Data").is_some()
            && schema.field(Section::EventData, "param1").is_none()
    });
    for (name, value) in fields {
        if let Some(attribute) = name.strip_prefix("#attributes_") {
            let value = Leaf::from(text(value));
            data.attributes.push((attribute.to_owned(), value));
            continue;
        }
        let (element, name) = match name {
            "Data" => ("Data", None),
            "Binary" if is_hexadecimal(value) => ("Binary", None),
            _ if is_unnamed && is_parameter(name) => ("Data", None),
            name => ("Data", Some(name)),
        };
        let mut add = |value: Value<'_>, name: Option<&str>| {
            let mut item = Element::new(element);
            if let Some(name) = name {
                item = item.with_attribute("Name", Leaf::from(name));
            }
            if !matches!(value, Value::Null) {
                item = item.with_value(Leaf::from(text(value)));
            }
            data.children.push(Node::Element(item));
        };
        match value {
            Value::List(items) => items.iter().for_each(|item| add(item, name)),
            single => add(single, name),
        }
    }
    data
}

fn is_parameter(name: &str) -> bool {
    name.strip_prefix("param")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn is_hexadecimal(value: Value<'_>) -> bool {
    match value {
        Value::Text(text) => {
            text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        Value::Null => true,
        _ => false,
    }
}

/// `UserData` below the provider's root element.
fn user_data(record: Event<'_>) -> Element {
    let name = root_name(record.raw()).filter(|name| is_name(name));
    let mut root = Element::new(name.unwrap_or_else(|| UNKNOWN_ROOT.to_owned()));
    for field in record.fields() {
        if field.section != Section::UserData {
            continue;
        }
        let mut add = |value: Value<'_>| {
            let leaf = Leaf::from(text(value));
            if field.name.split('.').all(is_name) && field.name.split('.').count() < MAX_LEVELS {
                place(&mut root, field.name, leaf);
            } else {
                let data = Element::new("Data").with_attribute("Name", Leaf::from(field.name));
                root.children.push(Node::Element(data.with_value(leaf)));
            }
        };
        match field.value {
            Value::List(items) => items.iter().for_each(add),
            single => add(single),
        }
    }
    Element::new("UserData").with_child(root)
}

/// The name that winlogbeat keeps of the root.
fn root_name(raw: &str) -> Option<String> {
    let record: Json = serde_json::from_str(raw).ok()?;
    let record = record.member("_source").unwrap_or(&record);
    let name = record
        .member("winlog")
        .or(Some(record))
        .and_then(|winlog| winlog.member("user_data"))
        .and_then(|data| data.member("xml_name"))
        .or_else(|| record.member("winlog.user_data.xml_name"))?;
    name.text().map(str::to_owned)
}

/// Puts a value at a path of elements, the last of which is new.
fn place(parent: &mut Element, path: &str, leaf: Leaf) {
    match path.split_once('.') {
        None => {
            let element = Element::new(path).with_value(leaf);
            parent.children.push(Node::Element(element));
        }
        Some((first, rest)) => {
            let is_open = matches!(
                parent.children.last(),
                Some(Node::Element(last)) if last.name == first
            );
            if !is_open {
                parent.children.push(Node::Element(Element::new(first)));
            }
            if let Some(Node::Element(last)) = parent.children.last_mut() {
                place(last, rest, leaf);
            }
        }
    }
}

/// Whether the text can name an element.
fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|first| {
        (first.is_alphabetic() || first == '_')
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    })
}

/// What the logging host rendered for people ("RenderingInfo").
fn rendering_info(record: Event<'_>) -> Element {
    let mut info = Element::new("RenderingInfo");
    for name in ["Message", "Level", "Task", "Opcode", "Keywords"] {
        let Some(value) = record.find(Section::RenderingInfo, name) else {
            continue;
        };
        let element = match value {
            Value::List(items) if name == "Keywords" => {
                items.iter().fold(Element::new(name), |element, item| {
                    element.with_child(Element::new("Keyword").with_value(Leaf::from(text(item))))
                })
            }
            single => Element::new(name).with_value(Leaf::from(text(single))),
        };
        info = info.with_child(element);
    }
    info
}
