//! The events of one group that stand close enough together.

use std::collections::{HashMap, VecDeque};

use crate::event::EventId;

/// One thing that happened in a group: an event, or the firing of another
/// correlation.
#[derive(Debug)]
pub(super) struct Entry {
    /// Microseconds since 1970.
    pub(super) time: i64,
    /// The places of the rule in the correlation's list.
    pub(super) places: Vec<usize>,
    /// The value of the field that is counted.
    pub(super) value: Option<Box<str>>,
    /// The same as a number.
    pub(super) number: Option<f64>,
    /// What happened then.
    pub(super) events: Vec<EventId>,
}

/// The entries of a group within the time span that ends with the last one.
///
/// What they amount to is kept up to date, so that an entry costs little
/// however many there are.
#[derive(Debug, Default)]
pub(super) struct Window {
    entries: VecDeque<Entry>,
    /// When each rule of the list fired.
    fired: HashMap<usize, VecDeque<i64>>,
    values: HashMap<Box<str>, usize>,
    /// In ascending order.
    numbers: Vec<f64>,
    sum: f64,
    /// The firing that this group's condition being met has led to, and that
    /// goes on while it is met.
    pub(super) firing: Option<usize>,
}

impl Window {
    /// Adds an entry, which is not earlier than any before, and lets go of
    /// those that are more than `span` microseconds older.
    pub(super) fn push(&mut self, entry: Entry, span: i64) {
        let oldest = entry.time.saturating_sub(span);
        while self
            .entries
            .front()
            .is_some_and(|entry| entry.time < oldest)
        {
            if let Some(entry) = self.entries.pop_front() {
                self.forget(&entry);
            }
        }
        for place in &entry.places {
            self.fired.entry(*place).or_default().push_back(entry.time);
        }
        if let Some(value) = &entry.value {
            *self.values.entry(value.clone()).or_default() += 1;
        }
        if let Some(number) = entry.number {
            self.sum += number;
            let place = self.numbers.partition_point(|known| *known <= number);
            self.numbers.insert(place, number);
        }
        self.entries.push_back(entry);
    }

    fn forget(&mut self, entry: &Entry) {
        for place in &entry.places {
            if let Some(times) = self.fired.get_mut(place) {
                times.pop_front();
            }
        }
        if let Some(value) = &entry.value
            && let Some(count) = self.values.get_mut(value)
        {
            *count -= 1;
            if *count == 0 {
                self.values.remove(value);
            }
        }
        if let Some(number) = entry.number {
            let place = self.numbers.partition_point(|known| *known < number);
            self.numbers.remove(place);
            // Adding and taking away leaves a rest where numbers have
            // fractions; an empty window has none.
            self.sum = if self.numbers.is_empty() {
                0.0
            } else {
                self.sum - number
            };
        }
    }

    /// The entries in order of time.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(super) fn count(&self) -> f64 {
        self.entries.len() as f64
    }

    pub(super) fn distinct(&self) -> f64 {
        self.values.len() as f64
    }

    pub(super) fn sum(&self) -> Option<f64> {
        (!self.numbers.is_empty()).then_some(self.sum)
    }

    pub(super) fn average(&self) -> Option<f64> {
        Some(self.sum()? / self.numbers.len() as f64)
    }

    /// The number below which `percentile` in a hundred of the numbers lie,
    /// with what lies between two of them in proportion.
    pub(super) fn percentile(&self, percentile: f64) -> Option<f64> {
        let last = self.numbers.len().checked_sub(1)?;
        let rank = percentile / 100.0 * last as f64;
        let below = self.numbers[(rank.floor() as usize).min(last)];
        let above = self.numbers[(rank.ceil() as usize).min(last)];
        Some(below + (above - below) * rank.fract())
    }

    /// Whether the rule at a place of the list has fired.
    pub(super) fn has_fired(&self, place: usize) -> bool {
        self.fired
            .get(&place)
            .is_some_and(|times| !times.is_empty())
    }

    /// How many of the first `count` rules of the list have fired one after the
    /// other; rules that fire at the same time count as in order.
    pub(super) fn longest_in_order(&self, count: usize) -> usize {
        let mut time = i64::MIN;
        for place in 0..count {
            // The earliest that is late enough leaves the most room.
            let next = self.fired.get(&place).and_then(|times| {
                let first = times.partition_point(|known| *known < time);
                times.get(first)
            });
            match next {
                Some(next) => time = *next,
                None => return place,
            }
        }
        count
    }
}
