//! What a collector reports of one reading of its sources.

use jiff::Timestamp;

use super::skew::Skew;
use super::stream::Stream;

/// One reading of the sources of a window, from its start to past its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// When it began, by our clock: what came later may be missing.
    pub began: Timestamp,
    /// When it ended, by our clock.
    pub ended: Timestamp,
    /// What was read of each stream; one that is not named was not read.
    pub streams: Vec<StreamPass>,
}

/// What one reading found of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPass {
    /// The stream.
    pub stream: Stream,
    /// What is known of the clock that its times are of.
    pub skew: Skew,
    /// Whether everything that there was has been read.
    pub extent: Extent,
    /// The records, those from after the window's end included.
    pub seen: Vec<Seen>,
}

/// How much of what there was a reading took in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// A part: why it ended early, as a fragment of a sentence.
    Cut(String),
}

/// A record, as far as closing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its time, by the source's clock.
    pub time: Timestamp,
    /// Its number in its channel, if it has one.
    pub record: Option<u64>,
    /// When we did what it tells, by our clock, if it is a canary of ours.
    pub performed: Option<Timestamp>,
}
