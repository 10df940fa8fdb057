//! Running programs, here those of Unix.

#![cfg(unix)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use misfire::collect::process::{Command, Finished, RunError, Runner, SystemRunner};

const LONG: Duration = Duration::from_secs(120);

fn shell(script: &str) -> Command {
    Command {
        program: "sh".into(),
        arguments: vec!["-c".into(), script.into()],
    }
}

fn run(script: &str) -> Result<Finished, RunError> {
    SystemRunner.run(&shell(script), LONG, &|| false)
}

#[test]
fn what_a_program_leaves_is_kept() {
    let finished = run("echo out; echo err >&2; exit 7").expect("an end");
    assert_eq!(finished.code, Some(7));
    assert_eq!(finished.stdout, b"out\n");
    assert_eq!(finished.stderr, b"err\n");
    assert_eq!(run("kill -9 $$").expect("an end").code, None);
    // Nothing waits for what nobody types.
    assert_eq!(run("cat").expect("an end").stdout, b"");
}

#[test]
fn a_program_that_is_not_there_is_told_apart() {
    let command = Command {
        program: "/nowhere/wevtutil.exe".into(),
        arguments: Vec::new(),
    };
    let result = SystemRunner.run(&command, LONG, &|| false);
    assert_eq!(result, Err(RunError::NotFound));
}

#[test]
fn a_program_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let script = format!("echo $$ > {}; exec sleep 600", pid.display());
    let limit = Duration::from_millis(400);
    let result = SystemRunner.run(&shell(&script), limit, &|| false);
    assert_eq!(result, Err(RunError::TimedOut(limit)));
    let pid = std::fs::read_to_string(pid).expect("it was started");
    assert!(!std::path::Path::new("/proc").join(pid.trim()).exists());
}

#[test]
fn an_interruption_ends_a_program() {
    let asked = AtomicUsize::new(0);
    let interrupt = || asked.fetch_add(1, Ordering::Relaxed) >= 3;
    let result = SystemRunner.run(&shell("exec sleep 600"), LONG, &interrupt);
    assert_eq!(result, Err(RunError::Interrupted));
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

#[test]
fn a_flood_is_read_and_dropped() {
    let finished = run("head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2").expect("an end");
    assert_eq!(finished.code, Some(0));
    assert_eq!(finished.stdout.len(), 1 << 20);
    assert_eq!(finished.stderr.len(), 1 << 20);
}

#[test]
fn what_holds_the_pipe_open_is_not_waited_for() {
    // The shell ends at once; what it started holds its output for ten minutes.
    let finished = run("echo done; sleep 600 & echo $! >&2").expect("an end");
    assert_eq!(finished.stdout, b"done\n");
    let pid = String::from_utf8(finished.stderr).expect("a number");
    let _ = std::process::Command::new("kill").arg(pid.trim()).status();
}
