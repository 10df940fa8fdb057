//! What a program does on this Linux host, seen without privileges.
//!
//! [`trace`] starts a program under ptrace. A seccomp filter stops only the calls
//! that are of interest, so that the rest of the program runs at full speed. What
//! cannot be seen is never passed over: it is a [`Problem`].
//!
//! The tracer's promises:
//! - Nothing of the program outlives [`trace`]: every descendant is ended, also those
//!   that left their session, also when misfire is interrupted, panics, or is killed.
//! - A call that failed is not reported as done. Attempts to connect that failed are
//!   events of their own ([`ConnectionState::Failed`]).
//! - Memory is bounded: events, output, processes, and strings have limits.

mod activities;
mod arch;
mod bell;
mod calls;
mod dns;
mod error;
mod event;
mod file_calls;
mod files;
mod filter;
mod limits;
mod memory;
mod output;
mod paths;
mod problem;
mod procfs;
mod program;
mod recorder;
mod run;
mod services;
mod socket_calls;
mod sockets;
mod spawn;
mod spec;
mod stops;
mod subreaper;
mod suspects;
mod sys;
mod tracer_process;
mod tree;
mod watch;
mod wire;

pub use activities::{activities, this_runner};
pub use error::TraceError;
pub use event::{
    Connection, ConnectionState, DnsQuestion, FileChange, FileChangeKind, FileType, Process,
    ProcessKey, Protocol, TraceEvent, TraceEventKind,
};
pub use limits::Limits;
pub use output::Captured;
pub use problem::{Problem, ProblemKind};
pub use program::{Hashes, ProgramFile};
pub use run::{Outcome, Traced, trace};
pub use spec::{CommandSpec, OutputTo};
pub use tracer_process::{Watch, probe, serve};
pub use wire::{
    Order, Watched, WatchedChange, WatchedEvent, WatchedKind, WatchedProcess, WatchedProgram,
};
