//! How much a traced program may do.

use std::time::Duration;

/// How much a traced program may do before it is ended, or is no longer recorded.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long the program and all that comes of it may run.
    pub time: Duration,
    /// How long what comes of the program may run on after the program itself ended.
    pub linger: Duration,
    /// How many events are kept; later ones are counted.
    pub events: usize,
    /// How many bytes of each captured output are kept; later ones are counted.
    pub output_bytes: usize,
    /// How many processes and threads may run at once; one more ends all.
    pub tasks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(120),
            linger: Duration::from_secs(5),
            events: 100_000,
            output_bytes: 1 << 20,
            tasks: 1_024,
        }
    }
}
