//! What a run leaves to be done, and who may do it.

use crate::common::until;
use crate::hosting::beside;

use super::project::{Done, Project, list};

fn recover(project: &Project, more: &[&str]) -> Done {
    let arguments = [&["recover", "--state", "state"], more].concat();
    Done::of(&mut project.misfire(&arguments))
}

#[test]
fn what_never_succeeds_is_told_until_it_is_forgotten() {
    let _beside = beside();
    let project = Project::new("uname; echo > act.txt", "exit 4");
    let done = project.execute(&[]);
    assert!(
        done.stderr.contains("its clean-up is over: exit code 4"),
        "{done:?}"
    );
    let entries = list(&project.path("state/journal"));
    assert_eq!(entries.len(), 1);
    let run = entries[0].trim_end_matches(".jsonl");

    // Nobody agrees, so nothing is done.
    let refused = recover(&project, &[]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(
        refused.stderr.contains("misfire::execute::leftover"),
        "{refused:?}"
    );

    let failed = recover(&project, &["--yes", "--format", "json"]);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    let recovered = failed.json()["runs"][0].clone();
    assert_eq!(recovered["run"], run);
    assert_eq!(
        recovered["still_in_journal"],
        "its clean-up did not succeed"
    );

    // The next run says so, and goes on.
    let next = project.execute(&[]);
    assert!(
        next.stderr.contains("misfire::execute::leftover"),
        "{next:?}"
    );
    assert_eq!(next.verdict().0, "fired");

    for entry in list(&project.path("state/journal")) {
        let forgotten = recover(&project, &["--forget", entry.trim_end_matches(".jsonl")]);
        assert_eq!(forgotten.code, Some(0), "{forgotten:?}");
    }
    let unknown = recover(&project, &["--forget", run]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(
        unknown.stderr.contains("misfire::execute::leftover"),
        "{unknown:?}"
    );
    let nothing = recover(&project, &["--yes"]);
    assert_eq!(
        (nothing.code, &*nothing.stdout),
        (Some(0), "nothing was left\n")
    );
}

#[test]
fn two_runs_on_one_host_exclude_each_other() {
    let _beside = beside();
    let project = Project::new(
        "uname; echo >> act.txt; echo > ready.txt; while test -e ready.txt; do sleep 0.05; done",
        "rm -f act.txt ready.txt",
    );
    let begun = project.begin(&[]);
    until("the act", || project.holds("ready.txt"));
    let second = project.execute(&[]);
    assert_eq!(second.code, Some(3), "{second:?}");
    assert!(
        second.stderr.contains("misfire::execute::host_busy"),
        "{second:?}"
    );
    let holder = format!("process {}", begun.child.id());
    assert!(second.stderr.contains(&holder), "{second:?}");
    assert!(
        !second.stderr.contains("misfire::execute::leftover"),
        "{second:?}"
    );
    assert_eq!(second.verdict().0, "not-run");
    let acts = std::fs::read_to_string(project.path("work/act.txt")).expect("the first's");
    assert_eq!(acts, "\n", "the second did nothing");
    // What is under way was not left, and is not taken for it.
    let recovery = project.recover();
    assert_eq!(recovery.code, Some(3), "{recovery:?}");
    assert!(project.holds("act.txt"));
    std::fs::remove_file(project.path("work/ready.txt")).expect("its sign");
    let first = begun.end();
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(first.verdict().0, "fired");
    project.assert_clean();
}
