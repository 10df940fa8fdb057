//! Correlating what was held back, in the order of time.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::Timestamp;

use super::window::{Entry, Window};
use super::{Correlation, Correlations};
use crate::detect::{Firing, GroupState, Held, ProgramId};
use crate::event::{EventId, OwnedValue};

/// The values that a group has in common.
type Key = Vec<Box<str>>;

/// What a correlation found.
#[derive(Debug)]
struct Found {
    correlation: usize,
    key: Key,
    time: Option<Timestamp>,
    /// With their times, to tell their order.
    events: Vec<(i64, EventId)>,
}

/// Something that a correlation may count.
struct Happening<'h> {
    program: ProgramId,
    time: i64,
    stamp: Option<Timestamp>,
    events: Vec<EventId>,
    fields: &'h dyn Fn(&str) -> Option<Box<str>>,
}

/// One pass over what was held back.
pub(super) struct Evaluation<'c> {
    correlations: &'c Correlations,
    /// The correlations that are evaluated, as places; `None` for all.
    evaluated: Option<HashSet<usize>>,
    windows: HashMap<(usize, Key), Window>,
    found: Vec<Found>,
    /// The correlation whose groups are watched, and the groups.
    watched: Option<(usize, HashMap<Key, Watched>)>,
}

struct Watched {
    distance: f64,
    got: f64,
    events: Vec<EventId>,
}

impl<'c> Evaluation<'c> {
    pub(super) fn new(correlations: &'c Correlations) -> Self {
        Self {
            correlations,
            evaluated: None,
            windows: HashMap::new(),
            found: Vec::new(),
            watched: None,
        }
    }

    /// A pass for one correlation, with those that it refers to.
    pub(super) fn of_one(correlations: &'c Correlations, program: ProgramId) -> Self {
        Self {
            evaluated: Some(correlations.needed_for(program)),
            ..Self::new(correlations)
        }
    }

    /// Keeps how far each group of one correlation came.
    pub(super) fn watch(&mut self, program: ProgramId) {
        let place = self
            .correlations
            .accepted
            .iter()
            .position(|correlation| correlation.program == program);
        self.watched = place.map(|place| (place, HashMap::new()));
    }

    /// Takes all that was held back and returns how much of it has no time and
    /// so was left out.
    pub(super) fn run(&mut self, mut held: Vec<Held>) -> u64 {
        let before = held.len();
        held.retain(|held| held.time.is_some());
        let without_time = before - held.len();
        held.sort_by(|left, right| {
            (left.time, left.event, left.program).cmp(&(right.time, right.event, right.program))
        });
        for held in &held {
            let fields = |name: &str| {
                let (_, value) = held.fields.iter().find(|(known, _)| **known == *name)?;
                text_of(value)
            };
            self.happened(&Happening {
                program: held.program,
                time: held.time.map_or(0, Timestamp::as_microsecond),
                stamp: held.time,
                events: vec![held.event],
                fields: &fields,
            });
        }
        without_time as u64
    }

    fn happened(&mut self, first: &Happening<'_>) {
        // Correlations never refer to themselves, so this comes to an end.
        let mut fired = self.count(first);
        while let Some((found, is_new)) = fired.pop_front() {
            let Found {
                correlation,
                ref key,
                ref events,
                ..
            } = self.found[found];
            let correlation = &self.correlations.accepted[correlation];
            let events = if is_new {
                events.iter().map(|(_, event)| *event).collect()
            } else {
                first.events.clone()
            };
            let key = key.clone();
            let fields = |name: &str| {
                let place = correlation
                    .group_by
                    .iter()
                    .position(|known| *known.name == *name)?;
                key.get(place).cloned()
            };
            let happening = Happening {
                program: correlation.program,
                time: first.time,
                stamp: first.stamp,
                events,
                fields: &fields,
            };
            // A firing that goes on is no second one, but still going on.
            let counted = if is_new {
                self.count(&happening)
            } else {
                self.count_where(&happening, Correlation::is_temporal)
            };
            fired.extend(counted);
        }
    }

    fn count(&mut self, happening: &Happening<'_>) -> VecDeque<(usize, bool)> {
        self.count_where(happening, |_| true)
    }

    /// Counts a happening in every correlation that refers to its program;
    /// returns the firings that this led to, and whether each is new.
    fn count_where(
        &mut self,
        happening: &Happening<'_>,
        is_meant: impl Fn(&Correlation) -> bool,
    ) -> VecDeque<(usize, bool)> {
        let mut fired = VecDeque::new();
        let correlations = self.correlations;
        let interested = correlations.used_by.get(&happening.program);
        for place in interested.into_iter().flatten().copied() {
            let correlation = &correlations.accepted[place];
            let is_evaluated =
                (self.evaluated.as_ref()).is_none_or(|evaluated| evaluated.contains(&place));
            if !is_evaluated || !is_meant(correlation) {
                continue;
            }
            let key: Option<Key> = correlation
                .group_by
                .iter()
                .map(|field| (happening.fields)(field.of(happening.program)))
                .collect();
            // An event without a field that is grouped by is in no group.
            let Some(key) = key else { continue };
            fired.extend(self.push(place, correlation, key, happening));
        }
        fired
    }

