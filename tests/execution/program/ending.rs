//! What ends early is ended whole, and cleaned up.

use std::fs;
use std::path::Path;
use std::thread;

use crate::common::until;
use crate::hosting::beside;

use super::project::{Begun, Done, LINGERING, Project, UNDOING, send};

/// An execution whose act is at work.
fn acting(project: &Project) -> Begun {
    let begun = project.begin(&[]);
    until("the act", || project.holds("ready.txt"));
    begun
}

fn assert_interrupted(project: &Project, done: &Done) {
    assert_eq!(done.code, Some(3), "{done:?}");
    assert_eq!(done.json()["summary"]["interrupted"], true, "{done:?}");
    assert!(project.holds("cleaned.txt"), "{done:?}");
    project.assert_clean();
}

#[test]
fn ctrl_c_and_the_wish_of_the_system_end_and_clean_up() {
    let _beside = beside();
    thread::scope(|scope| {
        for signal in ["-INT", "-TERM", "-HUP"] {
            scope.spawn(move || {
                let project = Project::new(LINGERING, UNDOING);
                let begun = acting(&project);
                begun.signal(signal);
                assert_interrupted(&project, &begun.end());
            });
        }
    });
}

/// Whoever is impatient does not keep it from being cleaned up.
#[test]
fn ctrl_c_twice_still_cleans_up() {
    let _beside = beside();
    let project = Project::new(
        LINGERING,
        "sleep 1; rm act.txt ready.txt; echo > cleaned.txt",
    );
    let mut begun = acting(&project);
    begun.signal("-INT");
    begun.until_told("it is cleaned up");
    begun.signal("-INT");
    assert_interrupted(&project, &begun.end());
}

/// Who asks before it begins, and has an end wished for, begins nothing.
#[test]
fn ctrl_c_at_a_prerequisite_performs_nothing() {
    let _beside = beside();
    let mut project = Project::new("echo > act.txt", "echo > cleaned.txt");
    project.atomic["dependencies"] = serde_json::json!([{
        "description": "Time",
        "prereq_command": "echo > checking.txt; sleep 300",
        "get_prereq_command": null,
    }]);
    let begun = project.begin(&[]);
    until("the check", || project.holds("checking.txt"));
    begun.signal("-INT");
    let done = begun.end();
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(!project.holds("act.txt") && !project.holds("cleaned.txt"));
    project.assert_clean();
}

/// Without its tracer nothing is proven: the kernel ends what it traced.
#[test]
fn what_loses_its_tracer_proves_nothing() {
    let _beside = beside();
    let mut project = Project::new(LINGERING, UNDOING);
    // What it would find may have been there, had anybody watched.
    project.finds = "/hostname";
    let begun = acting(&project);
    send("-KILL", &tracer_in(&project.path("work")));
    let done = begun.end();
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert!(
        done.stderr
            .contains("it is over: it ended with what watched it"),
        "{done:?}"
    );
    assert!(project.holds("cleaned.txt"));
    project.assert_clean();
}

/// The process of the tracer that works in this folder.
fn tracer_in(folder: &Path) -> String {
    let processes = fs::read_dir("/proc").expect("processes").flatten();
    let tracers: Vec<_> = processes
        .filter(|process| {
            let path = process.path();
            let line = fs::read(path.join("cmdline")).unwrap_or_default();
            line == b"misfire\0watch-program\0"
                && fs::read_link(path.join("cwd")).is_ok_and(|cwd| cwd == folder)
        })
        .map(|process| process.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(tracers.len(), 1, "{tracers:?}");
    tracers.concat()
}

#[test]
fn a_time_limit_ends_all_that_came_of_it() {
    let _beside = beside();
    let deaf = "sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' > /dev/null 2>&1 &";
    let mut project = Project::new(&format!("{deaf}\n{LINGERING}"), UNDOING);
    project.finds = "/hostname";
    let done = project.execute(&["--timeout", "2s"]);
    // What it would have done after its time is not known.
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert_eq!(done.test()["telemetry"]["start"]["state"], "seen");
    assert!(
        done.stderr
            .contains("it is over: it took too long, and was ended"),
        "{done:?}"
    );
    assert!(project.holds("cleaned.txt"));
    project.assert_clean();
}
