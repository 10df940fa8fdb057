//! Captures output within bounds.

use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// What a program wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// How many more there were.
    pub dropped: u64,
}

/// Reads a pipe to its end, so that the program is never held up, and keeps the start.
pub(super) struct Capture {
    ended: Arc<AtomicBool>,
    reader: JoinHandle<Captured>,
}

/// How often it is looked whether the program has ended, in milliseconds.
const INTERVAL: u16 = 50;

impl Capture {
    pub(super) fn start(pipe: PipeReader, most: usize) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ended);
        let reader = thread::spawn(move || {
            let mut captured = Captured::default();
            // What fails here is the end of the output.
            let _ = capture(pipe, most, &flag, &mut captured);
            captured
        });
        Self { ended, reader }
    }

    /// What was written. Somebody outside the trace may still hold the pipe open, so
    /// this does not wait for its end, only until it is empty.
    pub(super) fn finish(self) -> Captured {
        self.ended.store(true, Ordering::Release);
        self.reader.join().unwrap_or_default()
    }
}

fn capture(
    mut pipe: PipeReader,
    most: usize,
    ended: &AtomicBool,
    into: &mut Captured,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let was_ended = ended.load(Ordering::Acquire);
        let mut ready = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ready, PollTimeout::from(INTERVAL)) {
            Ok(0) if was_ended => return Ok(()),
            Ok(0) | Err(nix::errno::Errno::EINTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let count = pipe.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
            return Ok(());
        };
        let kept = read.len().min(most.saturating_sub(into.bytes.len()));
        into.bytes.extend(read.iter().take(kept));
        into.dropped += (read.len() - kept) as u64;
    }
}
