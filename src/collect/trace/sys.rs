//! The few requests to the kernel that no safe wrapper covers.
//!
//! nix's `waitpid` and `ptrace::cont` know only the 31 classic signals: a program
//! that uses a real-time signal (glibc does, to cancel threads and to change ids in
//! all of them) would lose its stop and hang for ever. So signals are plain numbers.

#![expect(
    unsafe_code,
    reason = "the kernel is asked directly where nix's types cannot say it"
)]

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::{ForkResult, Pid, fork};
use seccompiler::sock_filter;

/// `PTRACE_EVENT_STOP`, which libc declares for few systems (include/uapi/linux/ptrace.h).
const EVENT_STOP: i32 = 128;

/// Why a wait came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Exited(i32),
    Killed(i32),
    /// A stop at the entry or exit of a call.
    Call,
    /// A stop of ptrace itself (`PTRACE_EVENT_…`).
    Event(i32),
    /// The whole process was stopped by this signal; or the task is new, or was
    /// interrupted, and the signal says nothing.
    Stop(i32),
    /// A signal is about to be delivered.
    Signal(i32),
}

/// How a stopped task goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resume {
    /// To the next call of interest.
    ToInterest,
    /// To the next entry or exit of any call.
    ToCall,
    /// Not at all: it stays stopped until it is continued by a signal.
    Listen,
}

/// What a task's call is, at a stop.
#[derive(Debug, Clone, Copy)]
pub(super) enum CallInfo {
    Entry {
        number: i64,
        args: [u64; 6],
        audit: u32,
    },
    Seccomp {
        number: i64,
        args: [u64; 6],
        audit: u32,
    },
    Exit {
        result: i64,
    },
    None,
}

/// Waits for any child or traced task of this very thread, and for no other thread's.
pub(super) fn wait_any() -> nix::Result<(Pid, Wait)> {
    let mut status: libc::c_int = 0;
    // SAFETY: `status` is a valid place for one int, and outlives the call.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
    let pid = Errno::result(pid)?;
    Ok((Pid::from_raw(pid), decode(status)))
}

fn decode(status: i32) -> Wait {
    if libc::WIFEXITED(status) {
        return Wait::Exited(libc::WEXITSTATUS(status));
    }
    if libc::WIFSIGNALED(status) {
        return Wait::Killed(libc::WTERMSIG(status));
    }
    let signal = libc::WSTOPSIG(status);
    match status >> 16 {
        0 if signal == libc::SIGTRAP | 0x80 => Wait::Call,
        0 => Wait::Signal(signal),
        EVENT_STOP => Wait::Stop(signal),
        event => Wait::Event(event),
    }
}

/// Lets a stopped task go on, with a signal or with none (0).
pub(super) fn resume(task: Pid, how: Resume, signal: i32) -> nix::Result<()> {
    let request = match how {
        Resume::ToInterest => libc::PTRACE_CONT,
        Resume::ToCall => libc::PTRACE_SYSCALL,
        Resume::Listen => libc::PTRACE_LISTEN,
    };
    let nothing = std::ptr::null_mut::<libc::c_void>();
    let signal = usize::try_from(signal).map_err(|_| Errno::EINVAL)?;
    // SAFETY: none of these requests reads or writes our memory; the last argument is
    // a number that is passed in the place of a pointer.
    let done = unsafe {
        libc::ptrace(
            request,
            task.as_raw(),
            nothing,
            std::ptr::without_provenance_mut::<libc::c_void>(signal),
        )
    };
    Errno::result(done).map(drop)
}

/// What call a stopped task is in.
pub(super) fn call_info(task: Pid) -> nix::Result<CallInfo> {
    let info = ptrace::syscall_info(task)?;
    let audit = info.arch;
    // SAFETY: `op` says which of the union's members the kernel filled; all of them
    // are plain numbers.
    Ok(unsafe {
        match info.op {
            libc::PTRACE_SYSCALL_INFO_ENTRY => CallInfo::Entry {
                number: info.u.entry.nr.cast_signed(),
                args: info.u.entry.args,
                audit,
            },
            libc::PTRACE_SYSCALL_INFO_SECCOMP => CallInfo::Seccomp {
                number: info.u.seccomp.nr.cast_signed(),
                args: info.u.seccomp.args,
                audit,
            },
            libc::PTRACE_SYSCALL_INFO_EXIT => CallInfo::Exit {
                result: info.u.exit.sval,
            },
            _ => CallInfo::None,
        }
    })
}

