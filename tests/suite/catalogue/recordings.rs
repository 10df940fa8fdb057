//! The catalogue against the shared recordings.

use crate::support::corpora::{corpus, files};
use misfire::event::Section;
use misfire::event::catalogue::{Catalogue, FieldSchema, WireType};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Xml};
use std::collections::BTreeMap;
use std::str::FromStr;

/// One leaf of a record: section, name, text.
type Leaf = (Section, String, String);

#[test]
fn every_recorded_event_is_known_and_renders_back() {
    let catalogue = Catalogue::bundled();
    let mut records = 0;
    let mut values = 0;
    let mut problems: BTreeMap<String, usize> = BTreeMap::new();
    for folder in ["evtx-attack-samples", "sigma/regression_data"] {
        let Some(folder) = corpus(folder) else { return };
        for path in files(&folder, "evtx") {
            let mut parser = evtx::EvtxParser::from_path(&path).expect("an EVTX file opens");
            for record in parser.records().flatten() {
                records += 1;
                let leaves = leaves(&record.data);
                let text = |name: &str| {
                    leaves
                        .iter()
                        .find(|leaf| leaf.0 == Section::System && leaf.1 == name)
                        .map_or("", |leaf| leaf.2.as_str())
                };
                let provider = text("Provider_Name");
                let event_id: u32 = text("EventID").parse().expect("a numeric id");
                let version: u8 = text("Version").parse().unwrap_or(0);
                let event = format!("{provider} {event_id} version {version}");
                let schema = catalogue
                    .event(provider, event_id, version)
                    .filter(|schema| schema.versions.contains(&version));
                let Some(schema) = schema else {
                    *problems.entry(format!("{event} is unknown")).or_default() += 1;
                    continue;
                };
                for (section, name, text) in &leaves {
                    let field = schema
                        .field(*section, name)
                        .or_else(|| catalogue.common().field(*section, name));
                    let problem = match field {
                        None => format!("{event} lacks {section}.{name}"),
                        Some(field) if !fits(field, text) && !is_literal(field, text) => {
                            format!("{event} {section}.{name} is not {}", field.wire_type)
                        }
                        Some(_) => {
                            values += 1;
                            continue;
                        }
                    };
                    *problems.entry(problem).or_default() += 1;
                }
            }
        }
    }
    println!("{records} records, {values} values");
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(records > 8_000, "only {records} records were read");
}

/// Whether a value of that type is shown as exactly this text. An empty text
/// is a value of no type.
fn fits(field: &FieldSchema, text: &str) -> bool {
    text.is_empty() || shown_as(field.wire_type, text).is_some_and(|shown| shown == text)
}

/// Some old templates hold their provider's GUID as text, in upper case.
fn is_literal(field: &FieldSchema, text: &str) -> bool {
    field.name == "Provider_Guid" && guid(text).is_some()
}

fn shown_as(wire_type: WireType, text: &str) -> Option<String> {
    fn number<T: FromStr + ToString>(text: &str) -> Option<String> {
        text.parse::<T>().ok().map(|value| value.to_string())
    }
    let hexadecimal = |digits: usize| {
        let value = u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()?;
        (digits == 16 || value <= u64::from(u32::MAX)).then(|| format!("{value:#x}"))
    };
    match wire_type {
        WireType::UnicodeString | WireType::AnsiString => Some(text.to_owned()),
        WireType::Int8 => number::<i8>(text),
        WireType::UInt8 => number::<u8>(text),
        WireType::Int16 => number::<i16>(text),
        WireType::UInt16 => number::<u16>(text),
        WireType::Int32 => number::<i32>(text),
        WireType::UInt32 => number::<u32>(text),
        WireType::Int64 => number::<i64>(text),
        WireType::UInt64 => number::<u64>(text),
        WireType::Float => number::<f32>(text),
        WireType::Double => number::<f64>(text),
        WireType::Boolean => number::<bool>(text),
        WireType::Binary => text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then(|| text.to_uppercase()),
        WireType::Guid => guid(text),
        WireType::HexInt32 => hexadecimal(8),
        WireType::HexInt64 | WireType::Pointer => hexadecimal(16),
        WireType::FileTime | WireType::SystemTime => text
            .parse::<jiff::Timestamp>()
            .ok()
            .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S.%7fZ").to_string()),
        WireType::Sid => sid(text),
    }
}

