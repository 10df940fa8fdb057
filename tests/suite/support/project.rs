//! A small project of one test, and the program run in it.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::home::Done;
use assert_cmd::Command;
use tempfile::TempDir;

/// The atomic of every project.
pub const ATOMIC: &str = "5a4dba0e-8d0b-4d5a-9f0e-3f0c2f6f1b01";

/// The rule of every project.
pub const RULE: &str = "b7a7c1de-5b0f-4a0e-9d55-6a1d3c9e2f10";

/// The time at which the window starts.
pub const START: &str = "2026-11-02T09:14:00Z";

/// A project to be written to disk.
#[derive(Debug, Clone)]
pub struct Project {
    /// The expectation's text below `tests:`, without the atomic.
    pub expectation: String,
    /// The rules by file name.
    pub rules: Vec<(String, String)>,
    pub recordings: Vec<Recording>,
}

/// A fixture of a project.
#[derive(Debug, Clone)]
pub struct Recording {
    pub name: String,
    /// `atomic: …` or `control: …`.
    pub subject: String,
    /// Further lines of the manifest.
    pub more: String,
    pub closed: bool,
    /// The logs: name, source, and records.
    pub logs: Vec<(String, String, Vec<Value>)>,
}

impl Recording {
    /// A recording of the atomic.
    pub fn of_atomic(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            subject: format!("atomic: {ATOMIC}"),
            more: String::new(),
            closed: true,
            logs: Vec::new(),
        }
    }

    /// A benign recording.
    pub fn control(name: &str) -> Self {
        Self {
            subject: "control: someone works".to_owned(),
            ..Self::of_atomic(&format!("controls/{name}"))
        }
    }

    /// With a log of a source.
    pub fn with(mut self, source: &str, records: Vec<Value>) -> Self {
        let name = format!("{source}.jsonl");
        self.logs.push((name, source.to_owned(), records));
        self
    }

    /// With a further line in its manifest.
    pub fn saying(mut self, line: &str) -> Self {
        self.more.push_str(line);
        self.more.push('\n');
        self
    }

    /// With a window that is not proven closed.
    pub fn open(mut self) -> Self {
        self.closed = false;
        self
    }
}

/// The rule that finds `whoami.exe`.
pub fn whoami_rule() -> String {
    rule(RULE, "Image|endswith: '\\whoami.exe'")
}

/// A rule on process starts.
pub fn rule(id: &str, selection: &str) -> String {
    format!(
        "title: Rule {id}\nid: {id}\nstatus: test\nlogsource:\n    product: windows\n    \
         category: process_creation\ndetection:\n    selection:\n        {selection}\n    \
         condition: selection\nlevel: low\n"
    )
}

/// What every project expects unless it says otherwise.
pub const EXPECTATION: &str = "    run: {ends: exits, exit_codes: [0]}
    signals:
      - id: start
        source: sysmon
        event_id: 1
        fields:
          Image|endswith: '\\whoami.exe'
    detections:
      - rule: b7a7c1de-5b0f-4a0e-9d55-6a1d3c9e2f10
";

impl Project {
    /// A project whose rule fires on its recording.
    pub fn new() -> Self {
        Self {
            expectation: EXPECTATION.to_owned(),
            rules: vec![("whoami.yml".to_owned(), whoami_rule())],
            recordings: vec![Recording::of_atomic("plain").with(
                "sysmon",
                vec![
                    sysmon(1, 5, r"C:\Windows\System32\whoami.exe"),
                    sysmon(2, 6, r"C:\Windows\System32\notepad.exe"),
                ],
            )],
        }
    }

    /// With this one recording.
    pub fn recorded(mut self, recording: Recording) -> Self {
        self.recordings = vec![recording];
        self
    }

    /// With a further recording.
    pub fn and(mut self, recording: Recording) -> Self {
        self.recordings.push(recording);
        self
    }

    /// With another expectation.
    pub fn expecting(mut self, expectation: &str) -> Self {
        self.expectation = expectation.to_owned();
        self
    }

    /// With another text for its one rule.
    pub fn ruled(mut self, rule: impl Into<String>) -> Self {
        self.rules = vec![("rule.yml".to_owned(), rule.into())];
        self
    }

    /// Writes it to disk.
    pub fn built(&self) -> Built {
        let home = TempDir::new().expect("a temporary folder");
        let built = Built { home };
        built.write(
            "atomics/T1033/T1033.yaml",
            &format!(
                "attack_technique: T1033\ndisplay_name: System Owner/User Discovery\natomic_tests:\n\
                 - name: Ask who is signed in\n  auto_generated_guid: {ATOMIC}\n  \
                 description: Asks Windows for the user.\n  supported_platforms: [windows]\n  \
                 input_arguments:\n    flag:\n      description: What to ask for\n      \
                 type: string\n      default: /all\n  executor:\n    name: command_prompt\n    \
                 command: 'whoami.exe #{{flag}}'\n"
            ),
        );
        built.write(
            "expectations/T1033.yaml",
            &format!(
                "attack_technique: T1033\ntests:\n  - atomic: {ATOMIC}\n{}",
                self.expectation
            ),
        );
        for (name, text) in &self.rules {
            built.write(&format!("detections/{name}"), text);
        }
        fs::create_dir_all(built.path("detections")).expect("a folder");
        fs::create_dir_all(built.path("fixtures")).expect("a folder");
        for recording in &self.recordings {
            built.record(recording);
        }
        built
    }

