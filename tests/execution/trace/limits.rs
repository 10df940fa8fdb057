//! Nothing of a traced program outlives the trace, and nothing of it fills memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use misfire::collect::trace::{CommandSpec, Limits, Outcome, OutputTo, ProblemKind, TraceError};

use super::common::{self, MISFIRE, trace};

fn short(time: u64) -> Limits {
    Limits {
        time: Duration::from_millis(time),
        ..Limits::default()
    }
}

#[test]
fn the_time_limit_ends_daemons_too() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "(setsid sh -c 'setsid sleep 98761 & sleep 98762' &); setsid sleep 98763 & sleep 98764";
    let start = Instant::now();
    let traced = common::run_limited("sh", script, folder.path(), &short(700));
    assert_eq!(traced.outcome, Outcome::TimedOut);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(common::executed(&traced).len() >= 6);
    assert!(!common::is_running("9876"));
}

#[test]
fn what_is_left_behind_is_ended_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        linger: Duration::from_millis(300),
        ..Limits::default()
    };
    let traced = common::run_limited(
        "sh",
        "(setsid sleep 87651 &); exit 4",
        folder.path(),
        &limits,
    );
    assert_eq!(traced.outcome, Outcome::Exited(4));
    assert!(common::problem(&traced, ProblemKind::LeftRunning).is_some());
    assert!(!common::is_running("87651"));
}

#[test]
fn too_many_processes_are_ended() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        tasks: 50,
        ..Limits::default()
    };
    let script = "i=0; while [ $i -lt 200 ]; do sleep 76543 & i=$((i+1)); done; wait";
    let traced = common::run_limited("sh", script, folder.path(), &limits);
    assert_eq!(traced.outcome, Outcome::TooManyTasks);
    assert!(common::problem(&traced, ProblemKind::TooManyTasks).is_some());
    assert!(common::executed(&traced).len() <= 51);
    assert!(!common::is_running("76543"));
}

#[test]
fn a_bomb_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        tasks: 50,
        ..Limits::default()
    };
    // Each doubles, but only eight times over, should the limit not work.
    let script = "f() { [ $1 -lt 8 ] && { f $(($1+1)) & f $(($1+1)) & }; sleep 65432; }; f 0";
    let traced = common::run_limited("bash", script, folder.path(), &limits);
    assert_eq!(traced.outcome, Outcome::TooManyTasks);
    assert!(!common::is_running("65432"));
}

#[test]
fn an_interrupt_ends_all() {
    let folder = tempfile::tempdir().unwrap();
    let interrupt = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupt);
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(400));
        flag.store(true, Ordering::Relaxed);
    });
    let spec = common::command("sh", "setsid sleep 54321 & sleep 54322", folder.path());
    let traced = trace(spec, &Limits::default(), &interrupt).unwrap();
    assert_eq!(traced.outcome, Outcome::Interrupted);
    assert!(!common::is_running("5432"));
}

#[test]
fn an_early_interrupt_ends_all() {
    let folder = tempfile::tempdir().unwrap();
    let spec = common::command("sleep", "43219", folder.path());
    let traced = trace(spec, &Limits::default(), &AtomicBool::new(true)).unwrap();
    assert_eq!(traced.outcome, Outcome::Interrupted);
}

#[test]
fn a_busy_program_is_interrupted_too() {
    let folder = tempfile::tempdir().unwrap();
    let traced = common::run_limited(
        "sh",
        "while :; do echo a > f; done",
        folder.path(),
        &short(400),
    );
    assert_eq!(traced.outcome, Outcome::TimedOut);
}

#[test]
fn a_stopped_program_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let traced = common::run_limited(
        "sh",
        "kill -STOP $$; sleep 43210",
        folder.path(),
        &short(400),
    );
    assert_eq!(traced.outcome, Outcome::TimedOut);
    assert!(!common::is_running("43210"));
}

#[test]
fn a_stopped_program_is_continued() {
    let folder = tempfile::tempdir().unwrap();
    let script = "(sleep 0.2; kill -CONT $$) & kill -STOP $$; exit 6";
    assert_eq!(
        common::run("sh", script, folder.path()).outcome,
        Outcome::Exited(6)
    );
}