    fn push(
        &mut self,
        place: usize,
        correlation: &Correlation,
        key: Key,
        happening: &Happening<'_>,
    ) -> Option<(usize, bool)> {
        let value: Option<Vec<Box<str>>> = correlation
            .counted
            .iter()
            .map(|field| (happening.fields)(field))
            .collect();
        let value = value
            .filter(|values| !values.is_empty())
            .map(|values| values.join("\u{1f}").into_boxed_str());
        let number = value
            .as_deref()
            .and_then(|text| text.trim().parse::<f64>().ok())
            .filter(|number| number.is_finite());
        let window = self.windows.entry((place, key.clone())).or_default();
        window.push(
            Entry {
                time: happening.time,
                places: correlation.places_of(happening.program),
                value,
                number,
                events: happening.events.clone(),
            },
            correlation.span,
        );
        let amount = correlation.wanted.amount(window);
        if let Some((watched, groups)) = &mut self.watched
            && *watched == place
        {
            let group = groups.entry(key.clone()).or_insert_with(|| Watched {
                distance: f64::INFINITY,
                got: 0.0,
                events: Vec::new(),
            });
            group.events.extend_from_slice(&happening.events);
            if amount.distance <= group.distance {
                group.distance = amount.distance;
                group.got = amount.got;
            }
        }
        if !amount.is_met() {
            window.firing = None;
            return None;
        }
        let new_events = happening
            .events
            .iter()
            .map(|event| (happening.time, *event));
        if let Some(found) = window.firing {
            self.found[found].events.extend(new_events);
            self.found[found].time = happening.stamp;
            return Some((found, false));
        }
        let found = self.found.len();
        window.firing = Some(found);
        self.found.push(Found {
            correlation: place,
            key,
            time: happening.stamp,
            events: window
                .entries()
                .flat_map(|entry| entry.events.iter().map(|event| (entry.time, *event)))
                .collect(),
        });
        Some((found, true))
    }

    /// What the correlations found.
    pub(super) fn firings(self) -> impl Iterator<Item = Firing> {
        let correlations = self.correlations;
        self.found.into_iter().map(move |mut found| {
            let correlation = &correlations.accepted[found.correlation];
            found.events.sort_unstable();
            let mut events: Vec<_> = found.events.into_iter().map(|(_, event)| event).collect();
            // One event can be found by several rules, and anew by a
            // correlation that refers to another; its last place counts.
            let mut seen = std::collections::HashSet::with_capacity(events.len());
            events.reverse();
            events.retain(|event| seen.insert(*event));
            events.reverse();
            let names = correlation.group_by.iter().map(|field| &field.name);
            Firing {
                program: correlation.program,
                events,
                time: found.time,
                matched: names
                    .zip(found.key)
                    .map(|(name, value)| (name.clone(), OwnedValue::Text(value)))
                    .collect(),
            }
        })
    }

    /// How far each group of the watched correlation came, the best first.
    pub(super) fn groups(&mut self) -> Vec<GroupState> {
        let Some((place, groups)) = self.watched.take() else {
            return Vec::new();
        };
        let correlation = &self.correlations.accepted[place];
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|(left_key, left), (right_key, right)| {
            left.distance
                .total_cmp(&right.distance)
                .then_with(|| right.got.total_cmp(&left.got))
                .then_with(|| left_key.cmp(right_key))
        });
        groups
            .into_iter()
            .map(|(key, watched)| {
                let names = correlation.group_by.iter().map(|field| &field.name);
                let mut events = watched.events;
                events.dedup();
                GroupState {
                    key: names
                        .zip(&key)
                        .map(|(name, value)| (name.to_string(), value.to_string()))
                        .collect(),
                    got: watched.got,
                    wanted: correlation.wanted.text().to_owned(),
                    met: watched.distance == 0.0,
                    events,
                }
            })
            .collect()
    }
}

/// A value as what groups have in common; nothing for what is no single value.
fn text_of(value: &OwnedValue) -> Option<Box<str>> {
    Some(match value {
        OwnedValue::Text(text) => text.clone(),
        OwnedValue::Integer(number) => number.to_string().into(),
        OwnedValue::Float(number) => number.to_string().into(),
        OwnedValue::Bool(truth) => truth.to_string().into(),
        OwnedValue::List(items) => match items.as_slice() {
            [single] => text_of(single)?,
            _ => return None,
        },
        OwnedValue::Null | OwnedValue::Node(_) => return None,
    })
}
