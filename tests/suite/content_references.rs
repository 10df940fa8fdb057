//! Every problem between files of content as its user sees it: a project that
//! `misfire init` would write, with one thing changed, and what is told of it, below
//! `tests/golden/references`.
//!
//! `MISFIRE_BLESS=1 cargo test --release --test content_references` writes the
//! expected renderings anew; look at the difference before it is committed.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use misfire::content::{Content, ContentRequest, LoadedCounts, Start, start_project};
use misfire::diagnostic::{Ink, to_text};
use tempfile::TempDir;

const ATOMIC: &str = "5b1c7e0a-94d2-4f63-a8e1-3d70c92f6b48";
const OTHER: &str = "c04d8f17-2e6b-4a95-b3d8-7f1a60e5c239";
const RULE: &str = "e93a06d4-7b58-4c1f-8f2e-a15d4b79c360";

/// A change of a project.
enum Edit {
    /// Something in a file is written otherwise.
    Replace(&'static str, &'static str, &'static str),
    /// A file is written.
    Write(&'static str, String),
    /// A file or folder is removed.
    Remove(&'static str),
}

use Edit::{Remove, Replace, Write};

const EXPECTATION: &str = "expectations/T1033.yaml";
const FIXTURE: &str = "fixtures/T1033/whoami-all/fixture.yaml";
const CONTROL: &str = "T1033/controls/whoami-upn";
const TESTS: &str = "atomics/T1033/T1033.yaml";
const DETECTION: &str = "detections/sigma/whoami_all.yml";

fn second_rule(tags: &str) -> Edit {
    Write(
        "detections/sigma/whoami_upn.yml",
        format!(
            "title: User Name Listed\nid: {OTHER}\ntags: [{tags}]\n\
             logsource: {{product: windows, category: process_creation}}\n\
             detection:\n    selection: {{CommandLine|endswith: ' /upn'}}\n    condition: selection\n"
        ),
    )
}

fn second_atomic() -> Edit {
    Write(
        "atomics/T1219/T1219.yaml",
        format!(
            "attack_technique: T1219\ndisplay_name: Remote Access Tools\natomic_tests:\n  \
             - name: Start a tool\n    auto_generated_guid: {OTHER}\n    description: Starts it.\n    \
             supported_platforms: [windows]\n    executor: {{name: command_prompt, command: tool.exe}}\n"
        ),
    )
}

fn cases() -> Vec<(&'static str, Vec<Edit>)> {
    let in_expectation = |from, to| vec![Replace(EXPECTATION, from, to)];
    vec![
        (
            "atomic_misspelled",
            in_expectation("5b1c7e0a", "5b1c7e0b"),
        ),
        (
            "atomic_unknown",
            vec![Replace(EXPECTATION, ATOMIC, OTHER), Replace(FIXTURE, ATOMIC, OTHER)],
        ),
        (
            "atomic_of_a_recording_unknown",
            vec![Replace(FIXTURE, ATOMIC, OTHER)],
        ),
        (
            "detection_misspelled",
            in_expectation("e93a06d4", "e93a06d5"),
        ),
        (
            "detection_without_query",
            vec![Write(
                "detections/query.yml",
                format!("id: {OTHER}\ntitle: No query\nlanguage: sumo\n"),
            )],
        ),
        (
            "detection_by_title",
            in_expectation(RULE, "groups and privileges listed with whoami"),
        ),
        (
            "expectation_of_another_technique",
            vec![
                second_atomic(),
                Replace(EXPECTATION, ATOMIC, OTHER),
                Replace(FIXTURE, ATOMIC, OTHER),
            ],
        ),
        ("detection_unknown", in_expectation(RULE, OTHER)),
        ("detection_unexpected", vec![second_rule("attack.t1033")]),
        (
            "control_misspelled",
            in_expectation(CONTROL, "T1033/control/whoami-upn"),
        ),
        ("control_unknown", in_expectation(CONTROL, "elsewhere")),
        (
            "control_is_a_recording",
            in_expectation(CONTROL, "T1033/whoami-all"),
        ),
        (
            "control_unread",
            in_expectation("    controls:\n      - fixture: T1033/controls/whoami-upn\n", ""),
        ),
        (
            "recording_without_expectation",
            vec![second_atomic(), Replace(FIXTURE, ATOMIC, OTHER)],
        ),
        (
            "recording_of_another_platform",
            vec![Replace(FIXTURE, "platform: windows", "platform: iaas:aws")],
        ),
        (
            "expectation_without_recording",
            vec![Remove("fixtures/T1033/whoami-all")],
        ),
        (
            "signal_unused",
            in_expectation(
                "    # What must fire",
                "      - {id: shell, source: sysmon, event_id: 1, fields: {Image|endswith: '\\cmd.exe'}}\n    # What must fire",
            ),
        ),
        (
            "condition_unused",
            vec![Replace(FIXTURE, "outcome:", "given: [signed-in]\noutcome:")],
        ),
        (
            "condition_misspelled",
            vec![
                Replace(FIXTURE, "outcome:", "given: [signedin]\noutcome:"),
                Replace(
                    EXPECTATION,
                    "        fields:\n",
                    "        when: {given: signed-in, why: it lists an account}\n        fields:\n",
                ),
            ],
        ),
        (
            "argument_of_a_recording_unknown",
            vec![Replace(
                FIXTURE,
                "evidence:",
                "arguments: {outputfile: x.txt, verbose: 'yes'}\nevidence:",
            )],
        ),
        (
            "argument_of_a_signal_unknown",
            in_expectation("'/all'", "['/all', '#{outputfile}', '#{verbose}', '#{hots.temp}']"),
        ),
        (
            "argument_without_value",
            vec![
                Replace(EXPECTATION, "'/all'", "['#{output_file}', '#{host.temp}']"),
                Replace(TESTS, "default: '%TEMP%\\misfire-whoami.txt'", "default:"),
            ],
        ),
        (
            "techniques_of_tags",
            vec![Replace(
                DETECTION,
                "    - attack.t1033\n",
                "    - attack.t1033.009\n    - attack.t1562.001\n    - attack.t9999\n",
            )],
        ),
        (
            "technique_of_an_atomic",
            vec![Write(
                "atomics/T1562.001/T1562.001.yaml",
                format!(
                    "attack_technique: T1562.001\ndisplay_name: Disable or Modify Tools\natomic_tests:\n  \
                     - name: Stop a sensor\n    auto_generated_guid: {OTHER}\n    description: Stops it.\n    \
                     supported_platforms: [windows]\n    executor: {{name: command_prompt, command: sc.exe stop x}}\n"
                ),
            )],
        ),
        (
            "fixtures_of_one_name",
            vec![
                Replace("misfire.toml", "fixtures = \"fixtures\"", "fixtures = [\"fixtures\", \"more\"]"),
                Write(
                    "more/T1033/controls/whoami-upn/fixture.yaml",
                    "control: someone else asks for the name\nevidence: authored\nhost: {name: WS08, platform: windows}\n\
                     window: {start: 2026-11-02T07:58:00Z, end: 2026-11-02T07:59:00Z}\nfiles:\n  - path: log.jsonl\n    \
                     source: sysmon\n    sha256: ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356\n    records: 1\n"
                        .to_owned(),
                ),
                Write("more/T1033/controls/whoami-upn/log.jsonl", "{}\n".to_owned()),
            ],
        ),
        (
            "broken_files_hide_no_others",
            vec![
                Replace(EXPECTATION, "source: sysmon", "source: sysmn"),
                Replace(FIXTURE, "2026-11-02T09:15:00Z", "2026-11-02T09:13:00Z"),
                Replace(TESTS, "supported_platforms", "platforms"),
                Replace(DETECTION, "condition: selection", "condition: selectoin"),
            ],
        ),
        (
            "benign_list",
            vec![
                Replace("misfire.toml", "[folders]", "benign = \"known.yml\"\n\n[folders]"),
                Write("known.yml", format!("known:\n  - rule: {RULE}\n")),
            ],
        ),
        ("configuration", vec![Replace("misfire.toml", "[folders]", "[folder]")]),
        ("profile_unknown", vec![]),
        (
            "nothing",
            ["atomics", "expectations", "detections", "fixtures", "misfire.toml"]
                .map(Remove)
                .into(),
        ),
    ]
}

fn project(edits: &[Edit]) -> TempDir {
    let home = TempDir::new().expect("a temporary folder");
    let root = home.path();
    let files = start_project(root, Timestamp::UNIX_EPOCH).expect("a project");
    let read = |name: &str| fs::read_to_string(root.join(name)).expect("a file");
    let value = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.trim().starts_with(key));
        let line = line.expect("a line with an id").trim();
        line[key.len()..].trim().to_owned()
    };
    let atomic = value(&read(TESTS), "auto_generated_guid:");
    let rule = value(&read(DETECTION), "id:");
    for file in files {
        let text = fs::read_to_string(&file).expect("a file");
        fs::write(&file, text.replace(&atomic, ATOMIC).replace(&rule, RULE)).expect("a file");
    }
    for edit in edits {
        match edit {
            Replace(name, from, to) => {
                let text = read(name);
                assert!(text.contains(from), "{name} has no {from}");
                fs::write(root.join(name), text.replace(from, to)).expect("a file");
            }
            Write(name, text) => {
                let path = root.join(name);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, text).expect("a file");
            }
            Remove(name) => {
                let path = root.join(name);
                let removed = if path.is_dir() {
                    fs::remove_dir_all(path)
                } else {
                    fs::remove_file(path)
                };
                removed.expect("something to remove");
            }
        }
    }
    home
}

