//! A record as a query sees it.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::compare::Case;
use super::evaluate::{Evaluator, Fields};
use super::expression::Expr;
use super::field::{FieldRef, Slot};
use super::link::{Scope, Slots};
use super::predicate::{Predicate, Within};
use super::raw;
use super::row::{RAW, Row, TIME};
use super::value::Value;
use super::view::{Beyond, Definition, Definitions, Numbers, RecordKind, Wire};
use crate::event::{Event, FieldId, Names, Origin, Section, Value as Held};

/// Where the names of an engine lead in the records of one kind.
#[derive(Debug)]
pub(super) struct FieldTable {
    entries: Vec<Entry>,
    pub(super) condition: Option<Predicate>,
    /// The names of what the view shows besides what is on the wire.
    shown: Vec<(Arc<str>, Slot)>,
    beyond: Beyond,
    /// How the names of what is on the wire are written.
    wire: Wire,
    reading: Reading,
}

/// Where one name leads.
#[derive(Debug, Clone)]
enum Entry {
    Nowhere,
    Wire(Box<[(Option<Section>, FieldId)]>),
    /// A path, whatever the case of its letters; the number of the one as written.
    Path(Option<FieldId>, Box<str>),
    Computed(Box<Expr>),
    Template(Arc<str>),
    Time,
    Raw,
}

/// The names of a kind's definitions, linked.
#[derive(Debug)]
pub(super) struct LinkedKind {
    shown: Vec<(Arc<str>, Slot, Definition)>,
    base: Vec<(Slot, Definition)>,
    condition: Option<Predicate>,
}

impl LinkedKind {
    /// Gives every name of a kind's definitions its place.
    pub(super) fn new(kind: &RecordKind, slots: &mut Slots) -> Self {
        let mut link = |name: &Arc<str>, definition: &Definition| {
            let mut definition = definition.clone();
            if let Definition::Computed(expr) = &mut definition {
                slots.link_definition(Some(name), expr);
            }
            definition
        };
        let linked =
            |definitions: &Definitions,
             link: &mut dyn FnMut(&Arc<str>, &Definition) -> Definition| {
                let definitions = definitions.iter();
                definitions
                    .map(|(name, definition)| (Arc::clone(name), link(name, definition)))
                    .collect::<Vec<_>>()
            };
        let shown = linked(&kind.shown, &mut link);
        let base = linked(&kind.base, &mut link);
        let mut condition = kind.condition.clone();
        if let Some(condition) = &mut condition {
            slots.link_condition(condition);
        }
        Self {
            shown: shown
                .into_iter()
                .map(|(name, definition)| {
                    let slot = slots.intern(Scope::Shown, &name);
                    (name, slot, definition)
                })
                .collect(),
            base: base
                .into_iter()
                .map(|(name, definition)| (slots.intern(Scope::Base, &name), definition))
                .collect(),
            condition,
        }
    }
}

impl FieldTable {
    /// Resolves every name for the records of one kind.
    pub(super) fn new(kind: &RecordKind, linked: LinkedKind, slots: &Slots, names: &Names) -> Self {
        let mut entries: Vec<Entry> = slots
            .names()
            .iter()
            .map(|(scope, name)| match &**name {
                TIME => Entry::Time,
                _ if *scope == Scope::Shown && kind.beyond == Beyond::Nothing => Entry::Nowhere,
                RAW => Entry::Raw,
                _ => on_wire(kind.wire, name, names),
            })
            .collect();
        let entry = |definition| match definition {
            Definition::Computed(expr) => Entry::Computed(Box::new(expr)),
            Definition::Template(text) => Entry::Template(text),
        };
        let mut of_base = std::collections::HashMap::new();
        for (slot, definition) in linked.base {
            let name = &slots.names()[slot.index()].1;
            of_base.insert(Arc::clone(name), definition.clone());
            entries[slot.index()] = entry(definition);
        }
        let mut shown = Vec::new();
        if kind.beyond == Beyond::Everything {
            for (index, (scope, name)) in slots.names().iter().enumerate() {
                if *scope == Scope::Shown
                    && let Some(definition) = of_base.get(name)
                {
                    entries[index] = entry(definition.clone());
                    shown.push((
                        Arc::clone(name),
                        Slot(u32::try_from(index).unwrap_or(u32::MAX)),
                    ));
                }
            }
        }
        for (name, slot, definition) in linked.shown {
            entries[slot.index()] = entry(definition);
            shown.push((name, slot));
        }
        Self {
            entries,
            condition: linked.condition,
            shown,
            beyond: kind.beyond,
            wire: kind.wire,
            reading: Reading {
                empty: Wire::is_empty_null(kind.wire),
                numbers: kind.numbers,
            },
        }
    }

