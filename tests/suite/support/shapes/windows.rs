//! Windows events: their members, the order and the types of their fields, and
//! the shapes of their values.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use misfire::event::catalogue::{Catalogue, WireType};
use misfire::log::evtx::copy::copy_evtx;
use misfire::log::xml::{Element, Leaf, Node};

use super::report::Page;
use super::shape::shape;
use crate::support::corpora::files;

/// Whether a real record of the same form is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    Yes,
    No,
}

/// Members of `System` that are the same in every record of a kind.
const CONSTANT: [&str; 7] = [
    "Provider/@Name",
    "Provider/@Guid",
    "Provider/@EventSourceName",
    "Level",
    "Task",
    "Opcode",
    "Keywords",
];

/// One event, taken apart.
#[derive(Clone)]
pub struct Event {
    pub provider: String,
    pub id: u32,
    pub version: u8,
    pub system: Vec<(String, Value)>,
    /// The fields with the section that they stand in, in order.
    pub fields: Vec<(String, Value)>,
}

/// A value with the type that it is stored in.
#[derive(Clone)]
pub struct Value {
    pub text: String,
    pub wire_type: WireType,
}

/// The events of a binary log.
pub fn events(path: &Path) -> Vec<Event> {
    let (events, lost) = read(path);
    assert_eq!(lost, 0, "{} is damaged", path.display());
    events
}

/// The events of a binary log in memory, and how many could not be read.
pub fn events_of(log: &[u8]) -> (Vec<Event>, u64) {
    let mut events = Vec::new();
    let copied = copy_evtx(Cursor::new(log), Cursor::new(Vec::new()), |record| {
        events.extend(Event::of(&record.event));
    });
    let (report, _) = copied.unwrap_or_else(|error| panic!("{error}"));
    (events, report.lost)
}

fn read(path: &Path) -> (Vec<Event>, u64) {
    let log = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    events_of(&log)
}

impl Event {
    fn of(event: &Element) -> Option<Self> {
        let mut system = Vec::new();
        let mut fields = Vec::new();
        for section in event.elements() {
            if section.name == "System" {
                for member in section.elements() {
                    leaves(member, &member.name, &mut system);
                }
            } else {
                for field in section.elements() {
                    let name = field
                        .attribute("Name")
                        .map_or_else(|| field.name.clone(), |name| name.text().into_owned());
                    fields.push((format!("{}.{name}", section.name), value(field)));
                }
            }
        }
        let text = |path: &str| {
            let found = system.iter().find(|(known, _)| known == path);
            found.map(|(_, value): &(String, Value)| value.text.clone())
        };
        Some(Self {
            provider: text("Provider/@Name")?,
            id: text("EventID")?.parse().ok()?,
            version: text("Version")
                .and_then(|text| text.parse().ok())
                .unwrap_or(0),
            system,
            fields,
        })
    }

    /// What a manifest calls this kind of event.
    pub fn names(&self) -> Vec<String> {
        vec![format!("event {}", self.id)]
    }

    fn kind(&self) -> (String, u32) {
        (self.provider.clone(), self.id)
    }

    fn form(&self) -> (u8, Vec<String>) {
        let names = self.fields.iter().map(|(name, _)| name.clone());
        (self.version, names.collect())
    }

    /// Which members `System` has.
    fn members(&self) -> BTreeSet<&str> {
        self.system.iter().map(|(path, _)| path.as_str()).collect()
    }
}

fn leaves(element: &Element, path: &str, out: &mut Vec<(String, Value)>) {
    for (name, leaf) in &element.attributes {
        out.push((format!("{path}/@{name}"), of_leaf(leaf)));
    }
    if element.attributes.is_empty() || !element.children.is_empty() {
        out.push((path.to_owned(), value(element)));
    }
}

fn value(element: &Element) -> Value {
    let leaf = element.children.iter().find_map(|child| match child {
        Node::Text(leaf) => Some(leaf),
        Node::Element(_) => None,
    });
    Value {
        text: element.text().into_owned(),
        wire_type: leaf.map_or(WireType::UnicodeString, Leaf::wire_type),
    }
}

fn of_leaf(leaf: &Leaf) -> Value {
    Value {
        text: leaf.text().into_owned(),
        wire_type: leaf.wire_type(),
    }
}

/// What real events of one provider and id look like.
#[derive(Default)]
struct Kind {
    /// Versions with their fields in order.
    forms: BTreeSet<(u8, Vec<String>)>,
    members: BTreeSet<BTreeSet<String>>,
    /// The values of members that do not change.
    constants: BTreeMap<String, BTreeSet<String>>,
    shapes: BTreeMap<String, BTreeSet<&'static str>>,
    types: BTreeMap<(u8, String), BTreeSet<WireType>>,
    system_types: BTreeMap<String, BTreeSet<WireType>>,
}

/// The real events at hand.
pub struct RealEvents {
    kinds: BTreeMap<(String, u32), Kind>,
}

