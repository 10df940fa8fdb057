//! Which of the events that look like a signal are its: relations to the events of
//! other signals.
//!
//! Relations hold together: an event belongs to a signal if there is one event of
//! each signal that it names, and of each that those name in turn, with which all
//! relations hold at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::outcome::SignalState;
use crate::content::expectation::{After, Same, Signal, SignalId};
use crate::event::EventId;
use crate::recording::Window;

/// So many choices of related events are kept for each event; what would need more
/// cannot be told.
const MOST_BINDINGS: usize = 64;

/// What products write where they have no value. Two of these are not the same.
const NO_VALUE: [&str; 3] = ["", "-", "{00000000-0000-0000-0000-000000000000}"];

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
    bindings: Bindings,
}

/// Choices of related events.
#[derive(Debug, Clone, PartialEq)]
struct Bindings {
    known: Vec<Binding>,
    extent: Extent,
}

/// Whether choices are all that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
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
    let mut outside = None;
    for candidate in candidates {
        match judge(signal, &names, candidate, window, partners) {
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
enum Fault {
    /// It is outside the window.
    Outside(String),
    /// It does not stand in the right relation.
    Unrelated(String),
    /// Nobody can tell.
    Undecided(String),
}

fn judge(
    signal: &Signal,
    names: &BTreeSet<&SignalId>,
    candidate: &Candidate,
    window: &Window,
    partners: &BTreeMap<SignalId, Partner>,
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
    for name in names {
        let partner = partners.get(*name);
        let events = partner.map_or(&[][..], |partner| &partner.events);
        if events.is_empty() {
            return Err(without(signal, name, partner.map(|partner| partner.state)));
        }
        let after = signal.after.as_ref();
        let comes_after = after.is_some_and(|after| after.signal == **name);
        // What has the same value may be the same event, seen twice; nothing comes
        // after itself.
        let others = events
            .iter()
            .filter(|event| !comes_after || event.candidate.event != candidate.event);
        let mut fault = None;
        let mut fitting = Vec::new();
        for event in others {
            match unlike(signal, name, candidate, time, &event.candidate) {
                None => fitting.push(event),
                Some(found) => {
                    // The last fault of a partner that cannot be told is what counts.
                    if fault.is_none() || matches!(found, Fault::Undecided(_)) {
                        fault = Some(found);
                    }
                }
            }
        }
        if fitting.is_empty() {
            return Err(fault.unwrap_or_else(|| {
                Fault::Unrelated(format!(
                    "`{name}` must be another event, and there is no other"
                ))
            }));
        }
        bindings = joined(&bindings, name, &fitting);
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

/// The bindings, each extended by every event of a partner that belongs to it.
fn joined(bindings: &Bindings, name: &SignalId, events: &[&Bound]) -> Bindings {
    let mut all: BTreeSet<Binding> = BTreeSet::new();
    let mut extent = bindings.extent;
    'choices: for binding in &bindings.known {
        for event in events {
            if event.bindings.extent == Extent::Some {
                extent = Extent::Some;
            }
            for own in &event.bindings.known {
                let mut wider = own.clone();
                wider.insert(name.clone(), event.candidate.event);
                let agrees = binding
                    .iter()
                    .all(|(signal, event)| wider.get(signal).is_none_or(|other| other == event));
                if !agrees {
                    continue;
                }
                if all.len() == MOST_BINDINGS {
                    extent = Extent::Some;
                    break 'choices;
                }
                wider.extend(
                    binding
                        .iter()
                        .map(|(signal, event)| (signal.clone(), *event)),
                );
                all.insert(wider);
            }
        }
    }
    Bindings {
        known: all.into_iter().collect(),
        extent,
    }
}

/// What a partner without events means.
fn without(signal: &Signal, name: &SignalId, state: Option<SignalState>) -> Fault {
    let tie = match signal.same.iter().find(|same| same.signal == *name) {
        Some(Same {
            field, other_field, ..
        }) => format!("its `{field}` must be `{other_field}` of `{name}`"),
        None => format!("it must come after `{name}`"),
    };
    match state {
        Some(SignalState::Unknown) => Fault::Undecided(format!("{tie}, which is unknown")),
        Some(SignalState::NotDue) => Fault::Undecided(format!("{tie}, which is not due")),
        _ => Fault::Unrelated(format!("{tie}, which is not there")),
    }
}

/// What keeps a candidate from being related to an event of a signal.
fn unlike(
    signal: &Signal,
    name: &SignalId,
    candidate: &Candidate,
    time: Timestamp,
    other: &Candidate,
) -> Option<Fault> {
    let same = signal.same.iter().filter(|same| same.signal == *name);
    for same in same {
        if let Some(fault) = other_value(same, candidate, other) {
            return Some(fault);
        }
    }
    let after = signal.after.as_ref().filter(|after| after.signal == *name);
    wrong_time(after?, time, other.time?)
}

fn other_value(same: &Same, candidate: &Candidate, other: &Candidate) -> Option<Fault> {
    let Same {
        field,
        signal,
        other_field,
    } = same;
    let own = values(candidate, field);
    if own.is_empty() {
        return Some(Fault::Undecided(format!(
            "it has no `{field}` to compare with `{signal}`"
        )));
    }
    let others = values(other, other_field);
    if others.is_empty() {
        return Some(Fault::Undecided(format!(
            "`{signal}` has no `{other_field}` to compare with its `{field}`"
        )));
    }
    let is_same = own
        .iter()
        .any(|own| others.iter().any(|other| is_same(own, other)));
    (!is_same).then(|| {
        Fault::Unrelated(format!(
            "its `{field}` is {}, and `{other_field}` of `{signal}` is {}",
            own.join(", "),
            others.join(", ")
        ))
    })
}

/// The values of a field, without what stands for none.
fn values<'c>(candidate: &'c Candidate, field: &str) -> Vec<&'c str> {
    let values = candidate.fields.get(field).into_iter().flatten();
    values
        .map(String::as_str)
        .filter(|value| !NO_VALUE.contains(value))
        .collect()
}

/// Whether two texts are one value: products write process ids in decimal and in
/// hexadecimal digits, and GUIDs in either case.
fn is_same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right) || number(left).is_some_and(|own| number(right) == Some(own))
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn wrong_time(after: &After, time: Timestamp, other: Timestamp) -> Option<Fault> {
    let After { signal, within } = after;
    if time < other {
        return Some(Fault::Unrelated(format!(
            "it comes {:#} before `{signal}`",
            rounded(other.duration_since(time))
        )));
    }
    let late = time.duration_since(other);
    let within = (*within).filter(|within| late > *within)?;
    Some(Fault::Unrelated(format!(
        "it comes {:#} after `{signal}`, and at most {within:#} may pass",
        rounded(late)
    )))
}

/// A duration that people can read.
fn rounded(duration: SignedDuration) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}
