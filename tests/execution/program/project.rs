//! A small project of one atomic for Linux, and the program run in it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::processes_in;

/// The program.
pub const MISFIRE: &str = env!("CARGO_BIN_EXE_misfire");

const ATOMIC: &str = "6d2b4c1a-3f5e-4a7b-8c9d-0e1f2a3b4c5d";
/// The atomic of an expectation that is about another one.
const OTHER: &str = "1d2b4c1a-3f5e-4a7b-8c9d-0e1f2a3b4c5d";
const RULE: &str = "9a8b7c6d-5e4f-4321-8fed-cba987654321";

/// Leaves a file and processes of several kinds, with the mark and without it, and in a
/// session of their own; does what the rule looks for, and goes on.
pub const LINGERING: &str = "echo > act.txt
(setsid sh -c 'sleep 300' > /dev/null 2>&1 &)
sh -c 'while :; do sleep 0.1; done' > /dev/null 2>&1 &
env -i sh -c 'sleep 300' > /dev/null 2>&1 &
uname
echo > ready.txt
sleep 300";

/// What undoes it.
pub const UNDOING: &str = "sleep 0.2; rm -f act.txt ready.txt; echo >> cleaned.txt";

/// A project whose atomic runs `uname`, which its one rule finds.
pub struct Project {
    /// The atomic, as its file has it.
    pub atomic: Value,
    /// How the expectation says that it ends.
    pub run: Value,
    /// The end of the path of the program that the rule finds.
    pub finds: &'static str,
    /// What the rule asks for, in the place of the program that it finds.
    pub asks: Option<&'static str>,
    /// Whether anything is expected of the atomic.
    pub is_expected: bool,
    /// What may be executed upon.
    pub allow: &'static [&'static str],
    folder: TempDir,
}

impl Project {
    /// With this command and what undoes it.
    pub fn new(command: &str, cleanup: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir(folder.path().join("work")).expect("a folder");
        Self {
            atomic: json!({
                "name": "Ask for the system's name",
                "auto_generated_guid": ATOMIC,
                "description": "Asks the kernel.",
                "supported_platforms": ["linux"],
                "executor": {
                    "name": "sh",
                    "elevation_required": false,
                    "command": command,
                    "cleanup_command": cleanup,
                },
            }),
            run: json!({"ends": "exits", "exit_codes": [0]}),
            finds: "/uname",
            asks: None,
            is_expected: true,
            allow: &["localhost"],
            folder,
        }
    }

    /// A path in the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether a file is where the commands run.
    pub fn holds(&self, name: &str) -> bool {
        self.path("work").join(name).exists()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a writable file");
    }

    fn write_all(&self) {
        let mut atomics = vec![self.atomic.clone()];
        if !self.is_expected {
            let mut other = self.atomic.clone();
            other["name"] = json!("Another one");
            other["auto_generated_guid"] = json!(OTHER);
            atomics.push(other);
        }
        let atomics = json!({
            "attack_technique": "T1082",
            "display_name": "System Information Discovery",
            "atomic_tests": atomics,
        });
        let atomic = match self.is_expected {
            true => ATOMIC,
            false => OTHER,
        };
        let expectations = json!({
            "attack_technique": "T1082",
            "tests": [{
                "atomic": atomic,
                "run": self.run,
                "signals": [{
                    "id": "start",
                    "source": "sysmon-linux",
                    "event_id": 1,
                    "fields": {"Image|endswith": "/uname"},
                }],
                "detections": [{"rule": RULE}],
            }],
        });
        // What is JSON is YAML.
        self.write("atomics/T1082/T1082.yaml", &atomics.to_string());
        self.write("expectations/T1082.yaml", &expectations.to_string());
        self.write(
            "detections/uname.yml",
            &format!(
                "title: Uname Started\nid: {RULE}\nstatus: test\nlogsource:\n    product: linux\n    \
                 category: process_creation\ndetection:\n    selection:\n        \
                 {}\n    condition: selection\nlevel: low\n",
                self.asks.map_or_else(
                    || format!("Image|endswith: '{}'", self.finds),
                    ToOwned::to_owned,
                )
            ),
        );
        self.write(
            "misfire.toml",
            &format!("[execute]\nallow = {:?}\n", self.allow),
        );
    }

