//! What the tests share.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use misfire::collect::trace::{
    self, CommandSpec, FileChange, Limits, Order, Problem, ProblemKind, Process, TraceError,
    TraceEventKind, Traced, Watch,
};

use crate::hosting::beside;

/// The real interpreter; a shim would start dozens of programs of its own.
pub fn python() -> OsString {
    let asked = std::process::Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .unwrap();
    String::from_utf8(asked.stdout)
        .unwrap()
        .trim()
        .to_owned()
        .into()
}

/// A command that runs a script of `sh`, `bash`, or `py` in a folder.
pub fn command(language: &str, script: &str, folder: &Path) -> CommandSpec {
    let program = if language == "py" {
        python()
    } else {
        language.into()
    };
    let mut spec = CommandSpec::new(program);
    spec.args = vec!["-c".into(), script.into()];
    spec.directory = Some(folder.to_owned());
    spec.environment = environment();
    spec
}

pub fn environment() -> Vec<(OsString, OsString)> {
    [
        ("PATH", "/usr/bin:/bin"),
        ("HOME", "/nonexistent"),
        ("LC_ALL", "C.UTF-8"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("MISFIRE_RUN", "marker-of-this-run"),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .to_vec()
}

pub fn limits() -> Limits {
    Limits {
        time: Duration::from_secs(60),
        ..Limits::default()
    }
}

pub fn run(language: &str, script: &str, folder: &Path) -> Traced {
    run_limited(language, script, folder, &limits())
}

pub fn run_limited(language: &str, script: &str, folder: &Path, limits: &Limits) -> Traced {
    let spec = command(language, script, folder);
    trace(spec, limits, &AtomicBool::new(false)).unwrap()
}

/// Traces in this process, while nothing is performed in it.
pub fn trace(
    spec: CommandSpec,
    limits: &Limits,
    interrupt: &AtomicBool,
) -> Result<Traced, TraceError> {
    let _beside = beside();
    trace::trace(spec, limits, interrupt)
}

/// The program under test.
pub const MISFIRE: &str = env!("CARGO_BIN_EXE_misfire");

/// The tracer in a process of its own that runs a script of `sh`; `line` starts the
/// program.
pub fn tracer(script: &str, folder: &Path, line: &[&str]) -> (Child, Watch) {
    let order = Order {
        program: "/bin/sh".to_owned(),
        name: "sh".to_owned(),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        marker: "MISFIRE_RUN".to_owned(),
        events: 10_000,
        tasks: 100,
    };
    let (watch, stdin) = Watch::new(&order).unwrap();
    let child = Command::new(line[0])
        .args(&line[1..])
        .arg("watch-program")
        .current_dir(folder)
        .stdin(stdin)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    (child, watch)
}

pub fn executed(traced: &Traced) -> Vec<&Process> {
    traced
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            TraceEventKind::Executed(process) => Some(&**process),
            _ => None,
        })
        .collect()
}

pub fn files(traced: &Traced) -> Vec<&FileChange> {
    traced
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            TraceEventKind::File(change) => Some(change),
            _ => None,
        })
        .collect()
}

pub fn problem(traced: &Traced, kind: ProblemKind) -> Option<&Problem> {
    traced.problems.iter().find(|problem| problem.kind == kind)
}

/// Whether any process of this host has this text among its arguments.
pub fn is_running(text: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        std::fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(text))
    })
}
