//! One look at all tests, in one deployment and one reading.

use std::collections::BTreeMap;
use std::path::Path;

use super::Workplace;
use super::columns::Variant;
use super::plan::{Wanted, with_detections};
use crate::content::LoadedDetections;
use crate::detect::{DetectionId, Language, Reading};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::run::event::Silent;
use crate::run::judge::{JudgeRequest, judge};
use crate::verdict::{ControlReport, SignalState, StageName, TestReport, Verdict, VerdictReport};

/// What was found.
pub(super) struct Judged {
    tests: Vec<TestReport>,
    /// What loading said of the queries.
    told: Vec<Diagnostic>,
    /// What is wrong with the recordings.
    pub(super) problems: Vec<Diagnostic>,
    pub(super) records: u64,
}

/// What loading said of one file.
pub(super) struct Told {
    pub(super) repairs: Vec<String>,
    pub(super) needs: Vec<String>,
}

impl Judged {
    /// What loading said of a file.
    pub(super) fn told_of(&self, file: &Path) -> Told {
        let own = |code: &'static [Code]| -> Vec<String> {
            let mut said: Vec<String> = Vec::new();
            for problem in &self.told {
                let place = problem.place.as_ref();
                let is_own = place.is_some_and(|place| place.file == file);
                if is_own && code.contains(&problem.code) && !said.contains(&problem.message) {
                    said.push(problem.message.clone());
                }
            }
            said
        };
        Told {
            repairs: own(&[Code::SPL_REPAIRED, Code::SUMO_REPAIRED]),
            needs: own(&[Code::SUMO_EXTRACTED]),
        }
    }

    /// The tests that a detection was judged on.
    pub(super) fn tests_of(&self, id: &DetectionId) -> impl Iterator<Item = &TestReport> {
        self.tests.iter().filter(|test| {
            let mut verdicts = test.verdicts.iter();
            verdicts.any(|verdict| verdict.detection == *id)
        })
    }

    /// The verdict on the same test and recording.
    pub(super) fn verdict(&self, test: &TestReport, id: &DetectionId) -> Option<&VerdictReport> {
        let same = self.tests.iter().find(|other| is_same(other, test))?;
        same.verdicts
            .iter()
            .find(|verdict| verdict.detection == *id)
    }

    /// The outcomes of a detection on benign recordings.
    pub(super) fn controls_of(&self, id: &DetectionId) -> impl Iterator<Item = &ControlReport> {
        let all = self.tests.iter().flat_map(|test| &test.controls);
        all.filter(move |control| control.detection == *id)
    }
}

/// Whether these are the same test on the same recording.
fn is_same(one: &TestReport, other: &TestReport) -> bool {
    let guid = |test: &TestReport| test.atomic.as_ref().and_then(|atomic| atomic.guid);
    one.recording == other.recording && one.name == other.name && guid(one) == guid(other)
}

/// Judges detections on all of their tests.
pub(super) fn judged(
    workplace: &Workplace<'_>,
    loaded: LoadedDetections,
    variant: &Variant,
    wanted: &[Wanted],
    reading: Reading,
) -> Judged {
    // Those that are evaluated and look at nothing here.
    let evaluated: BTreeMap<DetectionId, Language> = loaded
        .plans
        .planned
        .iter()
        .filter(|planned| planned.plan.is_ok())
        .map(|planned| (planned.detection.id.clone(), planned.detection.language))
        .collect();
    let told = loaded.problems.clone();
    let report = judge(
        JudgeRequest {
            plan: with_detections(&workplace.plan, wanted, reading),
            stage: StageName::Replay,
            detections: loaded,
            left_out: Vec::new(),
            problems: Vec::new(),
            threads: workplace.request.threads,
            interrupt: workplace.request.interrupt.clone(),
        },
        &Silent,
    );
    let mut tests = report.tests;
    for test in &mut tests {
        let is_there = |test: &TestReport, verdict: &VerdictReport| {
            let mut signals = test.signals.iter();
            signals.any(|signal| {
                verdict.fires_on.contains(&signal.id) && signal.state == SignalState::Seen
            })
        };
        let found: Vec<_> = test
            .verdicts
            .iter()
            .map(|verdict| {
                verdict.verdict == Verdict::Unsupported
                    && evaluated.contains_key(&verdict.detection)
                    && test.not_run.is_none()
                    && is_there(test, verdict)
            })
            .collect();
        for (verdict, looks_at_nothing) in test.verdicts.iter_mut().zip(found) {
            let Some(language) = evaluated
                .get(&verdict.detection)
                .filter(|_| looks_at_nothing)
            else {
                continue;
            };
            verdict.verdict = Verdict::Misfire;
            verdict.reason = match variant.deployment(*language) {
                Some(name) => format!(
                    "it finds nothing in the deployment `{name}`, where no log goes by the names that it asks for"
                ),
                None => "no log goes by the names that it asks for".to_owned(),
            };
        }
    }
    let is_of_logs =
        |problem: &Diagnostic| problem.severity == Severity::Error && problem.code.is_about_input();
    Judged {
        tests,
        told,
        problems: report.diagnostics.into_iter().filter(is_of_logs).collect(),
        records: report.records,
    }
}
