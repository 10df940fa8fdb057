//! `--since`: what a revision of git leaves to be judged.

use crate::support::home;
use crate::support::project;

use std::fs;
use std::process::Command;

use home::Done;
use project::{ATOMIC, Built, EXPECTATION, FOLDERS, Project, Recording, rule, sysmon};
use serde_json::Value;

const OTHER: &str = r"C:\Windows\System32\notepad.exe";
const SECOND: &str = "c0c3a1b4-5f0e-4f8a-8a55-0d6b1f0e7c02";
const SECOND_RULE: &str = "8f5b1b6e-8a4c-4c67-9f4c-52d0b1d7a311";
const BASE: &str = "0d3f4b52-6a68-4b6f-9f5c-2f7d0c3a8e01";

/// Runs git where nothing of whoever runs the test steers it.
fn git(built: &Built, args: &[&str]) {
    let output = Command::new("git")
        .current_dir(built.path("."))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .args(args)
        .output()
        .expect("git");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {complaint}");
}

fn commit(built: &Built) {
    git(built, &["add", "--all"]);
    let who = [
        "-c",
        "user.name=Avery",
        "-c",
        "user.email=avery@corp.example",
    ];
    git(
        built,
        &[&who[..], &["commit", "--quiet", "--message", "All of it"]].concat(),
    );
}

/// A project of two tests in two techniques, the first with a control, committed.
fn two_tests() -> Built {
    let expectation =
        format!("{EXPECTATION}    controls:\n      - fixture: T1033/controls/daily\n");
    let built = Project::new()
        .expecting(&expectation)
        .and(Recording::control("daily").with("sysmon", vec![sysmon(1, 5, OTHER)]))
        .built();
    let other = |name: &str| {
        let text = fs::read_to_string(built.path(name)).expect("a text");
        text.replace("T1033", "T1087").replace(ATOMIC, SECOND)
    };
    let expectation = other("expectations/T1033.yaml").replace(project::RULE, SECOND_RULE);
    let (expectation, _) = expectation.split_once("    controls:").expect("controls");
    let atomic = other("atomics/T1033/T1033.yaml");
    let manifest = other("fixtures/T1033/plain/fixture.yaml");
    let log = other("fixtures/T1033/plain/sysmon.jsonl");
    built.write("expectations/T1087.yaml", expectation);
    built.write("atomics/T1087/T1087.yaml", &atomic);
    built.write("fixtures/T1087/plain/fixture.yaml", &manifest);
    built.write("fixtures/T1087/plain/sysmon.jsonl", &log);
    // The second test's detection counts what a rule of another file finds.
    built.write(
        "detections/base.yml",
        &rule(BASE, "Image|endswith: '\\whoami.exe'"),
    );
    built.write(
        "detections/often.yml",
        &format!(
            "title: Often\nid: {SECOND_RULE}\ncorrelation:\n    type: event_count\n    rules: [{BASE}]\n    \
             group-by: [Computer]\n    timespan: 1m\n    condition: {{gte: 1}}\n"
        ),
    );
    built.write("notes.md", "nothing\n");
    git(&built, &["init", "--quiet"]);
    commit(&built);
    built
}

fn since(built: &Built, more: &[&str]) -> Done {
    built.run(&[&["--since", "HEAD"], more].concat())
}

/// The techniques that were judged.
fn judged(done: &Done) -> Vec<String> {
    let report = done.json();
    let tests = report["tests"].as_array().expect("tests");
    let technique = |test: &Value| test["technique"].as_str().expect("an id").to_owned();
    tests.iter().map(technique).collect()
}

fn edited(built: &Built, name: &str, from: &str, to: &str) {
    let text = fs::read_to_string(built.path(name)).expect("a text");
    assert!(text.contains(from), "{name}: {text}");
    built.write(name, &text.replace(from, to));
}

#[test]
fn nothing_relevant_has_changed() {
    let built = two_tests();
    let done = since(&built, &[]).exits(0);
    assert!(judged(&done).is_empty());
    assert!(
        done.err().contains("misfire::run::nothing_changed"),
        "{}",
        done.err()
    );
    built.write("notes.md", "something\n");
    built.write("new.md", "new\n");
    let args = [&["run", "--since", "HEAD"][..], &FOLDERS].concat();
    let done = built.misfire(&args).exits(0);
    assert!(!done.out().contains("all as expected"), "{}", done.out());
    assert!(
        done.err().contains("has changed since `HEAD`"),
        "{}",
        done.err()
    );
    assert!(judged(&since(&built, &[]).exits(0)).is_empty());
}

