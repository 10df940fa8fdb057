//! Each reason for which nothing is executed, as its user is told it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::project::{Done, MISFIRE, Project};
use crate::tools::{Tool, are_here};

/// A project whose atomic leaves a file that nothing removes.
fn acting() -> Project {
    Project::new("uname; echo > acted.txt", "")
}

/// Nothing was executed, for this reason.
fn assert_not_run(done: &Done, project: &Project, why: &str) {
    assert_eq!(done.code, Some(1), "{done:?}");
    let test = done.test();
    assert_eq!(test["not_run"], why, "{done:?}");
    assert_eq!(done.verdict(), ("not-run".to_owned(), why.to_owned()));
    assert_eq!(done.json()["summary"]["not-run"], 1);
    assert!(!project.holds("acted.txt"));
    if project.path("state").exists() {
        project.assert_clean();
    }
}

#[test]
fn for_another_platform() {
    let mut project = acting();
    project.atomic["supported_platforms"] = json!(["windows", "macos"]);
    let done = project.execute(&[]);
    let why = "it is for another platform: recorded on linux, for windows, macos";
    assert_not_run(&done, &project, why);
}

/// What the real one would be given is written down, and its exit code is passed on.
const PWSH: &str = "#!/bin/sh
printf '%s\\n' \"$0\" \"$@\" > given.txt
uname > /dev/null
echo from pwsh
exit 3
";

#[test]
fn powershell_is_executed_where_pwsh_is() {
    let mut project = Project::new("Write-Output 'a b'\nexit 3", "Remove-Item x");
    project.atomic["executor"]["name"] = json!("powershell");
    project.run = json!({"ends": "exits", "exit_codes": [3]});
    let bin = project.path("bin");
    fs::create_dir(&bin).expect("a folder");
    fs::write(bin.join("pwsh"), PWSH).expect("a program");
    fs::set_permissions(bin.join("pwsh"), Permissions::from_mode(0o755)).expect("a program");
    let path = std::env::var("PATH").expect("a path");
    let path = format!("{}:{path}", bin.display());
    let arguments = project.execution(&[]);
    let done = Done::of(project.misfire(&arguments).env("PATH", &path));
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    let commands = &done.test()["execution"]["commands"];
    assert_eq!(commands[0]["executor"], "powershell", "{done:?}");
    assert_eq!(commands[0]["exit_code"], 3);
    assert_eq!(commands[0]["stdout"], "from pwsh\n");
    // The clean-up goes the same way; the last one that was given something is that.
    let given = fs::read_to_string(project.path("work/given.txt")).expect("a file");
    let program = bin.join("pwsh");
    assert_eq!(
        given,
        format!("{}\n-Command\nRemove-Item x\n", program.display())
    );
    // And it did not succeed, as it ended with 3.
    assert_eq!(
        super::project::list(&project.path("state/journal")).len(),
        1
    );
}

fn needing(get: Value) -> Project {
    let mut project = acting();
    project.atomic["dependency_executor_name"] = json!("sh");
    project.atomic["dependencies"] = json!([{
        "description": "The tool is there",
        "prereq_command": "test -e tool || { echo no tool >&2; exit 3; }",
        "get_prereq_command": get,
    }]);
    project
}

#[test]
fn a_prerequisite_is_missing() {
    let project = needing(json!("echo > tool"));
    let done = project.execute(&[]);
    let why = "a prerequisite was missing: The tool is there (exit code 3: no tool)";
    assert_not_run(&done, &project, why);
    assert!(!project.holds("tool"), "nobody asked that it be got");
}

#[test]
fn a_prerequisite_is_got_when_asked() {
    let project = needing(json!("echo > tool"));
    let done = project.execute(&["--get-prereqs"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.verdict().0, "fired");
    assert!(
        done.stderr.contains("getting: The tool is there"),
        "{done:?}"
    );
    assert!(project.holds("tool") && project.holds("acted.txt"));

    let project = needing(json!("echo down >&2; exit 9"));
    let done = project.execute(&["--get-prereqs"]);
    let why = "a prerequisite was missing: The tool is there (getting it: exit code 9: down)";
    assert_not_run(&done, &project, why);
}

#[test]
fn it_needs_more_rights() {
    let mut project = acting();
    project.atomic["executor"]["elevation_required"] = json!(true);
    let why = "it needs more rights: it needs the rights of an administrator";
    if !nix::unistd::geteuid().is_root() {
        return assert_not_run(&project.execute(&[]), &project, why);
    }
    assert_eq!(project.execute(&[]).verdict().0, "fired", "root may");
    if !are_here(&[Tool::Setpriv]) {
        return;
    }
    fs::remove_file(project.path("work/acted.txt")).expect("what it left");
    // What was built, and what is in the project, nobody else may see by itself.
    let may = |name: &str, mode| {
        fs::set_permissions(project.path(name), Permissions::from_mode(mode)).expect("ours");
    };
    fs::copy(MISFIRE, project.path("misfire")).expect("a copy");
    may("misfire", 0o755);
    may("", 0o755);
    may("work", 0o777);
    let nobody = ["setpriv", "--reuid", "65534", "--clear-groups", "./misfire"];
    let mut arguments = project.execution(&[]);
    let state = arguments.iter_mut().find(|argument| **argument == "state");
    *state.expect("the state folder") = "work/state";
    let done = Done::of(&mut project.started_by(&nobody, &arguments));
    assert_not_run(&done, &project, why);
}

#[test]
fn its_executor_is_not_there() {
    let mut project = acting();
    project.atomic["executor"]["name"] = json!("command_prompt");
    let done = project.execute(&[]);
    let why = "its executor is not on the host: `command_prompt` is `cmd.exe`, which linux lacks";
    assert_not_run(&done, &project, why);
}

#[test]
fn it_is_blocked() {
    let project = Project::new("./tool --attack", "");
    let tool = project.path("work/tool");
    fs::write(&tool, "#!/bin/sh\necho > acted.txt\n").expect("a file");
    fs::set_permissions(&tool, Permissions::from_mode(0o644)).expect("ours");
    let done = project.execute(&[]);
    let why = "it was blocked: sh: 1: ./tool: Permission denied";
    assert_not_run(&done, &project, why);
}

#[test]
fn it_fails_before_it_does_anything() {
    let project = Project::new("no-such-tool --now", "");
    let done = project.execute(&[]);
    // How a shell says it depends on whether all folders of the path may be read.
    let test = done.test();
    let why = test["not_run"].as_str().expect("a reason");
    let said = "it failed before it did anything: sh: 1: no-such-tool: ";
    assert!(why.starts_with(said), "{why}");
    assert_not_run(&done, &project, why);
}

#[test]
fn its_target_is_not_allowed() {
    let mut project = acting();
    project.allow = &[];
    let done = project.execute(&[]);
    let test = done.test();
    let why = test["not_run"].as_str().expect("a reason");
    assert!(why.starts_with("its target is not allowed: "), "{why}");
    assert_not_run(&done, &project, why);
    project.allow = &["*"];
    let done = project.execute(&[]);
    assert_not_run(&done, &project, why);
}