    /// What a field is in every record of an origin, if that can be said.
    pub(super) fn known(&self, field: &FieldRef, origin: &Origin, depth: usize) -> Known {
        match self.entries.get(field.slot.index()) {
            None | Some(Entry::Nowhere) => Known::Value(Value::Null),
            Some(Entry::Template(template)) => template_of_origin(template, origin),
            Some(Entry::Wire(places)) => match (places.first(), origin) {
                (None, _) => Known::Value(Value::Null),
                (
                    Some((Some(Section::System), _)),
                    Origin::EventLog {
                        event_id: Some(id), ..
                    },
                ) if is_event_id(&field.name) => Known::Value(match self.reading.numbers {
                    Numbers::Numbers => Value::Integer(i64::from(*id)),
                    Numbers::Texts => Value::text(&id.to_string()),
                }),
                (
                    Some((Some(Section::System), _)),
                    Origin::EventLog {
                        channel: Some(channel),
                        ..
                    },
                ) if &*field.name == "Channel" => Known::Value(Value::text(channel)),
                _ => Known::Unsure,
            },
            Some(Entry::Computed(expr)) if depth < MOST_NESTED => {
                super::prospect::known(expr, &|field| self.known(field, origin, depth + 1))
            }
            Some(Entry::Path(..) | Entry::Computed(_) | Entry::Time | Entry::Raw) => Known::Unsure,
        }
    }

    /// The expression that a field is computed by, if it is.
    pub(super) fn computed(&self, field: &FieldRef) -> Option<&Expr> {
        match self.entries.get(field.slot.index()) {
            Some(Entry::Computed(expr)) => Some(expr),
            _ => None,
        }
    }

    /// Whether the value of a field stands in the text of the record as it is.
    pub(super) fn is_verbatim(&self, field: &FieldRef) -> bool {
        matches!(
            self.entries.get(field.slot.index()),
            Some(Entry::Wire(_) | Entry::Path(..))
        )
    }
}

/// How deep definitions may refer to each other.
pub(super) const MOST_NESTED: usize = 16;

fn is_event_id(name: &str) -> bool {
    matches!(name, "EventID" | "EventCode" | r#"fields["EventID"]"#)
}

/// What is known of a field without looking at a record.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// It is that in every record.
    Value(Value),
    /// It is a text that begins so.
    Begins(String),
    /// It depends on the record.
    Unsure,
}

fn on_wire(wire: Wire, name: &str, names: &Names) -> Entry {
    let (wire, name) = wire.regarding(name);
    let places: Vec<_> = match wire {
        Wire::Named { view, scope } => view
            .candidates(scope, name)
            .into_iter()
            .filter_map(|place| Some((place.section, names.get(&place.name)?)))
            .collect(),
        Wire::Paths(Case::Insensitive) => {
            let path = name.replace("{}", "");
            return Entry::Path(names.get(&path), path.into());
        }
        Wire::Paths(Case::Sensitive) => names
            .get(&name.replace("{}", ""))
            .map(|id| (None, id))
            .into_iter()
            .collect(),
        Wire::Keys => places_of_key(name)
            .into_iter()
            .filter_map(|(section, name)| Some((Some(section), names.get(&name)?)))
            .collect(),
    };
    if places.is_empty() {
        Entry::Nowhere
    } else {
        Entry::Wire(places.into())
    }
}

