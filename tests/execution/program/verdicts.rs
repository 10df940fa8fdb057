//! What is judged of an atomic that was executed.

use serde_json::json;

use super::project::{Done, MISFIRE, Project};
use crate::tools::{Tool, are_here};

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
    if !are_here(&[Tool::Strace]) {
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

/// What one record has made fire, no later record takes away.
#[test]
fn what_fired_has_fired_whether_or_not_more_may_come() {
    let mut project = Project::new("uname; (sleep 8; uname) > /dev/null 2>&1 &", "true");
    let done = project.execute(&[]);
    assert_fired(&done);
    project.finds = "/hostname";
    let done = project.execute(&[]);
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    let why = "processes of it still ran when it was cleaned up";
    assert!(done.verdict().1.ends_with(why), "{done:?}");
}

/// Why a window stayed open is kept with the recording.
#[test]
fn a_replay_says_why_the_window_is_open() {
    let mut project = Project::new("uname; (sleep 8; uname) > /dev/null 2>&1 &", "true");
    project.finds = "/hostname";
    let record = [
        "record", "Ask for", "--stage", "execute", "--yes", "--state", "state", "--name", "open",
    ];
    let done = Done::of(&mut project.misfire(&record));
    assert_eq!(done.code, Some(0), "{done:?}");
    let replayed = Done::of(&mut project.misfire(&["run", "--format", "json"]));
    assert_eq!(replayed.verdict().0, "inconclusive", "{replayed:?}");
    let why = "is not proven closed: processes of it still ran when it was cleaned up";
    assert!(replayed.verdict().1.ends_with(why), "{replayed:?}");
}

/// That nothing fired says nothing where nothing could be seen.
#[test]
fn what_nobody_watched_is_no_hit_and_no_miss() {
    if !are_here(&[Tool::Strace]) {
        return;
    }
    let mut project = Project::new("uname", "");
    project.is_expected = false;
    let run = |line: &[&str], format: &str| {
        let arguments = [
            "run", "Ask for", "--stage", "execute", "--yes", "--state", "state", "--format", format,
        ];
        Done::of(&mut project.started_by(line, &arguments))
    };
    let unwatched = ["strace", "-f", "-o", "/dev/null", MISFIRE];
    let done = run(&unwatched, "text");
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(!done.stdout.contains("no-hit"), "{done:?}");
    assert!(
        done.stdout.contains(
            "unknown: nothing could be seen, so that no hit proves nothing: no log was looked at: \
             nothing watched what it did"
        ),
        "{done:?}"
    );
    let done = run(&unwatched, "json");
    let why = done.test()["unseen"].as_str().map(ToOwned::to_owned);
    assert!(
        why.is_some_and(|why| why.starts_with("no log was looked at")),
        "{done:?}"
    );

    let done = run(&[MISFIRE], "json");
    assert_eq!(done.test()["unseen"], json!(null), "{done:?}");
    assert_eq!(done.test()["hits"].as_array().map(Vec::len), Some(1));
    project.finds = "/hostname";
    let text = [
        "run", "Ask for", "--stage", "execute", "--yes", "--state", "state",
    ];
    let done = Done::of(&mut project.misfire(&text));
    assert!(done.stdout.contains("no-hit"), "{done:?}");
}

/// A condition that nobody knows would not hold, and nobody would know.
#[test]
fn a_condition_that_no_expectation_names_executes_nothing() {
    let project = Project::new("echo > act.txt", "");
    let done = project.execute(&["--given", "signd-in"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(
        done.stderr.contains("misfire::usage::unknown_condition"),
        "{done:?}"
    );
    let record = [
        "record", "Ask for", "--stage", "execute", "--yes", "--state", "state", "--given", "x",
    ];
    let done = Done::of(&mut project.misfire(&record));
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(!project.holds("act.txt"));
}
