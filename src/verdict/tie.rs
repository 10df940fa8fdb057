//! What ties a signal to another one, ready to be compared with every event.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::outcome::SignalState;
use super::relate::{Binding, Bindings, Bound, Candidate, Extent, Fault, MOST_BINDINGS, Partner};
use super::same::{Index, Keys, values};
use crate::content::expectation::{After, Same, Signal, SignalId};
use crate::event::EventId;

/// The relations of a signal to one partner, with the partner's events.
pub(super) struct Tie<'r> {
    name: &'r SignalId,
    state: Option<SignalState>,
    events: &'r [Bound],
    same: Vec<SameValue<'r>>,
    after: Option<&'r After>,
    /// Where the first value that must be the same is found.
    index: Option<Index>,
    /// The choices of each event, by the events that they share with the choices
    /// made before; those are of the same signals for every candidate.
    shared: OnceCell<Shared<'r>>,
}

/// A value that must be the same.
struct SameValue<'r> {
    same: &'r Same,
    /// What each event of the partner has.
    others: Vec<Keys>,
    /// Whether one of them has nothing.
    may_lack: bool,
}

struct Shared<'r> {
    signals: Vec<&'r SignalId>,
    /// Places of events, and of the choice among those of the event.
    choices: HashMap<Vec<Option<EventId>>, Vec<(usize, usize)>>,
}

/// How an event of a partner fits.
enum Fit<'t, 'r> {
    Fits,
    /// The candidate has no value.
    Lacks(&'t SameValue<'r>),
    /// The partner's event has no value.
    OtherLacks(&'t SameValue<'r>),
    Differs(&'t SameValue<'r>),
    WrongTime(&'r After),
}

impl Fit<'_, '_> {
    fn is_undecided(&self) -> bool {
        matches!(self, Self::Lacks(_) | Self::OtherLacks(_))
    }
}

impl<'r> Tie<'r> {
    pub(super) fn new(
        signal: &'r Signal,
        name: &'r SignalId,
        partner: Option<&'r Partner>,
    ) -> Self {
        let events = partner.map_or(&[][..], |partner| &partner.events);
        let same = signal.same.iter().filter(|same| same.signal == *name);
        let same: Vec<_> = same
            .map(|same| {
                let others = events.iter();
                let others: Vec<_> = others
                    .map(|event| keys(&event.candidate, &same.other_field))
                    .collect();
                SameValue {
                    same,
                    may_lack: others.iter().any(Keys::is_empty),
                    others,
                }
            })
            .collect();
        Self {
            name,
            state: partner.map(|partner| partner.state),
            events,
            index: same.first().map(|same| Index::of(same.others.iter())),
            same,
            after: signal.after.as_ref().filter(|after| after.signal == *name),
            shared: OnceCell::new(),
        }
    }

    /// The bindings, each extended by every event of the partner that a candidate of
    /// that time is related to and that belongs to the binding.
    pub(super) fn extended(
        &self,
        bindings: &Bindings,
        candidate: &Candidate,
        time: Timestamp,
    ) -> Result<Bindings, Fault> {
        if self.events.is_empty() {
            return Err(self.without());
        }
        let same = self.same.iter();
        let own: Vec<_> = same.map(|same| keys(candidate, &same.same.field)).collect();
        let is_fitting = |place: &usize| {
            self.is_other(*place, candidate) && matches!(self.fit(*place, &own, time), Fit::Fits)
        };
        let fitting: Vec<usize> = match (&self.index, own.first()) {
            (Some(index), Some(first)) => {
                let places = index.places(first).into_iter();
                places.filter(is_fitting).collect()
            }
            _ => (0..self.events.len()).filter(is_fitting).collect(),
        };
        if fitting.is_empty() {
            return Err(self.fault(candidate, &own, time));
        }
        Ok(self.joined(bindings, &fitting))
    }

