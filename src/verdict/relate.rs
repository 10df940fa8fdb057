//! Which of the events that look like a signal are its: relations to the events of
//! other signals.
//!
//! Relations hold together: an event belongs to a signal if there is one event of
//! each signal that it names, and of each that those name in turn, with which all
//! relations hold at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::outcome::SignalState;
use super::tie::Tie;
use crate::content::expectation::{Signal, SignalId};
use crate::event::EventId;
use crate::recording::Window;

/// So many choices of related events are kept for each event; what would need more
/// cannot be told.
pub(super) const MOST_BINDINGS: usize = 64;

/// An event that looks like a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// The fields that relations compare, as texts; a field may hold several.
    pub fields: BTreeMap<String, Vec<String>>,
}

/// One event of each signal that an event is related to, those of related signals
/// included.
pub type Binding = BTreeMap<SignalId, EventId>;

/// An event of a signal, and the events that it is related to.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The event.
    pub candidate: Candidate,
    /// The choices of related events with which all relations hold; never empty.
    pub(super) bindings: Bindings,
}

/// Choices of related events.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bindings {
    pub(super) known: Vec<Binding>,
    pub(super) extent: Extent,
}

/// Whether choices are all that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    /// There were too many to keep.
    Some,
}

/// The events of a signal, and what is known of those that only look like it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Related {
    /// The events, in order of time.
    pub events: Vec<Bound>,
    /// The nearest event that looks like it and has not the right relations, with
    /// what is wrong, as a fragment of a sentence.
    pub near: Option<(EventId, String)>,
    /// Why of some event it cannot be told whether it is the signal's, as a fragment
    /// of a sentence, if there is such an event.
    pub undecided: Option<String>,
    /// The signal that is not due and that it depends on, if there is one.
    pub waits_for: Option<SignalId>,
}

/// A signal that others name.
#[derive(Debug, Clone, PartialEq)]
pub struct Partner {
    /// What became of it.
    pub state: SignalState,
    /// Its events.
    pub events: Vec<Bound>,
}

/// The order in which signals can be looked at, each after those that it names.
/// Loading refuses circles; what is in one is left out.
#[must_use]
pub fn in_order(signals: &[Signal]) -> Vec<usize> {
    let known: BTreeSet<&SignalId> = signals.iter().map(|signal| &signal.id).collect();
    let mut placed: BTreeSet<&SignalId> = BTreeSet::new();
    let mut order = Vec::with_capacity(signals.len());
    loop {
        let before = order.len();
        for (number, signal) in signals.iter().enumerate() {
            let is_ready =
                named(signal).all(|other| placed.contains(other) || !known.contains(other));
            if is_ready && placed.insert(&signal.id) {
                order.push(number);
            }
        }
        if order.len() == before {
            return order;
        }
    }
}

fn named(signal: &Signal) -> impl Iterator<Item = &SignalId> {
    let same = signal.same.iter().map(|same| &same.signal);
    same.chain(signal.after.iter().map(|after| &after.signal))
}

/// Sorts out which candidates are events of a signal. Only events inside the window
/// are.
#[must_use]
pub fn relate(
    signal: &Signal,
    candidates: &[Candidate],
    window: &Window,
    partners: &BTreeMap<SignalId, Partner>,
) -> Related {
    let mut related = Related {
        waits_for: named(signal)
            .find(|other| {
                let state = partners.get(*other).map(|partner| partner.state);
                state == Some(SignalState::NotDue)
            })
            .cloned(),
        ..Related::default()
    };
    let names: BTreeSet<&SignalId> = named(signal).collect();
    let ties = names
        .iter()
        .map(|name| Tie::new(signal, name, partners.get(*name)));
    let ties: Vec<_> = ties.collect();
    let mut outside = None;
    for candidate in candidates {
        match judge(&names, &ties, candidate, window) {
            Ok(bindings) => related.events.push(Bound {
                candidate: candidate.clone(),
                bindings,
            }),
            Err(Fault::Unrelated(why)) => {
                related.near.get_or_insert((candidate.event, why));
            }
            Err(Fault::Outside(why)) => {
                outside.get_or_insert((candidate.event, why));
            }
            Err(Fault::Undecided(why)) => {
                related.near.get_or_insert((candidate.event, why.clone()));
                related.undecided.get_or_insert(why);
            }
        }
    }
    related.near = related.near.or(outside);
    related
        .events
        .sort_by_key(|bound| (bound.candidate.time, bound.candidate.event));
    related
}

/// Why a candidate is no event of its signal.
pub(super) enum Fault {
    /// It is outside the window.
    Outside(String),
    /// It does not stand in the right relation.
    Unrelated(String),
    /// Nobody can tell.
    Undecided(String),
}

fn judge(
    names: &BTreeSet<&SignalId>,
    ties: &[Tie<'_>],
    candidate: &Candidate,
    window: &Window,
) -> Result<Bindings, Fault> {
    let Some(time) = candidate.time else {
        return Err(Fault::Undecided(
            "it has no time, so nobody knows whether the test caused it".to_owned(),
        ));
    };
    if !window.holds(Some(time)) {
        return Err(Fault::Outside(format!(
            "it happened at {time}, outside the window of the recording"
        )));
    }
    let mut bindings = Bindings {
        known: vec![Binding::new()],
        extent: Extent::All,
    };
    for tie in ties {
        bindings = tie.extended(&bindings, candidate, time)?;
        if bindings.known.is_empty() {
            return Err(match bindings.extent {
                Extent::All => Fault::Unrelated(format!(
                    "it is related to events of {} that do not belong together",
                    listed(names)
                )),
                Extent::Some => Fault::Undecided(too_many(names)),
            });
        }
    }
    Ok(bindings)
}

fn too_many(names: &BTreeSet<&SignalId>) -> String {
    format!("too many events of {} could belong to it", listed(names))
}

fn listed(names: &BTreeSet<&SignalId>) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}