    /// Builds it and runs the program in it.
    pub fn run(&self) -> Done {
        self.built().run(&[])
    }
}

/// A project on disk.
pub struct Built {
    home: TempDir,
}

impl Built {
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a writable file");
    }

    fn record(&self, recording: &Recording) {
        let folder = format!("fixtures/T1033/{}", recording.name);
        let mut files = String::new();
        for (name, source, records) in &recording.logs {
            let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
            self.write(&format!("{folder}/{name}"), &lines);
            let hash: String = Sha256::digest(lines.as_bytes())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            files.push_str(&format!(
                "  - {{path: {name}, source: {source}, sha256: {hash}, records: {}}}\n",
                records.len()
            ));
        }
        let manifest = format!(
            "{}\nevidence: authored\nhost: {{name: WS01, platform: windows, user_sid: S-1-5-21-1-2-3-1001}}\n\
             window: {{start: {START}, end: 2026-11-02T09:16:00Z, closed: {}}}\nfiles:\n{files}{}",
            recording.subject, recording.closed, recording.more
        );
        self.write(&format!("{folder}/fixture.yaml"), &manifest);
    }

    /// Runs any command of the program here.
    pub fn misfire(&self, args: &[&str]) -> Done {
        let output = Command::cargo_bin("misfire")
            .expect("the binary")
            .current_dir(self.home.path())
            .env_remove("GITHUB_ACTIONS")
            .args(args)
            .output()
            .expect("a finished run");
        Done(output)
    }

    /// Runs the main job here, on the project's folders, with JSON output.
    pub fn run(&self, more: &[&str]) -> Done {
        let mut args = vec!["run", "--format", "json"];
        args.extend(FOLDERS);
        args.extend(more);
        self.misfire(&args)
    }
}

/// The folders of a project, as arguments.
pub const FOLDERS: [&str; 8] = [
    "--atomics",
    "atomics",
    "--expectations",
    "expectations",
    "--detections",
    "detections",
    "--fixtures",
    "fixtures",
];

/// A record of an event log, `second` seconds after the window's start.
pub fn windows(
    provider: &str,
    channel: &str,
    id: u32,
    record: u64,
    second: i64,
    data: Value,
) -> Value {
    let start: jiff::Timestamp = START.parse().expect("a time");
    let time = start + jiff::SignedDuration::from_secs(second);
    json!({"Event": {
        "System": {
            "Provider": {"#attributes": {"Name": provider}},
            "EventID": id,
            "Version": 5,
            "TimeCreated": {"#attributes": {"SystemTime": time.to_string()}},
            "EventRecordID": record,
            "Channel": channel,
            "Computer": "WS01",
        },
        "EventData": data,
    }})
}

/// A process start as Sysmon logs it.
pub fn sysmon(record: u64, second: i64, image: &str) -> Value {
    sysmon_event(
        1,
        record,
        second,
        json!({"ProcessGuid": format!("{{guid-{record}}}"), "Image": image, "CommandLine": format!("{image} /all"), "User": "WS01\\avery"}),
    )
}

/// Any event of Sysmon's.
pub fn sysmon_event(id: u32, record: u64, second: i64, data: Value) -> Value {
    windows(
        "Microsoft-Windows-Sysmon",
        "Microsoft-Windows-Sysmon/Operational",
        id,
        record,
        second,
        data,
    )
}

/// A process start as the Security log has it.
pub fn security(record: u64, second: i64, data: Value) -> Value {
    windows(
        "Microsoft-Windows-Security-Auditing",
        "Security",
        4688,
        record,
        second,
        data,
    )
}

/// The one test of a run's JSON.
pub fn test_of(done: &Done) -> Value {
    let document = done.json();
    let tests = document["tests"].as_array().expect("tests");
    assert_eq!(tests.len(), 1, "{document:#}");
    tests[0].clone()
}

/// The one verdict of a run's JSON, with its reason.
pub fn verdict_of(done: &Done) -> (String, String) {
    let test = test_of(done);
    let verdicts = test["verdicts"].as_array().expect("verdicts");
    assert_eq!(verdicts.len(), 1, "{test:#}");
    let text = |key: &str| verdicts[0][key].as_str().expect("text").to_owned();
    (text("verdict"), text("reason"))
}

/// The state of a signal, with its reason.
pub fn signal_of(done: &Done, id: &str) -> (String, String) {
    let test = test_of(done);
    let signal = &test["telemetry"][id];
    let text = |key: &str| {
        signal[key]
            .as_str()
            .unwrap_or_else(|| panic!("{test:#}"))
            .to_owned()
    };
    (text("state"), text("reason"))
}

/// The outcomes of the controls: control, detection, outcome.
pub fn controls_of(done: &Done) -> Vec<(String, String, String)> {
    let test = test_of(done);
    let controls = test["controls"].as_array().expect("controls");
    let text = |control: &Value, key: &str| control[key].as_str().expect("text").to_owned();
    controls
        .iter()
        .map(|control| {
            (
                text(control, "name"),
                text(control, "detection"),
                text(control, "outcome"),
            )
        })
        .collect()
}
