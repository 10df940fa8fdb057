//! What is executed end to end: our own tests of `e2e/linux`, and the public ones that
//! `e2e/linux/harmless.yaml` lists. Here nothing is executed; `.ci/execute` does that.

use crate::support::corpora::corpus;
use crate::support::{files, home::Home};

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/linux")
}

fn yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a readable file");
    serde_yaml::from_str(&text).expect("YAML")
}

/// The tests of a folder of atomics by their GUIDs, with their techniques.
fn atomics(folder: &Path) -> BTreeMap<String, (String, Value)> {
    let mut tests = BTreeMap::new();
    for path in files(folder, "yaml") {
        let file = yaml(&path);
        let technique = file["attack_technique"].as_str().unwrap_or_default();
        for test in file["atomic_tests"].as_array().into_iter().flatten() {
            let Some(guid) = test["auto_generated_guid"].as_str() else {
                continue;
            };
            tests.insert(guid.to_owned(), (technique.to_owned(), test.clone()));
        }
    }
    tests
}

/// All that would be executed of a test.
fn scripts(test: &Value) -> String {
    let mut scripts = Vec::new();
    for key in ["command", "cleanup_command"] {
        scripts.extend(test["executor"][key].as_str());
    }
    for dependency in test["dependencies"].as_array().into_iter().flatten() {
        scripts.extend(dependency["prereq_command"].as_str());
    }
    scripts.join("\n")
}

fn folders() -> Vec<String> {
    ["atomics", "expectations", "detections", "fixtures"]
        .iter()
        .flat_map(|kind| {
            let folder = content().join(kind);
            [format!("--{kind}"), folder.to_string_lossy().into_owned()]
        })
        .collect()
}

#[test]
fn nothing_is_wrong_with_the_content() {
    let folders = folders();
    let args: Vec<_> = ["check"]
        .into_iter()
        .chain(folders.iter().map(String::as_str))
        .collect();
    Home::new().misfire(&args).exits(0);
    let detections = content().join("detections");
    let lint = Home::new()
        .misfire(&["lint", &detections.to_string_lossy()])
        .exits(0);
    assert!(!lint.out().contains("misfire::lint"), "{}", lint.out());
}

/// Not all of the programs are modelled, so that some windows stay open; but whatever is
/// known of a test is as expected, and no control is a false alarm.
#[test]
fn what_can_be_simulated_is_as_expected() {
    let folders = folders();
    let args: Vec<_> = ["run", "--stage", "simulate", "--format", "json"]
        .into_iter()
        .chain(folders.iter().map(String::as_str))
        .collect();
    let report = Home::new().misfire(&args).exits(1).json();
    let tests = report["tests"].as_array().expect("tests");
    assert_eq!(tests.len(), atomics(&content().join("atomics")).len());
    let mut fired = 0;
    for test in tests {
        let name = &test["name"];
        assert_eq!(test["not_run"], Value::Null, "{name}");
        let verdicts = test["verdicts"].as_array().expect("verdicts");
        assert!(!verdicts.is_empty(), "{name} has no detection");
        for verdict in verdicts {
            let word = verdict["verdict"].as_str().expect("a word");
            assert!(
                ["fired", "inconclusive"].contains(&word),
                "{name}: {verdict:#}"
            );
            fired += usize::from(word == "fired");
        }
        let telemetry = test["telemetry"].as_object().expect("signals");
        let states: Vec<_> = telemetry
            .values()
            .filter_map(|signal| signal["state"].as_str())
            .collect();
        assert!(
            states.contains(&"seen") && !states.contains(&"missing"),
            "{name}: {states:?}"
        );
        for control in test["controls"].as_array().into_iter().flatten() {
            assert_eq!(control["outcome"], "quiet", "{name}: {control:#}");
        }
    }
    assert!(fired >= 12, "only {fired} fired");
}

