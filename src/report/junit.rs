//! A run as JUnit XML, for CI.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as JunitReport, TestCase, TestCaseStatus, TestSuite};

use crate::diagnostic::{self, Ink, Severity};
use crate::verdict::{ControlOutcome, Report, Verdict};

/// Writes a run as JUnit XML: `misfire`, `stray`, `false-alarm`, and other
/// unexpected outcomes are failures; what could not be judged is an error.
///
/// # Errors
///
/// The output cannot be written.
pub fn junit(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut junit = JunitReport::new("misfire");
    for test in &report.tests {
        let mut suite = TestSuite::new(test.recording.display().to_string());
        for verdict in &test.verdicts {
            let kind = match verdict.verdict {
                _ if verdict.expected => None,
                Verdict::Fired | Verdict::Misfire | Verdict::Stray => Some(NonSuccessKind::Failure),
                _ => Some(NonSuccessKind::Error),
            };
            suite.add_test_case(case(
                &format!("{} [{}] {}", verdict.title, verdict.reading, test.name),
                verdict.detection.as_str(),
                kind,
                verdict.verdict.as_str(),
                &verdict.reason,
            ));
        }
        for control in &test.controls {
            let kind = match control.outcome {
                ControlOutcome::Quiet => None,
                ControlOutcome::FalseAlarm => Some(NonSuccessKind::Failure),
                _ => Some(NonSuccessKind::Error),
            };
            suite.add_test_case(case(
                &format!(
                    "{} [{}] quiet: {}",
                    control.title, control.reading, control.name
                ),
                control.detection.as_str(),
                kind,
                control.outcome.as_str(),
                &control.reason,
            ));
        }
        junit.add_test_suite(suite);
    }
    add_problems(&mut junit, report);
    junit
        .serialize(&mut *out)
        .map_err(|error| io::Error::other(error.to_string()))
}

fn case(
    name: &str,
    class: &str,
    kind: Option<NonSuccessKind>,
    word: &str,
    reason: &str,
) -> TestCase {
    let status = match kind {
        None => TestCaseStatus::success(),
        Some(kind) => {
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(word).set_message(reason);
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

/// Problems are cases of their own: a run that could not read its content must
/// not look green.
fn add_problems(junit: &mut JunitReport, report: &Report) {
    let mut suite = TestSuite::new("content and recordings");
    for problem in &report.diagnostics {
        if problem.severity != Severity::Error {
            continue;
        }
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type(problem.code.as_str())
            .set_message(problem.message.as_str())
            .set_description(diagnostic::to_text(
                std::slice::from_ref(problem),
                Ink::Plain,
            ));
        let place = problem
            .place
            .as_ref()
            .map(|place| place.file.display().to_string());
        suite.add_test_case(TestCase::new(place.unwrap_or_default(), status));
    }
    if report.interrupted {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("the run was interrupted");
        suite.add_test_case(TestCase::new("interrupted", status));
    }
    if suite.test_cases.is_empty() {
        return;
    }
    junit.add_test_suite(suite);
}
