//! Not asking faster than a service allows.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::collect::Clock;

/// At most one request in a while, for each region on its own.
#[derive(Debug)]
pub(super) struct Pace {
    apart: Duration,
    next: HashMap<String, Timestamp>,
}

impl Pace {
    /// Requests so far apart.
    pub(super) fn new(apart: Duration) -> Self {
        Self {
            apart,
            next: HashMap::new(),
        }
    }

    /// Waits until the next request to a region may be sent.
    pub(super) async fn wait(&mut self, clock: &dyn Clock, region: &str) {
        if let Some(next) = self.next.get(region) {
            let rest = next.duration_since(clock.now());
            // A clock that was set back must not make it wait for longer than it would.
            let rest = Duration::try_from(rest).unwrap_or_default().min(self.apart);
            if !rest.is_zero() {
                clock.sleep(rest).await;
            }
        }
        let now = clock.now();
        let next = now.checked_add(self.apart).unwrap_or(now);
        self.next.insert(region.to_owned(), next);
    }
}
