//! How long records take to appear.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::skew::Skew;
use super::stream::Stream;
use crate::collect::Latency;

/// How long after what they tell records could first be read, per stream.
///
/// Each figure is an upper bound: a record may have been there since the reading
/// before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appearances {
    waits: BTreeMap<Stream, Vec<Duration>>,
}

impl Appearances {
    /// Notes that a canary, performed at a time of our clock, was first found by a
    /// reading that ended then.
    pub fn canary(&mut self, stream: &Stream, performed: Timestamp, found: Timestamp) {
        self.add(stream, performed, found);
    }

    /// Notes that a record, whose time is of its source's clock, was first found by
    /// a reading that ended at that time of ours.
    pub fn record(&mut self, stream: &Stream, time: Timestamp, found: Timestamp, skew: Skew) {
        self.add(stream, skew.earliest_here(time), found);
    }

    fn add(&mut self, stream: &Stream, made: Timestamp, found: Timestamp) {
        let wait = Duration::try_from(made.duration_until(found)).unwrap_or_default();
        self.waits.entry(stream.clone()).or_default().push(wait);
    }

    /// What was measured of a stream; nothing if no record of it was found.
    #[must_use]
    pub fn of(&self, stream: &Stream) -> Option<Latency> {
        Latency::of(self.waits.get(stream)?.clone())
    }

    /// What was measured, stream by stream.
    pub fn iter(&self) -> impl Iterator<Item = (&Stream, Latency)> {
        self.waits
            .iter()
            .filter_map(|(stream, waits)| Some((stream, Latency::of(waits.clone())?)))
    }
}