#[test]
fn our_own_tests_stay_in_a_folder_of_theirs() {
    let tests = atomics(&content().join("atomics"));
    assert!(tests.len() >= 15, "only {}", tests.len());
    for (_, test) in tests.values() {
        let name = &test["name"];
        assert_eq!(
            test["supported_platforms"],
            serde_json::json!(["linux"]),
            "{name}"
        );
        assert_eq!(test["executor"]["elevation_required"], false, "{name}");
        let scripts = scripts(test);
        for address in scripts.split("http://").skip(1) {
            assert!(address.starts_with("127.0.0.1"), "{name}: {address:.20}");
        }
        assert!(!scripts.contains("https://"), "{name}");
        for word in [" > /", " >> /"] {
            let mut targets = scripts.split(word).skip(1);
            assert!(targets.all(|to| to.starts_with("dev/null")), "{name}");
        }
        let folder = &test["input_arguments"]["folder"]["default"];
        if let Some(folder) = folder.as_str() {
            assert!(folder.starts_with("/tmp/misfire-"), "{name}: {folder}");
            // One that is there already is of an earlier run.
            let command = test["executor"]["command"].as_str().expect("a command");
            assert!(
                command.starts_with("mkdir -m 700 \"#{folder}\" || exit 1\n"),
                "{name}"
            );
            let cleanup = test["executor"]["cleanup_command"].as_str();
            assert!(
                cleanup.is_some_and(|text| text.ends_with("rm -rf \"#{folder}\"\n")),
                "{name}"
            );
        } else {
            assert!(!scripts.contains("mkdir"), "{name}");
        }
    }
}

/// Words of commands that are not harmless, whatever else they do.
const NOT_HARMLESS: [&str; 17] = [
    "sudo",
    "systemctl",
    "service ",
    "apt",
    "yum",
    "useradd",
    "crontab",
    "insmod",
    "modprobe",
    "chown",
    "u+s",
    "setcap",
    "/etc/pam",
    ".ssh",
    "history -c",
    "/var/log",
    "http",
];

#[test]
fn what_is_called_harmless_is_what_is_published_and_has_a_reason() {
    let Some(published) = corpus("atomic-red-team/atomics") else {
        return;
    };
    let published = atomics(&published);
    let list = yaml(&content().join("harmless.yaml"));
    let entries = list.as_array().expect("a list");
    assert!((30..=80).contains(&entries.len()), "{}", entries.len());
    let mut known = BTreeSet::new();
    for entry in entries {
        let text = |key: &str| entry[key].as_str().unwrap_or_default();
        let guid = text("guid");
        assert!(known.insert(guid), "{guid} is there twice");
        let (technique, test) = published
            .get(guid)
            .unwrap_or_else(|| panic!("no test {guid}"));
        assert_eq!(text("technique"), technique, "{guid}");
        assert_eq!(text("name"), test["name"], "{guid}");
        assert!(text("reason").len() > 20, "{guid} has no reason");
        let platforms = test["supported_platforms"].as_array().expect("platforms");
        assert!(platforms.contains(&"linux".into()), "{guid}");
        let elevated = test["executor"]["elevation_required"].as_bool();
        assert_eq!(
            entry["needs_root"].as_bool(),
            Some(elevated.unwrap_or(false)),
            "{guid}"
        );
        assert!(entry["bare_debian"].is_boolean(), "{guid}");
        let given = entry["arguments"].as_object();
        for name in given.into_iter().flatten().map(|(name, _)| name) {
            assert!(
                test["input_arguments"].get(name).is_some(),
                "{guid}: {name}"
            );
        }
        let scripts = scripts(test);
        for word in NOT_HARMLESS {
            assert!(!scripts.contains(word), "{guid}: {word}");
        }
        // What gets a prerequisite is looked at only where it is used.
        if entry["get_prerequisites"] == true {
            let got = test["dependencies"].to_string();
            for word in NOT_HARMLESS {
                assert!(!got.contains(word), "{guid}: {word}");
            }
        }
    }
    let bare = entries.iter().filter(|entry| entry["bare_debian"] == true);
    assert!(bare.count() >= 30);
}
