//! Nothing is executed that nobody agrees to, and nothing by hand without a hand.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use serde_json::json;

use super::project::{Done, MISFIRE, Project};

fn asking() -> Vec<&'static str> {
    vec!["run", "--stage", "execute", "--state", "state"]
}

/// What the program does at a terminal at which this is typed once it has asked so;
/// nothing without `script`.
fn at_terminal(project: &Project, arguments: &[&str], asked: &str, typed: &str) -> Option<Done> {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("ATTENTION: there is no `script` here, which makes a terminal; not tested");
        return None;
    }
    let line = format!("exec {MISFIRE} {}", arguments.join(" "));
    let mut child = project
        // What is never answered must not be waited for.
        .started_by(
            &["timeout", "60", "script", "-qec", &line, "/dev/null"],
            &[],
        )
        .stdin(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut stdin = child.stdin.take().expect("its standard input");
    let mut stdout = child.stdout.take().expect("its standard output");
    let (mut told, mut some) = (Vec::new(), [0; 1024]);
    while !text(&told).ends_with(asked) {
        let read = stdout.read(&mut some).expect("a terminal");
        assert!(read > 0, "it did not ask `{asked}`: {}", text(&told));
        told.extend(&some[..read]);
    }
    stdin.write_all(typed.as_bytes()).expect("a reader");
    stdout.read_to_end(&mut told).expect("a terminal");
    Some(Done {
        code: child.wait().expect("its end").code(),
        stdout: text(&told),
        stderr: String::new(),
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const QUESTION: &str = "Execute this on this host? [y/N] ";

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
    let Some(done) = at_terminal(&project, &asking(), QUESTION, "n\n") else {
        return;
    };
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.stdout.contains("    uname; echo > acted.txt"),
        "{done:?}"
    );
    assert!(!project.holds("acted.txt"));
    project.assert_clean();

    let done = at_terminal(&project, &asking(), QUESTION, "y\n").expect("a terminal");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(project.holds("acted.txt"));
    project.assert_clean();
}

/// Ctrl-C is an answer: nobody has to press Enter as well.
#[test]
fn ctrl_c_at_a_question_is_no_agreement() {
    let mut project = Project::new("uname; echo > acted.txt", "");
    let Some(done) = at_terminal(&project, &asking(), QUESTION, "\u{3}") else {
        return;
    };
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(
        done.stdout.contains("misfire::run::interrupted"),
        "{done:?}"
    );
    assert!(!project.holds("acted.txt"));
    project.assert_clean();

    project.atomic["executor"] = json!({"name": "manual", "steps": "Press the button."});
    let agreed = [&asking()[..], &["--yes"]].concat();
    let done = at_terminal(&project, &agreed, DONE, "\u{3}").expect("a terminal");
    assert_eq!(done.code, Some(3), "{done:?}");
    project.assert_clean();
}

const DONE: &str = "Press Enter when this is done: ";

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
    let Some(done) = at_terminal(&project, &agreed, DONE, "\n") else {
        return;
    };
    assert!(done.stdout.contains("    Press the button."), "{done:?}");
    // Nothing watches a person, so that nothing is known of what was done.
    assert!(done.stdout.contains("inconclusive"), "{done:?}");
    assert!(!done.stdout.contains("it was left out"), "{done:?}");
    project.assert_clean();
}
