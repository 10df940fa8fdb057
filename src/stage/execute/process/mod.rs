//! Processes of a run: started with its mark, watched, and ended with all descendants.
//!
//! - `proc`: what `/proc` says of processes;
//! - `tree`: which of them belong to a run, and their end;
//! - `capture`: what they write, within bounds;
//! - `command`: one command from its start to its end.

mod capture;
mod command;
mod proc;
mod tree;

pub use capture::Captured;
pub(super) use command::{Command, Setting, Wait};
pub use command::{CommandResult, End, StartError, WATCH_COMMAND};
pub use proc::Seen;
pub(super) use proc::{Identity, boot};
pub(super) use tree::{Ended, Tree};
