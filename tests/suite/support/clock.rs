//! A clock that goes only when everyone waits.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use misfire::collect::{Boxed, Clock};

/// Time that passes only where everyone who was asked is waiting for it: whoever waits
/// for the nearest moment moves the clock there. It works on any executor, as long as
/// nothing waits for anything but this clock.
#[derive(Debug, Clone)]
pub struct VirtualClock {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    now: Timestamp,
    /// The moments that someone waits for, and how many do.
    awaited: BTreeMap<Timestamp, usize>,
    /// How many began to wait so far.
    begun: u64,
}

struct Sleep<'c> {
    clock: &'c VirtualClock,
    until: Timestamp,
    /// How many had begun to wait when this one was last looked at.
    begun: Option<u64>,
}

impl VirtualClock {
    pub fn at(now: Timestamp) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Inner {
                now,
                awaited: BTreeMap::new(),
                begun: 0,
            })),
        }
    }

    /// Moves the clock, as work does that takes a while.
    pub fn advance(&self, how_long: Duration) {
        let until = self.after(how_long);
        self.inner().now = until;
    }

    /// Runs work to its end.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(result) = work.as_mut().poll(&mut context) {
                return result;
            }
        }
    }

    fn after(&self, how_long: Duration) -> Timestamp {
        let how_long = SignedDuration::try_from(how_long).expect("a short time");
        self.now().checked_add(how_long).expect("a time")
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("a clock")
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.inner().now
    }

    fn sleep(&self, how_long: Duration) -> Boxed<'_, ()> {
        Box::pin(Sleep {
            clock: self,
            until: self.after(how_long),
            begun: None,
        })
    }
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let until = self.until;
        let mut inner = self.clock.inner();
        if inner.now >= until {
            return Poll::Ready(());
        }
        if self.begun.is_none() {
            *inner.awaited.entry(until).or_default() += 1;
            inner.begun += 1;
        }
        let begun = Some(inner.begun);
        // Time goes on only after everyone has had the time to begin to wait.
        if self.begun == begun && inner.awaited.keys().next() == Some(&until) {
            inner.now = until;
            return Poll::Ready(());
        }
        drop(inner);
        self.begun = begun;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if self.begun.is_none() {
            return;
        }
        let mut inner = self.clock.inner();
        if let Some(count) = inner.awaited.get_mut(&self.until) {
            *count -= 1;
            if *count == 0 {
                inner.awaited.remove(&self.until);
            }
        }
    }
}
