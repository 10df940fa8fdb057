//! Which firings a test has caused.

use std::collections::BTreeSet;

use crate::event::{EventId, OwnedValue};

/// A firing, as far as attribution goes.
#[derive(Debug, Clone, PartialEq)]
pub struct FiringFacts {
    /// The events that made it, the deciding one last.
    pub events: Vec<EventId>,
    /// What the events of a group have in common, by name; nothing for a single
    /// event.
    pub group: Vec<(Box<str>, OwnedValue)>,
    /// Whether it is made of one event or of several.
    pub kind: FiringKind,
}

/// What a firing is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FiringKind {
    /// One event decides.
    Single,
    /// Several events count together.
    Aggregated,
}

/// The firings of the same detection when the search is repeated on other parts of
/// the recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Repeated {
    /// Without the events in question.
    pub without: Vec<FiringFacts>,
    /// On the events in question alone.
    pub alone: Vec<FiringFacts>,
    /// On all events of the test's signals alone.
    pub test: Vec<FiringFacts>,
    /// On all events of the test's signals but for those in question.
    pub rest: Vec<FiringFacts>,
}

/// Whether a firing is due to any of these events.
///
/// An aggregated firing is, if it would not be there without them; or if they make
/// the detection fire by themselves, whatever else goes on to meet the condition; or
/// if the test's events do, and would not without them.
#[must_use]
pub fn is_due_to(firing: &FiringFacts, events: &BTreeSet<EventId>, repeated: &Repeated) -> bool {
    let holds_one = firing.events.iter().any(|event| events.contains(event));
    match firing.kind {
        FiringKind::Single => firing
            .events
            .last()
            .is_some_and(|event| events.contains(event)),
        FiringKind::Aggregated if !holds_one => false,
        FiringKind::Aggregated => {
            let is_in = |others: &[FiringFacts]| others.iter().any(|other| is_same(firing, other));
            !is_in(&repeated.without)
                || is_in(&repeated.alone)
                || is_in(&repeated.test) && !is_in(&repeated.rest)
        }
    }
}

/// Whether another firing is of the same group and has some of the same events.
fn is_same(firing: &FiringFacts, other: &FiringFacts) -> bool {
    let mut events = other.events.iter();
    other.group == firing.group && events.any(|event| firing.events.contains(event))
}
