//! A folder with a rule and a log of two records, and the program run in it.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A rule for [`process_start`].
pub const RULE: &str = r"title: Whoami Started
id: 4815aa87-8781-4368-96ad-7df96a2a1880
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
level: low
";

/// A Sysmon process start as JSON lines have it.
pub fn process_start(record: u64, image: &str) -> String {
    serde_json::json!({"Event": {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
            "EventID": 1,
            "Version": 5,
            "TimeCreated": {"#attributes": {"SystemTime": "2026-11-02T09:14:03.1182046Z"}},
            "EventRecordID": record,
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "WS01.corp.example",
        },
        "EventData": {"Image": image, "CommandLine": image},
    }})
    .to_string()
}

/// The folder.
pub struct Home(pub TempDir);

impl Home {
    pub fn new() -> Self {
        let home = TempDir::new().expect("a temporary folder");
        fs::create_dir(home.path().join("rules")).expect("a folder");
        fs::create_dir(home.path().join("logs")).expect("a folder");
        fs::create_dir(home.path().join("empty")).expect("a folder");
        let home = Self(home);
        home.write("rules/whoami.yml", RULE);
        let log = format!(
            "{}\n{}\n",
            process_start(1, r"C:\Windows\System32\whoami.exe"),
            process_start(2, r"C:\Windows\System32\notepad.exe")
        );
        home.write("logs/start.jsonl", &log);
        home
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a writable file");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn misfire(&self, args: &[&str]) -> Done {
        let output = Command::cargo_bin("misfire")
            .expect("the binary")
            .current_dir(self.0.path())
            .env_remove("GITHUB_ACTIONS")
            .args(args)
            .output()
            .expect("a finished run");
        Done(output)
    }
}

/// A finished run.
pub struct Done(pub Output);

impl Done {
    pub fn code(&self) -> i32 {
        self.0.status.code().expect("an exit code")
    }

    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("UTF-8")
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("UTF-8")
    }

    /// Asserts the exit code, showing everything if it is another.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "{}\n{}", self.out(), self.err());
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out()).expect("one JSON document")
    }

    pub fn lines(&self) -> Vec<Value> {
        self.out()
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON line"))
            .collect()
    }
}