    /// The program with these arguments; what is executed runs in the folder `work`.
    pub fn misfire(&self, arguments: &[&str]) -> Command {
        self.started_by(&[MISFIRE], arguments)
    }

    /// The same, started by something else, which takes a command line.
    pub fn started_by(&self, line: &[&str], arguments: &[&str]) -> Command {
        self.write_all();
        let (program, first) = line.split_first().expect("a program");
        let mut command = Command::new(program);
        command
            .args(first)
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("GITHUB_ACTIONS")
            .env("TMPDIR", self.path("work"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The arguments of an execution that is agreed to.
    pub fn execution<'a>(&self, more: &[&'a str]) -> Vec<&'a str> {
        let agreed = [
            "run", "--stage", "execute", "--yes", "--state", "state", "--format", "json",
        ];
        [&agreed, more].concat()
    }

    /// Executes, to the end.
    pub fn execute(&self, more: &[&str]) -> Done {
        Done::of(&mut self.misfire(&self.execution(more)))
    }

    /// Begins to execute.
    pub fn begin(&self, more: &[&str]) -> Begun {
        Begun::of(&mut self.misfire(&self.execution(more)))
    }

    /// Recovers, agreed to.
    pub fn recover(&self) -> Done {
        let arguments = ["recover", "--yes", "--state", "state"];
        Done::of(&mut self.misfire(&arguments))
    }

    /// No process is left of what was executed, and nothing is owed.
    pub fn assert_clean(&self) {
        let left = processes_in(&self.path("work"));
        assert!(left.is_empty(), "{left:?}");
        for folder in ["state/journal", "state/scripts"] {
            let files: Vec<_> = list(&self.path(folder));
            assert!(files.is_empty(), "{files:?}");
        }
        for file in ["act.txt", "ready.txt"] {
            assert!(!self.holds(file), "{file} is left");
        }
    }
}

/// The names in a folder.
pub fn list(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// An execution that is under way.
pub struct Begun {
    pub child: Child,
    told: Vec<String>,
    stderr: BufReader<ChildStderr>,
}

impl Begun {
    /// Starts a command whose output is kept.
    pub fn of(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let stderr = child.stderr.take().expect("its standard error");
        Self {
            child,
            told: Vec::new(),
            stderr: BufReader::new(stderr),
        }
    }

    /// Waits until it has told a step.
    pub fn until_told(&mut self, step: &str) {
        let mut line = String::new();
        while self.stderr.read_line(&mut line).expect("text") > 0 {
            self.told.push(std::mem::take(&mut line));
            if self.told.last().is_some_and(|line| line.contains(step)) {
                return;
            }
        }
        panic!("it did not tell `{step}`: {}", self.told.concat());
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: &str) {
        send(signal, &self.child.id().to_string());
    }

    /// Waits for its end.
    pub fn end(mut self) -> Done {
        // One may wait for the other.
        let stderr = std::thread::spawn(move || {
            let mut rest = String::new();
            self.stderr.read_to_string(&mut rest).expect("text");
            self.told.concat() + &rest
        });
        let output = self.child.wait_with_output().expect("a finished process");
        Done {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: stderr.join().expect("text"),
        }
    }
}

/// Sends a signal to a process that is there.
pub fn send(signal: &str, process: &str) {
    let sent = Command::new("kill").args([signal, process]).status();
    assert!(sent.expect("kill").success(), "{signal} to {process}");
}

/// A finished run of the program.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().expect("a finished process");
        Self {
            code: status.code(),
            stdout: text(stdout),
            stderr: text(stderr),
        }
    }

    /// What it wrote as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The one test of a run.
    pub fn test(&self) -> Value {
        let document = self.json();
        let tests = document["tests"].as_array().expect("tests");
        assert_eq!(tests.len(), 1, "{self:?}");
        tests[0].clone()
    }

    /// The one verdict of a run, and its reason.
    pub fn verdict(&self) -> (String, String) {
        let test = self.test();
        let verdicts = test["verdicts"].as_array().expect("verdicts");
        assert_eq!(verdicts.len(), 1, "{test:#}");
        let word = |key: &str| verdicts[0][key].as_str().expect("text").to_owned();
        (word("verdict"), word("reason"))
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}