    /// Whether an event is another one, where it must be. What has the same value may
    /// be the same event, seen twice; nothing comes after itself.
    fn is_other(&self, place: usize, candidate: &Candidate) -> bool {
        self.after.is_none() || self.events[place].candidate.event != candidate.event
    }

    fn fit<'t>(&'t self, place: usize, own: &[Keys], time: Timestamp) -> Fit<'t, 'r> {
        for (same, own) in self.same.iter().zip(own) {
            if own.is_empty() {
                return Fit::Lacks(same);
            }
            let other = &same.others[place];
            if other.is_empty() {
                return Fit::OtherLacks(same);
            }
            if !own.share_one(other) {
                return Fit::Differs(same);
            }
        }
        match (self.after, self.events[place].candidate.time) {
            (Some(after), Some(other)) if !is_after(after, time, other) => Fit::WrongTime(after),
            _ => Fit::Fits,
        }
    }

    /// Why a candidate is related to none of the events.
    fn fault(&self, candidate: &Candidate, own: &[Keys], time: Timestamp) -> Fault {
        let others = (0..self.events.len()).filter(|place| self.is_other(*place, candidate));
        let mut faults = others.map(|place| (place, self.fit(place, own, time)));
        let Some(first) = faults.next() else {
            let name = self.name;
            return Fault::Unrelated(format!(
                "`{name}` must be another event, and there is no other"
            ));
        };
        let may_be_undecided =
            own.iter().any(Keys::is_empty) || self.same.iter().any(|same| same.may_lack);
        let undecided = if may_be_undecided {
            faults.filter(|(_, fit)| fit.is_undecided()).last()
        } else {
            None
        };
        // The last fault of a partner that cannot be told is what counts.
        let (place, fit) = undecided.unwrap_or(first);
        let other = &self.events[place].candidate;
        match fit {
            Fit::Lacks(SameValue { same, .. }) => Fault::Undecided(format!(
                "it has no `{}` to compare with `{}`",
                same.field, same.signal
            )),
            Fit::OtherLacks(SameValue { same, .. }) => Fault::Undecided(format!(
                "`{}` has no `{}` to compare with its `{}`",
                same.signal, same.other_field, same.field
            )),
            Fit::Differs(SameValue { same, .. }) => Fault::Unrelated(format!(
                "its `{}` is {}, and `{}` of `{}` is {}",
                same.field,
                listed(candidate, &same.field),
                same.other_field,
                same.signal,
                listed(other, &same.other_field)
            )),
            Fit::WrongTime(after) => wrong_time(after, time, other.time.unwrap_or(time)),
            Fit::Fits => Fault::Unrelated(format!("it is not related to `{}`", self.name)),
        }
    }

    /// What a partner without events means.
    fn without(&self) -> Fault {
        let name = self.name;
        let tie = match self.same.first() {
            Some(SameValue { same, .. }) => format!(
                "its `{}` must be `{}` of `{name}`",
                same.field, same.other_field
            ),
            None => format!("it must come after `{name}`"),
        };
        match self.state {
            Some(SignalState::Unknown) => Fault::Undecided(format!("{tie}, which is unknown")),
            Some(SignalState::NotDue) => Fault::Undecided(format!("{tie}, which is not due")),
            _ => Fault::Unrelated(format!("{tie}, which is not there")),
        }
    }

