//! The plan: which recordings are judged against what.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::Changes;
use super::atomic::Atomic;
use super::expectation::{Expectation, ExpectedControl};
use super::fixture::Fixture;
use crate::detect::DetectionId;
use crate::detect::sigma::ids_at;
use crate::diagnostic::{At, Diagnostic, Place, Severity};
use crate::recording::NotRun;

/// What is to be run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The tests, by technique, place in their file, and recording.
    pub tests: Vec<PlannedTest>,
    /// The detections of which every expectation says that they cannot search: what
    /// is wrong with them is known.
    pub known_broken: BTreeSet<DetectionId>,
}

/// One atomic with all that belongs to it.
#[derive(Debug, Clone)]
pub struct PlannedTest {
    /// The atomic.
    pub atomic: Arc<Atomic>,
    /// What is expected of it; without one, detections only hit or do not.
    pub expectation: Option<Arc<Expectation>>,
    /// Its recordings; none means that it cannot be replayed.
    pub recordings: Vec<Arc<Fixture>>,
    /// Why there is no recording, where there is none.
    pub unrecorded: Unrecorded,
    /// Its benign twins.
    pub controls: Vec<PlannedControl>,
}

/// Why a test has no recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Unrecorded {
    /// There is none.
    #[default]
    Absent,
    /// The profile wants recordings in which these conditions held, and there are
    /// only others.
    NotGiven(Vec<String>),
    /// The manifest of one does not load.
    Refused,
    /// Not every fixture loads, and nobody knows what the others are of.
    Unknown,
    /// It cannot be simulated, and why, as a fragment of a sentence.
    NotSimulated(String),
    /// It cannot be executed, and why, as a fragment of a sentence.
    NotExecuted(String),
}

/// A benign twin of a test.
#[derive(Debug, Clone)]
pub struct PlannedControl {
    /// The recording, or why there is none, as a fragment of a sentence.
    pub fixture: Result<Arc<Fixture>, String>,
    /// What the expectation says of it.
    pub expected: ExpectedControl,
}

impl PlannedControl {
    /// The name of its fixture.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.expected.fixture
    }
}

impl fmt::Display for Unrecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => NotRun::NoRecording.fmt(f),
            Self::NotGiven(conditions) => {
                let names: Vec<_> = conditions.iter().map(|name| format!("`{name}`")).collect();
                write!(
                    f,
                    "no recording of it is one in which {} held, as the profile wants",
                    names.join(" and ")
                )
            }
            Self::NotSimulated(why) => write!(f, "it cannot be simulated: {why}"),
            Self::NotExecuted(why) => write!(f, "it was not executed: {why}"),
            Self::Refused => f.write_str("its recording does not load"),
            Self::Unknown => {
                f.write_str("there is no recording of it among the fixtures that load")
            }
        }
    }
}

impl Plan {
    /// Turns errors in rules that are known to be broken into warnings.
    pub fn excuse(&self, problems: &mut [Diagnostic]) {
        for problem in problems {
            let is_known = problem.severity == Severity::Error
                && problem.code.is_about_sigma()
                && problem
                    .place
                    .as_ref()
                    .is_some_and(|place| self.is_known(place));
            if is_known {
                problem.severity = Severity::Warning;
            }
        }
    }

    /// Whether a place is about rules that are known to be broken, and no others.
    fn is_known(&self, place: &Place) -> bool {
        let At::Span { source, bytes } = &place.at else {
            return false;
        };
        let ids = ids_at(&source.text, bytes.start);
        !ids.is_empty()
            && ids
                .iter()
                .all(|id| self.known_broken.contains(&DetectionId::new(id)))
    }

    /// Takes the recordings from all tests, and says why there is none.
    pub fn take_recordings(&mut self, why: &Unrecorded) {
        for test in &mut self.tests {
            test.recordings = Vec::new();
            test.unrecorded = why.clone();
        }
    }

    /// Keeps the tests that `keep` accepts; the others, in order.
    pub fn retain(&mut self, mut keep: impl FnMut(&PlannedTest) -> bool) -> Vec<PlannedTest> {
        let tests = std::mem::take(&mut self.tests);
        let (kept, left_out) = tests.into_iter().partition(|test| keep(test));
        self.tests = kept;
        left_out
    }
}

impl PlannedTest {
    /// The ids of the detections that are judged on it.
    pub fn detections(&self) -> impl Iterator<Item = &str> {
        let expectations = self.expectation.iter();
        let expected = expectations.flat_map(|expectation| &expectation.detections);
        expected.map(|expected| expected.rule.as_str())
    }

    /// Whether anything that the test's outcome depends on has changed; `affected`
    /// are the ids of the detections that may fire otherwise.
    #[must_use]
    pub fn is_changed(&self, changes: &Changes, affected: &BTreeSet<String>) -> bool {
        let is_changed = |fixture: &Fixture| {
            let folder = fixture.place.file.parent();
            folder.is_some_and(|folder| changes.is_below(folder))
        };
        changes.holds(&self.atomic.place.file)
            || self.recordings.iter().any(|fixture| is_changed(fixture))
            || self.controls.iter().any(|control| match &control.fixture {
                Ok(fixture) => is_changed(fixture),
                // What is not there cannot be compared.
                Err(_) => true,
            })
            || self.expectation.as_ref().is_some_and(|expectation| {
                changes.holds(&expectation.place.file)
                    || expectation
                        .detections
                        .iter()
                        .any(|expected| affected.contains(expected.rule.as_str()))
            })
    }
}
