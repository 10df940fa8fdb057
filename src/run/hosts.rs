//! The hosts whose records a recording holds.

use std::collections::BTreeSet;

use crate::event::{Batch, Event, Origin, Section};

/// Adds the computers that the event-log records of a batch name.
pub(super) fn collect(batch: &Batch, computers: &mut BTreeSet<String>) {
    let mut last = None;
    for computer in batch.events().filter_map(computer_of) {
        // Nearly every log is of one host.
        if last != Some(computer) && !computers.contains(computer) {
            computers.insert(computer.to_owned());
        }
        last = Some(computer);
    }
}

fn computer_of(event: Event<'_>) -> Option<&str> {
    if !matches!(event.origin(), Origin::EventLog { .. }) {
        return None;
    }
    let value = match event.names().get("Computer") {
        Some(name) => event.get(Section::System, name),
        None => event.find(Section::System, "Computer"),
    };
    let computer = value?.as_text()?;
    (!computer.is_empty()).then_some(computer)
}

/// Whether two names are of one host: whatever their case, and one may be without its
/// domain.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let is_short_for = |short: &str, long: &str| {
        let label = long.split('.').next().unwrap_or(long);
        !short.contains('.') && short.eq_ignore_ascii_case(label)
    };
    one.to_lowercase() == other.to_lowercase()
        || is_short_for(one, other)
        || is_short_for(other, one)
}
