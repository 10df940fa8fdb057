//! Simulation through the binary: what is shown, what is written, and what is judged.

use serde_json::Value;

use crate::support::home;

use home::Home;

fn events(document: &Value) -> &Vec<Value> {
    document["events"].as_array().expect("events")
}

fn of_kind<'d>(document: &'d Value, source: &str, id: u64) -> Vec<&'d Value> {
    events(document)
        .iter()
        .filter(|event| event["source"] == source && event["event_id"] == id)
        .collect()
}

#[test]
fn every_record_has_its_cause() {
    let home = Home::new();
    let done = home
        .misfire(&["simulate", "TeamViewer traces", "--format", "json"])
        .exits(0);
    let document = done.json();
    let set = of_kind(&document, "sysmon", 13);
    assert_eq!(set.len(), 3, "{document:#}");
    assert_eq!(of_kind(&document, "sysmon", 12).len(), 1, "{document:#}");
    for event in events(&document) {
        let command = event["command"].as_u64().expect("a command");
        let command = usize::try_from(command).expect("a place");
        let text = document["commands"][command]["text"].as_str();
        assert!(
            text.is_some_and(|text| text.contains("reg.exe")),
            "{event:#}"
        );
    }
    assert!(
        set.iter()
            .all(|event| event["model"] == "models/reg.exe.yaml: add"),
        "{set:#?}"
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let home = Home::new();
    for (folder, more) in [
        ("one", vec!["--threads", "1"]),
        ("two", vec!["--threads", "2"]),
        ("three", vec!["--seed", "1"]),
    ] {
        let mut args = vec!["simulate", "T1219", "-o", folder];
        args.extend(more);
        home.misfire(&args).exits(0);
    }
    let read = |folder: &str| {
        let path = home.path(folder).join("T1219-1-workstation/sysmon.evtx");
        std::fs::read(path).expect("a log")
    };
    assert!(read("one") == read("two"), "the same bytes");
    assert!(read("one") != read("three"), "other bytes");
}

#[test]
fn a_program_without_a_model_only_starts_and_closes_no_window() {
    let home = Home::new();
    home.write(
        "atomics/T1204/T1204.yaml",
        "attack_technique: T1204\ndisplay_name: User Execution\natomic_tests:\n- name: Unknown program\n  \
         auto_generated_guid: 0a4c5e1b-3c8f-4f6e-8f59-6c6b1f5f0e11\n  description: Starts a program that nobody knows\n  \
         supported_platforms: [windows]\n  executor:\n    name: command_prompt\n    \
         command: nobody-knows-this.exe /x\n",
    );
    let args = [
        "simulate",
        "--atomics",
        "atomics",
        "Unknown",
        "--format",
        "json",
    ];
    let document = home.misfire(&args).exits(0).json();
    let starts: Vec<_> = of_kind(&document, "sysmon", 1)
        .iter()
        .map(|event| {
            event["fields"]["CommandLine"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert!(
        starts
            .iter()
            .any(|line| line.starts_with("nobody-knows-this.exe")),
        "{starts:?}"
    );
    let outcomes: Vec<_> = document["commands"]
        .as_array()
        .expect("commands")
        .iter()
        .map(|command| command["outcome"].as_str().unwrap_or_default())
        .collect();
    assert!(outcomes.contains(&"only-started"), "{outcomes:?}");
    // What it may have left is unknown, never missing.
    home.write(
        "expectations/T1204.yaml",
        "attack_technique: T1204\ntests:\n  - atomic: 0a4c5e1b-3c8f-4f6e-8f59-6c6b1f5f0e11\n    \
         signals:\n      - {id: file, source: sysmon, event_id: 11, fields: {TargetFilename|endswith: '.x'}}\n",
    );
    let args = [
        "run",
        "--stage",
        "simulate",
        "--atomics",
        "atomics",
        "--expectations",
        "expectations",
        "--detections",
        "rules",
        "--format",
        "json",
    ];
    let report = home.misfire(&args).json();
    let test = &report["tests"][0];
    assert_eq!(test["stage"], "simulate", "{test:#}");
    assert_eq!(test["evidence"], "simulated", "{test:#}");
    assert_eq!(test["telemetry"]["file"]["state"], "unknown", "{test:#}");
}

#[test]
fn what_is_not_modelled_is_not_run() {
    let home = Home::new();
    home.write(
        "atomics/T1609/T1609.yaml",
        "attack_technique: T1609\ndisplay_name: Container Administration Command\natomic_tests:\n\
         - name: In a container\n  auto_generated_guid: 6f0a4ad8-6a5c-4a0f-bb28-1a8a1a6f5d02\n  \
         description: Runs a command\n  supported_platforms: [containers]\n  executor:\n    \
         name: sh\n    command: id\n",
    );
    home.write(
        "expectations/T1609.yaml",
        "attack_technique: T1609\ntests:\n  - atomic: 6f0a4ad8-6a5c-4a0f-bb28-1a8a1a6f5d02\n    \
         signals:\n      - {id: run, source: sysmon-linux, event_id: 1, fields: {Image|endswith: /id}}\n",
    );
    let args = [
        "run",
        "--stage",
        "simulate",
        "--atomics",
        "atomics",
        "--expectations",
        "expectations",
        "--format",
        "json",
    ];
    let report = home.misfire(&args).exits(1).json();
    let signal = &report["tests"][0]["signals"][0];
    assert_ne!(signal["state"], "seen", "{report:#}");
    assert!(
        report.to_string().contains("cannot be simulated"),
        "{report:#}"
    );
    let args = ["simulate", "--atomics", "atomics", "container"];
    home.misfire(&args).exits(1);
}

#[test]
fn what_is_recorded_is_judged_like_any_recording() {
    let home = Home::new();
    let args = [
        "record",
        "TeamViewer traces",
        "--stage",
        "simulate",
        "--name",
        "by-model",
        "--out",
        "kept",
    ];
    home.misfire(&args).exits(0);
    home.misfire(&args).exits(2);
    let args = [
        "run",
        "TeamViewer traces",
        "--fixtures",
        "kept",
        "--format",
        "json",
    ];
    let report = home.misfire(&args).json();
    let test = &report["tests"][0];
    assert_eq!(test["evidence"], "simulated", "{test:#}");
    let verdicts = test["verdicts"].as_array().expect("verdicts");
    assert!(
        verdicts.iter().any(|verdict| verdict["verdict"] == "fired"),
        "{test:#}"
    );
    let states = test["telemetry"].as_object().expect("signals");
    assert!(
        states.values().all(|signal| signal["state"] != "missing"),
        "{test:#}"
    );
}

#[test]
fn a_simulation_is_recorded_as_a_control_or_with_a_stand_in() {
    let home = Home::new();
    let args = [
        "record",
        "TeamViewer traces",
        "--stage",
        "simulate",
        "--out",
        "kept",
    ];
    let control = [
        "--name",
        "inventory",
        "--control",
        "inventory software asks",
    ];
    home.misfire(&[&args[..], &control].concat()).exits(0);
    let manifest = home.path("kept/T1219/controls/inventory/fixture.yaml");
    let manifest = std::fs::read_to_string(manifest).expect("a manifest");
    assert!(
        manifest.contains("\ncontrol: inventory software asks\n"),
        "{manifest}"
    );
    assert!(manifest.contains("\nevidence: simulated\n"), "{manifest}");
    assert!(!manifest.contains("atomic:"), "{manifest}");
    // What was compared with no real record says so.
    assert!(
        manifest.contains("unverified_shape:\n  - source: sysmon\n"),
        "{manifest}"
    );
    let stand_in = ["--name", "mock", "--stand-in", "a mock of it"];
    home.misfire(&[&args[..], &stand_in].concat()).exits(0);
    let manifest = home.path("kept/T1219/mock/fixture.yaml");
    let manifest = std::fs::read_to_string(manifest).expect("a manifest");
    assert!(
        manifest.contains("\nstand_in: a mock of it\n"),
        "{manifest}"
    );
    for wrong in [
        &["--control", " "][..],
        &["--control", "x", "--stand-in", "y"],
    ] {
        home.misfire(&[&args[..], &["--name", "n"], wrong].concat())
            .exits(2);
    }
}

/// What is switched off on a host leaves nothing, and a run says so.
#[test]
fn a_host_without_command_lines_is_blind() {
    let home = Home::new();
    home.write(
        "host.yaml",
        "name: quiet\nhost:\n  {name: WS09, domain: corp.example, platform: windows, os: Windows 11, \
         build: 10.0.26100, address: 10.20.4.39, time_zone: UTC, \
         machine_guid: 59dcef87-4148-4f0e-9a41-6d2d7a3c8e15, \
         user: {domain: CORP, name: avery, sid: S-1-5-21-1004336348-1177238915-682003330-1128}}\n\
         switches: {sysmon: [], security: [4688], command_lines: false, script_blocks: false, \
         modules: false, task_history: false}\n",
    );
    let args = [
        "simulate",
        "TeamViewer traces",
        "--host",
        "host.yaml",
        "--format",
        "json",
    ];
    let document = home.misfire(&args).exits(0).json();
    let starts = of_kind(&document, "security", 4688);
    assert!(starts.len() >= 4, "{document:#}");
    for event in starts {
        let line = &event["fields"]["CommandLine"];
        assert!(line.is_null() || line == "", "{event:#}");
    }
    assert!(of_kind(&document, "sysmon", 1).is_empty());
}

/// The bundled tests for Windows, each derived from its commands alone, leave what they
/// must leave, and the bundled rules fire on it.
#[test]
fn the_bundled_tests_for_windows_hold_when_they_are_simulated() {
    let home = Home::new();
    let args = [
        "run",
        "--stage",
        "simulate",
        "--platform",
        "windows",
        "--format",
        "json",
    ];
    let report = home.misfire(&args).exits(0).json();
    let tests = report["tests"].as_array().expect("tests");
    assert_eq!(tests.len(), 6, "{report:#}");
    for test in tests {
        let fired = test["verdicts"].as_array().expect("verdicts").iter();
        let fired = fired
            .filter(|verdict| verdict["verdict"] == "fired")
            .count();
        assert!(fired > 0, "{test:#}");
    }
}

/// A record that is too large for its log is not there, so its absence proves nothing.
#[test]
fn what_is_too_large_to_be_logged_is_told_and_never_missing() {
    let home = Home::new();
    let data = "A".repeat(31_000);
    home.write(
        "atomics/T1112/T1112.yaml",
        &format!(
            "attack_technique: T1112\ndisplay_name: Modify Registry\natomic_tests:\n- name: Long value\n  \
             auto_generated_guid: 0a4c5e1b-3c8f-4f6e-8f59-6c6b1f5f0e12\n  description: Sets a long value\n  \
             supported_platforms: [windows]\n  executor:\n    name: powershell\n    \
             command: reg.exe add HKCU\\Software\\Example /v Long /d {data} /f\n",
        ),
    );
    let args = ["simulate", "--atomics", "atomics", "Long value"];
    let told = home.misfire(&args).exits(0).out();
    assert!(
        told.contains("not logged  sysmon 1: its texts are too large for a record"),
        "{told}"
    );
    let with = |more: &[&'static str]| [&args, more].concat();
    let document = home.misfire(&with(&["--format", "json"])).exits(0).json();
    let outcomes = document["commands"].as_array().expect("commands");
    assert!(
        outcomes
            .iter()
            .all(|command| command["outcome"] == "modelled"),
        "{outcomes:#?}"
    );
    let lost = document["not_logged"].as_array().expect("a list");
    let kinds: Vec<_> = lost
        .iter()
        .map(|lost| (lost["source"].as_str(), lost["event_id"].as_u64()))
        .collect();
    assert!(kinds.contains(&(Some("sysmon"), Some(1))), "{lost:#?}");
    assert!(kinds.contains(&(Some("security"), Some(4688))), "{lost:#?}");
    for lost in lost {
        assert_eq!(lost["atomic"], "0a4c5e1b-3c8f-4f6e-8f59-6c6b1f5f0e12");
        let command = lost["command"].as_u64().expect("a command");
        assert!(usize::try_from(command).is_ok_and(|command| command < outcomes.len()));
    }
    home.write(
        "expectations/T1112.yaml",
        "attack_technique: T1112\ntests:\n  - atomic: 0a4c5e1b-3c8f-4f6e-8f59-6c6b1f5f0e12\n    \
         signals:\n      - {id: start, source: sysmon, event_id: 1, fields: {CommandLine|startswith: '\"C:\\Windows\\system32\\reg.exe\" add'}}\n",
    );
    let args = [
        "run",
        "--stage",
        "simulate",
        "--atomics",
        "atomics",
        "--expectations",
        "expectations",
        "--detections",
        "rules",
        "--format",
        "json",
    ];
    let report = home.misfire(&args).json();
    let test = &report["tests"][0];
    assert_eq!(test["telemetry"]["start"]["state"], "unknown", "{test:#}");
}
