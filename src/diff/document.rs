//! A run, as far as two of them are compared.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::recording::Evidence;
use crate::verdict::{ClaimState, ControlOutcome, SignalState, StageName, Verdict};

/// The document of a run (`misfire run --format json`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDocument {
    pub(super) tests: Vec<Test>,
    /// The technique and the name of each test that a filter left out.
    pub(super) left_out: Vec<(Option<String>, String)>,
    /// The errors among the problems with content and recordings.
    pub(super) errors: Vec<Problem>,
    /// What the tests were judged in, by its name: deployments, and where content is from.
    pub(super) settings: BTreeMap<&'static str, String>,
    pub(super) planned: u64,
    pub(super) judged: u64,
    pub(super) unexpected: u64,
    pub(super) interrupted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Problem {
    pub(super) code: String,
    pub(super) file: Option<String>,
    pub(super) message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Test {
    pub(super) technique: Option<String>,
    pub(super) atomic: Option<String>,
    pub(super) name: String,
    pub(super) stage: StageWord,
    pub(super) recording: String,
    pub(super) arguments: BTreeMap<String, String>,
    pub(super) evidence: Option<Evidence>,
    pub(super) stand_in: Option<String>,
    pub(super) not_run: Option<String>,
    pub(super) signals: Vec<Signal>,
    pub(super) verdicts: Vec<Judgement>,
    pub(super) controls: Vec<Control>,
    pub(super) claims: Vec<Claim>,
    pub(super) agreements: Vec<Agreement>,
    pub(super) hits: Vec<Hit>,
}

/// How a recording came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StageWord {
    Replay,
    Simulate,
    Execute,
}

impl StageWord {
    pub(super) const ALL: [Self; 3] = [Self::Replay, Self::Simulate, Self::Execute];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Replay => StageName::Replay,
            Self::Simulate => StageName::Simulate,
            Self::Execute => StageName::Execute,
        }
        .as_str()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signal {
    pub(super) id: String,
    pub(super) looks_like: String,
    pub(super) state: SignalState,
    pub(super) expected: bool,
    pub(super) reason: String,
    pub(super) near_miss: Option<NearMiss>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Judgement {
    pub(super) detection: String,
    pub(super) reading: String,
    pub(super) title: String,
    pub(super) verdict: Verdict,
    pub(super) expected: bool,
    pub(super) known_gap: Option<String>,
    pub(super) reason: String,
    pub(super) fires_on: Vec<String>,
    /// How many events it fired on besides those that it must.
    pub(super) extra: usize,
    pub(super) near_miss: Option<NearMiss>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Control {
    pub(super) name: String,
    pub(super) detection: String,
    pub(super) reading: String,
    pub(super) title: String,
    pub(super) outcome: ControlOutcome,
    pub(super) expected: bool,
    pub(super) reason: String,
    pub(super) evidence: Option<Evidence>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    pub(super) text: String,
    pub(super) page: String,
    pub(super) holds: String,
    pub(super) state: ClaimState,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Agreement {
    pub(super) recording: String,
    pub(super) detection: String,
    pub(super) title: String,
    pub(super) other: String,
    pub(super) other_title: String,
    pub(super) agrees: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub(super) detection: String,
    pub(super) title: String,
}

/// What came closest to being seen, or to firing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NearMiss {
    /// The event; null if none came close.
    pub event: Option<RecordedEvent>,
    /// How many predicates would have to turn out otherwise; null without an event.
    pub distance: Option<u64>,
    /// The predicates and what became of them on the event.
    pub predicates: Vec<Predicate>,
    /// A relation to another signal that does not hold.
    pub relation: Option<String>,
    /// The parts of the smallest change that would flip it; empty if none would.
    pub change: Vec<String>,
}

/// An event of a recording.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct RecordedEvent {
    /// The file.
    pub file: String,
    /// The record's number in the file.
    pub record: u64,
}

/// A predicate and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Predicate {
    /// The part of the detection that holds it.
    pub part: String,
    /// The field; null looks through the whole event.
    pub field: Option<String>,
    /// How the field is compared.
    pub operator: String,
    /// What it is compared with.
    pub wanted: Vec<String>,
    /// Whether all of the values are wanted.
    pub wanted_all: bool,
    /// Whether it must not hold.
    pub negated: bool,
    /// The value of the field as people read it; null if the event has no such field, or
    /// the whole event is looked through.
    pub seen: Option<String>,
    /// Whether the detection got what it wants, negation counted in.
    pub satisfied: bool,
}
