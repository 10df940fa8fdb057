//! All that was judged of a test, in one form, for reporters that make a list of it.

use std::path::Path;

use crate::verdict::{
    AgreementReport, ClaimReport, ClaimState, ControlReport, SignalReport, TestReport,
    VerdictReport,
};

/// What kind of thing was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Verdict,
    Control,
    Signal,
    Claim,
    Agreement,
}

/// How bad a judgement is that is not as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Badness {
    /// Something is wrong with what is tested.
    Failure,
    /// It could not be judged.
    Error,
}

/// One thing that was judged.
#[derive(Debug, Clone, Copy)]
pub(super) enum Judged<'r> {
    Verdict(&'r VerdictReport),
    Control(&'r ControlReport),
    Signal(&'r SignalReport),
    Claim(&'r ClaimReport),
    Agreement(&'r AgreementReport),
}

/// Words, the worst first, of judgements that are not as expected.
const WORST: [&str; 20] = [
    "misfire",
    "stray",
    "false-alarm",
    "fired",
    "not-run",
    "invalid",
    "unsupported",
    "blind",
    "missing",
    "contradicted",
    "disagree",
    "inconclusive",
    "unread",
    "vacuous",
    "unknown",
    "quiet",
    "seen",
    "not-due",
    "unproven",
    "agree",
];

impl<'r> Judged<'r> {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Verdict(_) => Kind::Verdict,
            Self::Control(_) => Kind::Control,
            Self::Signal(_) => Kind::Signal,
            Self::Claim(_) => Kind::Claim,
            Self::Agreement(_) => Kind::Agreement,
        }
    }

    /// The word of the judgement.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Verdict(given) => given.verdict.as_str(),
            Self::Control(given) => given.outcome.as_str(),
            Self::Signal(given) => given.state.as_str(),
            Self::Claim(given) => claim_word(given.state),
            Self::Agreement(given) if given.agrees() => AGREE,
            Self::Agreement(_) => DISAGREE,
        }
    }

    pub(super) fn is_expected(self) -> bool {
        match self {
            Self::Verdict(given) => given.expected,
            Self::Control(given) => given.expected,
            Self::Signal(given) => given.expected,
            Self::Claim(given) => given.state != ClaimState::Contradicted,
            Self::Agreement(given) => given.agrees(),
        }
    }

    /// How bad it is that it is not as expected.
    pub(super) fn badness(self) -> Badness {
        match self.word() {
            "misfire" | "stray" | "fired" | "false-alarm" | "missing" | "contradicted"
            | "disagree" => Badness::Failure,
            _ => Badness::Error,
        }
    }

    /// What was judged, for people.
    pub(super) fn subject(self) -> String {
        match self {
            Self::Verdict(given) => format!("{} [{}]", given.title, given.reading),
            Self::Control(given) => {
                format!("{} [{}] quiet: {}", given.title, given.reading, given.name)
            }
            Self::Signal(given) => format!("signal {} ({})", given.id, given.looks_like),
            Self::Claim(given) => format!("claim: {}", given.text),
            Self::Agreement(given) => format!(
                "{} agrees with {} on {}",
                given.title, given.other_title, given.recording
            ),
        }
    }

    /// What it belongs to: a detection's id, or the kind.
    pub(super) fn class(self) -> &'r str {
        match self {
            Self::Verdict(given) => given.detection.as_str(),
            Self::Control(given) => given.detection.as_str(),
            Self::Signal(_) => "signals",
            Self::Claim(_) => "claims",
            Self::Agreement(given) => given.detection.as_str(),
        }
    }

    /// Why, as a fragment of a sentence.
    pub(super) fn reason(self) -> String {
        match self {
            Self::Verdict(given) => match &given.known_gap {
                Some((verdict, why)) if !given.expected => {
                    format!("{}, and {verdict} is the known gap: {why}", given.reason)
                }
                _ => given.reason.clone(),
            },
            Self::Control(given) => given.reason.clone(),
            Self::Signal(given) => given.reason.clone(),
            Self::Claim(given) => format!(
                "the signals of this recording do not show what the expectation says of {}",
                given.page
            ),
            Self::Agreement(given) => given.reason(),
        }
    }

    /// The file of the detection that was judged.
    pub(super) fn file(self) -> Option<&'r Path> {
        match self {
            Self::Verdict(given) => given.file.as_deref(),
            Self::Control(given) => given.file.as_deref(),
            Self::Agreement(given) => given.file.as_deref(),
            Self::Signal(_) | Self::Claim(_) => None,
        }
    }
}

/// The word of a claim's state.
pub(super) fn claim_word(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Proven => "proven",
        ClaimState::Contradicted => "contradicted",
        ClaimState::Unproven => "unproven",
    }
}

/// The word of two detections that fired on the same events.
const AGREE: &str = "agree";

/// The word of two detections that are said to be one idea and did not.
pub(super) const DISAGREE: &str = "disagree";

/// Everything that was judged of a test: verdicts, controls, signals, claims,
/// agreements.
pub(super) fn judged(test: &TestReport) -> impl Iterator<Item = Judged<'_>> {
    let verdicts = test.verdicts.iter().map(Judged::Verdict);
    let controls = test.controls.iter().map(Judged::Control);
    let signals = test.signals.iter().map(Judged::Signal);
    let claims = test.claims.iter().map(Judged::Claim);
    let agreements = test.agreements.iter().map(Judged::Agreement);
    let rest = claims.chain(agreements);
    verdicts.chain(controls).chain(signals).chain(rest)
}

/// The worst word of a test, and how bad it is if it is not as expected.
pub(super) fn worst(test: &TestReport) -> (&'static str, Option<Badness>) {
    let rank = |given: &Judged<'_>| WORST.iter().position(|word| *word == given.word());
    let worst = judged(test)
        .filter(|given| !given.is_expected())
        .min_by_key(rank);
    if let Some(worst) = worst {
        return (worst.word(), Some(worst.badness()));
    }
    let first = test.verdicts.iter().map(|given| given.verdict).min();
    if let Some(verdict) = first {
        return (verdict.as_str(), None);
    }
    if test.not_run.is_some() {
        return ("not-run", Some(Badness::Error));
    }
    match judged(test).min_by_key(|given| given.kind()) {
        Some(given) => (given.word(), None),
        // That nothing fired says nothing where nothing could be seen.
        None if test.unseen.is_some() => ("unknown", Some(Badness::Error)),
        None if test.hits.is_empty() => ("no-hit", None),
        None => ("hit", None),
    }
}
