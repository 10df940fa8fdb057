//! The calls that are of interest: a table of number, meaning, and when it stops.

use nix::libc;

/// What a call does, with the places of its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// A call on files.
    File(FileCall),
    /// A call on sockets.
    Socket(SocketCall),
    /// A call that makes a task; whether its flags stand in memory.
    Clone(CloneCall),
    /// A call that tells of something that is not seen.
    Suspect(Suspect),
}

/// Where a path stands among the arguments: the folder it is relative to, and itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PathAt {
    pub(super) folder: Option<usize>,
    pub(super) path: usize,
}

const fn here(path: usize) -> PathAt {
    PathAt { folder: None, path }
}

const fn at(folder: usize, path: usize) -> PathAt {
    PathAt {
        folder: Some(folder),
        path,
    }
}

/// Where the flags of an open stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenFlags {
    Argument(usize),
    /// Behind a pointer (`struct open_how`).
    Behind(usize),
    /// Those of `creat`.
    Creat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileCall {
    Open(PathAt, OpenFlags),
    Truncate(PathAt),
    MakeFolder(PathAt),
    MakeNode(PathAt),
    MakeLink(PathAt),
    /// From, to, and the argument with its flags.
    HardLink(PathAt, PathAt, Option<usize>),
    Rename(PathAt, PathAt, Option<usize>),
    Remove(PathAt),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SocketCall {
    Connect,
    Accept,
    SendTo,
    SendMessage,
    SendMessages,
    /// The question how a connect ended.
    AskOutcome,
    Write,
    WriteVector,
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CloneCall {
    FlagsInArgument,
    FlagsInMemory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspect {
    IoUring,
    Ptrace,
    SeccompFilter,
    Root,
    Namespace,
    OpenByHandle,
}

/// When a call stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stops {
    Always,
    /// Only while its thread is watched.
    WhenWatched,
    /// When the flags in this argument let a file be changed.
    WhenOpenedToChange(usize),
    /// When this argument is not 0.
    WhenGiven(usize),
    /// When this argument has these bits.
    WhenBits(usize, u64),
    /// When two arguments have these values.
    WhenBoth((usize, u64), (usize, u64)),
}

pub(super) struct Row {
    pub(super) number: i64,
    pub(super) call: Call,
    pub(super) stops: Stops,
}

const fn file(number: i64, call: FileCall) -> Row {
    Row {
        number,
        call: Call::File(call),
        stops: Stops::Always,
    }
}

const fn socket(number: i64, call: SocketCall, stops: Stops) -> Row {
    Row {
        number,
        call: Call::Socket(call),
        stops,
    }
}

const fn suspect(number: i64, what: Suspect, stops: Stops) -> Row {
    Row {
        number,
        call: Call::Suspect(what),
        stops,
    }
}

const fn opens(number: i64, path: PathAt, flags: usize) -> Row {
    Row {
        number,
        call: Call::File(FileCall::Open(path, OpenFlags::Argument(flags))),
        stops: Stops::WhenOpenedToChange(flags),
    }
}

const CLONE_UNTRACED: u64 = libc::CLONE_UNTRACED as u64;
const CLONE_NEWNS: u64 = libc::CLONE_NEWNS as u64;

/// The calls that every architecture has.
const COMMON: &[Row] = &[
    opens(libc::SYS_openat, at(0, 1), 2),
    file(
        libc::SYS_openat2,
        FileCall::Open(at(0, 1), OpenFlags::Behind(2)),
    ),
    file(libc::SYS_truncate, FileCall::Truncate(here(0))),
    file(libc::SYS_mkdirat, FileCall::MakeFolder(at(0, 1))),
    file(libc::SYS_mknodat, FileCall::MakeNode(at(0, 1))),
    file(libc::SYS_symlinkat, FileCall::MakeLink(at(1, 2))),
    file(
        libc::SYS_linkat,
        FileCall::HardLink(at(0, 1), at(2, 3), Some(4)),
    ),
    file(
        libc::SYS_renameat,
        FileCall::Rename(at(0, 1), at(2, 3), None),
    ),
    file(
        libc::SYS_renameat2,
        FileCall::Rename(at(0, 1), at(2, 3), Some(4)),
    ),
    file(libc::SYS_unlinkat, FileCall::Remove(at(0, 1))),
    socket(libc::SYS_connect, SocketCall::Connect, Stops::Always),
    socket(libc::SYS_accept, SocketCall::Accept, Stops::Always),
    socket(libc::SYS_accept4, SocketCall::Accept, Stops::Always),
    socket(libc::SYS_sendto, SocketCall::SendTo, Stops::WhenGiven(4)),
    socket(libc::SYS_sendmsg, SocketCall::SendMessage, Stops::Always),
    socket(libc::SYS_sendmmsg, SocketCall::SendMessages, Stops::Always),
    socket(
        libc::SYS_getsockopt,
        SocketCall::AskOutcome,
        Stops::WhenBoth((1, libc::SOL_SOCKET as u64), (2, libc::SO_ERROR as u64)),
    ),
    socket(libc::SYS_write, SocketCall::Write, Stops::WhenWatched),
    socket(
        libc::SYS_writev,
        SocketCall::WriteVector,
        Stops::WhenWatched,
    ),
    socket(libc::SYS_close, SocketCall::Close, Stops::WhenWatched),
    Row {
        number: libc::SYS_clone,
        call: Call::Clone(CloneCall::FlagsInArgument),
        stops: Stops::WhenBits(0, CLONE_UNTRACED),
    },
    Row {
        number: libc::SYS_clone3,
        call: Call::Clone(CloneCall::FlagsInMemory),
        stops: Stops::Always,
    },
    suspect(libc::SYS_io_uring_setup, Suspect::IoUring, Stops::Always),
    suspect(libc::SYS_ptrace, Suspect::Ptrace, Stops::Always),
    suspect(libc::SYS_seccomp, Suspect::SeccompFilter, Stops::Always),
    suspect(libc::SYS_chroot, Suspect::Root, Stops::Always),
    suspect(libc::SYS_pivot_root, Suspect::Root, Stops::Always),
    suspect(
        libc::SYS_unshare,
        Suspect::Namespace,
        Stops::WhenBits(0, CLONE_NEWNS),
    ),
    suspect(libc::SYS_setns, Suspect::Namespace, Stops::Always),
    suspect(
        libc::SYS_open_by_handle_at,
        Suspect::OpenByHandle,
        Stops::WhenOpenedToChange(2),
    ),
];

/// The calls that x86_64 has from before there were folders as arguments.
#[cfg(target_arch = "x86_64")]
const OLD: &[Row] = &[
    opens(libc::SYS_open, here(0), 1),
    file(libc::SYS_creat, FileCall::Open(here(0), OpenFlags::Creat)),
    file(libc::SYS_mkdir, FileCall::MakeFolder(here(0))),
    file(libc::SYS_mknod, FileCall::MakeNode(here(0))),
    file(libc::SYS_symlink, FileCall::MakeLink(here(1))),
    file(libc::SYS_link, FileCall::HardLink(here(0), here(1), None)),
    file(libc::SYS_rename, FileCall::Rename(here(0), here(1), None)),
    file(libc::SYS_unlink, FileCall::Remove(here(0))),
    file(libc::SYS_rmdir, FileCall::Remove(here(0))),
];

#[cfg(not(target_arch = "x86_64"))]
const OLD: &[Row] = &[];

/// All calls of interest on this architecture.
pub(super) fn table() -> impl Iterator<Item = &'static Row> {
    COMMON.iter().chain(OLD)
}

/// What a call number means, if it is of interest.
pub(super) fn identify(number: i64) -> Option<Call> {
    table().find(|row| row.number == number).map(|row| row.call)
}
