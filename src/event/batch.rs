//! Records as they are searched.

use std::sync::Arc;

use jiff::Timestamp;

use super::builder::Slot;
use super::id::{EventId, FileId};
use super::names::{FieldId, Names};
use super::origin::Origin;
use super::section::Section;
use super::span::Span;
use super::time::{EventTime, parse_time};
use super::value::Value;

/// About one chunk of a log: its text, and where in it the fields stand.
#[derive(Debug)]
pub struct Batch {
    pub(super) file: FileId,
    pub(super) names: Arc<Names>,
    pub(super) local_names: Vec<Box<str>>,
    pub(super) text: String,
    pub(super) records: Vec<Record>,
    pub(super) fields: Vec<RawField>,
    pub(super) items: Vec<Slot>,
    pub(super) origins: Vec<Origin>,
}

#[derive(Debug)]
pub(super) struct Record {
    pub(super) fields: (usize, usize),
    pub(super) raw: Span,
    pub(super) number: u64,
    pub(super) time: EventTime,
    pub(super) origin: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct RawField {
    pub(super) section: Section,
    pub(super) id: FieldId,
    pub(super) slot: Slot,
}

impl Batch {
    /// The file that the records come from.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// How many records the batch holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether the batch holds no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The records in the order in which they were read.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event<'_>> {
        self.records.iter().map(|record| Event {
            batch: self,
            record,
        })
    }

    /// The different origins of the records; [`Event::origin_index`] points
    /// here.
    #[must_use]
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }

    pub(super) fn text_at(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn name(&self, id: FieldId) -> &str {
        self.names.name(id).unwrap_or_else(|| {
            (id.0 as usize)
                .checked_sub(self.names.len())
                .and_then(|local| self.local_names.get(local))
                .map_or("", AsRef::as_ref)
        })
    }
}

/// A handle to one record of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Event<'b> {
    batch: &'b Batch,
    record: &'b Record,
}

/// One field of an event.
#[derive(Debug, Clone, Copy)]
pub struct Field<'b> {
    /// The part of the event that holds it.
    pub section: Section,
    /// Its name's number.
    pub id: FieldId,
    /// Its name.
    pub name: &'b str,
    /// Its value.
    pub value: Value<'b>,
}

impl<'b> Event<'b> {
    /// The event's identity.
    #[must_use]
    pub fn id(self) -> EventId {
        EventId {
            file: self.batch.file,
            record: self.record.number,
        }
    }

    /// When it happened, if the record says so.
    #[must_use]
    pub fn time(self) -> Option<Timestamp> {
        match self.record.time {
            EventTime::Unknown => None,
            EventTime::Text(span) => parse_time(self.batch.text_at(span)),
            EventTime::At(time) => Some(time),
        }
    }

    /// The log it stands in.
    #[must_use]
    pub fn origin(self) -> &'b Origin {
        &self.batch.origins[self.record.origin]
    }

    /// The place of its origin in [`Batch::origins`].
    #[must_use]
    pub fn origin_index(self) -> usize {
        self.record.origin
    }

    /// The record as its reader rendered it, mostly JSON.
    #[must_use]
    pub fn raw(self) -> &'b str {
        self.batch.text_at(self.record.raw)
    }

    /// The table of names that the event's field numbers refer to.
    #[must_use]
    pub fn names(self) -> &'b Names {
        &self.batch.names
    }

    /// The value of a field in one section.
    #[must_use]
    pub fn get(self, section: Section, id: FieldId) -> Option<Value<'b>> {
        self.raw_fields()
            .iter()
            .find(|field| field.id == id && field.section == section)
            .map(|field| Value::resolve(field.slot, self.batch))
    }

    /// The value of a field of the event's own data, whatever its section.
    #[must_use]
    pub fn payload(self, id: FieldId) -> Option<Value<'b>> {
        self.raw_fields()
            .iter()
            .find(|field| field.id == id && field.section.is_payload())
            .map(|field| Value::resolve(field.slot, self.batch))
    }

    /// The value of a field by its name; slow, for messages and tests.
    #[must_use]
    pub fn find(self, section: Section, name: &str) -> Option<Value<'b>> {
        self.fields()
            .find(|field| field.section == section && field.name == name)
            .map(|field| field.value)
    }

    /// All fields in the order of the record.
    pub fn fields(self) -> impl Iterator<Item = Field<'b>> {
        self.raw_fields().iter().map(move |field| Field {
            section: field.section,
            id: field.id,
            name: self.batch.name(field.id),
            value: Value::resolve(field.slot, self.batch),
        })
    }

    fn raw_fields(self) -> &'b [RawField] {
        let (start, end) = self.record.fields;
        &self.batch.fields[start..end]
    }
}
