//! What was lost or not seen.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Something that the trace does not show, or that tracing changed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What sort.
    pub kind: ProblemKind,
    /// What and why, in a sentence.
    pub message: String,
    /// How often it was met.
    pub count: usize,
}

/// A sort of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// More events than are kept.
    EventsDropped,
    /// More output than is kept.
    OutputDropped,
    /// A set-uid program, or one with capabilities, ran without its privileges.
    PrivilegeLost,
    /// io_uring does I/O past every call that is stopped.
    IoUring,
    /// Calls of another architecture (i386, x32) are not understood.
    ForeignCalls,
    /// The program is a tracer itself, and can be none here.
    Ptrace,
    /// A supervisor answers the program's calls, and ours are not stopped.
    SeccompSupervisor,
    /// A process tried to leave the trace; it was kept in.
    Untraced,
    /// A service outside the trace was asked, and does work that is not seen.
    Service,
    /// The process has its own view of the file system.
    OwnRoot,
    /// A file was opened without a name.
    NamelessOpen,
    /// A string, a list, or a message was longer than what is read.
    Truncated,
    /// Memory or `/proc` of a process could not be read.
    Unreadable,
    /// Processes were still running and were ended.
    LeftRunning,
    /// Watching for what is sent was given up.
    WatchEnded,
    /// Too many processes ran at once.
    TooManyTasks,
}

/// Collects problems, each once, with how often it was met.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
    index: HashMap<(ProblemKind, String), usize>,
}

/// How many different problems are kept; a hostile program could make more.
const MOST: usize = 1_000;

impl Problems {
    pub(super) fn tell(&mut self, kind: ProblemKind, message: impl Into<String>) {
        self.tell_times(kind, message, 1);
    }

    pub(super) fn tell_times(
        &mut self,
        kind: ProblemKind,
        message: impl Into<String>,
        count: usize,
    ) {
        let message = message.into();
        let known = self.index.get(&(kind, message.clone())).copied();
        if let Some(problem) = known.and_then(|at| self.list.get_mut(at)) {
            problem.count += count;
        } else if self.list.len() < MOST || self.list.iter().all(|known| known.kind != kind) {
            let place = self.list.len();
            self.index.insert((kind, message.clone()), place);
            self.list.push(Problem {
                kind,
                message,
                count,
            });
        }
    }

    pub(super) fn into_list(self) -> Vec<Problem> {
        self.list
    }
}
