//! The mark of a run in what a rule reads is told, and whether it mattered.

use serde_json::{Value, json};

use super::project::{Done, Project};

/// A program whose argument carries the mark, as a test may do that names what it makes
/// after it.
fn marked(asks: &'static str) -> Project {
    let mut project = Project::new(
        "cp /bin/true ./uname; ./uname \"run $MISFIRE_RUN\"",
        "rm uname",
    );
    project.asks = Some(asks);
    project
}

fn mark(done: &Done) -> Value {
    done.test()["verdicts"][0]["mark"].clone()
}

#[test]
fn a_rule_that_fires_without_the_mark_as_well() {
    let done = marked("CommandLine|contains: 'uname run'").execute(&[]);
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    let mark = mark(&done);
    assert_eq!(mark["fields"][0]["field"], "CommandLine", "{mark}");
    assert_eq!(
        mark["fields"][0]["added"],
        done.test()["execution"]["run"],
        "{mark}"
    );
    assert_eq!(mark["influence"], "none");
    assert_eq!(mark["reason"], "it fires without it as well");
}

#[test]
fn a_rule_that_fires_for_the_mark_only() {
    let project = marked("CommandLine|re: 'uname run [0-9a-f-]{36}$'");
    let done = project.execute(&[]);
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    let mark = mark(&done);
    assert_eq!(mark["influence"], "decisive", "{mark}");
    let why = "without it the detection would have stayed silent";
    assert_eq!(mark["reason"], why);

    let run = ["run", "--stage", "execute", "--yes", "--state", "state"];
    let reports = ["--report", "markdown=report.md"];
    let text = Done::of(&mut project.misfire(&[&run[..], &reports].concat()));
    assert_eq!(text.code, Some(0), "{text:?}");
    assert!(
        text.stdout
            .contains("1 detection is touched by the mark of the run"),
        "{text:?}"
    );
    assert!(
        text.stdout.contains("Uname Started: `CommandLine` holds"),
        "{text:?}"
    );
    assert!(text.stdout.contains(why), "{text:?}");
    let page = std::fs::read_to_string(project.path("report.md")).expect("a page");
    assert!(
        page.contains("## The mark of the run in what detections read"),
        "{page}"
    );
    assert!(page.contains(why), "{page}");
}

#[test]
fn a_rule_that_stays_silent_for_the_mark_only() {
    let done = marked("CommandLine|re: 'uname run $'").execute(&[]);
    assert_eq!(done.verdict().0, "misfire", "{done:?}");
    let mark = mark(&done);
    assert_eq!(mark["influence"], "decisive", "{mark}");
    assert_eq!(mark["reason"], "without it the detection would have fired");
}

#[test]
fn a_rule_that_does_not_read_it() {
    let done = marked("Image|endswith: '/uname'").execute(&[]);
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert_eq!(mark(&done), json!(null));
    let done = Project::new("uname", "").execute(&[]);
    assert_eq!(mark(&done), json!(null), "no record carries it");
}
