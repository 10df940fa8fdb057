//! One command, from its start to its end.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::errno::Errno;
use nix::sched::{CloneFlags, setns};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, chdir, setsid};
use serde::Serialize;

use super::capture::{Capture, Captured};
use super::proc;
use super::tree::Tree;
use crate::collect::trace::{Order, Watch, Watched};
use crate::recording::Interrupt;
use crate::stage::execute::executor::Invocation;
use crate::stage::execute::marker::{RunId, VARIABLE};
use crate::stage::execute::overlay::Overlay;

/// The command of this program that watches another one.
pub const WATCH_COMMAND: &str = "watch-program";

/// How often it is looked round while a command runs.
const GLANCE: Duration = Duration::from_millis(500);

/// How often it is looked whether a command has ended.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// By itself, with this exit code.
    Exited(i32),
    /// By this signal, which was not ours.
    Signalled(i32),
    /// Its time was over.
    TimedOut,
    /// It was watched for its time and ran on, as it should.
    Observed,
    /// Its user interrupted it.
    Interrupted,
    /// What watched it ended first, and so ended it; or it was never run, since it could
    /// not be watched.
    Unwatched,
}

impl End {
    /// Its exit code, if it ended by itself; as a shell tells it, if a signal ended it.
    #[must_use]
    pub fn exit_code(self) -> Option<i32> {
        match self {
            Self::Exited(code) => Some(code),
            Self::Signalled(signal) => Some(128 + signal),
            Self::TimedOut | Self::Observed | Self::Interrupted | Self::Unwatched => None,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exit code {code}"),
            Self::Signalled(signal) => write!(f, "ended by signal {signal}"),
            Self::TimedOut => f.write_str("it took too long, and was ended"),
            Self::Observed => f.write_str("it was watched for its time, and then ended"),
            Self::Interrupted => f.write_str("it was interrupted"),
            Self::Unwatched => f.write_str("it ended with what watched it"),
        }
    }
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandResult {
    /// How it ended.
    pub end: End,
    /// What it wrote to standard output.
    pub stdout: Captured,
    /// What it wrote to standard error.
    pub stderr: Captured,
    /// When it began.
    pub began: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The id of its first process.
    pub process: i32,
}

/// Why a command did not start.
#[derive(Debug, thiserror::Error)]
#[error("cannot start `{}`", program.display())]
pub struct StartError {
    /// The program.
    pub program: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

/// For how long a command is waited for, and what its end means.
#[derive(Debug, Clone, Copy)]
pub(in crate::stage::execute) enum Wait {
    /// It has to end within this time.
    Until(Duration),
    /// It is watched for this time; the processes that it leaves are, too.
    Observe(Duration),
}

/// A command that was started.
pub(in crate::stage::execute) struct Command {
    leader: Pid,
    stdout: Capture,
    stderr: Capture,
    started: Instant,
    began: Timestamp,
    took: Cell<Duration>,
    watch: Option<Watch>,
    _script: Option<ScriptOnDisk>,
}

/// A script file, until the command is over.
struct ScriptOnDisk {
    path: PathBuf,
}

impl Drop for ScriptOnDisk {
    fn drop(&mut self) {
        // If it stays, `recover` removes it: its name says that it may.
        let _ = fs::remove_file(&self.path);
    }
}

/// Where and how a command is started.
#[derive(Clone, Copy)]
pub(in crate::stage::execute) struct Setting<'a> {
    pub(in crate::stage::execute) run: RunId,
    pub(in crate::stage::execute) directory: &'a Path,
    pub(in crate::stage::execute) environment: &'a BTreeMap<String, String>,
    pub(in crate::stage::execute) scripts: &'a Path,
    /// The overlay in which it runs, if it is not to change the files of this host.
    pub(in crate::stage::execute) overlay: Option<&'a Overlay>,
    /// The program that watches it, if it is to be watched: this one.
    pub(in crate::stage::execute) watcher: Option<&'a Path>,
}

/// The most events that are kept of a command.
const MOST_EVENTS: usize = 500_000;

/// The most processes and threads that a command may have at once.
const MOST_TASKS: usize = 4_096;

impl Command {
    /// Starts a command in a session of its own, with the mark of the run.
    pub(in crate::stage::execute) fn start(
        invocation: &Invocation,
        setting: Setting<'_>,
        tree: &mut Tree,
    ) -> Result<Self, StartError> {
        let failed = |source| StartError {
            program: invocation.program.clone(),
            source,
        };
        let script = write_script(invocation, setting.scripts).map_err(failed)?;
        let script_path = script.as_ref().map(|script| &script.path);
        // Rules look at the command line, and the public runner starts `sh`.
        let name = invocation.program.file_name();
        let name = name.unwrap_or(invocation.program.as_os_str());
        let (mut command, watch) = match setting.watcher {
            None => {
                let mut command = process::Command::new(&invocation.program);
                command
                    .arg0(name)
                    .args(&invocation.arguments)
                    .args(script_path)
                    .stdin(Stdio::null());
                (command, None)
            }
            Some(watcher) => {
                let path = script_path.map(|path| path.to_string_lossy().into_owned());
                let order = Order {
                    program: invocation.program.to_string_lossy().into_owned(),
                    name: name.to_string_lossy().into_owned(),
                    arguments: invocation.arguments.iter().cloned().chain(path).collect(),
                    marker: VARIABLE.to_owned(),
                    events: MOST_EVENTS,
                    tasks: MOST_TASKS,
                };
                let (watch, stdin) = Watch::new(&order).map_err(failed)?;
                let mut command = process::Command::new(watcher);
                command.arg0("misfire").arg(WATCH_COMMAND).stdin(stdin);
                (command, Some(watch))
            }
        };
        command
            .envs(setting.environment)
            .env(VARIABLE, setting.run.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        match setting.overlay {
            None => {
                command.current_dir(setting.directory);
            }
            Some(overlay) => {
                in_overlay(&mut command, overlay, setting.directory).map_err(failed)?;
            }
        }
        in_own_session(&mut command);
        let (started, began) = (Instant::now(), Timestamp::now());
        let mut child = command.spawn().map_err(failed)?;
        // The other end of the watch is the child's alone from here on.
        drop(command);
        let streams = (child.stdout.take(), child.stderr.take());
        let leader = leader(&child);
        // From here on the tree answers for the process, whatever fails.
        match &watch {
            None => tree.adopt(child),
            Some(_) => tree.adopt_watcher(child),
        }
        let (Some(stdout), Some(stderr)) = streams else {
            return Err(failed(io::Error::other("it has no output")));
        };
        Ok(Self {
            leader: leader.map_err(failed)?,
            stdout: Capture::of(stdout).map_err(failed)?,
            stderr: Capture::of(stderr).map_err(failed)?,
            started,
            began,
            took: Cell::new(Duration::ZERO),
            watch,
            _script: script,
        })
    }

    /// Waits for its end, which `None` of `interrupt` cannot hasten. Ends nothing. Looks
    /// round about twice a second.
    pub(in crate::stage::execute) fn wait(
        &self,
        wait: Wait,
        interrupt: Option<&Interrupt>,
        tree: &Tree,
        look_round: &mut dyn FnMut(&Tree),
    ) -> io::Result<End> {
        let end = self.wait_for(wait, interrupt, tree, look_round);
        self.took.set(self.started.elapsed());
        end
    }

    fn wait_for(
        &self,
        wait: Wait,
        interrupt: Option<&Interrupt>,
        tree: &Tree,
        look_round: &mut dyn FnMut(&Tree),
    ) -> io::Result<End> {
        let (limit, over) = match wait {
            Wait::Until(limit) => (limit, End::TimedOut),
            Wait::Observe(limit) => (limit, End::Observed),
        };
        let mut pause = Duration::from_millis(1);
        let mut looked = Instant::now();
        loop {
            if let Some(end) = self.ended()? {
                // A command that put itself into the background goes on being watched.
                if matches!(wait, Wait::Until(_)) || tree.is_empty()? {
                    return Ok(end);
                }
                pause = Duration::from_millis(100);
            }
            if interrupt.is_some_and(Interrupt::is_set) {
                return Ok(End::Interrupted);
            }
            if self.started.elapsed() >= limit {
                return Ok(over);
            }
            if looked.elapsed() > GLANCE {
                look_round(tree);
                looked = Instant::now();
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// How it ended, if it did.
    fn ended(&self) -> io::Result<Option<End>> {
        let Some(watch) = &self.watch else {
            return self.leader_ended();
        };
        let told = || {
            watch.ended().map(|(code, signal)| match signal {
                Some(signal) => End::Signalled(signal),
                None => End::Exited(code),
            })
        };
        Ok(match told() {
            Some(end) => Some(end),
            None if self.leader_ended()?.is_some() && watch.is_over() => {
                Some(told().unwrap_or(End::Unwatched))
            }
            None => None,
        })
    }

    /// How its first process ended, if it did. Leaves it unreaped.
    fn leader_ended(&self) -> io::Result<Option<End>> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        match waitid(Id::Pid(self.leader), flags) {
            Ok(WaitStatus::Exited(_, code)) => Ok(Some(End::Exited(code))),
            Ok(WaitStatus::Signaled(_, signal, _)) => Ok(Some(End::Signalled(signal as i32))),
            Ok(_) => Ok(None),
            // It ended by a real-time signal, for which `nix` has no name.
            Err(Errno::EINVAL) => proc::fatal_signal(self.leader.as_raw())
                .map(|signal| Some(End::Signalled(signal)))
                .ok_or_else(|| io::Error::from(Errno::EINVAL)),
            Err(error) => Err(error.into()),
        }
    }

    /// What it wrote so far; what it left in the background may go on writing.
    pub(in crate::stage::execute) fn so_far(&self, end: End) -> CommandResult {
        self.result(end, self.stdout.so_far(), self.stderr.so_far())
    }

    fn result(&self, end: End, stdout: Captured, stderr: Captured) -> CommandResult {
        CommandResult {
            end,
            stdout,
            stderr,
            began: self.began,
            took: self.took.get(),
            process: self.leader.as_raw(),
        }
    }

    /// Stops listening to it, and gathers what it wrote. Whatever still writes to it gets
    /// `SIGPIPE`, so its processes should have ended.
    pub(in crate::stage::execute) fn finish(
        mut self,
        end: End,
    ) -> (CommandResult, Option<Watched>) {
        let (stdout, stderr) = (self.stdout.finish(), self.stderr.finish());
        let mut result = self.result(end, stdout, stderr);
        let watched = self.watch.take().map(Watch::finish);
        if let Some(first) = watched.as_ref().and_then(|watched| watched.events.first()) {
            result.process = first.process.pid.cast_signed();
        }
        (result, watched)
    }
}

fn leader(child: &Child) -> io::Result<Pid> {
    i32::try_from(child.id())
        .map(Pid::from_raw)
        .map_err(io::Error::other)
}

fn write_script(invocation: &Invocation, folder: &Path) -> io::Result<Option<ScriptOnDisk>> {
    let Some(file) = &invocation.file else {
        return Ok(None);
    };
    let mut written = tempfile::Builder::new()
        .prefix(".new-")
        .suffix(&format!(".{}", file.extension))
        .tempfile_in(folder)?;
    written.write_all(file.text.as_bytes())?;
    written.write_all(b"\n")?;
    let (_, path) = written.keep().map_err(|error| error.error)?;
    Ok(Some(ScriptOnDisk { path }))
}

/// Has a command begin in an overlay, in that directory of it.
#[expect(unsafe_code, reason = "the standard library cannot enter a namespace")]
fn in_overlay(
    command: &mut process::Command,
    overlay: &Overlay,
    directory: &Path,
) -> io::Result<()> {
    let namespace = overlay.namespace();
    let directory = CString::new(directory.as_os_str().as_bytes())?;
    // SAFETY: between fork and exec only async-signal-safe functions may be called. Both
    // are bare system calls here, and turning their errors into an `io::Error` allocates
    // nothing.
    unsafe {
        command.pre_exec(move || {
            setns(namespace.as_fd(), CloneFlags::CLONE_NEWNS)?;
            chdir(directory.as_c_str())?;
            Ok(())
        });
    }
    Ok(())
}

#[expect(unsafe_code, reason = "the standard library has no stable `setsid`")]
fn in_own_session(command: &mut process::Command) {
    // SAFETY: between fork and exec only async-signal-safe functions may be called.
    // `setsid` is one; turning its error into an `io::Error` allocates nothing.
    unsafe {
        command.pre_exec(|| setsid().map(drop).map_err(io::Error::from));
    }
}
