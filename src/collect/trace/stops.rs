//! The tracer's loop: one stop after the other, until nothing of the program is left.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::arch;
use super::calls::{self, Call};
use super::event::{Process, ProcessKey, TraceEventKind};
use super::file_calls::{self, FileIntent};
use super::files::{self, OpenWrites};
use super::filter;
use super::limits::Limits;
use super::problem::ProblemKind;
use super::procfs;
use super::program::{ProgramFile, Programs, Raises};
use super::recorder::{Recorder, Tell};
use super::run::Outcome;
use super::socket_calls::{self, SocketIntent};
use super::sockets::{Owner, Sockets};
use super::suspects::{self, SuspectIntent};
use super::sys::{self, CallInfo, Resume, Wait};
use super::tree::Tree;

/// A call whose exit is waited for.
#[derive(Debug)]
pub(super) enum Intent {
    File(FileIntent),
    Socket(SocketIntent),
    Suspect(SuspectIntent),
}

/// How long killed processes may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who is told of the program's own end: its code, and the signal that ended it.
pub(super) type TellEnd<'told> = &'told mut (dyn FnMut(i32, Option<i32>) + Send);

/// Who is told what while it happens, instead of at the end.
#[derive(Default)]
pub(super) struct Told<'told> {
    pub(super) events: Option<Tell<'told>>,
    pub(super) ended: Option<TellEnd<'told>>,
}

/// Follows a program.
pub(super) struct Tracer<'env> {
    root: Pid,
    limits: &'env Limits,
    interrupt: &'env AtomicBool,
    watched_variables: &'env [OsString],
    tree: Tree,
    programs: Programs,
    writes: OpenWrites,
    sockets: Sockets,
    recorder: Recorder<'env>,
    ended: Option<TellEnd<'env>>,
    phase: Phase,
    deadline: Instant,
    outcome: Option<Outcome>,
    is_kernel_old: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// The program has ended, and what comes of it runs on.
    Lingering,
    /// All are killed.
    Ending,
}

/// What the loop came to.
pub(super) struct Followed<'env> {
    pub(super) recorder: Recorder<'env>,
    /// None if its end was not seen.
    pub(super) outcome: Option<Outcome>,
    /// Whether the kernel could not tell what calls were made.
    pub(super) is_kernel_old: bool,
}

impl<'env> Tracer<'env> {
    pub(super) fn new(
        root: Pid,
        limits: &'env Limits,
        interrupt: &'env AtomicBool,
        watched_variables: &'env [OsString],
        told: Told<'env>,
    ) -> Self {
        let mut tree = Tree::default();
        tree.add_process(root, None);
        Self {
            root,
            limits,
            interrupt,
            watched_variables,
            tree,
            programs: Programs::default(),
            writes: OpenWrites::default(),
            sockets: Sockets::default(),
            recorder: Recorder::new(limits.events, told.events),
            ended: told.ended,
            phase: Phase::Running,
            deadline: Instant::now() + limits.time,
            outcome: None,
            is_kernel_old: false,
        }
    }

