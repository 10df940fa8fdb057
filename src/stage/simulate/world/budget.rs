//! How much an interpretation may do: any text ends in bounded time and memory.

/// What may still be done.
#[derive(Debug, Clone)]
pub struct Budget {
    steps: u32,
    depth: u16,
    text: usize,
}

/// The most that the texts of one simulation may grow to, in bytes.
const MOST_TEXT: usize = 16 << 20;
/// The most commands, branches, and rounds of loops.
const MOST_STEPS: u32 = 20_000;
/// The most shells within shells, and blocks within blocks.
const MOST_DEPTH: u16 = 24;

/// Nothing more may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it goes on beyond what a simulation follows")]
pub struct Exhausted;

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: MOST_STEPS,
            depth: MOST_DEPTH,
            text: MOST_TEXT,
        }
    }
}

impl Budget {
    /// Takes a step: a command, a branch, a round of a loop.
    ///
    /// # Errors
    /// There are no more.
    pub fn step(&mut self) -> Result<(), Exhausted> {
        self.steps = self.steps.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }

    /// Goes a level down; [`leave`](Self::leave) goes up again.
    ///
    /// # Errors
    /// It is deep enough.
    pub fn enter(&mut self) -> Result<(), Exhausted> {
        self.depth = self.depth.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }

    /// Goes a level up.
    pub fn leave(&mut self) {
        self.depth += 1;
    }

    /// Makes a text of that many bytes.
    ///
    /// # Errors
    /// There is no more room.
    pub fn text(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.text = self.text.checked_sub(bytes).ok_or(Exhausted)?;
        Ok(())
    }
}
