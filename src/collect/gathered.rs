//! Records as they come in, in any order and more than once.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use super::{CollectError, Latency};
use crate::recording::Window;

/// How many bytes of records are kept of one window. A busy account makes about a
/// gigabyte an hour; whoever wants more wants another tool.
const MOST_BYTES: usize = 1 << 30;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What tells it from all others of its source, if the source has such a thing.
    pub id: Option<String>,
    /// Its own time: when what it tells of happened.
    pub time: Option<Timestamp>,
    /// The record, one JSON value.
    pub text: String,
    /// When it was first seen.
    pub seen: Timestamp,
}

/// What became of a record that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is new and was kept.
    New,
    /// It is there already.
    Again,
    /// Its time lies outside of the window.
    Outside,
}

/// The records of one window, each once.
#[derive(Debug, Clone)]
pub struct Gathered {
    window: Window,
    ids: HashSet<String>,
    /// Those that the present asking has brought.
    brought: HashSet<String>,
    records: Vec<Record>,
    bytes: usize,
    again: u64,
    outside: u64,
    notes: BTreeMap<String, u64>,
}

impl Gathered {
    /// Nothing yet of that window.
    #[must_use]
    pub fn new(window: Window) -> Self {
        Self {
            window,
            ids: HashSet::new(),
            brought: HashSet::new(),
            records: Vec::new(),
            bytes: 0,
            again: 0,
            outside: 0,
            notes: BTreeMap::new(),
        }
    }

    /// The window.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// Says that the source is asked anew, so that what it brings again is no longer a
    /// thing to tell. Whoever asks a source several times says so before each.
    pub fn begin_asking(&mut self) {
        self.brought.clear();
        self.again = 0;
        self.outside = 0;
    }

    /// Adds a record of `service`, unless it is there already or outside of the
    /// window. A record without a time is kept: what it tells of may be part of it.
    ///
    /// # Errors
    /// There is more than can be kept.
    pub fn add(&mut self, service: &str, record: Record) -> Result<Added, CollectError> {
        if record.time.is_some_and(|time| !self.holds(time)) {
            self.outside += 1;
            return Ok(Added::Outside);
        }
        if let Some(id) = &record.id {
            if !self.brought.insert(id.clone()) {
                self.again += 1;
                return Ok(Added::Again);
            }
            if !self.ids.insert(id.clone()) {
                return Ok(Added::Again);
            }
        }
        self.bytes = self.bytes.saturating_add(record.text.len());
        if self.bytes > MOST_BYTES {
            return Err(CollectError::TooMuch {
                service: service.to_owned(),
                bytes: MOST_BYTES as u64,
            });
        }
        self.records.push(record);
        Ok(Added::New)
    }

    /// What of it belongs to a window within its own. What is told of how it was
    /// gathered is told of that, too.
    #[must_use]
    pub fn within(&self, window: Window) -> Self {
        if window.start == self.window.start && window.end == self.window.end {
            return self.clone();
        }
        let mut part = Self {
            again: self.again,
            notes: self.notes.clone(),
            ..Self::new(window)
        };
        for record in &self.records {
            if record.time.is_some_and(|time| !part.holds(time)) {
                continue;
            }
            part.ids.extend(record.id.clone());
            part.bytes = part.bytes.saturating_add(record.text.len());
            part.records.push(record.clone());
        }
        part
    }

    /// Keeps what another has to tell besides.
    pub fn note_also(&mut self, other: &Self) {
        for (text, times) in &other.notes {
            *self.notes.entry(text.clone()).or_default() += times;
        }
    }

    /// Whether a record of that time is part of the window. A time in whole seconds may
    /// have been cut off to them, so it counts from the second in which the window starts.
    #[must_use]
    pub fn holds(&self, time: Timestamp) -> bool {
        let start = match time.subsec_nanosecond() {
            0 => Timestamp::from_second(self.window.start.as_second()).unwrap_or(Timestamp::MIN),
            _ => self.window.start,
        };
        start <= time && time <= self.window.end
    }

    /// Whether a record with this id is there.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// The records in the order in which they came.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The records by time and id, those without a time last: the same records make
    /// the same files, in whatever order they came.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Record> {
        let mut sorted: Vec<_> = self.records.iter().collect();
        sorted.sort_by_key(|record| (record.time.is_none(), record.time, &record.id, &record.text));
        sorted
    }

    /// How long records took to appear.
    #[must_use]
    pub fn latency(&self) -> Option<Latency> {
        let waits = self.records.iter().filter_map(|record| {
            let wait = record.seen.duration_since(record.time?);
            // A record from the future is one of a wrong clock.
            Some(Duration::try_from(wait).unwrap_or_default())
        });
        Latency::of(waits.collect())
    }

    /// Keeps what is worth knowing besides; the same words are told once.
    pub fn note(&mut self, text: impl Into<String>) {
        *self.notes.entry(text.into()).or_default() += 1;
    }

    /// What is worth knowing besides, a sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self
            .notes
            .iter()
            .map(|(text, times)| match times {
                1 => text.clone(),
                _ => format!("{text} ({times} times)"),
            })
            .collect();
        if self.again > 0 {
            notes.push(format!(
                "{} answered more than once, kept once",
                records(self.again)
            ));
        }
        if self.outside > 0 {
            notes.push(format!(
                "{} outside of the window, left out",
                records(self.outside)
            ));
        }
        let timeless = self.records.iter().filter(|record| record.time.is_none());
        match timeless.count() {
            0 => {}
            count => notes.push(format!("{} without a time, kept", records(count as u64))),
        }
        notes
    }
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        _ => format!("{count} records"),
    }
}
