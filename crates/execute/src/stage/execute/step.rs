//! What a run tells while it is under way.

use std::fmt;

use super::process::End;

/// A step of a run, told as soon as it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The host is locked.
    Locked,
    /// The undo is on the disk.
    UndoWritten,
    /// A prerequisite is being checked.
    CheckStarted(String),
    /// A prerequisite is being got.
    GetStarted(String),
    /// The journal says that the act begins; it has not yet.
    ActBegins,
    /// The act has begun.
    ActStarted,
    /// The act has ended.
    ActEnded(End),
    /// The clean-up has begun.
    CleanUpStarted,
    /// The clean-up has ended.
    CleanUpEnded(End),
    /// No process of the run is left.
    ProcessesEnded,
    /// The undo is struck out of the journal.
    StruckOut,
}

impl Step {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::UndoWritten => "undo-written",
            Self::CheckStarted(_) => "check-started",
            Self::GetStarted(_) => "get-started",
            Self::ActBegins => "act-begins",
            Self::ActStarted => "act-started",
            Self::ActEnded(_) => "act-ended",
            Self::CleanUpStarted => "clean-up-started",
            Self::CleanUpEnded(_) => "clean-up-ended",
            Self::ProcessesEnded => "processes-ended",
            Self::StruckOut => "struck-out",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whoever is told.
pub type Observer<'a> = &'a mut dyn FnMut(&Step);
