//! What a traced program did.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::program::ProgramFile;

/// One thing that a traced process did.
#[derive(Debug, Clone)]
pub struct TraceEvent {
    /// When it was seen.
    pub time: Timestamp,
    /// Who did it.
    pub process: ProcessKey,
    /// What it was.
    pub kind: TraceEventKind,
}

/// Tells processes of one trace apart, also when the kernel uses an id again, and
/// whichever of its threads acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcessKey {
    /// The process id.
    pub pid: u32,
    /// How many processes of this trace were started before it.
    pub serial: u32,
}

/// What a traced process did.
#[derive(Debug, Clone)]
pub enum TraceEventKind {
    /// It came to be as a copy of its parent, and runs the same program.
    Forked {
        /// Its parent.
        parent: ProcessKey,
    },
    /// It now runs this program.
    Executed(Arc<Process>),
    /// It ended.
    Ended {
        /// Its exit code, or 128 and the number of the signal that ended it.
        code: i32,
        /// The signal that ended it.
        signal: Option<i32>,
    },
    /// It connected, was refused, or accepted a connection.
    Connection(Connection),
    /// It asked for a name.
    DnsQuestion(DnsQuestion),
    /// It changed a file.
    File(FileChange),
}

/// A process that runs a program.
#[derive(Debug, Clone)]
pub struct Process {
    /// What started it; none for the first, which the tracer started.
    pub parent: Option<ProcessKey>,
    /// The program file. For a script it is the interpreter.
    pub program: Arc<ProgramFile>,
    /// Its arguments, its name first. For a script the interpreter's come first.
    pub arguments: Vec<OsString>,
    /// Its working directory.
    pub directory: PathBuf,
    /// The real user id.
    pub user: u32,
    /// The real group id.
    pub group: u32,
    /// The effective user id.
    pub effective_user: u32,
    /// Those of the watched variables that it has.
    pub environment: Vec<(OsString, OsString)>,
}

/// A connection, or the attempt at one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Our end, where the kernel had given it one.
    pub local: Option<SocketAddr>,
    /// The other end.
    pub remote: SocketAddr,
    /// Whether the process opened it, and did not accept it.
    pub initiated: bool,
    /// What became of it.
    pub state: ConnectionState,
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// Another, as ICMP.
    Other,
}

/// What became of the attempt to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionState {
    /// It stood; with UDP, something was sent.
    Established,
    /// It was begun, and how it ended was not seen.
    Unfinished,
    /// It did not come about, with the kernel's error number.
    Failed(i32),
}

/// A question to the domain name system, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsQuestion {
    /// The name that was asked for.
    pub name: String,
    /// The type of the question: 1 is A, 28 AAAA.
    pub record_type: u16,
    /// Who was asked.
    pub server: SocketAddr,
}

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its full path, links in it resolved.
    pub path: PathBuf,
    /// What became of it.
    pub kind: FileChangeKind,
    /// What sort of file it is.
    pub file_type: FileType,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChangeKind {
    /// It was not there before.
    Created,
    /// It was there before, and was emptied and written anew.
    Overwritten,
    /// It was there before, and grew or changed. Once for each time it was opened.
    Written,
    /// It is gone.
    Deleted,
    /// It has a new name.
    Renamed {
        /// The name that it has now.
        to: PathBuf,
        /// Whether another file had that name, and is gone.
        replaced: bool,
    },
}

/// A sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileType {
    /// A file with content.
    Regular,
    /// A folder.
    Directory,
    /// A symbolic link.
    Link,
    /// A socket, a pipe, or a device.
    Other,
}
