//! What of a host with Windows a test may leave behind: services, scheduled tasks, run keys,
//! listening ports, and processes, before and after it.
//!
//! **Written for Windows, and never run there.** Windows PowerShell is asked, since its
//! objects do not depend on the language of the host as the texts of `sc query` and
//! `schtasks /query` do, and it writes them as JSON. What is asked, how the answers are
//! read, and what is different are plain functions; the host is behind
//! [`Runner`].
//!
//! Asking starts processes and reads the registry, which a sensor logs. So it is asked
//! before the window of an act, and after it.
//!
//! - `ask`: what is run;
//! - `answer`: what its output says.

mod answer;
mod ask;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

pub use answer::{Unread, parse};
pub use ask::{PowerShell, script};

use crate::collect::Interrupt;
use crate::collect::process::{RunError, Runner};

/// A sort of thing that a test may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A service.
    Service,
    /// A scheduled task.
    Task,
    /// A value of a key whose values are run when somebody signs in.
    RunKey,
    /// A TCP port on which somebody listens.
    Port,
    /// A process.
    Process,
}

impl Sort {
    /// All sorts.
    pub const ALL: [Self; 5] = [
        Self::Service,
        Self::Task,
        Self::RunKey,
        Self::Port,
        Self::Process,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Task => "scheduled task",
            Self::RunKey => "run key",
            Self::Port => "listening port",
            Self::Process => "process",
        }
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A process of Windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsProcess {
    /// Its id, which another process may get after it.
    pub id: u32,
    /// The id of the process that started it, which may have ended.
    pub parent: u32,
    /// When it was started, as Windows writes it: with the id it tells it from all others.
    pub started: String,
    /// Its command line, or its name if that may not be read.
    pub command_line: String,
}

/// A host at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostSnapshot {
    /// Services, tasks, and run keys by their names, with what they do.
    pub lasting: BTreeMap<(Sort, String), String>,
    /// Ports on which processes listen, by their ids.
    pub ports: BTreeMap<SocketAddr, u32>,
    /// Processes.
    pub processes: Vec<WindowsProcess>,
}

/// Why there is no snapshot. A part that is missing is never taken for one that is empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// PowerShell did not end by itself.
    #[error("asking for each {sort} did not work: {source}")]
    Run {
        /// What was asked for.
        sort: Sort,
        /// Why.
        source: RunError,
    },
    /// PowerShell said no.
    #[error("asking for each {sort} did not work: exit code {code:?}: {says}")]
    Refused {
        /// What was asked for.
        sort: Sort,
        /// Its exit code, if it has one.
        code: Option<i32>,
        /// What it wrote to standard error, its first line.
        says: String,
    },
    /// What it wrote cannot be read.
    #[error("what is told of each {sort} cannot be read: {source}")]
    Unread {
        /// What was asked for.
        sort: Sort,
        /// Why.
        source: Unread,
    },
}

impl HostSnapshot {
    /// Asks a host for all sorts.
    ///
    /// # Errors
    /// One of them cannot be had.
    pub fn take(
        shell: &PowerShell,
        runner: &dyn Runner,
        limit: Duration,
        interrupt: Interrupt<'_>,
    ) -> Result<Self, SnapshotError> {
        let mut snapshot = Self::default();
        for sort in Sort::ALL {
            let finished = runner
                .run(&shell.ask(sort), limit, interrupt)
                .map_err(|source| SnapshotError::Run { sort, source })?;
            if finished.code != Some(0) {
                let says = String::from_utf8_lossy(&finished.stderr);
                return Err(SnapshotError::Refused {
                    sort,
                    code: finished.code,
                    says: says.lines().next().unwrap_or_default().to_owned(),
                });
            }
            parse(sort, &finished.stdout, &mut snapshot)
                .map_err(|source| SnapshotError::Unread { sort, source })?;
        }
        Ok(snapshot)
    }
}

/// What became of a service, a task, or a run key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is new.
    Added,
    /// It does something else.
    Changed,
    /// It is gone.
    Removed,
}

/// What a test left on a host with Windows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WindowsResidue {
    /// Services, tasks, and run keys that are not what they were: the sort, the name, what
    /// became of it, and what it does now, or did.
    pub lasting: Vec<(Sort, String, Fate, String)>,
    /// Processes that the test started and that still run.
    pub processes: Vec<WindowsProcess>,
    /// Ports on which those listen.
    pub ports: Vec<SocketAddr>,
    /// Ports that were opened meanwhile by others.
    pub meanwhile: Vec<SocketAddr>,
}

impl WindowsResidue {
    /// What is different, and which processes are descendants of `root`, the first process
    /// of the test. Windows does not give orphans to another parent, so a chain of parents
    /// is followed only where both are in a snapshot or `known` holds the parent: the ids
    /// of processes that were seen to be of the test while it ran.
    #[must_use]
    pub fn between(
        before: &HostSnapshot,
        after: &HostSnapshot,
        root: u32,
        known: &BTreeSet<u32>,
    ) -> Self {
        let mut residue = Self::default();
        for ((sort, name), does) in &after.lasting {
            let fate = match before.lasting.get(&(*sort, name.clone())) {
                None => Fate::Added,
                Some(did) if did != does => Fate::Changed,
                Some(_) => continue,
            };
            residue
                .lasting
                .push((*sort, name.clone(), fate, does.clone()));
        }
        for ((sort, name), did) in &before.lasting {
            if !after.lasting.contains_key(&(*sort, name.clone())) {
                residue
                    .lasting
                    .push((*sort, name.clone(), Fate::Removed, did.clone()));
            }
        }
        residue.lasting.sort();
        let mut own = known.clone();
        own.insert(root);
        let mut new: Vec<&WindowsProcess> = after
            .processes
            .iter()
            .filter(|process| !before.processes.contains(process))
            .collect();
        loop {
            let (found, rest): (Vec<_>, Vec<_>) = new
                .into_iter()
                .partition(|process| own.contains(&process.parent) || own.contains(&process.id));
            new = rest;
            if found.is_empty() {
                break;
            }
            own.extend(found.iter().map(|process| process.id));
            residue.processes.extend(found.into_iter().cloned());
        }
        residue.processes.sort_by_key(|process| process.id);
        for (port, process) in &after.ports {
            let is_own = residue.processes.iter().any(|own| own.id == *process);
            if is_own {
                residue.ports.push(*port);
            } else if !before.ports.contains_key(port) {
                residue.meanwhile.push(*port);
            }
        }
        residue
    }

    /// Each thing that is left, as a fragment of a sentence.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let lasting = self.lasting.iter().map(|(sort, name, fate, does)| {
            let fate = match fate {
                Fate::Added => "added",
                Fate::Changed => "changed",
                Fate::Removed => "removed",
            };
            format!("{sort} `{name}` was {fate}: {does}")
        });
        let processes = self.processes.iter().map(|process| {
            format!(
                "process {} still runs: {}",
                process.id, process.command_line
            )
        });
        let ports = self.ports.iter();
        let ports = ports.map(|port| format!("a process of the test listens on {port}"));
        lasting.chain(processes).chain(ports).collect()
    }
}
