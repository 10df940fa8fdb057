//! How readers fill a batch.

use std::collections::HashMap;
use std::sync::Arc;

use super::batch::{Batch, RawField, Record};
use super::id::FileId;
use super::names::{FieldId, Names};
use super::origin::Origin;
use super::section::Section;
use super::span::Span;
use super::time::EventTime;

/// A value as a batch stores it; [`Value`](super::Value) is what it means.
#[derive(Debug, Clone, Copy)]
pub enum Slot {
    /// Text in the batch's text.
    Text(Span),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// An explicit null.
    Null,
    /// Values `start..end` of the batch's list items.
    List {
        /// The first item.
        start: u32,
        /// One past the last item.
        end: u32,
    },
    /// Nested JSON in the batch's text.
    Node(Span),
}

/// Builds a [`Batch`] record by record.
///
/// The text that the reader parses is given at the start and stays untouched,
/// so that spans into it hold; whatever has to be decoded is appended to it.
#[derive(Debug)]
pub struct BatchBuilder {
    batch: Batch,
    /// The length of the given text; decoded text follows it.
    given: usize,
    tail: String,
    local_ids: HashMap<Box<str>, FieldId, ahash::RandomState>,
    open_record: usize,
    /// Names of the open record that may have come more than once.
    repeated: Vec<(Section, FieldId)>,
}

impl BatchBuilder {
    /// Starts a batch of `file` whose records will refer to a text of `given`
    /// bytes, handed over in [`finish`](Self::finish).
    #[must_use]
    pub fn new(file: FileId, names: Arc<Names>, given: usize) -> Self {
        Self {
            batch: Batch {
                file,
                names,
                local_names: Vec::new(),
                text: String::new(),
                records: Vec::new(),
                fields: Vec::new(),
                items: Vec::new(),
                origins: Vec::new(),
            },
            given,
            tail: String::new(),
            local_ids: HashMap::default(),
            open_record: 0,
            repeated: Vec::new(),
        }
    }

    /// The number of a field name.
    ///
    /// A name with blanks that no one asked for by its full spelling takes the
    /// number of the spelling without them: Sigma writes `ThreatName` for
    /// Defender's `Threat Name` (Sigma taxonomy appendix, "Field names").
    pub fn name(&mut self, name: &str) -> FieldId {
        if let Some(id) = self.batch.names.get(name) {
            return id;
        }
        if let Some(id) = self.local_ids.get(name) {
            return *id;
        }
        if name.contains(' ')
            && let Some(id) = self.batch.names.get(&name.replace(' ', ""))
        {
            return id;
        }
        let next = self.batch.names.len() + self.batch.local_names.len();
        let id = FieldId(u32::try_from(next).unwrap_or(u32::MAX));
        self.batch.local_names.push(name.into());
        self.local_ids.insert(name.into(), id);
        id
    }

    /// Keeps text that is not in the given text, and says where it stands.
    pub fn decoded(&mut self, text: &str) -> Span {
        let start = self.given + self.tail.len();
        self.tail.push_str(text);
        Span::new(start, start + text.len()).unwrap_or_default()
    }

    /// Adds a field to the open record.
    pub fn field(&mut self, section: Section, id: FieldId, slot: Slot) {
        self.batch.fields.push(RawField { section, id, slot });
    }

    /// Adds a field whose name may come again in this record; its values are
    /// then gathered in one list, in order.
    pub fn repeatable_field(&mut self, section: Section, id: FieldId, slot: Slot) {
        // A list's own name comes again and again; others are sorted out later.
        if self.repeated.last() != Some(&(section, id)) {
            self.repeated.push((section, id));
        }
        self.field(section, id, slot);
    }

    /// The text behind a slot, if it is text; `given` is the text that was
    /// announced in [`new`](Self::new).
    #[must_use]
    pub fn text<'a>(&'a self, slot: Slot, given: &'a str) -> Option<&'a str> {
        let Slot::Text(span) = slot else {
            return None;
        };
        match (span.start as usize).checked_sub(self.given) {
            Some(start) => self.tail.get(start..span.end as usize - self.given),
            None => given.get(span.range()),
        }
    }

    /// Gives each of the open record's fields under one name a name of its own,
    /// in order, if there are as many fields as names; says whether it did.
    pub fn rename_repeated(
        &mut self,
        section: Section,
        id: FieldId,
        names: &[(Section, FieldId)],
    ) -> bool {
        let mut fields: Vec<_> = self.batch.fields[self.open_record..]
            .iter_mut()
            .filter(|field| field.section == section && field.id == id)
            .collect();
        if fields.len() != names.len() {
            return false;
        }
        for (field, (section, id)) in fields.iter_mut().zip(names) {
            field.section = *section;
            field.id = *id;
        }
        true
    }

