//! Interpreters of the executors' languages.
//!
//! Each takes a script and carries it out in a context whose process is the shell
//! itself; it never starts the shell's own process.

pub mod cmd;
pub mod posix;
pub mod powershell;
