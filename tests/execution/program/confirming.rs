//! Nothing is executed that nobody agrees to, and nothing by hand without a hand.

use std::io::Write;
use std::process::Command;

use serde_json::json;

use super::project::{Done, MISFIRE, Project};

fn asking() -> Vec<&'static str> {
    vec!["run", "--stage", "execute", "--state", "state"]
}

/// What the program does at a terminal at which this is typed; none without `script`.
fn at_terminal(project: &Project, arguments: &[&str], typed: &str) -> Option<Done> {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("ATTENTION: there is no `script` here, which makes a terminal; not tested");
        return None;
    }
    let line = format!("{MISFIRE} {}", arguments.join(" "));
    let mut terminal = project.started_by(&["script", "-qec", &line, "/dev/null"], &[]);
    let mut child = terminal
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("a process");
    let mut stdin = child.stdin.take().expect("its standard input");
    stdin.write_all(typed.as_bytes()).expect("a reader");
    let output = child.wait_with_output().expect("a finished process");
    Some(Done {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::new(),
    })
}

#[test]
fn without_a_terminal_only_yes_agrees() {
    let project = Project::new("uname; echo > acted.txt", "");
    let arguments = [&asking()[..], &["--format", "json"]].concat();
    let done = Done::of(&mut project.misfire(&arguments));
    assert_eq!(done.code, Some(1), "{done:?}");
    let why = "nobody agreed to it: there is no terminal to ask at, and `--yes` was not given";
    assert_eq!(done.test()["not_run"], why);
    assert!(!project.holds("acted.txt"));
    project.assert_clean();
}

#[test]
fn at_a_terminal_it_is_asked() {
    let project = Project::new("uname; echo > acted.txt", "");
    let Some(done) = at_terminal(&project, &asking(), "n\n") else {
        return;
    };
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.stdout.contains("    uname; echo > acted.txt"),
        "{done:?}"
    );
    assert!(
        done.stdout.contains("Execute this on this host? [y/N]"),
        "{done:?}"
    );
    assert!(!project.holds("acted.txt"));
    project.assert_clean();

    let done = at_terminal(&project, &asking(), "y\n").expect("a terminal");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(project.holds("acted.txt"));
    project.assert_clean();
}

#[test]
fn what_is_done_by_hand_needs_a_hand() {
    let mut project = Project::new("", "");
    project.atomic["executor"] = json!({"name": "manual", "steps": "Press the button."});
    let done = project.execute(&[]);
    assert_eq!(done.code, Some(1), "{done:?}");
    let why = "it was left out: a person performs it, \
               and there is no terminal to show the steps at";
    assert_eq!(done.test()["not_run"], why);
    project.assert_clean();

    let agreed = [&asking()[..], &["--yes"]].concat();
    let Some(done) = at_terminal(&project, &agreed, "\n") else {
        return;
    };
    assert!(done.stdout.contains("    Press the button."), "{done:?}");
    // Nothing watches a person, so that nothing is known of what was done.
    assert!(done.stdout.contains("inconclusive"), "{done:?}");
    assert!(!done.stdout.contains("it was left out"), "{done:?}");
    project.assert_clean();
}
