//! Proving that what was written is right: the project's own loaders and its own
//! judge look at it.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::draft::DraftSignal;
use super::text;
use crate::content::atomic::{Atomic, AtomicGuid, Platform, TechniqueId};
use crate::content::expectation::{Expectation, load_expectations_from};
use crate::content::fixture::{Fixture, load_fixtures};
use crate::content::{LoadedDetections, Plan, PlannedTest, Unrecorded};
use crate::diagnostic::{Diagnostic, Place, SourceText, has_error};
use crate::run::event::{Interrupt, Silent};
use crate::run::judge::{JudgeRequest, judge};
use crate::verdict::{SignalState, StageName};

/// Loads the fixture that was written to a folder; problems are told of the folder
/// that it is for.
///
/// # Errors
///
/// Everything that is wrong with it.
pub(super) fn fixture(folder: &Path, target: &Path) -> Result<Arc<Fixture>, Vec<Diagnostic>> {
    let mut loaded = load_fixtures(&[folder.to_owned()]);
    for problem in &mut loaded.problems {
        if let Some(place) = &mut problem.place
            && let Ok(inside) = place.file.strip_prefix(folder)
        {
            *place = Place::file(&target.join(inside));
        }
    }
    let fixture = loaded.fixtures.into_values().next();
    match fixture {
        Some(fixture) if loaded.problems.is_empty() => Ok(fixture),
        _ => Err(loaded.problems),
    }
}

/// What a draft is checked on.
pub(super) struct Bench<'b> {
    pub(super) atomic: &'b Arc<Atomic>,
    pub(super) guid: AtomicGuid,
    pub(super) technique: &'b TechniqueId,
    pub(super) fixture: &'b Arc<Fixture>,
    pub(super) threads: Option<NonZero<usize>>,
    pub(super) interrupt: &'b Interrupt,
}

/// A draft that was checked.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) signals: Vec<DraftSignal>,
    /// What the project's loader says of the draft; nothing, if it is right.
    pub(super) problems: Vec<Diagnostic>,
}

impl Bench<'_> {
    /// Keeps the signals that the judge sees in the capture. Relations go first,
    /// then signals.
    pub(super) fn check(&self, mut signals: Vec<DraftSignal>) -> Checked {
        while !signals.is_empty() && !self.interrupt.is_set() {
            let expectation = match self.load(&signals) {
                Ok(expectation) => expectation,
                Err(problems) => {
                    return Checked {
                        problems,
                        ..Checked::default()
                    };
                }
            };
            let unseen = self.unseen(expectation);
            if unseen.is_empty() {
                break;
            }
            let is_unseen = |signal: &DraftSignal| unseen.contains(&signal.id);
            let loosens = signals
                .iter()
                .any(|signal| is_unseen(signal) && signal.same.is_some());
            if loosens {
                for signal in signals.iter_mut().filter(|signal| is_unseen(signal)) {
                    signal.same = None;
                    signal.after = None;
                }
                continue;
            }
            signals.retain(|signal| !unseen.contains(&signal.id));
            for signal in &mut signals {
                let refers = signal
                    .after
                    .as_ref()
                    .is_some_and(|after| unseen.contains(after));
                if refers {
                    signal.same = None;
                    signal.after = None;
                }
            }
        }
        Checked {
            signals,
            problems: Vec::new(),
        }
    }

    fn load(&self, signals: &[DraftSignal]) -> Result<Arc<Expectation>, Vec<Diagnostic>> {
        let text = text::head(self.technique) + &text::test(self.guid, "", signals, false);
        let file = PathBuf::from(format!("{}.yaml", self.technique));
        let loaded = load_expectations_from(vec![Ok(SourceText::new(file, text))]);
        match loaded.expectations.into_iter().next() {
            Some(expectation) if !has_error(&loaded.problems) => Ok(expectation),
            _ => Err(loaded.problems),
        }
    }

    fn unseen(&self, expectation: Arc<Expectation>) -> BTreeSet<String> {
        let all: Vec<_> = expectation
            .signals
            .iter()
            .map(|signal| signal.id.to_string())
            .collect();
        // A capture of another platform is told elsewhere, and is drafted all the same.
        let mut atomic = Atomic::clone(self.atomic);
        atomic
            .platforms
            .extend(Platform::parse(&self.fixture.host.platform));
        let plan = Plan {
            tests: vec![PlannedTest {
                unrecorded: Unrecorded::default(),
                atomic: Arc::new(atomic),
                expectation: Some(expectation),
                recordings: vec![Arc::clone(self.fixture)],
                controls: Vec::new(),
            }],
            ..Plan::default()
        };
        let report = judge(
            JudgeRequest {
                stage: StageName::Replay,
                plan,
                detections: LoadedDetections::default(),
                left_out: Vec::new(),
                problems: Vec::new(),
                threads: self.threads,
                interrupt: self.interrupt.clone(),
            },
            &Silent,
        );
        if self.interrupt.is_set() {
            return BTreeSet::new();
        }
        let seen: BTreeSet<_> = report
            .tests
            .iter()
            .flat_map(|test| &test.signals)
            .filter(|signal| signal.state == SignalState::Seen)
            .map(|signal| signal.id.to_string())
            .collect();
        all.into_iter().filter(|id| !seen.contains(id)).collect()
    }
}

impl Bench<'_> {
    /// The signals that are not in another recording as well.
    pub(super) fn without_those_of(
        &self,
        other: &Arc<Fixture>,
        signals: Vec<DraftSignal>,
    ) -> Vec<DraftSignal> {
        let Ok(expectation) = self.load(&signals) else {
            return signals;
        };
        let bench = Bench {
            fixture: other,
            ..*self
        };
        let unseen = bench.unseen(expectation);
        let mut kept: Vec<_> = signals
            .into_iter()
            .filter(|signal| unseen.contains(&signal.id))
            .collect();
        let left: BTreeSet<String> = kept.iter().map(|signal| signal.id.clone()).collect();
        for signal in &mut kept {
            if signal
                .after
                .as_ref()
                .is_some_and(|after| !left.contains(after))
            {
                signal.same = None;
                signal.after = None;
            }
        }
        kept
    }
}
