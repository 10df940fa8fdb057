//! How a test ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How the performance of an atomic ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was performed, as far as is known.
    Performed,
    /// Its command ended with this exit code.
    Exited(i32),
    /// It was not performed.
    NotRun {
        /// The kind of reason.
        reason: NotRun,
        /// What exactly happened, as a fragment of a sentence; may be empty.
        because: String,
    },
}

/// Why an atomic was not performed.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum NotRun {
    /// A prerequisite was not met.
    PrerequisiteMissing,
    /// The atomic is for another platform.
    WrongPlatform,
    /// It needs more rights than there were.
    NotElevated,
    /// Security software stopped it before it did anything.
    Blocked,
    /// It failed before it did anything.
    Failed,
    /// Its user left it out.
    Skipped,
    /// Its executor is not on the host.
    ExecutorMissing,
    /// It was interrupted before it began.
    Interrupted,
    /// Its user did not agree to it.
    NotConfirmed,
    /// The allow-list does not name its target.
    TargetNotAllowed,
    /// There is no recording of it.
    NoRecording,
}

impl Outcome {
    /// It was not performed, and why, as a fragment of a sentence.
    #[must_use]
    pub fn not_run(reason: NotRun, because: impl Into<String>) -> Self {
        Self::NotRun {
            reason,
            because: because.into(),
        }
    }
}

impl NotRun {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrerequisiteMissing => "prerequisite-missing",
            Self::WrongPlatform => "wrong-platform",
            Self::NotElevated => "not-elevated",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::ExecutorMissing => "executor-missing",
            Self::Interrupted => "interrupted",
            Self::NotConfirmed => "not-confirmed",
            Self::TargetNotAllowed => "target-not-allowed",
            Self::NoRecording => "no-recording",
        }
    }
}

impl fmt::Display for NotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PrerequisiteMissing => "a prerequisite was missing",
            Self::WrongPlatform => "it is for another platform",
            Self::NotElevated => "it needs more rights",
            Self::Blocked => "it was blocked",
            Self::Failed => "it failed before it did anything",
            Self::Skipped => "it was left out",
            Self::ExecutorMissing => "its executor is not on the host",
            Self::Interrupted => "it was interrupted before it began",
            Self::NotConfirmed => "nobody agreed to it",
            Self::TargetNotAllowed => "its target is not allowed",
            Self::NoRecording => "there is no recording of it",
        })
    }
}