    /// The bindings, each extended by every one of these events that belongs to it.
    fn joined(&self, bindings: &Bindings, fitting: &[usize]) -> Bindings {
        let mut all: BTreeSet<Binding> = BTreeSet::new();
        let mut fitting_events = fitting.iter().map(|place| &self.events[*place]);
        let mut extent = bindings.extent;
        if fitting_events.any(|event| event.bindings.extent == Extent::Some) {
            extent = Extent::Some;
        }
        'choices: for binding in &bindings.known {
            for (event, own) in self.choices(binding, fitting) {
                let event = event.candidate.event;
                if !self.agrees(binding, own, event) {
                    continue;
                }
                if all.len() == MOST_BINDINGS {
                    extent = Extent::Some;
                    break 'choices;
                }
                let mut wider = own.clone();
                wider.insert(self.name.clone(), event);
                let others = binding.iter();
                wider.extend(others.map(|(signal, event)| (signal.clone(), *event)));
                all.insert(wider);
            }
        }
        Bindings {
            known: all.into_iter().collect(),
            extent,
        }
    }

    fn agrees(&self, binding: &Binding, own: &Binding, event: EventId) -> bool {
        binding
            .iter()
            .all(|(signal, chosen)| match self.chosen(signal, own, event) {
                Some(other) => other == *chosen,
                None => true,
            })
    }

    /// The event of a signal that an event of the partner is chosen with.
    fn chosen(&self, signal: &SignalId, own: &Binding, event: EventId) -> Option<EventId> {
        if signal == self.name {
            Some(event)
        } else {
            own.get(signal).copied()
        }
    }

    /// The choices of these events that may agree with a binding, in order.
    fn choices<'t>(
        &'t self,
        binding: &'t Binding,
        fitting: &'t [usize],
    ) -> Box<dyn Iterator<Item = (&'r Bound, &'r Binding)> + 't> {
        let all = fitting.iter().flat_map(|place| {
            let event = &self.events[*place];
            event.bindings.known.iter().map(move |own| (event, own))
        });
        if binding.is_empty() || fitting.len() == 1 {
            return Box::new(all);
        }
        let shared = self.shared.get_or_init(|| self.share(binding));
        let key: Vec<_> = shared
            .signals
            .iter()
            .map(|signal| binding.get(*signal).copied())
            .collect();
        let found = shared.choices.get(&key).map_or(&[][..], Vec::as_slice);
        if found.len() > fitting.len() {
            return Box::new(all);
        }
        let found = found.iter().filter_map(move |(place, choice)| {
            fitting.binary_search(place).ok()?;
            let event = &self.events[*place];
            Some((event, event.bindings.known.get(*choice)?))
        });
        Box::new(found)
    }

    /// Sorts the choices of all events by what they share with a binding.
    fn share(&self, binding: &Binding) -> Shared<'r> {
        let of_first = self.events.first().and_then(|event| {
            let own = event.bindings.known.first()?;
            Some(own.keys())
        });
        let signals = of_first.into_iter().flatten().chain([self.name]);
        let signals: Vec<_> = signals
            .filter(|signal| binding.contains_key(*signal))
            .collect();
        let mut choices: HashMap<_, Vec<_>> = HashMap::new();
        for (place, event) in self.events.iter().enumerate() {
            for (choice, own) in event.bindings.known.iter().enumerate() {
                let key: Vec<_> = signals
                    .iter()
                    .map(|signal| self.chosen(signal, own, event.candidate.event))
                    .collect();
                choices.entry(key).or_default().push((place, choice));
            }
        }
        Shared { signals, choices }
    }
}

fn keys(candidate: &Candidate, field: &str) -> Keys {
    Keys::of(values(candidate.fields.get(field)))
}

fn listed(candidate: &Candidate, field: &str) -> String {
    let values: Vec<_> = values(candidate.fields.get(field)).collect();
    values.join(", ")
}

fn is_after(after: &After, time: Timestamp, other: Timestamp) -> bool {
    time >= other && (after.within).is_none_or(|within| time.duration_since(other) <= within)
}

fn wrong_time(after: &After, time: Timestamp, other: Timestamp) -> Fault {
    let After { signal, within } = after;
    Fault::Unrelated(match within {
        Some(within) if time >= other => format!(
            "it comes {:#} after `{signal}`, and at most {within:#} may pass",
            rounded(time.duration_since(other))
        ),
        _ => format!(
            "it comes {:#} before `{signal}`",
            rounded(other.duration_since(time))
        ),
    })
}

/// A duration that people can read.
fn rounded(duration: SignedDuration) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}
