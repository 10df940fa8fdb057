//! How a set of detections searches a stream of batches.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::explanation::{Explanation, Predicate};
use super::{Detection, Firing, ProgramId};
use crate::event::catalogue::Source;
use crate::event::{Batch, Event, EventId, FileId, Origin, OwnedValue};

/// Hands every event of a log to a visitor, in order.
pub type EventSource<'s> = dyn FnMut(&mut dyn FnMut(Event<'_>)) + 's;

/// A compiled set of detections.
///
/// Sets, not single detections: the literals of a set are searched for at once.
pub trait Engine: Sync {
    /// The detections of the set; a [`ProgramId`] is a place in it.
    fn programs(&self) -> &[Detection];

    /// Starts searching. Every thread starts its own search and hands its
    /// [`Tally`] to [`conclude`](Self::conclude).
    fn start(&self) -> Box<dyn Search + '_>;

    /// Ends the search: detections that look at several events fire here, on
    /// what all threads have held back for them, in the order of time. The
    /// order in which it was held back does not matter.
    fn conclude(&self, held: Vec<Held>, now: SearchTime, out: &mut Vec<Firing>) -> Conclusion;

    /// The firings of one detection of several events on what was held back for
    /// it, the same as [`conclude`](Self::conclude) finds; `None` if it could not be
    /// searched to the end.
    fn conclude_one(
        &self,
        program: ProgramId,
        held: Vec<Held>,
        now: SearchTime,
    ) -> Option<Vec<Firing>>;

    /// The programs that a detection of several events is held back for; none for
    /// a detection of single ones.
    fn held_for(&self, program: ProgramId) -> Vec<ProgramId>;

    /// Whether a program was compiled.
    fn is_compiled(&self, program: ProgramId) -> bool;

    /// Why a program that was not compiled cannot be evaluated, as a fragment of a
    /// sentence.
    fn refusal(&self, program: ProgramId) -> Option<Refusal>;

    /// Why what a detection finds proves nothing, as a fragment of a sentence: something
    /// that it refers to is not at hand.
    fn caveat(&self, _: ProgramId) -> Option<String> {
        None
    }

    /// Whether a detection fires even where there is no record at all, as one that
    /// counts what did not happen does.
    fn fires_on_nothing(&self, _: ProgramId) -> bool {
        false
    }

    /// Which records a program looks at; programs for which this is the same look at
    /// the same records.
    fn reach_of(&self, program: ProgramId) -> Vec<usize>;

    /// Which log a detection searches, and whether a record of that origin is
    /// part of it.
    fn coverage(&self, program: ProgramId) -> Coverage;

    /// Whether a detection looks at records of that origin.
    fn looks_at(&self, program: ProgramId, origin: &Origin) -> bool;

    /// Whether what a record holds, besides its origin, decides whether a detection
    /// looks at it.
    fn chooses(&self, program: ProgramId, origin: &Origin) -> bool;

