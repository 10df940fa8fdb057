//! Comparing two runs.

use std::collections::BTreeSet;

use super::change::{
    Change, ChangeKind, Class, Diff, Removal, RunFacts, Side, Subject, TestName, Transition,
};
use super::document::{Problem, RunDocument, Test};
use super::items::{changes_in, side, standings};
use super::pair::{pair, pair_tests};

/// Compares two runs: what is not in `changes` is as it was. The order of tests and of
/// judgements is of no account, and neither are reasons and events.
#[must_use]
pub fn compare(old: &RunDocument, new: &RunDocument, removal: Removal) -> Diff {
    let mut changes = Vec::new();
    let tests = pair_tests(&old.tests, &new.tests);
    for (old, new) in &tests.both {
        changes.extend(changes_in(old, new));
    }
    let left_out: BTreeSet<_> = new.left_out.iter().collect();
    for test in tests.only_old {
        let is_left_out = left_out.contains(&(test.technique.clone(), test.name.clone()));
        changes.push(removed(test, is_left_out));
    }
    changes.extend(tests.only_new.into_iter().map(added));
    changes.extend(problems(&old.errors, &new.errors));
    changes.extend(settings(old, new));
    if removal == Removal::Allowed {
        changes.iter_mut().for_each(allow);
    }
    changes.sort();
    Diff {
        old: facts(old),
        new: facts(new),
        changes,
    }
}

fn facts(run: &RunDocument) -> RunFacts {
    RunFacts {
        tests: run.tests.len() as u64,
        planned: run.planned,
        judged: run.judged,
        unexpected: run.unexpected,
        interrupted: run.interrupted,
    }
}

/// Makes a loss by removal no more than a change.
fn allow(change: &mut Change) {
    let is_removal = matches!(
        change.kind,
        ChangeKind::TestRemoved
            | ChangeKind::DetectionRemoved
            | ChangeKind::SignalRemoved
            | ChangeKind::ControlRemoved
            | ChangeKind::ClaimRemoved
    );
    if is_removal && change.class == Class::Worse {
        change.class = Class::Changed;
        change.allowed = true;
    }
}

pub(super) fn name(test: &Test) -> TestName {
    TestName {
        technique: test.technique.clone(),
        name: test.name.clone(),
        atomic: test.atomic.clone(),
        recording: test.recording.clone(),
        arguments: test.arguments.clone(),
        evidence: test.evidence.map(|evidence| evidence.to_string()),
    }
}

/// A change of a test as a whole.
pub(super) fn of_test(test: &Test, class: Class, kind: ChangeKind, how: Transition) -> Change {
    Change {
        class,
        test: Some(name(test)),
        kind,
        subject: Subject::default(),
        transition: how,
        details: Vec::new(),
        allowed: false,
        near_miss: None,
    }
}

fn removed(test: &Test, is_left_out: bool) -> Change {
    let standings = standings(test);
    let class = standings.iter().map(|(_, given)| given.goes()).min();
    let how = Transition {
        old: Some(summary(test)),
        new: None,
    };
    let class = class.unwrap_or(Class::Changed);
    let mut change = of_test(test, class, ChangeKind::TestRemoved, how);
    let proofs = standings.into_iter().filter(|(_, given)| given.proof);
    change.details = proofs.map(|(what, _)| what).collect();
    if is_left_out {
        let told = "a filter of the new run left it out".to_owned();
        change.details.insert(0, told);
    }
    change
}

fn added(test: &Test) -> Change {
    let standings = standings(test);
    let class = standings.iter().map(|(_, given)| given.appears()).min();
    let how = Transition {
        old: None,
        new: Some(summary(test)),
    };
    let class = class.unwrap_or(Class::Changed);
    let mut change = of_test(test, class, ChangeKind::TestAdded, how);
    let wrong = standings.into_iter().filter(|(_, given)| !given.expected);
    change.details = wrong.map(|(what, _)| what).collect();
    change
}

/// What a test came to, as one side of a change.
fn summary(test: &Test) -> Side {
    let standings = standings(test);
    let proofs = standings.iter().filter(|(_, given)| given.proof).count();
    Side {
        word: format!("{proofs} of {} proven", standings.len()),
        expected: Some(standings.iter().all(|(_, given)| given.expected)),
        reason: test.not_run.clone(),
    }
}

fn problems(old: &[Problem], new: &[Problem]) -> Vec<Change> {
    let paired = pair(old, new, Clone::clone);
    let told = |problem: &Problem, class, kind| {
        let side = Some(Side {
            word: problem.code.clone(),
            expected: None,
            reason: problem.file.clone(),
        });
        let transition = match kind {
            ChangeKind::ProblemAdded => Transition {
                old: None,
                new: side,
            },
            _ => Transition {
                old: side,
                new: None,
            },
        };
        of_run(class, kind, problem.message.clone(), transition)
    };
    let gone = paired.only_old.into_iter();
    let gone = gone.map(|problem| told(problem, Class::Better, ChangeKind::ProblemGone));
    let fresh = paired.only_new.into_iter();
    let fresh = fresh.map(|problem| told(problem, Class::Worse, ChangeKind::ProblemAdded));
    gone.chain(fresh).collect()
}

fn settings(old: &RunDocument, new: &RunDocument) -> Vec<Change> {
    let names: BTreeSet<_> = old.settings.keys().chain(new.settings.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| old.settings.get(*name) != new.settings.get(*name));
    changed
        .map(|name| {
            let value = |run: &RunDocument| Some(side(run.settings.get(name)?, None, ""));
            let how = Transition {
                old: value(old),
                new: value(new),
            };
            of_run(
                Class::Changed,
                ChangeKind::SettingChanged,
                (*name).to_owned(),
                how,
            )
        })
        .collect()
}

fn of_run(class: Class, kind: ChangeKind, text: String, transition: Transition) -> Change {
    Change {
        class,
        test: None,
        kind,
        subject: Subject {
            text: Some(text),
            ..Subject::default()
        },
        transition,
        details: Vec::new(),
        allowed: false,
        near_miss: None,
    }
}
