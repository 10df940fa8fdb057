//! Which of the events that look like a signal are its: relations to the events of
//! other signals.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::content::expectation::{After, Same, Signal, SignalId};
use crate::event::EventId;
use crate::recording::Window;

/// An event that looks like a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// The fields that relations compare, as text.
    pub fields: BTreeMap<String, String>,
}

/// The events of a signal, and the nearest of those that only look like it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Related {
    /// The events, in order of time.
    pub events: Vec<Candidate>,
    /// An event that looks like it and has not the right relation, with what is
    /// wrong, as a fragment of a sentence.
    pub near: Option<(EventId, String)>,
}

/// Sorts out which candidates are events of their signals. Only events inside the
/// window are; relations lead from a signal to those that it names, never in a
/// circle.
#[must_use]
pub fn relate(
    signals: &[Signal],
    candidates: &BTreeMap<SignalId, Vec<Candidate>>,
    window: &Window,
) -> BTreeMap<SignalId, Related> {
    let mut related: BTreeMap<SignalId, Related> = BTreeMap::new();
    let mut waiting: Vec<&Signal> = signals.iter().collect();
    while !waiting.is_empty() {
        let known: BTreeSet<_> = related.keys().cloned().collect();
        let (ready, rest): (Vec<&Signal>, Vec<&Signal>) = waiting.into_iter().partition(|signal| {
            named(signal).all(|other| known.contains(other) || is_foreign(other, signals))
        });
        if ready.is_empty() {
            // A circle; loading refuses it, and none of it is ever there.
            for signal in rest {
                related.insert(signal.id.clone(), Related::default());
            }
            break;
        }
        for signal in ready {
            let own = candidates.get(&signal.id).map_or(&[][..], Vec::as_slice);
            let found = sort_out(signal, own, window, &related);
            related.insert(signal.id.clone(), found);
        }
        waiting = rest;
    }
    related
}

fn named(signal: &Signal) -> impl Iterator<Item = &SignalId> {
    let same = signal.same.iter().map(|same| &same.signal);
    same.chain(signal.after.iter().map(|after| &after.signal))
}

fn is_foreign(id: &SignalId, signals: &[Signal]) -> bool {
    signals.iter().all(|signal| signal.id != *id)
}

fn sort_out(
    signal: &Signal,
    candidates: &[Candidate],
    window: &Window,
    related: &BTreeMap<SignalId, Related>,
) -> Related {
    let mut found = Related::default();
    for candidate in candidates {
        match fault(signal, candidate, window, related) {
            None => found.events.push(candidate.clone()),
            Some(fault) if found.near.is_none() => found.near = Some((candidate.event, fault)),
            Some(_) => {}
        }
    }
    found
        .events
        .sort_by_key(|candidate| (candidate.time, candidate.event));
    found
}

/// What keeps a candidate from being an event of the signal.
fn fault(
    signal: &Signal,
    candidate: &Candidate,
    window: &Window,
    related: &BTreeMap<SignalId, Related>,
) -> Option<String> {
    if !window.holds(candidate.time) {
        return Some(match candidate.time {
            Some(time) => format!("it happened at {time}, outside the window of the recording"),
            None => "it has no time, so nobody knows whether the test caused it".to_owned(),
        });
    }
    let same = signal
        .same
        .iter()
        .find_map(|same| other_value(same, candidate, related));
    same.or_else(|| wrong_time(signal.after.as_ref()?, candidate, related))
}

fn other_value(
    same: &Same,
    candidate: &Candidate,
    related: &BTreeMap<SignalId, Related>,
) -> Option<String> {
    let Same {
        field,
        signal,
        other_field,
    } = same;
    let others = related.get(signal).map_or(&[][..], |found| &found.events);
    if others.is_empty() {
        return Some(format!(
            "its `{field}` must be `{other_field}` of `{signal}`, which is not there"
        ));
    }
    let Some(value) = candidate.fields.get(field) else {
        return Some(format!("it has no `{field}` to compare with `{signal}`"));
    };
    let is_same = others.iter().any(|other| {
        let other = other.fields.get(other_field);
        other.is_some_and(|other| other.eq_ignore_ascii_case(value))
    });
    (!is_same).then(|| {
        let wanted = others[0].fields.get(other_field);
        let wanted = wanted.map_or("nothing", String::as_str);
        format!("its `{field}` is {value}, and `{other_field}` of `{signal}` is {wanted}")
    })
}

fn wrong_time(
    after: &After,
    candidate: &Candidate,
    related: &BTreeMap<SignalId, Related>,
) -> Option<String> {
    let After { signal, within } = after;
    let first = related
        .get(signal)
        .and_then(|found| found.events.first())
        .and_then(|first| first.time);
    let Some(first) = first else {
        return Some(format!("it must come after `{signal}`, which is not there"));
    };
    let time = candidate.time?;
    if time < first {
        return Some(format!(
            "it comes {:#} before `{signal}`",
            rounded(first.duration_since(time))
        ));
    }
    let late = time.duration_since(first);
    let within = (*within).filter(|within| late > *within)?;
    Some(format!(
        "it comes {:#} after `{signal}`, and at most {within:#} may pass",
        rounded(late)
    ))
}

/// A duration that people can read.
fn rounded(duration: SignedDuration) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}
