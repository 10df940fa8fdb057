//! The time that a recording covers.

use jiff::Timestamp;

/// From when to when a recording was made, and whether everything of that time is
/// in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When the test started; earlier events are not caused by it.
    pub start: Timestamp,
    /// When the observation ended; later events are not part of it.
    pub end: Timestamp,
    /// Whether it is proven that every source was collected until after the end.
    pub closure: Closure,
}

/// Whether a source was collected until after the end of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closure {
    /// It was: what is not there did not happen.
    Closed,
    /// That is not known: what is not there may come yet.
    #[default]
    Open,
}

impl Window {
    /// Whether an event of that time lies inside. An event without a time does not.
    #[must_use]
    pub fn holds(&self, time: Option<Timestamp>) -> bool {
        time.is_some_and(|time| self.start <= time && time <= self.end)
    }
}
