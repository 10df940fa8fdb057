//! The executor `manual`: a person.

use std::io::{self, BufRead, IsTerminal, Write};

use super::plan::visible;
use super::terminal::Typed;
use crate::recording::Interrupt;

/// Somebody who performs steps by hand.
pub trait Person {
    /// Shows steps and waits until they are done.
    ///
    /// # Errors
    /// The person could not be told, or not be heard.
    fn perform(&mut self, steps: &str) -> io::Result<Answer>;
}

/// What a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// Nobody is there.
    Nobody,
}

/// Whoever sits at the terminal, until they wish an end.
#[derive(Debug, Clone, Default)]
pub struct AtTerminal {
    interrupt: Interrupt,
}

impl AtTerminal {
    /// Whoever sits there is not waited for once this is set.
    #[must_use]
    pub fn until(interrupt: Interrupt) -> Self {
        Self { interrupt }
    }
}

impl Person for AtTerminal {
    fn perform(&mut self, steps: &str) -> io::Result<Answer> {
        if !io::stdin().is_terminal() {
            return Ok(Answer::Nobody);
        }
        let mut output = io::stderr();
        for line in steps.lines() {
            writeln!(output, "    {}", visible(line))?;
        }
        write!(output, "Press Enter when this is done: ")?;
        output.flush()?;
        let mut line = String::new();
        match Typed::until(&self.interrupt).read_line(&mut line)? {
            0 => Ok(Answer::Nobody),
            _ => Ok(Answer::Done),
        }
    }
}