#[test]
fn signals_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap 'echo usr; trap - TERM; kill -TERM $$' USR1; kill -USR1 $$; sleep 9";
    let traced = common::run("sh", script, folder.path());
    assert_eq!(traced.outcome, Outcome::Signaled(15));
    assert_eq!(traced.stdout.bytes, b"usr\n");
    // Real-time signals, which nix cannot name.
    let script = "
import signal, os
signal.signal(signal.SIGRTMIN + 3, lambda *a: os._exit(7)); os.kill(os.getpid(), signal.SIGRTMIN + 3)";
    assert_eq!(
        common::run("py", script, folder.path()).outcome,
        Outcome::Exited(7)
    );
}

#[test]
fn a_gigabyte_of_output_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let traced = common::run("sh", "head -c 1000000000 /dev/zero", folder.path());
    assert_eq!(traced.outcome, Outcome::Exited(0));
    assert_eq!(traced.stdout.bytes.len(), 1 << 20);
    assert_eq!(traced.stdout.dropped, 1_000_000_000 - (1 << 20));
    assert!(common::problem(&traced, ProblemKind::OutputDropped).is_some());
}

#[test]
fn events_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        events: 10,
        ..Limits::default()
    };
    let script = "i=0; while [ $i -lt 50 ]; do echo a > f$i; i=$((i+1)); done";
    let traced = common::run_limited("sh", script, folder.path(), &limits);
    assert_eq!(traced.events.len(), 10);
    assert!(
        common::problem(&traced, ProblemKind::EventsDropped)
            .unwrap()
            .count
            >= 40
    );
}

#[test]
fn what_cannot_start_is_an_error() {
    let none = AtomicBool::new(false);
    for program in [
        "/nonexistent/program",
        "no-such-program-here",
        "/etc/passwd",
    ] {
        let failed = trace(CommandSpec::new(program), &Limits::default(), &none);
        assert!(matches!(failed, Err(TraceError::Start { .. })), "{program}");
    }
    let mut spec = CommandSpec::new("true");
    spec.directory = Some("/nonexistent".into());
    assert!(matches!(
        trace(spec, &Limits::default(), &none),
        Err(TraceError::Start { .. })
    ));
}

#[test]
fn output_goes_into_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = common::command("sh", "echo out; echo err >&2; cat", folder.path());
    spec.stdout = OutputTo::File(std::fs::File::create(folder.path().join("out")).unwrap());
    spec.stderr = OutputTo::Nothing;
    let traced = trace(spec, &common::limits(), &AtomicBool::new(false)).unwrap();
    assert_eq!(traced.outcome, Outcome::Exited(0));
    assert_eq!(
        std::fs::read_to_string(folder.path().join("out")).unwrap(),
        "out\n"
    );
}

#[test]
fn traces_run_side_by_side_and_leave_other_children_alone() {
    let mut other = std::process::Command::new("sh")
        .args(["-c", "exit 5"])
        .spawn()
        .unwrap();
    let runs: Vec<_> = (0..6)
        .map(|code| {
            thread::spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                let script = format!(
                    "for i in 1 2 3; do true | cat; /bin/true; done; (sleep 0.1 &); exit {code}"
                );
                common::run("sh", &script, folder.path()).outcome
            })
        })
        .collect();
    for (code, run) in (0..).zip(runs) {
        assert_eq!(run.join().unwrap(), Outcome::Exited(code));
    }
    assert_eq!(other.wait().unwrap().code(), Some(5));
}

#[test]
fn nothing_outlives_a_killed_tracer() {
    let folder = tempfile::tempdir().unwrap();
    let script = "(setsid sleep 32109 &); sleep 32108";
    let (mut tracer, watch) = common::tracer(script, folder.path(), &[MISFIRE]);
    let patience = Instant::now() + Duration::from_secs(10);
    while !common::is_running("sleep\u{0}32109") && Instant::now() < patience {
        thread::sleep(Duration::from_millis(10));
    }
    assert!(common::is_running("sleep\u{0}32109"));
    tracer.kill().unwrap();
    tracer.wait().unwrap();
    assert!(!watch.finish().is_whole);
    while common::is_running("sleep\u{0}3210") && Instant::now() < patience {
        thread::sleep(Duration::from_millis(10));
    }
    assert!(!common::is_running("sleep\u{0}3210"));
}
