//! The words of a judgement.

use std::fmt;

use serde::Serialize;

/// What became of one detection on one recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It fired on what it must fire on.
    Fired,
    /// It fired, but on nothing that it must fire on.
    Stray,
    /// The signals are there, and it stayed silent.
    Misfire,
    /// The telemetry has a gap.
    Blind,
    /// It cannot be known.
    Inconclusive,
    /// The atomic was not performed.
    NotRun,
    /// It holds a construct that is not evaluated here.
    Unsupported,
    /// It does not compile.
    Invalid,
}

impl Verdict {
    /// Every verdict, in the order of the summary.
    pub const ALL: [Self; 8] = [
        Self::Fired,
        Self::Stray,
        Self::Misfire,
        Self::Blind,
        Self::Inconclusive,
        Self::NotRun,
        Self::Unsupported,
        Self::Invalid,
    ];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fired => "fired",
            Self::Stray => "stray",
            Self::Misfire => "misfire",
            Self::Blind => "blind",
            Self::Inconclusive => "inconclusive",
            Self::NotRun => "not-run",
            Self::Unsupported => "unsupported",
            Self::Invalid => "invalid",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What became of one detection on one benign recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlOutcome {
    /// It looked, and stayed silent.
    Quiet,
    /// It fired.
    FalseAlarm,
    /// The recording holds no event of its log source, so it proves nothing.
    Vacuous,
    /// The recording could not be read whole.
    Unread,
    /// It holds a construct that is not evaluated here.
    Unsupported,
    /// It does not compile.
    Invalid,
}

impl ControlOutcome {
    /// Every outcome, in the order of the summary.
    pub const ALL: [Self; 6] = [
        Self::Quiet,
        Self::FalseAlarm,
        Self::Vacuous,
        Self::Unread,
        Self::Unsupported,
        Self::Invalid,
    ];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::FalseAlarm => "false-alarm",
            Self::Vacuous => "vacuous",
            Self::Unread => "unread",
            Self::Unsupported => "unsupported",
            Self::Invalid => "invalid",
        }
    }
}

impl fmt::Display for ControlOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What became of an expected event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignalState {
    /// It is there; an absent one is not.
    Seen,
    /// Its source was read, its window is closed, and it is not there; an absent one
    /// is.
    Missing,
    /// Its source was not read, or its window is open.
    Unknown,
    /// What it depends on did not hold.
    NotDue,
}

impl SignalState {
    /// Every state, in the order of the summary.
    pub const ALL: [Self; 4] = [Self::Seen, Self::Missing, Self::Unknown, Self::NotDue];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::NotDue => "not-due",
        }
    }
}

impl fmt::Display for SignalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What an expected event is to its test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignalKind {
    /// Every performance must leave it.
    Required,
    /// A performance under its condition must leave it.
    Conditional,
    /// No performance may leave it.
    Absent,
}

/// What a recording says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimState {
    /// The signals that prove the judgement are as expected.
    Proven,
    /// One of them is not: the judgement does not hold on this recording.
    Contradicted,
    /// Nothing here can prove it: no signal is named, or none could be looked for.
    Unproven,
}