    /// Stores values as one list.
    pub fn list(&mut self, items: &[Slot]) -> Slot {
        let start = u32::try_from(self.batch.items.len()).unwrap_or(u32::MAX);
        self.batch.items.extend_from_slice(items);
        let end = u32::try_from(self.batch.items.len()).unwrap_or(u32::MAX);
        Slot::List { start, end }
    }

    /// The last slot of a field of the open record.
    #[must_use]
    pub fn find(&self, section: Section, id: FieldId) -> Option<Slot> {
        self.batch.fields[self.open_record..]
            .iter()
            .rev()
            .find(|field| field.section == section && field.id == id)
            .map(|field| field.slot)
    }

    /// Ends the open record. `raw` is its own text in the given text, `number`
    /// its record number.
    pub fn end_record(&mut self, raw: Span, number: u64, time: EventTime, origin: &Origin) {
        let known = self.batch.origins.iter().rposition(|known| known == origin);
        let origin = known.unwrap_or_else(|| self.add_origin(origin.clone()));
        self.close(raw, number, time, origin);
    }

    /// Ends the open record of a Windows event log; `log` is its provider, its
    /// channel, and its event id.
    pub fn end_event_log_record(
        &mut self,
        raw: Span,
        number: u64,
        time: EventTime,
        log: (Option<&str>, Option<&str>, Option<u32>),
    ) {
        let known = self.batch.origins.iter().rposition(|known| match known {
            Origin::EventLog {
                provider,
                channel,
                event_id,
            } => (provider.as_deref(), channel.as_deref(), *event_id) == log,
            Origin::Stream(_) => false,
        });
        let origin = known.unwrap_or_else(|| {
            self.add_origin(Origin::EventLog {
                provider: log.0.map(Into::into),
                channel: log.1.map(Into::into),
                event_id: log.2,
            })
        });
        self.close(raw, number, time, origin);
    }

    fn add_origin(&mut self, origin: Origin) -> usize {
        self.batch.origins.push(origin);
        self.batch.origins.len() - 1
    }

    fn close(&mut self, raw: Span, number: u64, time: EventTime, origin: usize) {
        if !self.repeated.is_empty() {
            self.gather_repeated();
        }
        let end = self.batch.fields.len();
        self.batch.records.push(Record {
            fields: (self.open_record, end),
            raw,
            number,
            time,
            origin,
        });
        self.open_record = end;
    }

    /// Forgets the fields of the open record.
    pub fn abandon_record(&mut self) {
        self.repeated.clear();
        self.batch.fields.truncate(self.open_record);
    }

    /// Ends the batch; `text` is the text that was announced in
    /// [`new`](Self::new).
    #[must_use]
    pub fn finish(mut self, mut text: String) -> Batch {
        debug_assert_eq!(text.len(), self.given, "spans refer to another text");
        self.abandon_record();
        text.push_str(&self.tail);
        self.batch.text = text;
        self.batch
    }

    fn gather_repeated(&mut self) {
        let mut repeated = std::mem::take(&mut self.repeated);
        repeated.sort_unstable();
        repeated.dedup();
        // For each repeated name, the place of its first field and its values.
        let mut gathered: Vec<(usize, Vec<Slot>)> = vec![(usize::MAX, Vec::new()); repeated.len()];
        let fields = &mut self.batch.fields;
        let mut kept = self.open_record;
        for at in self.open_record..fields.len() {
            let field = fields[at];
            if let Ok(name) = repeated.binary_search(&(field.section, field.id)) {
                let (first, slots) = &mut gathered[name];
                slots.push(field.slot);
                if *first != usize::MAX {
                    continue;
                }
                *first = kept;
            }
            fields[kept] = field;
            kept += 1;
        }
        fields.truncate(kept);
        for (place, slots) in gathered {
            if slots.len() < 2 {
                continue;
            }
            let mut flat = Vec::with_capacity(slots.len());
            for slot in slots {
                match slot {
                    Slot::List { start, end } => {
                        flat.extend_from_slice(&self.batch.items[start as usize..end as usize]);
                    }
                    single => flat.push(single),
                }
            }
            self.batch.fields[place].slot = self.list(&flat);
        }
        repeated.clear();
        self.repeated = repeated;
    }
}
