//! The tests that detections are judged on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::content::atomic::TechniqueId;
use crate::content::expectation::{Expectation, ExpectedDetection};
use crate::content::{Plan, PlannedTest};
use crate::detect::{DetectionId, Reading};
use crate::verdict::TestReport;

/// A detection, and the tests that it is judged on.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) id: DetectionId,
    /// The places of the tests in the plan.
    pub(super) tests: Vec<usize>,
}

/// The tests of a detection: those of the techniques that it names, or of their
/// sub-techniques where a technique has none itself; every test where it names none.
pub(super) fn tests_of(plan: &Plan, tags: &[String]) -> Vec<usize> {
    let techniques: Vec<_> = tags
        .iter()
        .filter_map(|tag| tag.strip_prefix("attack."))
        .filter_map(|tag| TechniqueId::parse(&tag.to_ascii_uppercase()))
        .collect();
    let places = |is_own: &dyn Fn(&PlannedTest) -> bool| -> Vec<usize> {
        let tests = plan.tests.iter().enumerate();
        tests
            .filter(|(_, test)| test.expectation.is_some() && is_own(test))
            .map(|(place, _)| place)
            .collect()
    };
    if techniques.is_empty() {
        return places(&|_| true);
    }
    let mut own = Vec::new();
    for technique in &techniques {
        let exact = places(&|test| test.atomic.technique == *technique);
        if exact.is_empty() {
            own.extend(places(&|test| test.atomic.technique.parent() == *technique));
        } else {
            own.extend(exact);
        }
    }
    own.sort_unstable();
    own.dedup();
    own
}

/// The plan with these detections in the place of those that its expectations name:
/// each fires on every required signal, and has every benign twin.
pub(super) fn with_detections(plan: &Plan, wanted: &[Wanted], reading: Reading) -> Plan {
    let tests = plan.tests.iter().enumerate().filter_map(|(place, test)| {
        let own = wanted.iter().filter(|wanted| wanted.tests.contains(&place));
        let ids: Vec<_> = own.map(|wanted| &wanted.id).collect();
        let expectation = test.expectation.as_deref()?;
        (!ids.is_empty()).then(|| PlannedTest {
            expectation: Some(Arc::new(expecting(expectation, &ids, reading))),
            controls: test
                .controls
                .iter()
                .cloned()
                .map(|mut control| {
                    control.expected.detections = None;
                    control
                })
                .collect(),
            ..test.clone()
        })
    });
    Plan {
        tests: tests.collect(),
        ..Plan::default()
    }
}

fn expecting(expectation: &Expectation, ids: &[&DetectionId], reading: Reading) -> Expectation {
    let detections = ids.iter().map(|id| ExpectedDetection {
        rule: (*id).clone(),
        fires_on: None,
        gap: None,
        reading: Some(reading),
        place: expectation.place.clone(),
    });
    Expectation {
        detections: detections.collect(),
        ..expectation.clone()
    }
}

/// One recording of one test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Recording {
    test: String,
    recording: PathBuf,
}

impl Recording {
    pub(super) fn of_test(test: &TestReport) -> Self {
        Self {
            test: test.name.clone(),
            recording: test.recording.clone(),
        }
    }

    /// The plan with nothing but this, and without benign twins.
    pub(super) fn of(&self, mut plan: Plan) -> Plan {
        plan.retain(|test| test.atomic.name == self.test);
        for test in &mut plan.tests {
            test.recordings
                .retain(|fixture| Path::new(&fixture.name) == self.recording);
            test.controls.clear();
        }
        plan
    }
}
