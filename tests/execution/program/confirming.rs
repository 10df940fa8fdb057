//! Nothing is executed that nobody agrees to, and nothing by hand without a hand.

use std::io::{Read, Write};
use std::process::Stdio;

use serde_json::json;

use super::project::{Done, MISFIRE, Project};
use crate::tools::{Tool, are_here};

fn asking() -> Vec<&'static str> {
    vec!["run", "--stage", "execute", "--state", "state"]
}

/// What the program does at a terminal at which this is typed once it has asked so;
/// nothing without `script`.
fn at_terminal(project: &Project, arguments: &[&str], asked: &str, typed: &str) -> Option<Done> {
    at_terminal_while(project, arguments, asked, typed, || {})
}

/// The same; something else is done before it is answered.
fn at_terminal_while(
    project: &Project,
    arguments: &[&str],
    asked: &str,
    typed: &str,
    before: impl FnOnce(),
) -> Option<Done> {
    if !are_here(&[Tool::Script]) {
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
    before();
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

/// Nobody agrees to what another run would keep from being done, or would change.
#[test]
fn a_run_that_waits_for_an_answer_has_the_host() {
    let project = Project::new("uname; echo >> acted.txt", "");
    let done = at_terminal_while(&project, &asking(), QUESTION, "y\n", || {
        let other = project.execute(&[]);
        assert_eq!(other.code, Some(3), "{other:?}");
        assert!(
            other.stderr.contains("misfire::execute::host_busy"),
            "{other:?}"
        );
        assert!(
            other.stderr.contains("Ask for the system's name since"),
            "{other:?}"
        );
        assert!(!project.holds("acted.txt"));
    });
    let Some(done) = done else { return };
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(project.holds("acted.txt"));
    project.assert_clean();
}

/// Who typed a secret knows it; terminals are recorded, and looked at by others.
#[test]
fn a_secret_is_masked_in_what_is_agreed_to() {
    const PASSWORD: &str = "Tr0ub4dor-and-3";
    let mut project = Project::new("uname; test #{password} = Tr0ub4dor-and-3 > ok.txt", "");
    project.atomic["input_arguments"] = json!({
        "password": {"description": "Of the account", "type": "string", "default": "none"},
    });
    let argument = format!("password={PASSWORD}");
    let arguments = [&asking()[..], &["--arg", &argument]].concat();
    let Some(done) = at_terminal(&project, &arguments, QUESTION, "y\n") else {
        return;
    };
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(!done.stdout.contains(PASSWORD), "{done:?}");
    assert!(
        done.stdout
            .contains("    uname; test [masked password] = [masked password] > ok.txt"),
        "{done:?}"
    );
    let told = "the value of `--arg password` is masked here, and is used as it was given";
    assert!(done.stdout.contains(told), "{done:?}");
    assert!(project.holds("ok.txt"));
}