/// The names on the wire that a name of a query may lead to.
pub(super) fn wire_names(wire: Wire, name: &str) -> Vec<String> {
    let (wire, name) = wire.regarding(name);
    match wire {
        Wire::Named { view, scope } => {
            let candidates = view.candidates(scope, name);
            candidates
                .into_iter()
                .map(|place| place.name.into_owned())
                .collect()
        }
        Wire::Paths(_) => vec![name.replace("{}", "")],
        Wire::Keys => places_of_key(name)
            .into_iter()
            .map(|(_, name)| name)
            .collect(),
    }
}

/// Where a key of the map `fields` leads. Keys of an event log's record begin with the
/// name of the section, but for those of the system section.
fn places_of_key(name: &str) -> Vec<(Section, String)> {
    let key = name
        .strip_prefix("fields[\"")
        .and_then(|rest| rest.strip_suffix("\"]"));
    let Some(key) = key else {
        return Vec::new();
    };
    let sections = [Section::EventData, Section::UserData];
    if let Some((first, rest)) = key.split_once('.')
        && let Some(section) = sections.into_iter().find(|known| known.as_str() == first)
    {
        return vec![(section, rest.to_owned()), (Section::Body, key.to_owned())];
    }
    // Attributes: `Execution.ProcessID` is `Execution_ProcessID`.
    let system = key.replace('.', "_");
    let mut places = vec![(Section::System, system)];
    if let Some(attribute) = places[0].1.strip_suffix("Id") {
        places.push((Section::System, format!("{attribute}ID")));
    }
    places.push((Section::Body, key.to_owned()));
    places
}

/// The key of the map `fields` that leads to a field.
fn key_of(section: Section, name: &str) -> String {
    match section {
        Section::EventData | Section::UserData => format!("fields[\"{section}.{name}\"]"),
        Section::System => format!("fields[\"{}\"]", name.replace('_', ".")),
        _ => format!("fields[\"{name}\"]"),
    }
}

fn template_of_origin(template: &str, origin: &Origin) -> Known {
    if !template.contains('{') {
        return Known::Value(Value::text(template));
    }
    let Origin::EventLog {
        provider,
        channel,
        event_id,
        ..
    } = origin
    else {
        return Known::Unsure;
    };
    let mut text = template.to_owned();
    if let Some(id) = event_id {
        text = text.replace("{EventID}", &id.to_string());
    }
    if let Some(channel) = channel {
        text = text.replace("{Channel}", channel);
    }
    if let Some(provider) = provider {
        text = text.replace("{Provider}", provider);
    }
    match text.split_once('{') {
        None => Known::Value(Value::text(&text)),
        Some((begin, _)) => Known::Begins(begin.to_owned()),
    }
}

/// What was found of a record so far, for one thread.
#[derive(Debug, Default)]
pub(super) struct Memory {
    cells: RefCell<Vec<(u64, Value)>>,
    /// The number of the record that is looked at, and of the table.
    turn: Cell<u64>,
    depth: Cell<usize>,
}

impl Memory {
    /// Forgets everything.
    pub(super) fn turn(&self, slots: usize) {
        self.turn.set(self.turn.get() + 1);
        let mut cells = self.cells.borrow_mut();
        if cells.len() < slots {
            cells.resize(slots, (0, Value::Null));
        }
    }
}

/// A record under the names of a table.
pub(super) struct RecordFields<'a, 'b> {
    pub(super) event: Event<'b>,
    pub(super) table: &'a FieldTable,
    pub(super) memory: &'a Memory,
    pub(super) evaluator: &'a Evaluator<'a>,
}

