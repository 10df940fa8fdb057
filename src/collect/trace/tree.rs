//! The program's processes and threads.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::event::ProcessKey;
use super::stops::Intent;
use super::sys;

/// A thread.
#[derive(Debug)]
pub(super) struct Task {
    /// The id of its process.
    pub(super) process: Pid,
    /// The call that it is in, if its exit is waited for.
    pub(super) intent: Option<Intent>,
}

/// A process.
#[derive(Debug, Clone, Copy)]
struct Member {
    key: ProcessKey,
    parent: Option<ProcessKey>,
}

/// All tasks of a trace. Dropping it ends them: so does a panic.
#[derive(Debug, Default)]
pub(super) struct Tree {
    tasks: HashMap<Pid, Task>,
    processes: HashMap<Pid, Member>,
    /// New tasks that stopped before their parent told of them.
    early: HashSet<Pid>,
    next_serial: u32,
}

/// How long the end of killed processes is waited for; one in an uninterruptible call
/// ends only with the call.
const PATIENCE: Duration = Duration::from_secs(10);

impl Tree {
    /// Adds a process with its first thread.
    pub(super) fn add_process(&mut self, pid: Pid, parent: Option<ProcessKey>) -> ProcessKey {
        let key = ProcessKey {
            pid: pid.as_raw().cast_unsigned(),
            serial: self.next_serial,
        };
        self.next_serial += 1;
        self.processes.insert(pid, Member { key, parent });
        self.add_thread(pid, pid);
        key
    }

    pub(super) fn add_thread(&mut self, task: Pid, process: Pid) {
        self.tasks.insert(
            task,
            Task {
                process,
                intent: None,
            },
        );
    }

    pub(super) fn task(&mut self, task: Pid) -> Option<&mut Task> {
        self.tasks.get_mut(&task)
    }

    pub(super) fn process_of(&self, task: Pid) -> Option<Pid> {
        self.tasks.get(&task).map(|task| task.process)
    }

    pub(super) fn key_of(&self, task: Pid) -> Option<ProcessKey> {
        self.processes
            .get(&self.process_of(task)?)
            .map(|member| member.key)
    }

    /// What made a process; none for the first.
    pub(super) fn parent_of(&self, process: Pid) -> Option<ProcessKey> {
        self.processes.get(&process)?.parent
    }

    /// Removes a task; gives the process if that ended with it.
    pub(super) fn remove(&mut self, task: Pid) -> Option<ProcessKey> {
        self.early.remove(&task);
        self.tasks.remove(&task);
        let ended = self.processes.remove(&task)?;
        self.tasks.retain(|_, other| other.process != task);
        Some(ended.key)
    }

    /// A thread ran a program: it is the process's only one now.
    pub(super) fn keep_only_leader(&mut self, process: Pid) {
        self.tasks
            .retain(|id, task| task.process != process || *id == process);
        self.add_thread(process, process);
    }

    pub(super) fn hold_early(&mut self, task: Pid) {
        self.early.insert(task);
    }

    /// Whether a new task already stopped, and waits to be resumed.
    pub(super) fn release_early(&mut self, task: Pid) -> bool {
        self.early.remove(&task)
    }

    pub(super) fn task_count(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn process_ids(&self) -> impl Iterator<Item = Pid> {
        self.processes.keys().copied()
    }

    /// Sends all of them the signal that cannot be refused.
    pub(super) fn kill_all(&self) {
        for pid in self.processes.keys().chain(&self.early) {
            let _ = kill(*pid, Signal::SIGKILL);
        }
    }

    fn is_empty(&self) -> bool {
        self.processes.is_empty() && self.early.is_empty()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let patience = Instant::now() + PATIENCE;
        while !self.is_empty() && Instant::now() < patience {
            self.kill_all();
            match sys::wait_any() {
                Ok((task, sys::Wait::Exited(_) | sys::Wait::Killed(_))) => drop(self.remove(task)),
                // A new child of one that was not dead yet.
                Ok((task, _)) => drop(kill(task, Signal::SIGKILL)),
                Err(nix::errno::Errno::EINTR) => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::AtomicBool;
    use std::sync::mpsc;

    use super::super::limits::Limits;
    use super::super::spec::CommandSpec;
    use super::super::stops::{Told, Tracer};
    use super::super::{filter, spawn};

    #[test]
    fn a_panic_of_ours_leaves_nothing_behind() {
        let (pid_to, pid_from) = mpsc::channel();
        let tracer = std::thread::spawn(move || {
            let mut spec = CommandSpec::new("sleep");
            spec.args = vec!["34567".into()];
            let filter = filter::program().ok()?;
            let started = spawn::start(spec, &filter, 0).ok()?;
            pid_to.send(started.pid).ok()?;
            let (limits, flag) = (Limits::default(), AtomicBool::new(false));
            let _tracer = Tracer::new(started.pid, &limits, &flag, &[], Told::default());
            panic!("as a bug of ours would");
            #[expect(unreachable_code, reason = "gives the closure its type")]
            Some(())
        });
        let pid = pid_from
            .recv()
            .map(|pid| PathBuf::from(format!("/proc/{pid}")));
        assert!(tracer.join().is_err());
        assert!(pid.is_ok_and(|process| !process.exists()));
    }
}