    /// Whether a detection looks at this record.
    fn reaches(&self, program: ProgramId, event: Event<'_>) -> bool;

    /// The parts of a detection each of which must see records of its own before it
    /// can fire; the detection itself, if it has no such parts.
    fn needed(&self, program: ProgramId) -> Vec<ProgramId>;

    /// The searches inside a detection that must each find something before it can
    /// fire, besides what [`needed`](Self::needed) tells.
    fn partners(&self, _: ProgramId) -> Vec<Partner> {
        Vec::new()
    }

    /// Whether a search inside a detection looks at records of that origin.
    fn partner_looks_at(&self, _: &Partner, _: &Origin) -> bool {
        false
    }

    /// Whether a search inside a detection looks at records of a log at all.
    fn partner_covers(&self, _: &Partner, _: &Source) -> bool {
        false
    }

    /// Whether a detection looks at records of a log at all.
    fn covers(&self, program: ProgramId, source: &Source) -> bool;

    /// Whether a detection fires on several events together, so that any one of
    /// them may not matter.
    fn combines(&self, program: ProgramId) -> bool;

    /// The fields without which a detection cannot fire on an event, whatever its
    /// other fields held; none if it could, or if it does not look at the event.
    fn lacking(&self, program: ProgramId, event: Event<'_>) -> Vec<String>;

    /// Why a detection fired on these events, or did not.
    /// `now` is the end of what was read, unless it is given.
    fn explain(
        &self,
        program: ProgramId,
        now: Option<SearchTime>,
        events: &mut EventSource<'_>,
    ) -> Explanation;

    /// What a detection asks of events.
    fn predicates(&self, program: ProgramId) -> Vec<Predicate>;

    /// The places of the origins whose records a detection looks at, without those of
    /// which the origin alone tells that it does not fire on them.
    fn origins_asked(&self, program: ProgramId, origins: &[Origin]) -> Vec<usize> {
        let places = origins.iter().enumerate();
        places
            .filter(|(_, origin)| self.looks_at(program, origin))
            .map(|(place, _)| place)
            .collect()
    }
}

/// One thread's part of a search.
pub trait Search: Send {
    /// Searches a batch; firings are appended to `out`.
    fn feed(&mut self, batch: &Batch, out: &mut Vec<Firing>);

    /// Searches one event; firings are appended to `out`.
    fn feed_event(&mut self, event: Event<'_>, out: &mut Vec<Firing>);

    /// Ends this thread's part.
    fn finish(self: Box<Self>) -> Tally;
}

/// An event held back for a detection that looks at several.
#[derive(Debug, Clone)]
pub struct Held {
    /// The detection that the event is held for, or the base rule of one.
    pub program: ProgramId,
    /// The part of the detection that the event is for, where it has several.
    pub part: u32,
    /// The event.
    pub event: EventId,
    /// When it happened; an event without a time is not correlated.
    pub time: Option<Timestamp>,
    /// What the detection needs of it, under its own names.
    pub fields: Vec<(Box<str>, OwnedValue)>,
}

/// What one thread has seen.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many records of each origin were read.
    pub records: BTreeMap<Origin, u64>,
    /// What is held back for [`Engine::conclude`].
    pub held: Vec<Held>,
    /// The detections for which more would have had to be held back than there may.
    pub exhausted: BTreeSet<ProgramId>,
    /// How often values of a detection were not computed to the end.
    pub gave_up: BTreeMap<ProgramId, GaveUp>,
    /// The detections with rows in their results that no record is part of.
    pub causeless: BTreeSet<ProgramId>,
    /// The time of the latest event of each log.
    pub latest: BTreeMap<FileId, Timestamp>,
}

impl Tally {
    /// Adds another thread's tally.
    pub fn merge(&mut self, other: Self) {
        for (origin, count) in other.records {
            *self.records.entry(origin).or_default() += count;
        }
        self.held.extend(other.held);
        self.exhausted.extend(other.exhausted);
        for (program, count) in other.gave_up {
            *self.gave_up.entry(program).or_default() += count;
        }
        self.causeless.extend(other.causeless);
        for (file, time) in other.latest {
            self.saw(file, Some(time));
        }
    }

    /// Notes the time of an event of a log.
    pub fn saw(&mut self, file: FileId, time: Option<Timestamp>) {
        let Some(time) = time else { return };
        let latest = self.latest.entry(file).or_insert(time);
        *latest = time.max(*latest);
    }

    /// The time of the latest event of all logs.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        self.latest.values().max().copied()
    }
}

/// What "now" is for a search: the end of what was recorded, and never the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchTime(pub Timestamp);

impl SearchTime {
    /// The first full second after the latest event, as nobody searches for what is not
    /// written yet; the epoch where no event has a time.
    #[must_use]
    pub fn after(latest: Option<Timestamp>) -> Self {
        let latest = latest.unwrap_or(Timestamp::UNIX_EPOCH);
        let next = latest.as_second().saturating_add(1);
        Self(Timestamp::from_second(next).unwrap_or(latest))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0.as_duration().as_secs_f64()
    }
}

/// Why a detection cannot be evaluated, as a fragment of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is wrong in itself.
    Invalid(String),
    /// It holds something that is not evaluated.
    Unsupported(String),
}

/// A search inside a detection that must find something before it can fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// The detection.
    pub program: ProgramId,
    /// Which of its searches it is.
    pub part: u32,
    /// The logs that it searches, for people.
    pub log_source: String,
}

/// Why what a detection found on some records is not the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// It keeps more rows than it may.
    Rows,
    /// One of its regular expressions gave up.
    Steps,
    /// One of its values grew too long.
    Length,
    /// Its result holds a row that no record is part of.
    Causeless,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rows => "it keeps more rows in memory than it may",
            Self::Steps => "a regular expression of it takes too many steps",
            Self::Length => "a value that it computes is too long",
            Self::Causeless => {
                "a row of its result is due to no record, such as a count of nothing"
            }
        })
    }
}

/// How often values were not computed to the end, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GaveUp {
    /// A regular expression took more steps than it may.
    pub steps: u64,
    /// A value grew longer than it may.
    pub length: u64,
}

impl GaveUp {
    /// Whether that never happened.
    #[must_use]
    pub fn is_never(self) -> bool {
        self == Self::default()
    }

    /// The limit that was met.
    #[must_use]
    pub fn limit(self) -> Option<Limit> {
        match self {
            Self { steps: 1.., .. } => Some(Limit::Steps),
            Self { length: 1.., .. } => Some(Limit::Length),
            Self { .. } => None,
        }
    }
}

impl std::ops::AddAssign for GaveUp {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.length += other.length;
    }
}

impl std::ops::Sub for GaveUp {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            steps: self.steps - before.steps,
            length: self.length - before.length,
        }
    }
}

/// What [`Engine::conclude`] could not take into account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// How many of the events that were held back have no time, so that they
    /// cannot be put in order and were left out.
    pub without_time: u64,
    /// The detections whose rows took more memory than they may.
    pub exhausted: BTreeSet<ProgramId>,
    /// How often values of a detection were not computed to the end.
    pub gave_up: BTreeMap<ProgramId, GaveUp>,
    /// The detections with rows in their results that no record is part of.
    pub causeless: BTreeSet<ProgramId>,
}

/// Whether the log of a detection is one that can be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// There are records that it would look at.
    Searchable,
    /// Nothing that misfire reads is of its log source; the reason as a
    /// fragment of a sentence.
    Unsearchable(String),
}