    /// Follows the program to the end of all that comes of it.
    pub(super) fn follow(mut self) -> Followed<'env> {
        loop {
            if !self.look_at_clock() {
                break;
            }
            match sys::wait_any() {
                Ok((task, wait)) => self.stopped(task, wait),
                Err(Errno::EINTR) => {}
                // ECHILD: nothing is left.
                Err(_) => break,
            }
        }
        Followed {
            recorder: self.recorder,
            outcome: self.outcome,
            is_kernel_old: self.is_kernel_old,
        }
    }

    /// Whether there is still something to wait for.
    fn look_at_clock(&mut self) -> bool {
        let is_late = Instant::now() >= self.deadline;
        match self.phase {
            Phase::Ending if is_late => {
                self.recorder
                    .problem(ProblemKind::LeftRunning, "killed processes did not end");
                return false;
            }
            Phase::Ending => {}
            _ if self.interrupt.load(Ordering::Relaxed) => self.end_all(Some(Outcome::Interrupted)),
            Phase::Running if is_late => self.end_all(Some(Outcome::TimedOut)),
            Phase::Lingering if is_late => {
                let mut left: Vec<_> = self
                    .tree
                    .process_ids()
                    .map(|pid| format!("{pid}"))
                    .collect();
                left.sort_unstable();
                left.truncate(20);
                self.recorder.problem(
                    ProblemKind::LeftRunning,
                    format!(
                        "processes still ran after the program's end, and were ended: {}",
                        left.join(", ")
                    ),
                );
                self.end_all(None);
            }
            Phase::Running | Phase::Lingering => {}
        }
        true
    }

    fn end_all(&mut self, outcome: Option<Outcome>) {
        self.outcome = outcome.or(self.outcome);
        self.phase = Phase::Ending;
        self.deadline = Instant::now() + PATIENCE;
        self.tree.kill_all();
    }

    fn stopped(&mut self, task: Pid, wait: Wait) {
        match wait {
            Wait::Exited(code) => self.ended(task, code, None),
            Wait::Killed(signal) => self.ended(task, 128 + signal, Some(signal)),
            // It is never resumed: a stopped task that is killed just ends.
            _ if self.phase == Phase::Ending => drop(kill(task, Signal::SIGKILL)),
            _ if self.tree.task(task).is_none() => self.tree.hold_early(task),
            Wait::Signal(signal) => self.resume(task, signal),
            Wait::Stop(libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU) => {
                // ESRCH: it was killed meanwhile, and will be waited for as such.
                let _ = sys::resume(task, Resume::Listen, 0);
            }
            Wait::Stop(_) => self.resume(task, 0),
            Wait::Event(event) => self.event(task, event),
            Wait::Call => {
                self.call(task);
                self.resume(task, 0);
            }
        }
    }

    fn resume(&mut self, task: Pid, signal: i32) {
        if self.phase == Phase::Ending {
            return;
        }
        let Some(known) = self.tree.task(task) else {
            return;
        };
        let waits_for_exit = known.intent.is_some();
        let process = known.process;
        let how = if waits_for_exit || self.sockets.watches(process) {
            Resume::ToCall
        } else {
            Resume::ToInterest
        };
        let _ = sys::resume(task, how, signal);
    }

    fn event(&mut self, task: Pid, event: i32) {
        match event {
            libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
                self.born(task, event);
            }
            libc::PTRACE_EVENT_EXEC => self.executed(task),
            libc::PTRACE_EVENT_SECCOMP => self.call(task),
            _ => {}
        }
        self.resume(task, 0);
    }

    fn born(&mut self, parent: Pid, event: i32) {
        let child = ptrace::getevent(parent)
            .ok()
            .and_then(|child| i32::try_from(child).ok());
        let (Some(child), Some(process), Some(parent)) = (
            child.map(Pid::from_raw),
            self.tree.process_of(parent),
            self.tree.key_of(parent),
        ) else {
            return;
        };
        // A clone makes a thread or a process.
        let is_thread = event == libc::PTRACE_EVENT_CLONE
            && procfs::status(child).is_ok_and(|status| status.process == process.as_raw());
        if is_thread {
            self.tree.add_thread(child, process);
        } else {
            let key = self.tree.add_process(child, Some(parent));
            self.recorder.event(key, TraceEventKind::Forked { parent });
        }
        if self.tree.task_count() > self.limits.tasks {
            self.recorder.problem(
                ProblemKind::TooManyTasks,
                format!(
                    "more than {} processes and threads ran at once; all were ended",
                    self.limits.tasks
                ),
            );
            self.end_all(Some(Outcome::TooManyTasks));
        } else if self.tree.release_early(child) {
            self.resume(child, 0);
        }
    }

    fn executed(&mut self, process: Pid) {
        // A thread that runs a program takes its process's id, and the others end.
        self.tree.keep_only_leader(process);
        self.sockets.forget(process, &mut self.recorder);
        let Some(key) = self.tree.key_of(process) else {
            return;
        };
        match self.look_at(process, key) {
            Ok(started) => self
                .recorder
                .event(key, TraceEventKind::Executed(Arc::new(started))),
            Err(_) => self.recorder.unreadable("the program", key),
        }
    }

    fn look_at(&mut self, process: Pid, key: ProcessKey) -> std::io::Result<Process> {
        let status = procfs::status(process)?;
        let arguments = procfs::arguments(process)?;
        // A program that its user may run but not read hides these.
        let (program, raises) = self.programs.of(process).unwrap_or_else(|_| {
            self.recorder.unreadable("the program file", key);
            let name = arguments.items.first().cloned().unwrap_or_default();
            (Arc::new(ProgramFile::unseen(name.into())), Raises::No)
        });
        let directory = procfs::directory(process).unwrap_or_else(|_| {
            self.recorder.unreadable("the directory", key);
            PathBuf::new()
        });
        let environment = if self.watched_variables.is_empty() {
            None
        } else {
            procfs::variables(process, self.watched_variables).ok()
        };
        if arguments.is_cut
            || environment
                .as_ref()
                .is_some_and(|environment| environment.is_cut)
        {
            self.recorder.problem(
                ProblemKind::Truncated,
                format!(
                    "the arguments or the environment of process {} are longer than what is read",
                    key.pid
                ),
            );
        }
        let is_lost = match raises {
            Raises::No => false,
            Raises::User(user) => status.effective_user != user,
            Raises::Group | Raises::Capabilities => status.effective_user != 0,
        };
        if is_lost {
            self.recorder.problem(
                ProblemKind::PrivilegeLost,
                format!(
                    "{} would raise its privileges, and could not while traced by a user without them; as root it can",
                    program.path.display()
                ),
            );
        }
        Ok(Process {
            parent: self.tree.parent_of(process),
            program,
            arguments: arguments.items,
            directory,
            user: status.user,
            group: status.group,
            effective_user: status.effective_user,
            environment: environment
                .map(|environment| environment.items)
                .unwrap_or_default(),
        })
    }

    fn ended(&mut self, task: Pid, code: i32, signal: Option<i32>) {
        let Some(key) = self.tree.remove(task) else {
            return;
        };
        self.sockets.forget(task, &mut self.recorder);
        self.writes.settle_process(key, &mut self.recorder);
        self.recorder
            .event(key, TraceEventKind::Ended { code, signal });
        if task == self.root && self.phase == Phase::Running {
            self.outcome = Some(signal.map_or(Outcome::Exited(code), Outcome::Signaled));
            if let Some(tell) = &mut self.ended {
                tell(code, signal);
            }
            self.phase = Phase::Lingering;
            self.deadline = self.deadline.min(Instant::now() + self.limits.linger);
        }
    }

    fn call(&mut self, task: Pid) {
        let info = match sys::call_info(task) {
            Ok(info) => info,
            // It was killed meanwhile.
            Err(Errno::ESRCH) => return,
            Err(_) => {
                self.is_kernel_old = true;
                self.end_all(None);
                return;
            }
        };
        let (Some(process), Some(key)) = (self.tree.process_of(task), self.tree.key_of(task))
        else {
            return;
        };
        match info {
            CallInfo::Entry {
                number,
                args,
                audit,
            } => {
                self.sockets.count_call(process, &mut self.recorder);
                self.entered(task, process, key, (number, args, audit));
            }
            CallInfo::Seccomp {
                number,
                args,
                audit,
            } => {
                self.entered(task, process, key, (number, args, audit));
            }
            CallInfo::Exit { result } => self.left(Owner { task, process, key }, result),
            CallInfo::None => {}
        }
    }

    fn entered(&mut self, task: Pid, process: Pid, key: ProcessKey, call: (i64, [u64; 6], u32)) {
        let (number, args, audit) = call;
        let is_x32 = number & i64::from(filter::X32) != 0;
        if !arch::is_native(audit) || is_x32 {
            self.recorder.problem(
                ProblemKind::ForeignCalls,
                format!("process {} makes calls of another architecture (i386 or x32); its files and connections are not seen", key.pid),
            );
            return;
        }
        let intent = match calls::identify(number) {
            Some(Call::File(call)) => {
                file_calls::begin(task, key, call, &args, &mut self.writes, &mut self.recorder)
                    .map(Intent::File)
            }
            Some(Call::Socket(call)) => {
                match socket_calls::begin(task, process, call, &args, &self.sockets) {
                    Ok(intent) => intent.map(Intent::Socket),
                    // The kernel will refuse an address that is none.
                    Err(Errno::EFAULT) => None,
                    Err(_) => {
                        self.recorder.unreadable("an argument", key);
                        None
                    }
                }
            }
            Some(Call::Clone(call)) => {
                if !matches!(
                    suspects::keep_in(task, key, call, &args, &mut self.recorder),
                    Ok(()) | Err(Errno::EFAULT)
                ) {
                    self.recorder.unreadable("an argument", key);
                }
                None
            }
            Some(Call::Suspect(suspect)) => suspects::begin(suspect, &args).map(Intent::Suspect),
            None => None,
        };
        if let Some(task) = self.tree.task(task) {
            task.intent = intent;
        }
    }

    fn left(&mut self, owner: Owner, result: i64) {
        let Some(intent) = self
            .tree
            .task(owner.task)
            .and_then(|task| task.intent.take())
        else {
            return;
        };
        let result = match i32::try_from(result) {
            Ok(result @ -4095..=-1) => Err(Errno::from_raw(-result)),
            Ok(result) => Ok(result),
            Err(_) => return,
        };
        match (intent, result) {
            (Intent::File(intent), Ok(result)) => {
                files::finish(
                    owner.task,
                    owner.key,
                    intent,
                    result,
                    &mut self.writes,
                    &mut self.recorder,
                );
            }
            (Intent::File(_), Err(_)) => {}
            (Intent::Socket(intent), result) => {
                self.sockets
                    .finish(owner, intent, result, &mut self.recorder)
            }
            (Intent::Suspect(intent), result) => {
                suspects::finish(owner.key, intent, result, &mut self.recorder)
            }
        }
    }
}