/// What is changed, and which tests that leaves.
#[test]
fn a_change_is_judged_where_it_matters() {
    let comment = "\n# a word more\n";
    let appended = [
        ("atomics/T1033/T1033.yaml", &["T1033"][..]),
        ("expectations/T1087.yaml", &["T1087"]),
        ("fixtures/T1033/plain/fixture.yaml", &["T1033"]),
        ("fixtures/T1033/controls/daily/fixture.yaml", &["T1033"]),
        ("detections/whoami.yml", &["T1033"]),
        ("detections/often.yml", &["T1087"]),
        ("detections/base.yml", &["T1087"]),
    ];
    for (name, wanted) in appended {
        let built = two_tests();
        let text = fs::read_to_string(built.path(name)).expect("a text");
        built.write(name, &(text + comment));
        let done = since(&built, &[]).exits(0);
        assert_eq!(judged(&done), wanted, "{name}");
        // Committed or not, it differs from the revision before.
        commit(&built);
        assert!(judged(&since(&built, &[]).exits(0)).is_empty());
        let done = built.run(&["--since", "HEAD~1"]).exits(0);
        assert_eq!(judged(&done), wanted, "{name}");
    }
}

#[test]
fn a_changed_log_is_judged() {
    for name in [
        "fixtures/T1033/plain/sysmon.jsonl",
        "fixtures/T1033/controls/daily/sysmon.jsonl",
    ] {
        let built = two_tests();
        edited(&built, name, "avery", "casey");
        let done = since(&built, &[]).exits(2);
        assert_eq!(judged(&done), ["T1033"], "{name}");
        assert!(done.err().contains("wrong_hash"), "{}", done.err());
    }
}

#[test]
fn a_filter_may_be_about_any_rule() {
    let filter = format!(
        "title: Not by Administrators\nid: 1f7f1f0e-3b0e-4a2c-8d2b-7a8f0e6a9b10\n\
         logsource: {{product: windows, category: process_creation}}\nfilter:\n    \
         rules: [{}]\n    selection: {{User: nobody}}\n    condition: not selection\n",
        project::RULE
    );
    let built = two_tests();
    built.write("detections/filter.yml", &filter);
    let done = since(&built, &[]).exits(0);
    assert_eq!(judged(&done), ["T1033", "T1087"], "an untracked filter");
    commit(&built);
    edited(&built, "detections/filter.yml", "nobody", "no-one");
    assert_eq!(
        judged(&since(&built, &[]).exits(0)),
        ["T1033", "T1087"],
        "a changed filter"
    );
    fs::remove_file(built.path("detections/filter.yml")).expect("a filter");
    assert_eq!(
        judged(&since(&built, &[]).exits(0)),
        ["T1033", "T1087"],
        "no filter"
    );
    // What was a filter, and is now a rule of its own.
    git(&built, &["checkout", "--quiet", "."]);
    built.write("detections/filter.yml", "# nothing is filtered any more\n");
    let done = since(&built, &[]);
    assert_eq!(
        judged(&done),
        ["T1033", "T1087"],
        "an emptied filter: {}",
        done.err()
    );
}

/// What is gone is missed: nothing says that nothing has changed.
#[test]
fn what_is_gone_is_missed() {
    for name in [
        "detections/whoami.yml",
        "detections/base.yml",
        "expectations/T1033.yaml",
        "atomics/T1033/T1033.yaml",
        "fixtures/T1033/plain/fixture.yaml",
        "fixtures/T1033/plain/sysmon.jsonl",
        "fixtures/T1033/controls/daily/fixture.yaml",
    ] {
        let built = two_tests();
        fs::remove_file(built.path(name)).expect("a file");
        let done = since(&built, &[]);
        assert_ne!(done.code(), 0, "{name}: {}\n{}", done.out(), done.err());
        assert!(
            !done.err().contains("nothing_changed"),
            "{name}: {}",
            done.err()
        );
    }
    // A whole fixture, the only recording of its test.
    let built = two_tests();
    fs::remove_dir_all(built.path("fixtures/T1087")).expect("a folder");
    let done = since(&built, &[]).exits(1);
    assert!(
        judged(&done).contains(&"T1087".to_owned()),
        "{:?}",
        judged(&done)
    );
}

