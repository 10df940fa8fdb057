//! A run as JUnit XML, for CI.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as JunitReport, TestCase, TestCaseStatus, TestSuite};

use super::executed::seconds;
use super::judged::{Badness, Judged, judged};
use super::run::{miss_details, nothing_changed, nothing_seen};
use super::words::one_line;
use crate::diagnostic::{self, Ink, Severity};
use crate::verdict::{Report, TestReport};

/// Writes a run as JUnit XML: `misfire`, `stray`, `false-alarm`, and other
/// unexpected outcomes are failures; what could not be judged is an error.
///
/// # Errors
///
/// The output cannot be written.
pub fn junit(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut junit = JunitReport::new("misfire");
    junit.set_time(Duration::ZERO);
    let mut names = Names::default();
    for test in &report.tests {
        let mut suite = suite(&names.unique(&suite_name(test)));
        add_properties(&mut suite, test);
        add_judged(&mut suite, test);
        junit.add_test_suite(suite);
    }
    add_left_out(&mut junit, report, &mut names);
    add_problems(&mut junit, report, &mut names);
    junit
        .serialize(&mut *out)
        .map_err(|error| io::Error::other(error.to_string()))
}

/// Names that were given out, so that none is twice.
#[derive(Debug, Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn unique(&mut self, name: &str) -> String {
        let name = clean(&one_line(name, usize::MAX));
        let mut unique = name.clone();
        let mut number = 1;
        while !self.0.insert(unique.clone()) {
            number += 1;
            unique = format!("{name} ({number})");
        }
        unique
    }
}

fn suite_name(test: &TestReport) -> String {
    let recording = test.recording.display();
    match &test.atomic {
        Some(atomic) => format!("{} {} ({recording})", atomic.technique, test.name),
        None => recording.to_string(),
    }
}

fn suite(name: &str) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.set_time(Duration::ZERO);
    suite
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(clean(class));
    case.set_time(Duration::ZERO);
    case
}

fn add_properties(suite: &mut TestSuite, test: &TestReport) {
    let mut add = |name: &str, value: String| {
        suite.add_property((name, clean(&value).as_str()));
    };
    if let Some(atomic) = &test.atomic {
        add("technique", atomic.technique.to_string());
        if let Some(guid) = atomic.guid {
            add("atomic", guid.to_string());
        }
    }
    add("recording", test.recording.display().to_string());
    add("evidence", test.grade());
    if let Some(execution) = &test.execution {
        add("host", execution.host.clone());
        add("user", execution.user.clone());
        for left in &execution.residue {
            add("left-behind", left.clone());
        }
    }
    if let Some((_, command)) = test.executed() {
        if let Some(code) = command.exit_code {
            add("exit-code", code.to_string());
        }
        suite.set_time(Duration::try_from_secs_f64(seconds(command)).unwrap_or_default());
    }
}

fn add_judged(suite: &mut TestSuite, test: &TestReport) {
    let mut names = Names::default();
    for given in judged(test) {
        let name = match test.atomic {
            Some(_) => given.subject(),
            None => format!("{} {}", given.subject(), test.name),
        };
        suite.add_test_case(case(
            &names.unique(&name),
            given.class(),
            status(test, given),
        ));
    }
    if let Some(why) = &test.not_run {
        // A verdict says so as well, where there is one.
        if test.verdicts.is_empty() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("not-run").set_message(clean(why));
            suite.add_test_case(case("performed", "test", status));
        }
    } else if suite.test_cases.is_empty() && test.hits.is_empty() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let message = match &test.unseen {
            Some(why) => clean(&nothing_seen(why)),
            None => "nothing was judged".to_owned(),
        };
        status.set_type("nothing-judged").set_message(message);
        suite.add_test_case(case("judged", "test", status));
    }
}

fn status(test: &TestReport, given: Judged<'_>) -> TestCaseStatus {
    if given.is_expected() {
        return TestCaseStatus::success();
    }
    let kind = match given.badness() {
        Badness::Failure => NonSuccessKind::Failure,
        Badness::Error => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_type(given.word())
        .set_message(clean(&given.reason()));
    let details = miss_details(test, given);
    if !details.is_empty() {
        status.set_description(clean(&details));
    }
    status
}

/// What a filter left out is the only thing that is skipped.
fn add_left_out(junit: &mut JunitReport, report: &Report, names: &mut Names) {
    if report.left_out.is_empty() {
        return;
    }
    let mut suite = suite(&names.unique("left out"));
    let mut cases = Names::default();
    for test in &report.left_out {
        let technique = test.technique.as_deref().unwrap_or("test");
        let mut status = TestCaseStatus::skipped();
        status.set_message("left out by a filter");
        suite.add_test_case(case(&cases.unique(&test.name), technique, status));
    }
    junit.add_test_suite(suite);
}

/// Problems are cases of their own: a run that could not read its content must
/// not look green.
fn add_problems(junit: &mut JunitReport, report: &Report, names: &mut Names) {
    let mut suite = suite(&names.unique("content and recordings"));
    let mut cases = Names::default();
    for problem in &report.diagnostics {
        if problem.severity != Severity::Error {
            continue;
        }
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type(problem.code.as_str())
            .set_message(clean(&problem.message))
            .set_description(clean(&diagnostic::to_text(
                std::slice::from_ref(problem),
                Ink::Plain,
            )));
        let place = problem
            .place
            .as_ref()
            .map_or_else(String::new, |place| place.file.display().to_string());
        let name = format!("{place} {}", problem.message);
        suite.add_test_case(case(
            &cases.unique(name.trim()),
            problem.code.as_str(),
            status,
        ));
    }
    if report.interrupted {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type("interrupted")
            .set_message("the run was interrupted");
        suite.add_test_case(case("interrupted", "run", status));
    }
    let is_unproven = report.judged() == 0 && !nothing_changed(report);
    if is_unproven && suite.test_cases.is_empty() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type("nothing-judged")
            .set_message("nothing was judged");
        suite.add_test_case(case("judged", "run", status));
    }
    if !suite.test_cases.is_empty() {
        junit.add_test_suite(suite);
    }
}

/// Text without what XML cannot hold, or what a reader would stumble over.
fn clean(text: &str) -> String {
    let is_bad = |character: char| {
        character.is_control() && character != '\n' || matches!(character, '\u{fffe}' | '\u{ffff}')
    };
    text.replace(is_bad, "?")
}
