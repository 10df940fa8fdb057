//! Ctrl-C, at any time.
#![cfg(target_os = "linux")]

use crate::support::project;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use project::{Built, FOLDERS, Project, Recording, sysmon};
use serde_json::Value;

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";

/// How long after the program can be interrupted it is, in milliseconds.
const DELAYS: [u64; 7] = [0, 1, 5, 20, 60, 150, 400];

/// A project of many recordings.
fn many() -> Built {
    let mut project = Project::new();
    let log: Vec<_> = (1..40).map(|record| sysmon(record, 5, WHOAMI)).collect();
    project.recordings = (0..500)
        .map(|number| Recording::of_atomic(&format!("r{number}")).with("sysmon", log.clone()))
        .collect();
    project.built()
}

/// A project of one recording with a large log.
fn large() -> Built {
    let log: Vec<_> = (1..60_000)
        .map(|record| sysmon(record, 5, WHOAMI))
        .collect();
    let recording = Recording::of_atomic("large").with("sysmon", log);
    Project::new().recorded(recording).built()
}

fn start(built: &Built, args: &[&str]) -> Child {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("misfire"))
        .current_dir(built.path("."))
        .env_remove("GITHUB_ACTIONS")
        .args(args)
        .args(FOLDERS)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    while !handles_interrupts(child.id()) {
        if child.try_wait().expect("a process").is_some() {
            break;
        }
        std::thread::yield_now();
    }
    child
}

/// Whether a process has a handler for Ctrl-C: signal 2, the second bit.
fn handles_interrupts(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    caught
        .is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 0b10 != 0))
}

/// Presses Ctrl-C after a while, and waits for the end.
fn interrupted(child: Child, delay: u64) -> Output {
    std::thread::sleep(Duration::from_millis(delay));
    // It may have ended already.
    let _ = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .stderr(Stdio::null())
        .status();
    child.wait_with_output().expect("a finished process")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Nothing but the project and whole reports is in the folder.
fn assert_tidy(folder: &Path, report: &str) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_known = ["atomics", "expectations", "detections", "fixtures", report];
        assert!(is_known.contains(&name.as_str()), "{name} is left");
    }
}

fn assert_honest(built: &Built) {
    let mut ended_early = 0;
    for delay in DELAYS {
        let run = ["run", "--threads", "1", "--report", "json=r.json"];
        let output = interrupted(start(built, &run), delay);
        assert_tidy(&built.path("."), "r.json");
        let (told, problems) = (text(&output.stdout), text(&output.stderr));
        let report = fs::read_to_string(built.path("r.json")).expect("a report");
        let report: Value = serde_json::from_str(&report).expect("a whole report");
        let (planned, judged) = (
            report["summary"]["planned"].as_u64().expect("a number"),
            report["tests"].as_array().expect("tests").len(),
        );
        if report["summary"]["interrupted"] == false {
            // It was ready before it could be interrupted.
            assert_eq!(planned, judged as u64);
            assert!(told.contains("all as expected"), "{told}");
        } else {
            ended_early += 1;
            assert_eq!(output.status.code(), Some(3), "{told}\n{problems}");
            assert!(problems.contains("misfire::run::interrupted"), "{problems}");
            let said = format!("interrupted: {judged} of {planned} test");
            assert!(told.contains(&said), "{said}\n{told}");
            assert!(!told.contains("all as expected"), "{told}");
            // What is reported was judged whole.
            for test in report["tests"].as_array().expect("tests") {
                assert_eq!(test["verdicts"][0]["verdict"], "fired", "{test:#}");
            }
        }
        fs::remove_file(built.path("r.json")).expect("a report");
    }
    assert!(ended_early > 0, "nothing was interrupted");
}

#[test]
fn many_tests_are_interrupted_honestly() {
    assert_honest(&many());
}

#[test]
fn a_large_log_is_interrupted_honestly() {
    assert_honest(&large());
}

#[test]
fn the_other_commands_are_interrupted_honestly() {
    let built = many();
    for command in ["list", "check"] {
        let mut ended_early = 0;
        for delay in DELAYS {
            let output = interrupted(start(&built, &[command]), delay);
            let (told, problems) = (text(&output.stdout), text(&output.stderr));
            if output.status.code() == Some(0) {
                assert!(
                    !problems.contains("misfire::run::interrupted"),
                    "{problems}"
                );
                continue;
            }
            ended_early += 1;
            assert_eq!(
                output.status.code(),
                Some(3),
                "{command}: {told}\n{problems}"
            );
            assert!(problems.contains("misfire::run::interrupted"), "{problems}");
        }
        assert!(ended_early > 0, "{command} was not interrupted");
        assert_tidy(&built.path("."), "");
    }
}

/// Loading takes its time as well, and nobody has to wait for it.
#[test]
fn loading_is_interrupted_at_once() {
    let built = Project::new().built();
    let atomic = fs::read_to_string(built.path("atomics/T1033/T1033.yaml")).expect("a file");
    let (head, test) = atomic.split_once("- name:").expect("a test");
    let tests: String = (0..4000)
        .map(|number| {
            let guid = format!("{number:08x}-0000-4000-8000-000000000000");
            let test = test.replace(project::ATOMIC, &guid);
            format!("- name:{test}")
        })
        .collect();
    built.write(
        "atomics/T1082/T1082.yaml",
        &format!("{head}{tests}").replace("T1033", "T1082"),
    );
    let whole = std::time::Instant::now();
    let ended = start(&built, &["list"]).wait_with_output().expect("an end");
    let whole = whole.elapsed();
    assert_eq!(ended.status.code(), Some(0), "{}", text(&ended.stderr));
    for command in ["list", "check"] {
        let child = start(&built, &[command]);
        let pressed = std::time::Instant::now();
        let output = interrupted(child, 0);
        let problems = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{command}: {problems}");
        assert!(problems.contains("misfire::run::interrupted"), "{problems}");
        assert!(
            pressed.elapsed() < whole / 2,
            "{command}: {:?} of {whole:?}",
            pressed.elapsed()
        );
    }
}

/// Whoever presses it twice does not wait.
#[test]
fn the_second_time_ends_at_once() {
    let built = large();
    let child = start(&built, &["run", "--report", "junit=r.xml"]);
    let id = child.id().to_string();
    let press = || {
        Command::new("kill")
            .args(["-INT", &id])
            .stderr(Stdio::null())
            .status()
    };
    press().expect("kill");
    press().expect("kill");
    let output = child.wait_with_output().expect("a finished process");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert_tidy(&built.path("."), "r.xml");
}
