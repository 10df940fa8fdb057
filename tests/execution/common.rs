//! What the tests share.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::RwLockWriteGuard;
use std::thread;
use std::time::{Duration, Instant};

use misfire::content::atomic::{AtomicGuid, DependenciesBy, Elevation, Platform, Shell};
use misfire::recording::{Interrupt, NotRun, Outcome};
use misfire::stage::execute::{
    AllowList, Around, Asking, AtTerminal, Consent, End, Ends, ExecutionPlan, Host, HostLock,
    Leftovers, Limits, Observer, PerformError, Performance, Prerequisites, Recovered, Run,
    Settings, StateDir, Test, Where, perform, plan, recover,
};
use tempfile::TempDir;

use crate::hosting::alone;

/// A place in which one test runs.
pub struct Place {
    pub folder: TempDir,
    pub state: StateDir,
    pub host: Host,
    pub settings: Settings,
    pub interrupt: Interrupt,
    _alone: RwLockWriteGuard<'static, ()>,
}

impl Place {
    pub fn new() -> Self {
        let alone = alone();
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
                watcher: None,
                place: Where::Host,
            },
            interrupt: Interrupt::default(),
            folder,
            _alone: alone,
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
            guid: AtomicGuid::nil(),
            name: "a test".to_owned(),
            platforms: vec![Platform::Linux],
            run: Run::Command {
                shell: Shell::Sh,
                command: command.to_owned(),
                cleanup: (!cleanup.is_empty()).then(|| cleanup.to_owned()),
                elevation: Elevation::NotRequired,
            },
            prerequisites: Vec::new(),
            prerequisites_by: DependenciesBy::Shell(Shell::Sh),
            directory: Some(self.work()),
            environment: BTreeMap::new(),
            ends: Ends::Exits,
        }
    }

    pub fn plan(&self, test: &Test) -> Result<ExecutionPlan, Outcome> {
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
        let lock = HostLock::take(&self.state, "a test").unwrap();
        let around = Around {
            state: &self.state,
            lock: &lock,
            interrupt: &self.interrupt,
            person: &mut AtTerminal::default(),
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
            start.elapsed() < Duration::from_secs(60),
            "waited in vain for {what}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}
