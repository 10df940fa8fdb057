//! Agreement to what is shown, as a type: what executes takes a [`Consent`], and only
//! agreeing makes one.

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};

use super::terminal::Typed;
use nix::sys::termios::{FlushArg, tcflush};

use crate::recording::{Interrupt, NotRun, Outcome};

/// Agreement to exactly this.
#[derive(Debug)]
pub struct Consent<T> {
    to: T,
}

/// What a user says beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// To be asked.
    Ask,
    /// Yes to all (`--yes`).
    Yes,
}

impl<T: fmt::Display> Consent<T> {
    /// Shows what would be done, and asks unless the answer was given beforehand.
    ///
    /// # Errors
    /// There is no agreement: `Outcome::NotRun`.
    pub fn obtain(
        to: T,
        asking: Asking,
        input: &mut dyn BufRead,
        output: &mut dyn Write,
    ) -> Result<Self, Outcome> {
        let refused = |because: &str| Outcome::not_run(NotRun::NotConfirmed, because);
        // What cannot be shown cannot be agreed to, `--yes` or not.
        output
            .write_all(to.to_string().as_bytes())
            .map_err(|_| refused("it could not be shown"))?;
        if asking == Asking::Yes {
            return Ok(Self { to });
        }
        write!(output, "Execute this on this host? [y/N] ")
            .and_then(|()| output.flush())
            .map_err(|_| refused("it could not be asked for"))?;
        let mut answer = String::new();
        let read = io::Read::take(input, 64)
            .read_line(&mut answer)
            .map_err(|_| refused("the answer could not be read"))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(Self { to }),
            _ if read == 0 => Err(refused("nobody answered")),
            _ => Err(refused("the answer was no")),
        }
    }

    /// The same at the terminal; without one only `--yes` agrees. A wish to end is no
    /// agreement. What is agreed to is shown on `output`.
    ///
    /// # Errors
    /// There is no agreement: `Outcome::NotRun`.
    pub fn obtain_at_terminal(
        to: T,
        asking: Asking,
        interrupt: &Interrupt,
        output: &mut dyn Write,
    ) -> Result<Self, Outcome> {
        if asking == Asking::Ask && !io::stdin().is_terminal() {
            return Err(Outcome::not_run(
                NotRun::NotConfirmed,
                "there is no terminal to ask at, and `--yes` was not given",
            ));
        }
        if asking == Asking::Ask {
            // What was typed before it was asked is no answer. Where that cannot be taken
            // back, the question stands all the same.
            let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
        }
        let mut typed = Typed::until(interrupt);
        Self::obtain(to, asking, &mut typed, output).map_err(|refused| match interrupt.is_set() {
            true => Outcome::not_run(NotRun::Interrupted, "nobody had agreed to it yet"),
            false => refused,
        })
    }
}

impl<T> Consent<T> {
    /// What was agreed to.
    pub(super) fn into_inner(self) -> T {
        self.to
    }
}
