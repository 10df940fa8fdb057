//! What time it is, and waiting for it to pass.

use std::fmt::Debug;
use std::time::Duration;

use jiff::Timestamp;

use super::Boxed;

/// Tells the time and waits. Everything in `collect` that waits for a service waits
/// through it, so that a test needs no real time.
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits that long.
    fn sleep(&self, how_long: Duration) -> Boxed<'_, ()>;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, how_long: Duration) -> Boxed<'_, ()> {
        Box::pin(tokio::time::sleep(how_long))
    }
}
