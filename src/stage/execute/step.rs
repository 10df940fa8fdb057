//! What a run tells while it is under way.

use std::fmt;
use std::time::Duration;

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
    /// The log of the cloud that it worked on is being asked, for so long at most.
    Collecting(Duration),
}

impl Step {
    /// What is told of it, for people.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Locked => "the host is locked".to_owned(),
            Self::UndoWritten => "its undo is written".to_owned(),
            Self::CheckStarted(what) => format!("checking: {what}"),
            Self::GetStarted(what) => format!("getting: {what}"),
            Self::ActBegins => "it begins".to_owned(),
            Self::ActStarted => "it runs".to_owned(),
            Self::ActEnded(end) => format!("it is over: {end}"),
            Self::CleanUpStarted => "it is cleaned up".to_owned(),
            Self::CleanUpEnded(end) => format!("its clean-up is over: {end}"),
            Self::ProcessesEnded => "none of its processes is left".to_owned(),
            Self::StruckOut => "done".to_owned(),
            Self::Collecting(wait) if wait.is_zero() => "its log is asked once".to_owned(),
            Self::Collecting(wait) => format!(
                "its log is asked until all must have come, for {} s at most",
                wait.as_secs()
            ),
        }
    }

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
            Self::Collecting(_) => "collecting",
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
