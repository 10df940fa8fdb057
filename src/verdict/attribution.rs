//! Which firings a test has caused.

use std::collections::BTreeSet;

use crate::event::EventId;

/// A firing, as far as attribution goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiringFacts {
    /// The events that made it, the deciding one last.
    pub events: Vec<EventId>,
    /// What the events of a group have in common; empty for a single event.
    pub group: String,
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

/// Whether a firing is due to any of these events. `repeated` are the firings of
/// the same detection when the events are taken away and the search is repeated: an
/// aggregated firing that is still there, in the same group and with some of the
/// same events, would have been there without them.
#[must_use]
pub fn is_due_to(
    firing: &FiringFacts,
    events: &BTreeSet<EventId>,
    repeated: &[FiringFacts],
) -> bool {
    let holds_one = firing.events.iter().any(|event| events.contains(event));
    match firing.kind {
        FiringKind::Single => firing
            .events
            .last()
            .is_some_and(|event| events.contains(event)),
        FiringKind::Aggregated if !holds_one => false,
        FiringKind::Aggregated => !repeated.iter().any(|other| {
            other.group == firing.group
                && other
                    .events
                    .iter()
                    .any(|event| firing.events.contains(event))
        }),
    }
}
