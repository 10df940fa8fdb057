//! What the tests share.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![allow(dead_code, reason = "each test crate uses a part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use misfire_execute::stage::execute::boundary::*;
use misfire_execute::stage::execute::*;
use tempfile::TempDir;

/// Runs of one process exclude each other, and those of tests must not.
static SERIAL: Mutex<()> = Mutex::new(());

/// A place in which one test runs.
pub struct Place {
    pub folder: TempDir,
    pub state: StateDir,
    pub host: Host,
    pub settings: Settings,
    pub interrupt: Interrupt,
    _serial: MutexGuard<'static, ()>,
}

impl Place {
    pub fn new() -> Self {
        let serial = SERIAL.lock().unwrap_or_else(PoisonError::into_inner);
        // Orphans of a killed runner belong to `init` then, not to this process.
        nix::sys::prctl::set_child_subreaper(false).unwrap();
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        let second = Duration::from_secs(1);
        Self {
            state: StateDir::open(&folder.path().join("state")).unwrap(),
            host: Host::this(),
            settings: Settings {
                allowed: AllowList::of(["localhost"]),
                prerequisites: Prerequisites::Check,
                limits: Limits {
                    check: 10 * second,
                    get: 10 * second,
                    act: 20 * second,
                    clean_up: 10 * second,
                    grace: second / 5,
                },
                watched: vec![folder.path().join("work")],
            },
            interrupt: Interrupt::default(),
            folder,
            _serial: serial,
        }
    }

    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub fn holds(&self, file: &str) -> bool {
        self.work().join(file).exists()
    }

    pub fn test(&self, command: &str, cleanup: &str) -> Test {
        Test {
            guid: Default::default(),
            name: "a test".to_owned(),
            platforms: vec![Platform::Linux],
            run: Run::Command {
                shell: Shell::Sh,
                command: command.to_owned(),
                cleanup: (!cleanup.is_empty()).then(|| cleanup.to_owned()),
                elevation: Elevation::NotRequired,
            },
            prerequisites: Vec::new(),
            prerequisites_by: By::Shell(Shell::Sh),
            directory: Some(self.work()),
            environment: BTreeMap::new(),
            ends: Ends::Exits,
        }
    }

    pub fn plan(&self, test: &Test) -> Result<Plan, Outcome> {
        plan(test, &self.host, &self.settings)
    }

    pub fn perform(&self, test: &Test) -> Performance {
        self.try_perform(test, &mut |_| {}).unwrap()
    }

    pub fn try_perform(
        &self,
        test: &Test,
        observer: Observer<'_>,
    ) -> Result<Performance, PerformError> {
        let consent = agree(self.plan(test).unwrap());
        let around = Around {
            state: &self.state,
            interrupt: &self.interrupt,
            person: &mut AtTerminal,
            observer,
        };
        perform(consent, around)
    }

    pub fn recover(&self) -> Vec<Recovered> {
        let left = Leftovers::read(&self.state).unwrap();
        let grace = self.settings.limits.grace;
        recover(agree(left), &self.state, &self.host, grace, &mut |_| {}).unwrap()
    }

    pub fn journal_is_empty(&self) -> bool {
        fs::read_dir(self.folder.path().join("state/journal"))
            .unwrap()
            .next()
            .is_none()
    }

    /// The runner that may be killed.
    pub fn runner(&self) -> Command {
        let mut exe = std::env::current_exe().unwrap();
        exe.pop();
        exe.pop();
        let mut command = Command::new(exe.join("examples/perform_one"));
        command
            .env("STATE", self.folder.path().join("state"))
            .env("WORK", self.work());
        command
    }
}

pub fn agree<T: std::fmt::Display>(to: T) -> Consent<T> {
    Consent::obtain(to, Asking::Yes, &mut &b""[..], &mut Vec::new()).unwrap()
}

pub fn reason(outcome: &Outcome) -> Option<NotRun> {
    match outcome {
        Outcome::NotRun { reason, .. } => Some(*reason),
        _ => None,
    }
}

pub fn end(performance: &Performance) -> Option<End> {
    performance.act.as_ref().map(|act| act.end)
}

/// The processes whose directory is this one, marked or not.
pub fn processes_in(folder: &Path) -> Vec<String> {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == folder))
        .map(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).replace('\0', " ")
        })
        .collect()
}

pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "waited in vain for {what}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}
