//! A detection's hit.

use jiff::Timestamp;

use crate::event::{EventId, OwnedValue};

/// The place of a detection in the set that an engine was built from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgramId(pub u32);

/// A detection's hit, with the events that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    /// The detection that fired.
    pub program: ProgramId,
    /// The events that made it, the deciding one last; never empty.
    pub events: Vec<EventId>,
    /// When the deciding event happened.
    pub time: Option<Timestamp>,
    /// The fields that matched, under the detection's own names, or the group
    /// of a correlation.
    pub matched: Vec<(Box<str>, OwnedValue)>,
}

impl Firing {
    /// The event that decided.
    #[must_use]
    pub fn event(&self) -> Option<EventId> {
        self.events.last().copied()
    }
}

/// Sorts firings by file, record, and detection, so that their order does not
/// depend on threads.
pub fn sort(firings: &mut [Firing]) {
    firings.sort_by(|left, right| {
        (left.event(), left.program, &left.events).cmp(&(
            right.event(),
            right.program,
            &right.events,
        ))
    });
}
