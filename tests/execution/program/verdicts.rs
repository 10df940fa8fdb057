//! What is judged of an atomic that was executed.

use std::process::Command;

use serde_json::json;

use super::project::{Done, MISFIRE, Project};

fn assert_fired(done: &Done) {
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert_eq!(done.test()["telemetry"]["start"]["state"], "seen");
}

#[test]
fn what_is_executed_is_seen_judged_and_cleaned_up() {
    let project = Project::new("echo > act.txt\nuname", "rm act.txt; echo > cleaned.txt");
    let done = project.execute(&[]);
    assert_fired(&done);
    let test = done.test();
    assert_eq!(test["stage"], "execute");
    assert_eq!(test["evidence"], "executed");
    assert_eq!(done.json()["summary"]["evidence"], json!({"executed": 1}));
    assert!(project.holds("cleaned.txt"));
    project.assert_clean();
}

#[test]
fn a_rule_that_does_not_find_it_misfires() {
    let mut project = Project::new("uname", "");
    project.finds = "/hostname";
    let done = project.execute(&[]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(done.verdict().0, "misfire", "{done:?}");
}

#[test]
fn what_nobody_did_is_not_seen() {
    let done = Project::new("true", "").execute(&[]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(done.verdict().0, "blind", "{done:?}");
}

#[test]
fn what_left_its_signal_was_performed_whatever_its_exit_code() {
    let done = Project::new("uname; exit 9", "").execute(&[]);
    assert_fired(&done);
    let done = Project::new("exit 9", "").execute(&[]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(done.verdict().0, "not-run", "{done:?}");
    let why = &done.test()["not_run"];
    assert!(
        why.as_str().is_some_and(|why| why.contains("exit code 9")),
        "{why}"
    );
}

#[test]
fn what_keeps_running_is_observed_and_ended() {
    let mut project = Project::new(
        "echo > act.txt; uname; (setsid sleep 300 &); sleep 300",
        "rm act.txt",
    );
    project.run = json!({"ends": "keeps-running", "observe_for": "1s"});
    let done = project.execute(&[]);
    assert_fired(&done);
    assert!(
        done.stderr
            .contains("it is over: it was watched for its time, and then ended"),
        "{done:?}"
    );
    project.assert_clean();
}

/// One tracer is all that a program can have.
#[test]
fn what_cannot_be_watched_proves_nothing() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("ATTENTION: there is no strace here; not tested");
        return;
    }
    let project = Project::new("uname; echo > act.txt", "rm act.txt; echo > cleaned.txt");
    let line = ["strace", "-f", "-o", "/dev/null", MISFIRE];
    let done = Done::of(&mut project.started_by(&line, &project.execution(&[])));
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert!(
        done.stderr.contains("misfire::execute::unwatched"),
        "{done:?}"
    );
    assert!(project.holds("cleaned.txt"));
    project.assert_clean();
}

/// What goes on in the background when its clean-up begins is ended by us: that it is not
/// seen to do more proves nothing.
#[test]
fn what_runs_on_is_not_called_missing() {
    let done = Project::new("(sleep 8; uname) > /dev/null 2>&1 &", "true").execute(&[]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert_eq!(done.test()["telemetry"]["start"]["state"], "unknown");
}

/// What an act does because it is ended is our doing.
#[test]
fn what_it_does_when_it_is_ended_is_not_its_act() {
    let trap = "trap 'uname; exit' TERM; sleep 30 & wait";
    let done = Project::new(trap, "").execute(&["--timeout", "1s"]);
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert_eq!(done.test()["telemetry"]["start"]["state"], "unknown");
}

/// What was recorded earlier is nothing that is executed now.
#[test]
fn an_old_recording_is_not_judged_as_executed() {
    let project = Project::new("uname", "");
    let kept = [
        "record", "Ask for", "--stage", "execute", "--yes", "--state", "state", "--name", "old",
    ];
    let done = Done::of(&mut project.misfire(&kept));
    assert_eq!(done.code, Some(0), "{done:?}");
    let replayed = Done::of(&mut project.misfire(&["run", "--format", "json"]));
    assert_eq!(replayed.verdict().0, "fired", "{replayed:?}");
    let unusable = [
        "run", "--stage", "execute", "--yes", "--format", "json", "--state", "/proc/no",
    ];
    let done = Done::of(&mut project.misfire(&unusable));
    assert_eq!(done.code, Some(3), "{done:?}");
    assert_eq!(done.verdict().0, "not-run", "{done:?}");
}

/// A misspelled argument would be executed with its default.
#[test]
fn an_argument_that_no_atomic_has_executes_nothing() {
    let project = Project::new("echo > act.txt", "");
    let done = project.execute(&["--arg", "flie=x"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(done.stderr.contains("unknown_argument"), "{done:?}");
    assert!(!project.holds("act.txt"));
}

/// Nothing is executed that could not be kept.
#[test]
fn a_fixture_that_is_there_is_told_before_anything_is_executed() {
    let project = Project::new("echo >> acts.txt; uname", "");
    let record = |more: &[&str]| {
        let words = [
            "record", "Ask for", "--stage", "execute", "--yes", "--state", "state", "--name", "x",
        ];
        Done::of(&mut project.misfire(&[&words, more].concat()))
    };
    assert_eq!(record(&[]).code, Some(0));
    let done = record(&[]);
    assert_eq!(done.code, Some(2), "{done:?}");
    let acts = std::fs::read_to_string(project.path("work/acts.txt")).expect("a file");
    assert_eq!(acts.lines().count(), 1);
}

/// The recording is what it is, whatever became of the clean-up.
#[test]
fn a_clean_up_that_fails_takes_no_recording_away() {
    let project = Project::new("uname", "false");
    let record = [
        "record", "Ask for", "--stage", "execute", "--yes", "--state", "state", "--name", "x",
    ];
    let done = Done::of(&mut project.misfire(&record));
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(
        done.stderr.contains("misfire::execute::leftover"),
        "{done:?}"
    );
    assert!(project.path("fixtures/T1082/x/fixture.yaml").is_file());
}
