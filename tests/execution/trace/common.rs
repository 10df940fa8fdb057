//! What the tests share.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(dead_code, reason = "each test binary uses its part")]

use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use misfire_trace::collect::trace::{
    CommandSpec, FileChange, Limits, Problem, ProblemKind, Process, TraceEventKind, Traced, trace,
};

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
    trace(
        command(language, script, folder),
        limits,
        &AtomicBool::new(false),
    )
    .unwrap()
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