impl RecordFields<'_, '_> {
    /// The record as a row, with these fields.
    pub(super) fn row(&self, wanted: &Wanted) -> Row {
        let mut row = Row::of(self.event.id());
        let internal = [TIME, RAW];
        if wanted.everything {
            if self.table.beyond == Beyond::Everything {
                for field in self
                    .event
                    .fields()
                    .filter(|field| field.section.is_payload() || field.section == Section::System)
                {
                    let name: Arc<str> = match self.table.wire {
                        Wire::Named { view, .. } => view.blanks().apply(field.name).as_ref().into(),
                        Wire::Paths(_) => match field.value {
                            Held::List(_) => format!("{}{{}}", field.name).into(),
                            _ => field.name.into(),
                        },
                        Wire::Keys => key_of(field.section, field.name).into(),
                    };
                    if field.section.is_payload() || row.get(&name).is_none() {
                        row.set(&name, of_event(field.value, self.table.reading));
                    }
                }
            }
            for (name, slot) in &self.table.shown {
                let field = FieldRef {
                    name: Arc::clone(name),
                    slot: *slot,
                };
                row.set(name, self.get(&field));
            }
        }
        for field in &wanted.fields {
            if !internal.contains(&&*field.name) {
                row.set(&field.name, self.get(field));
            }
        }
        if let Some(time) = self.event.time() {
            row.set(&TIME.into(), seconds(time));
        }
        if wanted.fields.iter().any(|field| &*field.name == RAW) {
            row.set(&RAW.into(), Value::text(&raw::text_of(self.event)));
        }
        row
    }

    fn in_any_case(&self, path: &str) -> Option<Held<'_>> {
        let mut fields = self.event.fields();
        fields
            .find(|field| field.section.is_payload() && field.name.eq_ignore_ascii_case(path))
            .map(|field| field.value)
    }

    fn find(&self, entry: &Entry) -> Value {
        match entry {
            Entry::Nowhere => Value::Null,
            Entry::Wire(places) => places
                .iter()
                .find_map(|(section, id)| match section {
                    Some(section) => self.event.get(*section, *id),
                    None => self.event.payload(*id),
                })
                .map_or(Value::Null, |value| of_event(value, self.table.reading)),
            Entry::Path(id, path) => id
                .and_then(|id| self.event.payload(id))
                .or_else(|| self.in_any_case(path))
                .map_or(Value::Null, |value| of_event(value, self.table.reading)),
            Entry::Computed(expr) => {
                let depth = self.memory.depth.get();
                if depth >= MOST_NESTED {
                    return Value::Null;
                }
                self.memory.depth.set(depth + 1);
                let value = self.evaluator.value(expr, self);
                self.memory.depth.set(depth);
                value
            }
            Entry::Template(template) => Value::text(&template_of(template, self.event)),
            Entry::Time => self.event.time().map_or(Value::Null, seconds),
            Entry::Raw => Value::text(&raw::text_of(self.event)),
        }
    }
}

impl RecordFields<'_, '_> {
    /// Whether any text of the record that is no value passes a test.
    fn is_text_beyond_values(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        match self.event.origin() {
            Origin::Stream(_) => test(self.event.raw()),
            // How products write such a record is not known, but that it has these keys.
            Origin::EventLog { .. } => self.event.fields().any(|field| match field.section {
                // The names of attributes: `Provider_Name`.
                Section::System => field.name.split('_').any(&mut *test),
                section => test(section.as_str()) || test(field.name),
            }),
        }
    }
}

