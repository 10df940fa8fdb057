//! The records of a chunk as trees.

use std::borrow::Cow;
use std::path::Path;

use super::event_json;
use super::fields;
use super::json::Json;
use super::time::{created, normalise_created, shift_event, shift_ticks};
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::event::catalogue::Catalogue;
use crate::event::{Event, Origin, Section};
use crate::log::chunk::{Body, Chunk};
use crate::log::evtx::types::apply_types;
use crate::log::json::xml_of;
use crate::log::open::ReadOptions;
use crate::log::shift::{OutOfRange, Shift};
use crate::log::xml::{Element, Leaf, Node, Whitespace, parse};

/// A Windows event as a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// The record's number in its file, for messages.
    pub number: u64,
    /// The record's own id in its log (`EventRecordID`), where it has one.
    pub id: Option<u64>,
    /// When it was logged, in 100 ns intervals since 1601; zero if unknown.
    pub time: u64,
    /// The event, from its `Event` element.
    pub event: Element,
}

/// What a chunk held, as trees.
#[derive(Debug, Default)]
pub struct Trees {
    /// The Windows events that could be read, in order.
    pub trees: Vec<Tree>,
    /// The records that are no Windows events.
    pub others: Vec<Other>,
    /// What could not be read, and where.
    pub problems: Vec<Diagnostic>,
}

/// A record that is no Windows event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Its number in its file.
    pub number: u64,
    /// The log that it belongs to.
    pub origin: Origin,
}

impl Tree {
    /// Moves all times of the record.
    ///
    /// # Errors
    ///
    /// A time leaves the range that times can have.
    pub fn shift(&mut self, shift: Shift) -> Result<(), OutOfRange> {
        if self.time > 0 {
            self.time = shift_ticks(self.time, shift)?;
        }
        shift_event(&mut self.event, shift)
    }

    /// Gives the event this record id, if it has none of its own.
    pub fn number_event(&mut self, id: u64) {
        if self.id.is_some() {
            return;
        }
        if let Some(field) = self
            .event
            .child_mut("System")
            .and_then(|system| system.child_mut("EventRecordID"))
        {
            field.children = vec![Node::Text(Leaf::UInt64(id))];
        }
    }
}

impl Chunk {
    /// Reads the chunk's records as trees, from which a binary event log is
    /// written. A damaged chunk yields every record that can be read.
    #[must_use]
    pub fn decode_trees(self, options: &ReadOptions) -> Trees {
        if let Body::Evtx(chunk) = self.body {
            return chunk.decode_trees(&self.path);
        }
        let path = std::sync::Arc::clone(&self.path);
        let decoded = self.decode(options);
        let mut trees = Trees {
            problems: decoded.problems,
            ..Trees::default()
        };
        for record in decoded.batch.events() {
            let number = record.id().record;
            if let Origin::Stream(_) = record.origin() {
                trees.others.push(Other {
                    number,
                    origin: record.origin().clone(),
                });
                continue;
            }
            match event_of(record) {
                Ok(event) => trees.trees.push(tree(number, event)),
                Err(cause) => trees.problems.push(unreadable(&path, number, &cause)),
            }
        }
        trees
    }
}

fn tree(number: u64, event: Element) -> Tree {
    let id = event
        .child("System")
        .and_then(|system| system.child("EventRecordID"))
        .and_then(|id| id.text().trim().parse().ok())
        .filter(|id| *id > 0);
    Tree {
        number,
        id,
        time: created(&event).unwrap_or(0),
        event,
    }
}

fn unreadable(path: &Path, number: u64, cause: &str) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_UNWRITABLE_RECORD,
        format!("the record cannot be turned into an event: {cause}"),
    )
    .at(Place::new(path, At::Record(number)))
    .help("correct the record; the others were converted")
}

/// The event of a record, with every value in the type that Windows stores it
/// in where it reads the same.
fn event_of(record: Event<'_>) -> Result<Element, String> {
    let schema = record
        .find(Section::System, "Provider_Name")
        .and_then(|provider| provider.as_text())
        .zip(event_id(record))
        .and_then(|(provider, id)| Catalogue::bundled().event(provider, id, version(record)));
    let declared = |section: Section, name: &str| Some(schema?.field(section, name)?.wire_type);
    let raw = record.raw();
    let mut event = if let Some(xml) = xml_text(raw) {
        from_xml(&xml)?
    } else {
        match serde_json::from_str::<Json>(raw) {
            Ok(document) => match event_json::event_object(&document) {
                Some((object, attributes)) => event_json::event(object, attributes, &declared),
                None => fields::event(record),
            },
            Err(_) => fields::event(record),
        }
    };
    if event.attribute("xmlns").is_none() && event.name == "Event" {
        let namespace = Leaf::from(fields::NAMESPACE);
        event.attributes.insert(0, ("xmlns".to_owned(), namespace));
    }
    apply_types(&mut event, declared);
    normalise_created(&mut event);
    Ok(event)
}

/// The event of a record that was XML, in the types of `System` alone, as a
/// reader of XML sees it; `None` if the record was something else.
pub(in crate::log) fn xml_event(raw: &str) -> Option<Element> {
    let mut event = from_xml(&xml_text(raw)?).ok()?;
    apply_types(&mut event, |_, _| None);
    Some(event)
}

fn xml_text(raw: &str) -> Option<Cow<'_, str>> {
    if raw.starts_with('<') {
        Some(Cow::Borrowed(raw))
    } else {
        xml_of(raw).map(Cow::Owned)
    }
}

fn from_xml(text: &str) -> Result<Element, String> {
    parse(text.trim(), Whitespace::Drop).map_err(|error| error.to_string())
}

fn event_id(record: Event<'_>) -> Option<u32> {
    match record.origin() {
        Origin::EventLog { event_id, .. } => *event_id,
        Origin::Stream(_) => None,
    }
}

fn version(record: Event<'_>) -> u8 {
    record
        .find(Section::System, "Version")
        .and_then(|version| version.to_json().as_u64())
        .and_then(|version| u8::try_from(version).ok())
        .unwrap_or(0)
}
