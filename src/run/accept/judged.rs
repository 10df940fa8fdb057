//! One look at all tests, in one deployment and one reading.

use std::collections::BTreeMap;
use std::path::Path;

use super::Workplace;
use super::columns::Variant;
use crate::content::{LoadedDetections, Plan};
use crate::detect::DetectionId;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::run::event::Silent;
use crate::run::judge::{JudgeRequest, judge};
use crate::verdict::{ControlReport, StageName, TestReport, Verdict, VerdictReport, finds_nothing};

/// What was found.
pub(super) struct Judged {
    tests: Vec<TestReport>,
    /// What loading said of the queries.
    told: Vec<Diagnostic>,
    /// The queries that are evaluated, each with the deployment that it is read in.
    evaluated: BTreeMap<DetectionId, Option<String>>,
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

    /// Whether a query is evaluated.
    pub(super) fn is_evaluated(&self, id: &DetectionId) -> bool {
        self.evaluated.contains_key(id)
    }

    /// Whether a query is evaluated and looks at none of the logs that there are.
    pub(super) fn looks_at_nothing(&self, id: &DetectionId) -> bool {
        let mut verdicts = self.tests.iter().flat_map(|test| &test.verdicts);
        self.evaluated.contains_key(id)
            && verdicts.any(|given| given.detection == *id && given.verdict == Verdict::Unsupported)
    }

    /// Says of a query that looks at nothing here, and at something elsewhere, what that
    /// means.
    pub(super) fn tell_of_names(&mut self, id: &DetectionId) {
        let deployment = self.evaluated.get(id).cloned().flatten();
        for test in &mut self.tests {
            finds_nothing(test, id, deployment.as_deref());
        }
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

/// Judges the detections of a plan.
pub(super) fn judged(
    workplace: &Workplace<'_>,
    loaded: LoadedDetections,
    variant: &Variant,
    plan: Plan,
) -> Judged {
    let evaluated = loaded
        .plans
        .planned
        .iter()
        .filter(|planned| planned.plan.is_ok())
        .map(|planned| {
            let deployment = variant.deployment(planned.detection.language);
            (planned.detection.id.clone(), deployment.map(str::to_owned))
        })
        .collect();
    let told = loaded.problems.clone();
    let report = judge(
        JudgeRequest {
            plan,
            stage: StageName::Replay,
            detections: loaded,
            left_out: Vec::new(),
            problems: Vec::new(),
            threads: workplace.request.threads,
            interrupt: workplace.request.interrupt.clone(),
        },
        &Silent,
    );
    let is_of_logs =
        |problem: &Diagnostic| problem.severity == Severity::Error && problem.code.is_about_input();
    Judged {
        tests: report.tests,
        told,
        evaluated,
        problems: report.diagnostics.into_iter().filter(is_of_logs).collect(),
        records: report.records,
    }
}
