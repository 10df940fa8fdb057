//! Words of judgements, to pick some by.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::judged::{DISAGREE, Judged, judged};
use crate::diagnostic::did_you_mean;
use crate::verdict::{ControlOutcome, Report, SignalState, TestReport, Verdict};

/// The word for everything that is not as expected.
const UNEXPECTED: &str = "unexpected";

/// The word of a claim that does not hold on a recording.
const CONTRADICTED: &str = "contradicted";

/// Some words of verdicts, of outcomes of controls, and of states of signals and
/// claims.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(BTreeSet<&'static str>);

impl Words {
    /// What fails a run unless its user says otherwise: what is not as expected.
    #[must_use]
    pub fn unexpected() -> Self {
        Self(BTreeSet::from([UNEXPECTED]))
    }

    /// Every word that there is.
    pub fn all() -> impl Iterator<Item = &'static str> {
        let verdicts = Verdict::ALL.iter().map(|word| word.as_str());
        let outcomes = ControlOutcome::ALL.iter().map(|word| word.as_str());
        let states = SignalState::ALL.iter().map(|word| word.as_str());
        let mut words: Vec<_> = verdicts.chain(outcomes).chain(states).collect();
        words.extend([CONTRADICTED, DISAGREE, UNEXPECTED]);
        let mut known = BTreeSet::new();
        words.into_iter().filter(move |word| known.insert(*word))
    }

    fn pick(&self, given: Judged<'_>) -> bool {
        self.0.contains(given.word()) || self.0.contains(UNEXPECTED) && !given.is_expected()
    }

    /// Whether something of a report has one of these words and is not as expected.
    #[must_use]
    pub fn fail(&self, report: &Report) -> bool {
        report
            .tests
            .iter()
            .flat_map(judged)
            .any(|given| !given.is_expected() && self.pick(given))
    }

    /// Whether a judgement is to be shown; without words, every one is.
    pub(super) fn show(&self, given: Judged<'_>) -> bool {
        self.0.is_empty() || self.pick(given)
    }

    /// Whether anything of a test is to be shown.
    pub(super) fn show_test(&self, test: &TestReport) -> bool {
        self.0.is_empty() || judged(test).any(|given| self.pick(given))
    }
}

impl FromStr for Words {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = BTreeSet::new();
        for part in text.split(',') {
            let part = part.trim();
            let Some(word) = Self::all().find(|word| *word == part) else {
                let known: Vec<_> = Self::all().collect();
                return Err(match did_you_mean(part, known.iter().copied()) {
                    Some(meant) => format!("`{part}` is no verdict, did you mean `{meant}`?"),
                    None => format!("`{part}` is no verdict; there are {}", known.join(", ")),
                });
            };
            words.insert(word);
        }
        Ok(Self(words))
    }
}
