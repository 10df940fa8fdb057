//! Work that cannot be ended early, and that nobody has to wait for.

use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::run::Interrupt;

/// How long after an interruption nobody waits any more.
const NAP: Duration = Duration::from_millis(20);

/// What the stack of a main thread is, in bytes.
const STACK: usize = 8 << 20;

/// What comes of work that only reads, such as loading; `None` if there was an
/// interruption before it was done. What is left of it ends with the program.
pub(super) fn unless_interrupted<T: Send + 'static>(
    interrupt: &Interrupt,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Option<T>> {
    let (done, waiting) = channel();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        // Whoever waited may have gone.
        let _ = done.send(work());
    })?;
    while !interrupt.is_set() {
        match waiting.recv_timeout(NAP) {
            Ok(result) => return Ok(Some(result)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let Err(panic) = worker.join() else { break };
                resume_unwind(panic);
            }
        }
    }
    Ok(None)
}