impl Wire {
    /// Whether an empty field is none: the products that take in event logs do not
    /// extract it.
    fn is_empty_null(wire: Self) -> EmptyText {
        match wire {
            Self::Named { .. } => EmptyText::Null,
            Self::Paths(_) | Self::Keys => EmptyText::Text,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EmptyText {
    Null,
    Text,
}

/// How a value on the wire is taken.
#[derive(Debug, Clone, Copy)]
struct Reading {
    empty: EmptyText,
    numbers: Numbers,
}

impl Reading {
    /// As it is written.
    const EXACT: Self = Self {
        empty: EmptyText::Text,
        numbers: Numbers::Numbers,
    };
}

impl Fields for RecordFields<'_, '_> {
    fn get(&self, field: &FieldRef) -> Value {
        let index = field.slot.index();
        let Some(entry) = self.table.entries.get(index) else {
            return Value::Null;
        };
        let turn = self.memory.turn.get();
        if let Some((known, value)) = self.memory.cells.borrow().get(index)
            && *known == turn
        {
            return value.clone();
        }
        let value = self.find(entry);
        if let Some(cell) = self.memory.cells.borrow_mut().get_mut(index) {
            *cell = (turn, value.clone());
        }
        value
    }

    fn any_text(&self, within: Within, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let is_value = self.event.fields().any(|field| {
            of_event(field.value, Reading::EXACT)
                .items()
                .any(|item| test(&item.to_text()))
        });
        is_value || within == Within::Message && self.is_text_beyond_values(test)
    }
}

/// The time as a number.
pub(super) fn seconds(time: jiff::Timestamp) -> Value {
    let nanos = time.as_nanosecond();
    let whole = nanos.div_euclid(1_000_000_000);
    let rest = nanos.rem_euclid(1_000_000_000);
    match (i64::try_from(whole), rest) {
        (Ok(whole), 0) => Value::Integer(whole),
        #[expect(
            clippy::cast_precision_loss,
            reason = "times of this millennium keep their microseconds"
        )]
        (Ok(whole), rest) => {
            // Microseconds are as fine as the products go.
            let micros = (rest / 1_000) as f64;
            Value::Float(whole as f64 + micros / 1_000_000.0)
        }
        (Err(_), _) => Value::Null,
    }
}

fn of_event(value: Held<'_>, reading: Reading) -> Value {
    match value {
        Held::Text("") if reading.empty == EmptyText::Null => Value::Null,
        Held::Text(text) | Held::Node(text) => Value::text(text),
        Held::Integer(number) if reading.numbers == Numbers::Texts => {
            Value::text(&number.to_string())
        }
        Held::Float(number) if reading.numbers == Numbers::Texts => {
            Value::text(&Value::Float(number).to_text())
        }
        Held::Integer(number) => Value::Integer(number),
        Held::Float(number) => Value::Float(number),
        // As it is written in the record.
        Held::Bool(true) => Value::text("true"),
        Held::Bool(false) => Value::text("false"),
        Held::Null => Value::Null,
        Held::List(list) => Value::list(
            list.iter()
                .map(|item| {
                    let empty = EmptyText::Text;
                    of_event(item, Reading { empty, ..reading })
                })
                .collect(),
        ),
    }
}

fn template_of(template: &str, event: Event<'_>) -> String {
    let mut text = template.to_owned();
    const HOLES: [(&str, &str); 5] = [
        ("{Channel}", "Channel"),
        ("{Computer}", "Computer"),
        ("{Computer:short}", "Computer"),
        ("{EventID}", "EventID"),
        ("{Provider}", "Provider_Name"),
    ];
    for (hole, name) in HOLES {
        if text.contains(hole) {
            let value = event.names().get(name);
            let value = value.and_then(|id| event.get(Section::System, id));
            let value = value.map_or(Value::Null, |value| of_event(value, Reading::EXACT));
            let value = value.to_text();
            let value = match hole {
                "{Computer:short}" => value.split('.').next().unwrap_or(&value),
                _ => &value,
            };
            text = text.replace(hole, value);
        }
    }
    text
}

/// The fields of records that later stages need.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// All of them.
    pub(super) everything: bool,
    /// Those that are named.
    pub(super) fields: Vec<FieldRef>,
}
