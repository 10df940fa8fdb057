//! What an expectation is, once it is loaded and right.

use std::fmt;

use jiff::SignedDuration;
use serde::Serialize;

use crate::content::atomic::{AtomicGuid, TechniqueId};
use crate::detect::{DetectionId, Reading};
use crate::diagnostic::Place;
use crate::event::catalogue::SourceId;

/// What is expected of one atomic.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The technique whose file it stands in.
    pub technique: TechniqueId,
    /// The atomic that it is about.
    pub atomic: AtomicGuid,
    /// How the atomic runs; all that a stage may see.
    pub run: RunBlock,
    /// The events that it must leave, or must not.
    pub signals: Vec<Signal>,
    /// What published pages promise of it.
    pub claims: Vec<Claim>,
    /// The detections that must fire on it.
    pub detections: Vec<ExpectedDetection>,
    /// Its benign twins.
    pub controls: Vec<ExpectedControl>,
    /// Where it stands.
    pub place: Place,
}

/// How an atomic runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunBlock {
    /// It ends by itself.
    Exits {
        /// The exit codes of a success.
        exit_codes: Vec<i32>,
    },
    /// It is observed for a while and then ended.
    KeepsRunning {
        /// How long it is observed.
        observe_for: SignedDuration,
    },
}

/// The name of a signal, unique in its expectation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SignalId(Box<str>);

impl SignalId {
    /// Reads a name: lower-case letters, digits, and hyphens, no hyphen first.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = text.bytes();
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_right =
            bytes.next().is_some_and(is_plain) && bytes.all(|byte| is_plain(byte) || byte == b'-');
        is_right.then(|| Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One expected event.
#[derive(Debug, Clone)]
pub struct Signal {
    /// Its name.
    pub id: SignalId,
    /// What it looks like; any of these. Never empty.
    pub branches: Vec<Branch>,
    /// How many such events there must be.
    pub count: CountRange,
    /// What it has in common with events of other signals; all of it.
    pub same: Vec<Same>,
    /// What it comes after.
    pub after: Option<After>,
    /// When it is due; always, if there is none.
    pub condition: Option<Condition>,
    /// Whether it must be there or must not.
    pub presence: Presence,
    /// Where it stands.
    pub place: Place,
}

impl Signal {
    /// Whether every performance of the atomic must leave it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.presence == Presence::Expected && self.condition.is_none()
    }
}

/// What an expected event looks like.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The log that holds it.
    pub source: SourceId,
    /// Its event ids; any, if there are none.
    pub event_ids: Vec<u32>,
    /// Its fields, as a Sigma selection: a mapping, or a list of mappings. Values
    /// may hold `#{argument}`, `#{host.KEY}`.
    pub fields: serde_yaml::Value,
    /// Where it stands.
    pub place: Place,
}

/// How many events there must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountRange {
    /// At least so many.
    pub min: u64,
    /// At most so many.
    pub max: Option<u64>,
}

impl Default for CountRange {
    fn default() -> Self {
        Self { min: 1, max: None }
    }
}

/// A field whose value is that of a field of another signal's event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// The field of this signal's event.
    pub field: String,
    /// The other signal.
    pub signal: SignalId,
    /// The field of the other signal's event.
    pub other_field: String,
}

/// What a signal comes after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The signal whose first event comes before.
    pub signal: SignalId,
    /// At most so much later.
    pub within: Option<SignedDuration>,
}

/// When a conditional signal is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The condition's name, which a manifest's `given` lists if it held.
    pub given: String,
    /// Why the signal depends on it.
    pub why: String,
}

/// Whether an event must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must be there.
    Expected,
    /// It must not be there.
    Absent,
}

/// What a published page promises.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The promise, in our own words.
    pub text: String,
    /// The page that makes it.
    pub page: String,
    /// Whether it holds.
    pub holds: Holds,
    /// Why it does or does not.
    pub because: Option<String>,
    /// The signals that prove the judgement.
    pub judged_by: Vec<SignalId>,
    /// Where it stands.
    pub place: Place,
}

/// Whether a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// It does.
    True,
    /// It does not.
    False,
    /// No log can show it.
    Unobservable,
}

/// A detection that must fire.
#[derive(Debug, Clone)]
pub struct ExpectedDetection {
    /// The detection's id.
    pub rule: DetectionId,
    /// The signals that it must fire on, any of them; every required one, if
    /// nothing is said.
    pub fires_on: Option<Vec<SignalId>>,
    /// What it is known to do instead.
    pub gap: Option<KnownGap>,
    /// The reading that this is about; every one, if nothing is said.
    pub reading: Option<Reading>,
    /// Where it stands.
    pub place: Place,
}

impl ExpectedDetection {
    /// How the detection is read: as its product does, unless something else is said.
    #[must_use]
    pub fn read(&self) -> Reading {
        self.reading.unwrap_or(Reading::Strict)
    }

    /// Whether it is known that the detection cannot search at all.
    #[must_use]
    pub fn is_known_broken(&self) -> bool {
        let verdict = self.gap.as_ref().map(|gap| gap.verdict);
        matches!(verdict, Some(Gap::Invalid | Gap::Unsupported))
    }
}

/// What a detection is known to do instead of firing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGap {
    /// The verdict that is expected.
    pub verdict: Gap,
    /// Why.
    pub reason: String,
}

/// A verdict that can be a known gap.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// It stays silent although its signals are there.
    Misfire,
    /// The telemetry that it needs is not there.
    Blind,
    /// Its product rejects it.
    Invalid,
    /// It holds a construct that is not evaluated here.
    Unsupported,
    /// It fires on something else.
    Stray,
    /// It cannot be known.
    Inconclusive,
}

/// A benign recording on which detections must stay quiet.
#[derive(Debug, Clone)]
pub struct ExpectedControl {
    /// The name of the fixture, its path below the folder of fixtures.
    pub fixture: String,
    /// The detections that it is the twin of; all of the test, if nothing is said.
    pub detections: Option<Vec<DetectionId>>,
    /// Where it stands.
    pub place: Place,
}
