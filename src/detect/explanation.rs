//! Why a detection fired or stayed silent; one vocabulary for all languages.

use std::ops::Range;

use jiff::Timestamp;

use super::engine::Limit;
use crate::event::{EventId, OwnedValue};

/// One thing that a detection asks of an event, in its author's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    /// The part of the detection that holds it (`selection_img`).
    pub part: String,
    /// The field; `None` looks through the whole event.
    pub field: Option<String>,
    /// What the records themselves call what the field is made of, whatever the
    /// detection's language calls it; nothing where that is not known.
    pub reads: Vec<String>,
    /// How the field is compared (`endswith`, `contains all`, `equals`).
    pub operator: String,
    /// The values, as written.
    pub values: Vec<String>,
    /// How many of the values are asked for.
    pub quantity: Quantity,
    /// Whether the detection wants it *not* to hold.
    pub negated: bool,
    /// Whether it stands in one of several alternatives, or in a negation of a
    /// negation: then it does not decide by itself. A negation whose own parts are
    /// alternatives (`not 1 of filter_*`) is none of them.
    pub nested: bool,
    /// Where the value of the field comes from.
    pub origin: FieldOrigin,
    /// Where it stands in the detection's file, in bytes.
    pub span: Option<Range<usize>>,
}

/// Where the value of a predicate's field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldOrigin {
    /// The record, under this name or another.
    Record,
    /// The detection itself: a lookup, a count, or what it computes of fields.
    Computed,
}

/// How many of a predicate's values are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// One of them is enough.
    Any,
    /// All of them.
    All,
}

/// A predicate and what became of it on one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The predicate.
    pub predicate: Predicate,
    /// What the event holds in its field.
    pub seen: Seen,
    /// Whether the detection got what it wants of this predicate, negation
    /// counted in.
    pub satisfied: bool,
}

/// What an event holds in a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// The event has no such field.
    Absent,
    /// The event has the field with this value.
    Value(OwnedValue),
    /// The predicate looks through the whole event.
    WholeEvent,
}

/// Why a detection fired or stayed silent on a log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// How many records were read.
    pub records: u64,
    /// How many of them are of the detection's log source.
    pub searched: u64,
    /// The events that fired, in order.
    pub fired: Vec<EventId>,
    /// The event that fired first, or the one that came closest.
    pub nearest: Option<NearMiss>,
    /// The groups of a correlation, those that came closest first.
    pub groups: Vec<GroupState>,
    /// How many rows came to each stage of a query, and how many were left.
    pub stages: Vec<StageState>,
    /// Why this may not be the truth, if that is so.
    pub limit: Option<Limit>,
}

/// How many rows a stage of a query took and left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageState {
    /// The query's word for it.
    pub name: String,
    /// Where it stands in the detection's file, in bytes.
    pub span: Option<Range<usize>>,
    /// The rows that came to it.
    pub before: u64,
    /// The rows that it left.
    pub after: u64,
}

/// One event and what became of each predicate on it.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// How many predicates would have to turn out otherwise for the detection
    /// to fire; zero means that it fired.
    pub distance: u32,
    /// The predicates that matter, in the order of the detection's text. An
    /// alternative that is farther away than another is left out.
    pub outcomes: Vec<Outcome>,
}

impl NearMiss {
    /// The first predicate that failed.
    #[must_use]
    pub fn first_failure(&self) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| !outcome.satisfied)
    }
}

/// How far one group of a correlation came.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupState {
    /// The values that the group has in common, by field.
    pub key: Vec<(String, String)>,
    /// What was counted, summed, or matched in the group's best window.
    pub got: f64,
    /// What the correlation asks for (`>= 5`).
    pub wanted: String,
    /// Whether that was enough.
    pub met: bool,
    /// The events of the group, in order of time.
    pub events: Vec<EventId>,
}
