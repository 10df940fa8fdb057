//! What a command writes: the beginning and the end of it, whatever it is in between.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Serialize;

/// How much is kept of the beginning, and how much of the end.
const KEPT: usize = 64 * 1024;

/// What was written to one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Captured {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    /// How many bytes were written in all.
    pub total: u64,
}

impl Captured {
    fn add(&mut self, bytes: &[u8]) {
        self.total = self.total.saturating_add(bytes.len() as u64);
        let room = KEPT.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        let rest = &rest[rest.len().saturating_sub(KEPT)..];
        let excess = (self.tail.len() + rest.len()).saturating_sub(KEPT);
        self.tail.drain(..excess);
        self.tail.extend(rest);
    }

    /// How many bytes in the middle were not kept.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.total - (self.head.len() + self.tail.len()) as u64
    }

    /// The text, with a line for what was not kept.
    #[must_use]
    pub fn text(&self) -> String {
        let (first, second) = self.tail.as_slices();
        let tail = [first, second].concat();
        if self.left_out() == 0 {
            // Cut in two, a character at the border would be lost.
            return String::from_utf8_lossy(&[self.head.as_slice(), &tail].concat()).into_owned();
        }
        format!(
            "{}\n[… {} bytes left out …]\n{}",
            String::from_utf8_lossy(&self.head),
            self.left_out(),
            String::from_utf8_lossy(&tail)
        )
    }
}

/// A stream that is read until it ends or nobody wants it any more.
#[derive(Debug)]
pub(super) struct Capture {
    captured: Arc<Mutex<Captured>>,
    is_over: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl Capture {
    pub(super) fn of(stream: impl Read + AsFd + Send + 'static) -> io::Result<Self> {
        let captured = Arc::new(Mutex::new(Captured::default()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (into, over) = (Arc::clone(&captured), Arc::clone(&is_over));
        let reader = thread::Builder::new()
            .name("misfire-capture".to_owned())
            .spawn(move || read(stream, &into, &over))?;
        Ok(Self {
            captured,
            is_over,
            reader: Some(reader),
        })
    }

    /// What there was so far, and all of it if the stream has ended.
    pub(super) fn so_far(&self) -> Captured {
        let until = Instant::now() + Duration::from_millis(100);
        while self
            .reader
            .as_ref()
            .is_some_and(|reader| !reader.is_finished())
            && Instant::now() < until
        {
            thread::sleep(Duration::from_millis(2));
        }
        self.captured
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Stops reading and returns what there was. A background process may hold the
    /// stream open for ever; it is not waited for.
    pub(super) fn finish(&mut self) -> Captured {
        self.is_over.store(true, Ordering::Release);
        if let Some(reader) = self.reader.take() {
            // A reader that panicked has kept what it had.
            let _ = reader.join();
        }
        let mut captured = self.captured.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut captured)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
    }
}

fn read(mut stream: impl Read + AsFd, into: &Mutex<Captured>, is_over: &AtomicBool) {
    let mut buffer = vec![0; 32 * 1024];
    // What is in the pipe when it is over is still read, but no more than a pipe holds:
    // a process that nothing can kill may write for ever.
    let mut drained = 0;
    loop {
        let over = is_over.load(Ordering::Acquire);
        let timeout = if over { 0u8 } else { 50 };
        let mut fds = [PollFd::new(stream.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::from(timeout)) {
            Ok(0) if over => return,
            Ok(0) | Err(Errno::EINTR) => continue,
            Ok(_) => {}
            Err(_) => return,
        }
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => {
                let mut captured = into.lock().unwrap_or_else(PoisonError::into_inner);
                captured.add(buffer.get(..read).unwrap_or_default());
                drained += if over { read } else { 0 };
                if drained > 1024 * 1024 {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_ends_are_kept_whatever_the_pieces(
            pieces in prop::collection::vec(0usize..90_000, 0..8)
        ) {
            let total: usize = pieces.iter().sum();
            let all: Vec<u8> = (0..total).map(|at| (at * 7 % 251) as u8).collect();
            let mut captured = Captured::default();
            let mut rest = all.as_slice();
            for piece in pieces {
                let (now, later) = rest.split_at(piece);
                captured.add(now);
                rest = later;
            }
            prop_assert_eq!(captured.total, total as u64);
            prop_assert_eq!(&captured.head[..], &all[..total.min(KEPT)]);
            let tail: Vec<u8> = captured.tail.iter().copied().collect();
            let kept = total.saturating_sub(KEPT).min(KEPT);
            prop_assert_eq!(&tail[..], &all[total - kept..]);
            prop_assert_eq!(captured.left_out(), total.saturating_sub(2 * KEPT) as u64);
        }
    }
}
