//! `--overlay`, as a user gives it.

use std::fs;

use serde_json::json;

use crate::hosting::beside;
use crate::overlay::is_left_out;

use super::project::{Done, MISFIRE, Project};

fn strings(value: &serde_json::Value) -> Vec<String> {
    let all = value.as_array().expect("a list").iter();
    all.map(|one| one.as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn it_is_watched_and_judged_and_no_file_of_the_host_is_changed() {
    if is_left_out() {
        return;
    }
    let _beside = beside();
    let project = Project::new(
        "uname; echo > act.txt; echo > forgotten.txt; echo >> kept.txt",
        "rm act.txt",
    );
    fs::write(project.path("work/kept.txt"), "kept\n").expect("a file");
    let done = project.execute(&["--overlay"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    let execution = &done.test()["execution"];
    let work = project.path("work");
    let expected = [
        format!("`{}/forgotten.txt` was added", work.display()),
        format!("`{}/kept.txt` was changed: content, time", work.display()),
    ];
    assert_eq!(strings(&execution["residue"]), expected, "{done:?}");
    let notes = strings(&execution["notes"]).join("\n");
    assert!(
        notes.contains("no file of this host was changed"),
        "{notes}"
    );
    let kept = fs::read_to_string(work.join("kept.txt")).expect("a file");
    assert_eq!(kept, "kept\n");
    assert!(!project.holds("forgotten.txt"));
    project.assert_clean();
}

#[test]
fn without_it_what_would_show_every_change_is_told() {
    let _beside = beside();
    let project = Project::new("uname", "");
    let done = project.execute(&[]);
    let notes = strings(&done.test()["execution"]["notes"]).join("\n");
    let wanted = match nix::unistd::geteuid().is_root() {
        true => "overlay",
        false => "there can be no overlay: only root may lay one",
    };
    assert!(notes.contains(wanted), "{notes}");
    assert!(
        notes.contains("only files that it was seen to change"),
        "{notes}"
    );
}

#[test]
fn where_there_can_be_none_nothing_is_executed() {
    let _beside = beside();
    let project = Project::new("uname; echo > act.txt", "echo > cleaned.txt");
    // Root without the right to mount is refused; others are anyway.
    let line = ["setpriv", "--bounding-set", "-sys_admin", MISFIRE];
    let line = match nix::unistd::geteuid().is_root() {
        true => &line[..],
        false => &line[3..],
    };
    let arguments = project.execution(&["--overlay"]);
    let done = Done::of(&mut project.started_by(line, &arguments));
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(
        done.stderr.contains("misfire::execute::no_overlay"),
        "{done:?}"
    );
    assert_eq!(done.verdict().0, "not-run", "{done:?}");
    assert!(!project.holds("act.txt") && !project.holds("cleaned.txt"));
    assert!(!project.path("state").exists(), "nothing was written");
}

#[test]
fn a_dry_run_says_so() {
    let project = Project::new("uname", "");
    let dry = [
        "run",
        "--stage",
        "execute",
        "--dry-run",
        "--state",
        "state",
        "--overlay",
    ];
    let text = Done::of(&mut project.misfire(&dry));
    assert!(
        text.stdout
            .contains("in an overlay: no file of this host is changed"),
        "{text:?}"
    );
    let done = Done::of(&mut project.misfire(&[&dry[..], &["--format", "json"]].concat()));
    assert_eq!(done.json()["tests"][0]["plan"]["place"], json!("overlay"));
}
