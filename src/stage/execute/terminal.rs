//! What is typed at the terminal, which nobody waits for who wishes an end.

use std::io::{self, BufRead, Read, StdinLock};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::recording::Interrupt;

/// How often it is looked whether somebody wishes an end, in milliseconds.
const GLANCE: u16 = 50;

/// Standard input, until its user wishes an end.
///
/// A terminal gives one line a read, so that nothing typed is held back here while the
/// next is waited for.
pub(super) struct Typed<'i> {
    input: StdinLock<'static>,
    interrupt: &'i Interrupt,
}

impl<'i> Typed<'i> {
    pub(super) fn until(interrupt: &'i Interrupt) -> Self {
        Self {
            input: io::stdin().lock(),
            interrupt,
        }
    }

    fn wait(&self) -> io::Result<()> {
        while !self.interrupt.is_set() {
            let mut ready = [PollFd::new(self.input.as_fd(), PollFlags::POLLIN)];
            match poll(&mut ready, PollTimeout::from(GLANCE)) {
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        // Not `ErrorKind::Interrupted`, after which reading is tried again.
        Err(io::Error::other("it was interrupted"))
    }
}

impl Read for Typed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait()?;
        self.input.read(buffer)
    }
}

impl BufRead for Typed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.wait()?;
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.input.consume(amount);
    }
}
