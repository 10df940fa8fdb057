//! Wakes the tracing thread now and then, so that it looks at the clock.
//!
//! `waitpid` has no time limit, and polling would cost either processor time or
//! latency at every stop. A signal that does nothing ends the wait instead.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::pthread::{pthread_kill, pthread_self};
use nix::sys::signal::Signal;

use super::sys;

const INTERVAL: Duration = Duration::from_millis(50);

/// `SIGURG` is ignored by default, so it does no harm where it is not expected.
const SIGNAL: Signal = Signal::SIGURG;

/// Rings until it is dropped, which the thread that it rings for must do itself.
pub(super) struct Bell {
    silent: Arc<AtomicBool>,
    ringer: Option<JoinHandle<()>>,
}

impl Bell {
    /// Rings for the thread that calls this.
    pub(super) fn ring() -> nix::Result<Self> {
        sys::make_interrupting(SIGNAL)?;
        let waiter = pthread_self();
        let silent = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&silent);
        let ringer = thread::spawn(move || {
            while !flag.load(Ordering::Relaxed) {
                thread::park_timeout(INTERVAL);
                // The waiter joins this thread before it ends, so its name is good.
                let _ = pthread_kill(waiter, SIGNAL);
            }
        });
        Ok(Self {
            silent,
            ringer: Some(ringer),
        })
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.silent.store(true, Ordering::Relaxed);
        if let Some(ringer) = self.ringer.take() {
            ringer.thread().unpark();
            let _ = ringer.join();
        }
    }
}
