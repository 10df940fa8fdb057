//! The mark of a run in fields that a detection reads.
//!
//! A run marks what it does, so that its records can be told from others. Where the mark
//! stands in a field that a detection reads, the records are not quite what the same act
//! leaves without misfire; so that is said, and whether it mattered.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::event::EventId;

/// A field that a detection reads and that holds the mark.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MarkedField {
    /// The record's own name for it.
    pub field: String,
    /// What the run has added to its value.
    pub added: String,
}

/// Whether what a detection did depends on the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Influence {
    /// It does the same without it.
    None,
    /// It does something else without it.
    Decisive,
    /// That could not be found out.
    Unknown,
}

impl Influence {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Decisive => "decisive",
            Self::Unknown => "unknown",
        }
    }
}

/// The mark in what one detection reads, and what that means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkReport {
    /// The fields.
    pub fields: Vec<MarkedField>,
    /// Whether what the detection did depends on it.
    pub influence: Influence,
    /// How, as a fragment of a sentence.
    pub reason: String,
}

impl MarkReport {
    /// What stands where, and what that means, as a fragment of a sentence.
    #[must_use]
    pub fn short(&self) -> String {
        let fields: Vec<_> = self
            .fields
            .iter()
            .map(|marked| format!("`{}` holds `{}`", marked.field, marked.added))
            .collect();
        format!("{}; {}", fields.join(", "), self.reason)
    }

    /// The same, with what it is about.
    #[must_use]
    pub fn told(&self) -> String {
        format!(
            "the mark of the run stands in what it reads: {}",
            self.short()
        )
    }
}

/// What is known of the mark and one detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkFacts {
    /// The fields that hold the mark in records that the detection looks at, each with
    /// whether the detection is known to read it.
    pub fields: Vec<(MarkedField, bool)>,
    /// The events that decided its firings.
    pub fired_on: BTreeSet<EventId>,
    /// The same, searched again in the recording without the mark; `None` if that could
    /// not be done.
    pub without: Option<BTreeSet<EventId>>,
}

/// Judges what the mark means for a detection; `None` if the detection does not read it
/// and does the same without it.
#[must_use]
pub fn judge_mark(facts: &MarkFacts) -> Option<MarkReport> {
    let with = &facts.fired_on;
    let (influence, reason) = match &facts.without {
        None => (
            Influence::Unknown,
            "whether that matters could not be found out",
        ),
        Some(without) if without == with && with.is_empty() => {
            (Influence::None, "it stays silent without it as well")
        }
        Some(without) if without == with => (Influence::None, "it fires without it as well"),
        Some(without) if without.is_empty() => (
            Influence::Decisive,
            "without it the detection would have stayed silent",
        ),
        Some(_) if with.is_empty() => (
            Influence::Decisive,
            "without it the detection would have fired",
        ),
        Some(_) => (
            Influence::Decisive,
            "without it the detection would have fired on other events",
        ),
    };
    let is_read = |read: bool| read || influence == Influence::Decisive;
    let mut fields: Vec<_> = facts
        .fields
        .iter()
        .filter(|(_, read)| is_read(*read))
        .map(|(field, _)| field.clone())
        .collect();
    fields.sort();
    fields.dedup();
    (!fields.is_empty()).then(|| MarkReport {
        fields,
        influence,
        reason: reason.to_owned(),
    })
}
