//! What is shown of what would be executed, and of what was.

use serde_json::json;

use super::project::{Done, Project};

#[test]
fn a_dry_run_shows_all_and_does_nothing() {
    let mut project = Project::new("uname #{flag}; echo > acted.txt", "rm -f act.txt");
    project.atomic["input_arguments"] = json!({
        "flag": {"description": "What to ask for", "type": "string", "default": "-a"},
    });
    project.atomic["dependencies"] = json!([{
        "description": "The tool is there",
        "prereq_command": "touch checked.txt",
        "get_prereq_command": "touch got.txt",
    }]);
    let dry = ["run", "--stage", "execute", "--dry-run", "--state", "state"];

    let text = Done::of(&mut project.misfire(&[&dry[..], &["--arg", "flag=-r"]].concat()));
    assert_eq!(text.code, Some(0), "{text:?}");
    for shown in [
        "    uname -r; echo > acted.txt\n",
        "    rm -f act.txt\n",
        "needs: The tool is there\n",
        "    touch checked.txt\n",
    ] {
        assert!(text.stdout.contains(shown), "{shown}{text:?}");
    }
    assert!(
        !text.stdout.contains("got.txt"),
        "it would not be got: {text:?}"
    );

    let arguments = [&dry[..], &["--get-prereqs", "--format", "json"]].concat();
    let done = Done::of(&mut project.misfire(&arguments));
    assert_eq!(done.code, Some(0), "{done:?}");
    let plan = &done.json()["tests"][0]["plan"];
    assert_eq!(
        plan["act"]["command"]["script"],
        "uname -a; echo > acted.txt"
    );
    let started = &plan["act"]["command"]["invocation"]["arguments"];
    assert_eq!(started, &json!(["-c", "uname -a; echo > acted.txt"]));
    assert_eq!(plan["clean_up"]["script"], "rm -f act.txt");
    let get = &plan["prerequisites"][0]["get"]["command"]["script"];
    assert_eq!(get, "touch got.txt");

    project.atomic["supported_platforms"] = json!(["windows"]);
    let done = Done::of(&mut project.misfire(&arguments));
    let test = &done.json()["tests"][0];
    assert_eq!(test["not_run"]["reason"], "wrong-platform", "{done:?}");

    let work = std::fs::read_dir(project.path("work")).expect("a folder");
    assert_eq!(work.count(), 0, "nothing was executed");
    assert!(!project.path("state").exists(), "nothing was written");
}

#[test]
fn a_password_is_shown_to_nobody_who_is_not_asked() {
    const PASSWORD: &str = "Tr0ub4dor-and-3";
    // The event that the rule finds has it, and so has what is written.
    let mut project = Project::new(
        "cp /bin/echo ./uname; ./uname said #{password}",
        "rm uname; echo #{password} > /dev/null",
    );
    project.atomic["input_arguments"] = json!({
        "password": {"description": "Of the account", "type": "string", "default": "none"},
    });
    let argument = format!("password={PASSWORD}");
    let run = [
        "run", "--stage", "execute", "--yes", "--state", "state", "--arg", &argument,
    ];
    for format in ["text", "json"] {
        let arguments = [&run[..], &["--format", format]].concat();
        let done = Done::of(&mut project.misfire(&arguments));
        assert_eq!(done.code, Some(0), "{done:?}");
        assert!(!done.stdout.contains(PASSWORD), "{done:?}");
        // Whoever agreed beforehand compares nothing, and logs keep what is shown.
        assert!(!done.stderr.contains(PASSWORD), "{done:?}");
        let is_masked = done.stdout.contains("[masked password]");
        assert_eq!(is_masked, format == "json", "{done:?}");
    }
    project.assert_clean();
}