/// A copy of another process's file descriptor. It shares the open file, so it must
/// not be kept: a socket would stay open after its owner closed it.
pub(super) fn borrow_descriptor(process: Pid, descriptor: RawFd) -> nix::Result<OwnedFd> {
    // SAFETY: takes and gives numbers only.
    let pidfd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, process.as_raw(), 0) })?;
    let pidfd = own(pidfd)?;
    // SAFETY: takes and gives numbers only.
    let copy = Errno::result(unsafe {
        libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), descriptor, 0)
    })?;
    own(copy)
}

fn own(descriptor: libc::c_long) -> nix::Result<OwnedFd> {
    let descriptor = RawFd::try_from(descriptor).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel just gave us this new descriptor; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Whether a file carries capabilities, which raise privileges as set-uid does.
pub(super) fn has_capabilities(path: &std::ffi::CStr) -> bool {
    // SAFETY: both names end in NUL; a size of 0 asks for the length alone.
    let length = unsafe {
        libc::getxattr(
            path.as_ptr(),
            c"security.capability".as_ptr(),
            std::ptr::null_mut(),
            0,
        )
    };
    length > 0
}

/// Installs a seccomp filter for this process and all that come of it.
pub(super) fn install_filter(program: &[sock_filter]) -> nix::Result<()> {
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(|_| Errno::EINVAL)?,
        filter: program.as_ptr().cast_mut().cast(),
    };
    // SAFETY: `filter` points at `len` instructions (both `sock_filter` are the
    // kernel's layout, repr(C)), and the kernel only copies them.
    let done = unsafe {
        libc::prctl(
            libc::PR_SET_SECCOMP,
            libc::SECCOMP_MODE_FILTER,
            &raw const filter,
        )
    };
    Errno::result(done).map(drop)
}

/// A program with its arguments and environment, laid out for `execve`.
pub(super) struct Image {
    program: CString,
    arguments: Vec<CString>,
    environment: Vec<CString>,
}

/// The lists of pointers that `execve` takes, made before the fork.
pub(super) struct Laid<'image> {
    program: &'image CStr,
    arguments: Vec<*const libc::c_char>,
    environment: Vec<*const libc::c_char>,
}

impl Image {
    pub(super) fn new(
        program: CString,
        arguments: Vec<CString>,
        environment: Vec<CString>,
    ) -> Self {
        Self {
            program,
            arguments,
            environment,
        }
    }

    pub(super) fn lay(&self) -> Laid<'_> {
        let pointers = |list: &[CString]| {
            list.iter()
                .map(|text| text.as_ptr())
                .chain([std::ptr::null()])
                .collect()
        };
        Laid {
            program: &self.program,
            arguments: pointers(&self.arguments),
            environment: pointers(&self.environment),
        }
    }
}

/// Makes a child, and runs `prepare` and then the program in it.
///
/// Other threads may have held any lock at the fork, so `prepare` must not allocate,
/// lock, or panic. It says what it could not do; so does a failed exec.
pub(super) fn start(
    image: &Laid<'_>,
    prepare: impl FnOnce() -> Result<(), (u8, Errno)>,
    failed: impl FnOnce(u8, Errno),
) -> nix::Result<Pid> {
    // SAFETY: the child makes only system calls until exec, as the doc asks of
    // `prepare`; the one caller keeps to it.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            let (step, error) = match prepare() {
                Ok(()) => {
                    // SAFETY: both lists end in null, and point at texts that end in
                    // NUL and that `image` borrows. Our runtime ignores SIGPIPE, which
                    // exec would hand on.
                    unsafe {
                        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
                        libc::execve(
                            image.program.as_ptr(),
                            image.arguments.as_ptr(),
                            image.environment.as_ptr(),
                        );
                    }
                    (0, Errno::last())
                }
                Err(failure) => failure,
            };
            failed(step, error);
            // SAFETY: ends this process without running anything of the parent's.
            unsafe { libc::_exit(127) }
        }
    }
}

extern "C" fn nothing(_signal: libc::c_int) {}

/// Gives a signal a handler that does nothing, so that it ends a blocking call; a
/// handler that is already there stays.
pub(super) fn make_interrupting(signal: Signal) -> nix::Result<()> {
    let action = SigAction::new(
        SigHandler::Handler(nothing),
        SaFlags::empty(),
        SigSet::empty(),
    );
    // SAFETY: the handler does nothing, so it is safe in every state of the program.
    let before = unsafe { sigaction(signal, &action) }?;
    if !matches!(before.handler(), SigHandler::SigDfl | SigHandler::SigIgn) {
        // SAFETY: puts back what was there.
        unsafe { sigaction(signal, &before) }?;
    }
    Ok(())
}
