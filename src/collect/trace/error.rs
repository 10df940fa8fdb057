//! Why nothing could be traced.

use std::io;

/// Why a program could not be traced. Messages fit "failed to trace …: …".
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The processor's registers are not known.
    #[error("the tracer knows x86_64 and aarch64, and this is {0}")]
    Architecture(&'static str),
    /// ptrace is refused.
    #[error("this host does not let a program be traced: {because}")]
    PtraceRefused {
        /// What refuses, as far as that can be told.
        because: String,
        /// What the kernel said.
        #[source]
        source: io::Error,
    },
    /// seccomp is refused.
    #[error("this host refuses the seccomp filter that the tracer needs")]
    SeccompRefused(#[source] io::Error),
    /// The filter could not be made.
    #[error("the seccomp filter could not be made")]
    Filter(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The kernel is too old.
    #[error(
        "the kernel does not tell what call a program makes (PTRACE_GET_SYSCALL_INFO, Linux 5.3)"
    )]
    OldKernel,
    /// The program could not be started.
    #[error("`{program}` could not be started")]
    Start {
        /// What was to be started.
        program: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Something of our own could not be set up.
    #[error("{what} could not be set up")]
    Setup {
        /// What.
        what: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Something else took the program's end from us.
    #[error(
        "the program's end was not seen, since something else in this process waits for all children"
    )]
    EndNotSeen,
    /// The tracer itself failed; the program was ended.
    #[error("the tracer failed, and ended the program: {0}")]
    Panicked(String),
}
