//! The wish of a user that work end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A wish, from outside, that a run end early. Whoever works looks at it now and then.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Wishes that the run end.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the run is to end.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