fn load(root: &Path, profile: Option<&str>) -> Content {
    Content::load(&ContentRequest {
        start: Start::Folder(root.to_owned()),
        profile: profile.map(str::to_owned),
        ..ContentRequest::default()
    })
}

#[test]
fn a_new_project_has_no_problem_and_one_test() {
    let home = project(&[]);
    let content = load(home.path(), Some("discovery"));
    assert_eq!(to_text(&content.problems, Ink::Plain), "");
    let counts = LoadedCounts {
        atomics: 1,
        expectations: 1,
        detections: 1,
        fixtures: 2,
    };
    assert_eq!(content.loaded(), counts);
    assert_eq!(content.profile.filters, ["T1033"]);
    let [test] = content.plan.tests.as_slice() else {
        panic!("{:?}", content.plan);
    };
    assert_eq!(test.recordings.len(), 1);
    assert_eq!(test.recordings[0].name, "T1033/whoami-all");
    assert_eq!(test.recordings[0].damage, None);
    assert_eq!(test.controls.len(), 1);
    assert!(test.expectation.is_some());
}

#[test]
fn ids_of_new_projects_differ() {
    let ids: Vec<_> = (0..2)
        .map(|_| {
            let home = TempDir::new().expect("a temporary folder");
            start_project(home.path(), Timestamp::UNIX_EPOCH).expect("a project");
            load(home.path(), None).plan.tests[0].atomic.guid
        })
        .collect();
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn bundled_content_fits_together() {
    let nowhere = TempDir::new().expect("a temporary folder");
    let content = Content::load(&ContentRequest {
        start: Start::At(nowhere.path().to_owned()),
        ..ContentRequest::default()
    });
    assert!(
        !misfire::diagnostic::has_error(&content.problems),
        "{}",
        to_text(&content.problems, Ink::Plain)
    );
    assert!(content.plan.tests.len() >= 10);
    for test in &content.plan.tests {
        let name = &test.atomic.name;
        assert!(!test.recordings.is_empty(), "{name} has no recording");
        assert!(test.controls.len() >= 2, "{name} has few controls");
    }
}

#[test]
fn detections_that_someone_brings_are_not_held_against_bundled_tests() {
    let home = project(&[]);
    let content = Content::load(&ContentRequest {
        start: Start::At(home.path().join("fixtures")),
        ..ContentRequest::default()
    });
    assert_eq!(content.loaded().atomics, 1, "the project is further up");
    let nowhere = TempDir::new().expect("a temporary folder");
    let mut request = ContentRequest {
        start: Start::At(nowhere.path().to_owned()),
        ..ContentRequest::default()
    };
    request.folders.detections = Some(vec![home.path().join("detections")]);
    let content = Content::load(&request);
    assert_eq!(to_text(&content.problems, Ink::Plain), "");
    assert!(content.plan.tests.len() >= 10);
}

#[test]
fn a_profile_takes_only_recordings_with_its_conditions() {
    let home = project(&[Replace(
        "misfire.toml",
        "filters = [\"T1033\"]",
        "given = [\"signed-in\"]",
    )]);
    let content = load(home.path(), Some("discovery"));
    assert!(content.plan.tests[0].recordings.is_empty());
}

#[test]
fn every_message_is_as_expected() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/references");
    let bless = std::env::var_os("MISFIRE_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, edits) in cases() {
        let home = project(&edits);
        let profile = (name == "profile_unknown").then_some("dicsovery");
        let content = load(home.path(), profile);
        assert!(!content.problems.is_empty(), "{name} has no problem");
        let mut rendered = to_text(&content.problems, Ink::Plain);
        let root = home.path().display().to_string();
        rendered = rendered
            .replace(&format!("{root}/"), "")
            .replace(&root, ".");
        for problem in rendered.split("\n\n") {
            assert!(problem.contains("= help: "), "no help in\n{problem}");
        }
        let path = golden.join(format!("{name}.txt"));
        if bless {
            fs::create_dir_all(&golden).expect("a folder");
            fs::write(&path, &rendered).expect("a golden file");
        } else if fs::read_to_string(&path).ok().as_deref() != Some(&rendered) {
            wrong.push(format!("{}\n{rendered}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
