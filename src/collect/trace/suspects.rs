//! Calls that tell of something the trace will not see, or that tracing breaks.

use nix::errno::Errno;
use nix::libc;
use nix::unistd::Pid;

use super::arch;
use super::calls::{CloneCall, Suspect};
use super::event::ProcessKey;
use super::memory;
use super::problem::ProblemKind;
use super::recorder::Recorder;

/// A suspect call whose result decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct SuspectIntent(Suspect);

const CLONE_UNTRACED: u64 = libc::CLONE_UNTRACED as u64;
const CLONE_NEWNS: u64 = libc::CLONE_NEWNS as u64;

/// Looks at a suspect call at its entry.
pub(super) fn begin(suspect: Suspect, args: &[u64; 6]) -> Option<SuspectIntent> {
    const SET_FILTER: u64 = libc::SECCOMP_SET_MODE_FILTER as u64;
    let matters = match suspect {
        Suspect::SeccompFilter => {
            args[0] == SET_FILTER && args[1] & libc::SECCOMP_FILTER_FLAG_NEW_LISTENER != 0
        }
        Suspect::Ptrace => [
            libc::PTRACE_TRACEME,
            libc::PTRACE_ATTACH,
            libc::PTRACE_SEIZE,
        ]
        .iter()
        .any(|request| u64::from(*request) == args[0]),
        _ => true,
    };
    matters.then_some(SuspectIntent(suspect))
}

/// Tells what came of it.
pub(super) fn finish(
    process: ProcessKey,
    intent: SuspectIntent,
    result: Result<i32, Errno>,
    recorder: &mut Recorder,
) {
    let pid = process.pid;
    let (kind, message) = match (intent.0, result) {
        (Suspect::IoUring, Ok(_)) => (
            ProblemKind::IoUring,
            format!(
                "process {pid} uses io_uring; files and connections that it opens there are not seen"
            ),
        ),
        (Suspect::Ptrace, Err(_)) => (
            ProblemKind::Ptrace,
            format!(
                "process {pid} wanted to trace or be traced, and could not: there can be one tracer only"
            ),
        ),
        (Suspect::SeccompFilter, Ok(_)) => (
            ProblemKind::SeccompSupervisor,
            format!(
                "process {pid} has its calls answered by a supervisor of its own; those are not seen"
            ),
        ),
        (Suspect::Root | Suspect::Namespace, Ok(_)) => (
            ProblemKind::OwnRoot,
            format!(
                "process {pid} has its own view of the file system or the network; its paths may mean other files than here"
            ),
        ),
        (Suspect::OpenByHandle, Ok(_)) => (
            ProblemKind::NamelessOpen,
            format!(
                "process {pid} opened a file by its handle (open_by_handle_at); what it writes there is not seen"
            ),
        ),
        _ => return,
    };
    recorder.problem(kind, message);
}

/// Keeps a new task in the trace that would leave it (`CLONE_UNTRACED`): out of it, the
/// filter would fail its calls, and nobody would end it.
pub(super) fn keep_in(
    task: Pid,
    process: ProcessKey,
    call: CloneCall,
    args: &[u64; 6],
    recorder: &mut Recorder,
) -> nix::Result<()> {
    let flags = match call {
        CloneCall::FlagsInArgument => args[0],
        CloneCall::FlagsInMemory => memory::number(task, args[0])?,
    };
    if flags & CLONE_NEWNS != 0 {
        finish(process, SuspectIntent(Suspect::Namespace), Ok(0), recorder);
    }
    if flags & CLONE_UNTRACED == 0 {
        return Ok(());
    }
    recorder.problem(
        ProblemKind::Untraced,
        format!("process {} made one that was to be untraced (CLONE_UNTRACED); it is traced all the same", process.pid),
    );
    match call {
        CloneCall::FlagsInArgument => arch::set_first_argument(task, flags & !CLONE_UNTRACED),
        CloneCall::FlagsInMemory => memory::set_number(task, args[0], flags & !CLONE_UNTRACED),
    }
}
