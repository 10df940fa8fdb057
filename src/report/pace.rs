//! How fast work goes, and how long it will take.

use std::fmt;
use std::time::Duration;

use super::words::grouped;

/// How fast work went so far, and how long the rest takes at that rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    /// How much was done in a second, in thousandths.
    per_second: u64,
    /// How long the rest takes; unknown before anything is done.
    left: Option<Duration>,
}

impl Pace {
    pub(super) fn of(done: u64, whole: u64, elapsed: Duration) -> Self {
        let millis = u64::try_from(elapsed.as_millis())
            .unwrap_or(u64::MAX)
            .max(1);
        let rest = u128::from(whole.saturating_sub(done));
        let left = rest * u128::from(millis);
        // What is left takes some time, however little.
        let left = left
            .checked_div(u128::from(done))
            .map(|left| left.max(u128::from(rest > 0)));
        Self {
            per_second: done.saturating_mul(1_000_000) / millis,
            left: left.map(|left| Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX))),
        }
    }

    /// How long the rest takes, behind a comma; nothing where it is not known, or nothing is
    /// left.
    pub(super) fn left(self) -> String {
        let Some(left) = self.left.filter(|left| !left.is_zero()) else {
            return String::new();
        };
        let seconds = left.as_secs();
        let told = match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, 0, 0) => "less than 1 s".to_owned(),
            (0, 0, seconds) => format!("{seconds} s"),
            (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
            (hours, minutes, _) => format!("{} h {minutes} min", grouped(hours)),
        };
        format!(", {told} left")
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, thousandths) = (self.per_second / 1000, self.per_second % 1000);
        match whole {
            0..10 => write!(f, "{whole}.{}/s", thousandths / 100)?,
            _ => write!(f, "{}/s", grouped(whole))?,
        }
        f.write_str(&self.left())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(done: u64, whole: u64, seconds: u64) -> String {
        Pace::of(done, whole, Duration::from_secs(seconds)).to_string()
    }

    #[test]
    fn rate_and_rest_are_those_of_what_was_done() {
        assert_eq!(told(10, 100, 10), "1.0/s, 1 min 30 s left");
        assert_eq!(told(5, 10, 10), "0.5/s, 10 s left");
        assert_eq!(told(5000, 5001, 1), "5,000/s, less than 1 s left");
        assert_eq!(told(1, 7201, 1), "1.0/s, 2 h 0 min left");
        assert_eq!(told(10, 10, 1), "10/s");
    }

    #[test]
    fn nothing_done_tells_no_end_and_nothing_overflows() {
        assert_eq!(told(0, 100, 10), "0.0/s");
        assert_eq!(told(0, 0, 0), "0.0/s");
        told(u64::MAX, u64::MAX, 0);
        told(1, u64::MAX, u64::MAX);
    }
}
