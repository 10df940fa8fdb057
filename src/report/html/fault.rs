//! Whose fault it is that a detection did not fire.

use maud::{Markup, html};

use crate::verdict::{ControlOutcome, SignalState, Verdict, VerdictReport};

/// What a verdict comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It fired.
    None,
    /// The detection missed what was there.
    Rule,
    /// The telemetry has a gap.
    Telemetry,
    /// The test did not run.
    Test,
    /// It is not known.
    Unknown,
}

impl Fault {
    pub(super) const ALL: [Self; 5] = [
        Self::None,
        Self::Rule,
        Self::Telemetry,
        Self::Test,
        Self::Unknown,
    ];

    pub(super) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fired => Self::None,
            Verdict::Misfire | Verdict::Stray | Verdict::Invalid => Self::Rule,
            Verdict::Blind => Self::Telemetry,
            Verdict::NotRun => Self::Test,
            Verdict::Inconclusive | Verdict::Unsupported => Self::Unknown,
        }
    }

    /// A few words for it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::None => "Fired",
            Self::Rule => "The rule missed",
            Self::Telemetry => "Telemetry is missing",
            Self::Test => "The test did not run",
            Self::Unknown => "Not known",
        }
    }

    /// What that means.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::None => "the detection fired on what it must fire on",
            Self::Rule => "the events are there, and the detection did not fire on them",
            Self::Telemetry => "what the detection needs was not logged",
            Self::Test => "nothing was performed, so nothing could fire",
            Self::Unknown => "the records do not tell, or the language is not evaluated",
        }
    }

    /// The name of its colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::None => "good",
            Self::Rule => "bad",
            Self::Telemetry => "gap",
            Self::Test => "idle",
            Self::Unknown => "open",
        }
    }

    /// The verdicts that come to it.
    pub(super) fn verdicts(self) -> impl Iterator<Item = Verdict> {
        let all = Verdict::ALL.into_iter();
        all.filter(move |verdict| Self::of(*verdict) == self)
    }
}

/// A word with its sign and its colour, as it stands anywhere on the page.
pub(super) fn chip(word: &str, class: &str) -> Markup {
    html! { span class={ "chip " (class) } data-sign=(sign(word)) { (word) } }
}

/// A verdict's word.
pub(super) fn verdict_chip(given: &VerdictReport) -> Markup {
    chip(given.verdict.as_str(), &verdict_class(given))
}

/// The classes of a verdict.
pub(super) fn verdict_class(given: &VerdictReport) -> String {
    let base = Fault::of(given.verdict).class();
    match given.expected {
        true if given.verdict != Verdict::Fired => format!("{base} known"),
        true => base.to_owned(),
        // It fired where a gap is known.
        false if given.verdict == Verdict::Fired => "bad loud".to_owned(),
        false => format!("{base} loud"),
    }
}

/// A control's word.
pub(super) fn control_chip(outcome: ControlOutcome, expected: bool) -> Markup {
    let class = match (outcome, expected) {
        (ControlOutcome::Quiet, _) => "good",
        (ControlOutcome::FalseAlarm | ControlOutcome::Invalid, false) => "bad loud",
        (ControlOutcome::FalseAlarm | ControlOutcome::Invalid, true) => "bad known",
        (_, false) => "open loud",
        (_, true) => "open known",
    };
    chip(outcome.as_str(), class)
}

/// A signal's word.
pub(super) fn signal_chip(state: SignalState, expected: bool) -> Markup {
    let class = match (state, expected) {
        (SignalState::Seen, _) => "good",
        (SignalState::NotDue, _) => "idle",
        (SignalState::Missing, false) => "gap loud",
        (SignalState::Unknown, false) => "open loud",
        (SignalState::Missing, true) => "gap",
        (SignalState::Unknown, true) => "open",
    };
    chip(state.as_str(), class)
}

/// The sign of a word, for who sees no colours.
pub(super) fn sign(word: &str) -> &'static str {
    match word {
        "fired" | "quiet" | "seen" | "proven" | "agree" | "hit" => "\u{2713}",
        "misfire" | "false-alarm" | "contradicted" | "disagree" => "\u{2717}",
        "stray" => "\u{2260}",
        "blind" | "missing" | "vacuous" => "\u{2205}",
        "invalid" | "error" => "!",
        "not-run" | "not-due" | "no-hit" => "\u{2013}",
        _ => "?",
    }
}