fn guid(text: &str) -> Option<String> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let parts: Vec<_> = inner.split('-').collect();
    let widths = [8, 4, 4, 4, 12];
    let sound = parts.len() == widths.len()
        && parts.iter().zip(widths).all(|(part, width)| {
            part.len() == width && part.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
    sound.then(|| text.to_lowercase())
}

fn sid(text: &str) -> Option<String> {
    let mut parts = text.strip_prefix("S-")?.split('-');
    let revision: u8 = parts.next()?.parse().ok()?;
    let authority: u64 = parts.next()?.parse().ok()?;
    let mut shown = format!("S-{revision}-{authority}");
    for part in parts {
        shown.push_str(&format!("-{}", part.parse::<u32>().ok()?));
    }
    Some(shown)
}

/// The leaves of a record: attributes and text of the elements of `System`,
/// data items, and the elements below `UserData`'s only child.
fn leaves(xml: &str) -> Vec<Leaf> {
    let mut reader = Reader::from_str(xml);
    let mut leaves = Vec::new();
    // The open elements, by the names that they give their content.
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut has_children = Vec::new();
    loop {
        match reader.read_event().expect("the parser writes sound XML") {
            Xml::Start(element) => {
                if let Some(parent) = has_children.last_mut() {
                    *parent = true;
                }
                has_children.push(false);
                attributes(&open, &element, &mut leaves);
                open.push(name_of(&element));
                text.clear();
            }
            Xml::Empty(element) => {
                if let Some(parent) = has_children.last_mut() {
                    *parent = true;
                }
                attributes(&open, &element, &mut leaves);
                open.push(name_of(&element));
                leaf(&open, "", &mut leaves);
                open.pop();
            }
            Xml::Text(part) => text.push_str(&part),
            Xml::GeneralRef(entity) => text.push_str(&resolve(&entity)),
            Xml::CData(part) => text.push_str(&part),
            Xml::End(_) => {
                if has_children.pop() == Some(false) {
                    leaf(&open, &text, &mut leaves);
                }
                open.pop();
                text.clear();
            }
            Xml::Eof => return leaves,
            _ => {}
        }
    }
}

fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return character.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(entity)
        .expect("a predefined entity")
        .to_owned()
}

/// A data item's name is in its attribute; any other element's is its own.
fn name_of(element: &BytesStart<'_>) -> String {
    let tag = element.name().as_ref().to_owned();
    if tag != "Data" {
        return tag;
    }
    element
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.as_ref() == "Name")
        .map_or(tag, |attribute| unescaped(&attribute))
}

fn unescaped(attribute: &quick_xml::events::attributes::Attribute<'_>) -> String {
    quick_xml::escape::unescape(&attribute.value)
        .expect("sound entities")
        .into_owned()
}

fn attributes(open: &[String], element: &BytesStart<'_>, leaves: &mut Vec<Leaf>) {
    if open.len() != 2 || open[1] != "System" {
        return;
    }
    let tag = name_of(element);
    for attribute in element.attributes().flatten() {
        let key = attribute.key.as_ref().to_owned();
        leaves.push((
            Section::System,
            format!("{tag}_{key}"),
            unescaped(&attribute),
        ));
    }
}

fn leaf(open: &[String], text: &str, leaves: &mut Vec<Leaf>) {
    let [_event, section, path @ ..] = open else {
        return;
    };
    let section: Section = section.parse().expect("a known section");
    let path = match section {
        Section::UserData => path.get(1..).unwrap_or_default(),
        _ => path,
    };
    // Elements of `System` that are all attributes have no text of their own.
    if path.is_empty() || (section == Section::System && text.is_empty()) {
        return;
    }
    leaves.push((section, path.join("."), text.to_owned()));
}
