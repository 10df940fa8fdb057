//! Whether a stream is closed, and by what.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Unit};

use crate::recording::Closure;

/// Whether everything that a stream holds of a window is known to have been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Closed(Proof),
    /// It is not.
    Open(Why),
}

/// What shows that a stream has told everything of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A record with a higher number, from after the window's end.
    LaterRecord {
        /// Its number.
        record: u64,
        /// Its time, by the source's clock.
        time: Timestamp,
    },
    /// A record from after the window's end, and the documented delay.
    CanaryAndDelay {
        /// The record's time, by the source's clock.
        time: Timestamp,
        /// The delay.
        delay: Duration,
    },
    /// The documented delay and nothing else, as was asked for.
    DelayAlone {
        /// The delay.
        delay: Duration,
    },
}

/// Why a stream is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It was not read.
    NotRead,
    /// The window had not ended when it was read.
    NotOver,
    /// It was read only in part.
    Cut(String),
    /// No record from after the window's end has come.
    NoLater {
        /// When the documented delay has passed, if that is waited for too.
        delay_until: Option<Timestamp>,
    },
    /// The record after the window's end carries no number.
    Unnumbered,
    /// Records of the window came after the one that was made after its end.
    Disordered {
        /// The number of the record from after the end.
        later: u64,
        /// The highest number of a record that may be of the window.
        inside: u64,
    },
    /// The documented delay has not passed.
    Delay {
        /// When it will have, by our clock.
        until: Timestamp,
        /// Whether the record from after the window's end has come.
        later_seen: bool,
    },
    /// The source's clock is ahead of ours by more than was known.
    Clock {
        /// How far ahead, at least.
        ahead: SignedDuration,
    },
}

impl Standing {
    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }

    /// The same as a recording's window has it.
    #[must_use]
    pub fn closure(&self) -> Closure {
        match self {
            Self::Closed(_) => Closure::Closed,
            Self::Open(_) => Closure::Open,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(proof) => write!(f, "closed: {proof}"),
            Self::Open(why) => write!(f, "open: {why}"),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LaterRecord { record, time } => {
                write!(f, "record {record} of {time} follows the window's end")
            }
            Self::CanaryAndDelay { time, delay } => write!(
                f,
                "a record of {time} follows the window's end, and the documented {} have passed",
                words(*delay)
            ),
            Self::DelayAlone { delay } => write!(
                f,
                "the documented {} have passed; no later record confirms it",
                words(*delay)
            ),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead => f.write_str("it was not read"),
            Self::NotOver => f.write_str("it was read before the window ended"),
            Self::Cut(because) => write!(f, "it was read only in part: {because}"),
            Self::NoLater { delay_until: None } => {
                f.write_str("no record from after the window's end has come")
            }
            Self::NoLater {
                delay_until: Some(_),
            } => f.write_str(
                "the documented delay has passed, but no record from after the window's end has come",
            ),
            Self::Unnumbered => {
                f.write_str("the record from after the window's end carries no number")
            }
            Self::Disordered { later, inside } => write!(
                f,
                "record {inside} may be of the window, although record {later} before it is from \
                 after the window's end"
            ),
            Self::Delay {
                until,
                later_seen: true,
            } => write!(
                f,
                "a record from after the window's end has come, but the documented delay lasts \
                 until {until}"
            ),
            Self::Delay {
                until,
                later_seen: false,
            } => write!(
                f,
                "no record from after the window's end has come, and the documented delay lasts \
                 until {until}"
            ),
            Self::Clock { ahead } => write!(
                f,
                "its clock is ahead of ours by at least {}, so its times prove nothing",
                words(ahead.unsigned_abs())
            ),
        }
    }
}

/// A duration as people say it, to the second, or to the millisecond below ten.
fn words(duration: Duration) -> String {
    if duration < Duration::from_secs(10) {
        return format!("{} s", (duration.as_millis() as f64) / 1000.0);
    }
    if duration.as_secs().is_multiple_of(60) {
        return format!("{} min", duration.as_secs() / 60);
    }
    let Ok(signed) = SignedDuration::try_from(duration) else {
        return format!("{} s", duration.as_secs());
    };
    let rounded = signed.round(Unit::Second).unwrap_or(signed);
    format!("{} s", rounded.as_secs())
}