impl RealEvents {
    pub fn read(folders: &[PathBuf]) -> Self {
        Self::read_at_least(8_000, folders)
    }

    /// The same, of folders that hold at least so many.
    pub fn read_at_least(least: usize, folders: &[PathBuf]) -> Self {
        let mut kinds = BTreeMap::<_, Kind>::new();
        let mut count = 0;
        for path in folders.iter().flat_map(|folder| files(folder, "evtx")) {
            for event in read(&path).0 {
                count += 1;
                kinds.entry(event.kind()).or_default().add(&event);
            }
        }
        assert!(count >= least, "only {count} real events");
        Self { kinds }
    }

    /// Compares an event with the real ones of its kind.
    pub fn compare(&self, event: &Event, page: &mut Page<'_>) -> Verified {
        page.compared();
        let name = format!("{} {} version {}", event.provider, event.id, event.version);
        declared(event, &name, page);
        let Some(kind) = self.kinds.get(&event.kind()) else {
            return Verified::No;
        };
        kind.compare(event, &name, page);
        if kind.forms.contains(&event.form()) {
            Verified::Yes
        } else {
            Verified::No
        }
    }
}

impl Kind {
    fn add(&mut self, event: &Event) {
        self.forms.insert(event.form());
        let members = event.members().into_iter().map(str::to_owned);
        self.members.insert(members.collect());
        for (path, value) in &event.system {
            if CONSTANT.contains(&path.as_str()) {
                let known = self.constants.entry(path.clone()).or_default();
                known.insert(value.text.to_lowercase());
            }
            if !value.text.is_empty() {
                let types = self.system_types.entry(path.clone()).or_default();
                types.insert(value.wire_type);
            }
        }
        for (name, value) in &event.fields {
            let shapes = self.shapes.entry(name.clone()).or_default();
            shapes.insert(shape(&value.text));
            if !value.text.is_empty() {
                let key = (event.version, name.clone());
                self.types.entry(key).or_default().insert(value.wire_type);
            }
        }
    }

    fn compare(&self, event: &Event, name: &str, page: &mut Page<'_>) {
        let members = event.members();
        if !self
            .members
            .iter()
            .any(|known| known.iter().map(String::as_str).eq(members.iter().copied()))
        {
            let members: Vec<_> = members.into_iter().collect();
            let what = format!("no real record has in System just {}", members.join(", "));
            page.difference(name, &what);
        }
        for (path, value) in &event.system {
            let known = self.constants.get(path);
            if known.is_some_and(|known| !known.contains(&value.text.to_lowercase())) {
                page.difference(name, &format!("System.{path} is never {}", value.text));
            }
            let types = self.system_types.get(path);
            let fits = types.is_none_or(|types| types.contains(&value.wire_type));
            if !fits && !value.text.is_empty() {
                let what = format!("System.{path} is never stored as {}", value.wire_type);
                page.difference(name, &what);
            }
        }
        for (field, value) in &event.fields {
            let found = shape(&value.text);
            if let Some(shapes) = self.shapes.get(field)
                && !shapes.contains(found)
            {
                let shapes: Vec<_> = shapes.iter().copied().collect();
                let what = format!("{field} is {found}, in reality {}", shapes.join(" or "));
                page.difference(name, &what);
            }
            let types = self.types.get(&(event.version, field.clone()));
            if let Some(types) = types
                && !value.text.is_empty()
                && !types.contains(&value.wire_type)
            {
                let what = format!("{field} is never stored as {}", value.wire_type);
                page.difference(name, &what);
            }
        }
    }
}

/// Compares with what the catalogue declares, which is all that is known of
/// events that nobody recorded.
fn declared(event: &Event, name: &str, page: &mut Page<'_>) {
    let schema = Catalogue::bundled()
        .event(&event.provider, event.id, event.version)
        .filter(|schema| schema.versions.contains(&event.version));
    let Some(schema) = schema else {
        page.difference(name, "the catalogue does not know this version");
        return;
    };
    let declared = schema
        .fields
        .iter()
        .map(|field| (format!("{}.{}", field.section, field.name), field.wire_type));
    let declared: Vec<_> = declared.collect();
    let names =
        |names: &mut dyn Iterator<Item = &String>| names.cloned().collect::<Vec<_>>().join(", ");
    let wanted = names(&mut declared.iter().map(|(name, _)| name));
    let found = names(&mut event.fields.iter().map(|(name, _)| name));
    if wanted != found {
        page.difference(
            name,
            &format!("the fields are {found}; declared are {wanted}"),
        );
        return;
    }
    for ((field, wire_type), (_, value)) in declared.iter().zip(&event.fields) {
        if !value.text.is_empty() && value.wire_type != *wire_type {
            let what = format!(
                "{field} is stored as {} and declared as {wire_type}",
                value.wire_type
            );
            page.difference(name, &what);
        }
    }
}