/// A rule under another id leaves whoever names the old one without it.
#[test]
fn a_rule_of_another_id_is_missed() {
    let built = two_tests();
    edited(
        &built,
        "detections/whoami.yml",
        project::RULE,
        "0f9fd2a0-19a5-4b58-8b40-6f9c4a3d9a11",
    );
    let done = since(&built, &[]).exits(1);
    assert_eq!(judged(&done), ["T1033"]);
    assert_eq!(done.json()["tests"][0]["verdicts"][0]["verdict"], "invalid");
}

#[test]
fn the_configuration_is_about_everything() {
    let built = two_tests();
    built.write("misfire.toml", "");
    let done = since(&built, &[]).exits(0);
    assert_eq!(judged(&done), ["T1033", "T1087"]);
    commit(&built);
    assert!(judged(&since(&built, &[]).exits(0)).is_empty());
    built.write("misfire.toml", "# a word\n");
    let run = |args: &[&str]| {
        built.misfire(&[&["run", "--format", "json", "--since", "HEAD"], args].concat())
    };
    assert_eq!(judged(&run(&[]).exits(0)), ["T1033", "T1087"]);
}

#[test]
fn a_new_fixture_is_judged_whether_git_knows_it_or_not() {
    for ignored in ["", "*.jsonl\n", "fixtures/T1087/new/\n"] {
        let built = two_tests();
        built.write(".gitignore", ignored);
        commit(&built);
        for name in ["fixture.yaml", "sysmon.jsonl"] {
            let text = fs::read(built.path(&format!("fixtures/T1087/plain/{name}")));
            let text = String::from_utf8(text.expect("a file")).expect("a text");
            built.write(&format!("fixtures/T1087/new/{name}"), &text);
        }
        let done = since(&built, &[]).exits(0);
        // Two recordings of one test.
        assert_eq!(judged(&done), ["T1087", "T1087"], "{ignored}");
    }
}

#[test]
fn what_filters_leave_out_is_not_judged_anew() {
    let built = two_tests();
    edited(
        &built,
        "detections/whoami.yml",
        "title: Rule",
        "title: The rule",
    );
    let done = since(&built, &["--technique", "T1087"]).exits(0);
    assert!(judged(&done).is_empty());
    let done = since(&built, &["--technique", "T9999"]).exits(2);
    assert!(
        done.err().contains("misfire::run::no_tests"),
        "{}",
        done.err()
    );
}

#[test]
fn a_project_without_a_test_has_nothing_unchanged() {
    let built = two_tests();
    for kind in ["atomics", "expectations", "fixtures"] {
        fs::remove_dir_all(built.path(kind)).expect("a folder");
    }
    built.write("misfire.toml", "");
    commit(&built);
    let done = built.misfire(&["run", "--since", "HEAD"]);
    assert_ne!(done.code(), 0, "{}\n{}", done.out(), done.err());
}

#[test]
fn what_git_cannot_compare_is_refused() {
    let built = two_tests();
    for revision in [
        "no-such-branch",
        "0000000000000000000000000000000000000000",
        "HEAD:notes.md",
    ] {
        let done = built.run(&["--since", revision]).exits(2);
        assert!(
            done.err().contains("misfire::content::no_revision"),
            "{}",
            done.err()
        );
        assert!(done.err().contains(revision), "{}", done.err());
    }
    for revision in ["", "--output=x", "a b"] {
        let option = format!("--since={revision}");
        let done = built.run(&[&option]).exits(2);
        assert!(done.err().contains("--since"), "{}", done.err());
    }
    assert!(!built.path("x").exists());
    fs::remove_dir_all(built.path(".git")).expect("a repository");
    let done = since(&built, &[]).exits(2);
    assert!(done.err().contains("repository"), "{}", done.err());
}

#[test]
fn bundled_content_has_no_revisions() {
    let built = two_tests();
    for kind in ["atomics", "expectations", "detections", "fixtures"] {
        fs::remove_dir_all(built.path(kind)).expect("a folder");
    }
    let done = built.misfire(&["run", "--since", "HEAD"]).exits(2);
    assert!(done.err().contains("bundled"), "{}", done.err());
}
