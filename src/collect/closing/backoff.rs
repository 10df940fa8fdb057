//! How long to wait between two readings.

use std::time::Duration;

/// Pauses that grow by half each time, from the first to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first reading.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Backoff {
    /// For logs of a host, which are there within seconds.
    pub const HOST: Self = Self {
        first: Duration::from_millis(500),
        longest: Duration::from_secs(5),
    };

    /// For logs of a cloud, which take minutes and whose interfaces throttle.
    pub const CLOUD: Self = Self {
        first: Duration::from_secs(10),
        longest: Duration::from_secs(60),
    };

    /// The pause after so many readings, the first being 1. It is never nothing, so
    /// that nobody asks without a pause.
    #[must_use]
    pub fn pause(&self, readings: u32) -> Duration {
        let mut pause = self.first.max(Duration::from_millis(1));
        for _ in 1..readings {
            if pause >= self.longest {
                break;
            }
            pause = pause.saturating_add(pause / 2);
        }
        pause.min(self.longest.max(Duration::from_millis(1)))
    }
}
