//! Makes orphans of the program ours, so that none is left to a pid 1 that may not
//! reap (many containers have such a one).

use std::sync::{Mutex, PoisonError};

use nix::sys::prctl;

/// How many traces run; the setting is one for the whole process.
static TRACES: Mutex<usize> = Mutex::new(0);

/// Keeps the setting until it is dropped.
pub(super) struct Subreaper(());

impl Subreaper {
    pub(super) fn set() -> nix::Result<Self> {
        let mut traces = TRACES.lock().unwrap_or_else(PoisonError::into_inner);
        if *traces == 0 {
            prctl::set_child_subreaper(true)?;
        }
        *traces += 1;
        Ok(Self(()))
    }
}

impl Drop for Subreaper {
    fn drop(&mut self) {
        let mut traces = TRACES.lock().unwrap_or_else(PoisonError::into_inner);
        *traces = traces.saturating_sub(1);
        if *traces == 0 {
            let _ = prctl::set_child_subreaper(false);
        }
    }
}
