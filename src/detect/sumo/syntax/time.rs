//! Lengths of time.

use std::fmt;

/// A length of time: `15m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration {
    /// How many.
    pub count: u64,
    /// Of what.
    pub unit: TimeUnit,
}

/// A unit of time, from the shortest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnit {
    /// `ns`.
    Nanosecond,
    /// `us`.
    Microsecond,
    /// `ms`.
    Millisecond,
    /// `s`.
    Second,
    /// `m`.
    Minute,
    /// `h`.
    Hour,
    /// `d`.
    Day,
    /// `w`.
    Week,
}

impl TimeUnit {
    const ALL: [TimeUnit; 8] = [
        TimeUnit::Nanosecond,
        TimeUnit::Microsecond,
        TimeUnit::Millisecond,
        TimeUnit::Second,
        TimeUnit::Minute,
        TimeUnit::Hour,
        TimeUnit::Day,
        TimeUnit::Week,
    ];

    /// The unit with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// Its name: `h`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TimeUnit::Nanosecond => "ns",
            TimeUnit::Microsecond => "us",
            TimeUnit::Millisecond => "ms",
            TimeUnit::Second => "s",
            TimeUnit::Minute => "m",
            TimeUnit::Hour => "h",
            TimeUnit::Day => "d",
            TimeUnit::Week => "w",
        }
    }

    /// How many milliseconds it is, the unit that the language counts time in.
    #[must_use]
    pub fn milliseconds(self) -> f64 {
        match self {
            TimeUnit::Nanosecond => 1e-6,
            TimeUnit::Microsecond => 1e-3,
            TimeUnit::Millisecond => 1.0,
            TimeUnit::Second => 1e3,
            TimeUnit::Minute => 6e4,
            TimeUnit::Hour => 3.6e6,
            TimeUnit::Day => 8.64e7,
            TimeUnit::Week => 6.048e8,
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.name())
    }
}
