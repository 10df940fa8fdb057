//! What happened: on a host or in an account, in no product's vocabulary.
//!
//! A stage yields activities, and [sensors](crate::sensor) say how each product
//! logs them.

mod cloud;
mod file;
mod host;
mod network;
mod process;
mod registry;

pub use cloud::{AwsCall, AwsCaller, AzureCaller, AzureOperation, CallError};
pub use file::{FileChange, FileChangeKind};
pub use host::{Logon, ScheduledTask, ScriptBlock, Service};
pub use network::{Connection, DnsQuestion, Protocol};
pub use process::{
    Account, FileHashes, Integrity, LogonSession, Process, ProgramFile, ProgramMetadata,
};
pub use registry::{RegistryChange, RegistryData};

use std::sync::Arc;

use jiff::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// When.
    pub time: Timestamp,
    /// The process that did it; none for calls to a cloud's control plane.
    pub process: Option<Arc<Process>>,
    /// What it was.
    pub kind: ActivityKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "calls of clouds are large, and the others are many only by the thousand"
)]
pub enum ActivityKind {
    /// The activity's process was started.
    ProcessStarted,
    /// The activity's process ended.
    ProcessEnded {
        /// Its exit code.
        exit_code: i32,
    },
    /// A library was loaded into the process.
    ImageLoaded {
        /// The full path of the library.
        path: String,
        /// What is in the file.
        program: Arc<ProgramFile>,
    },
    /// A connection was opened by the process, or was accepted by it.
    Connection(Connection),
    /// The process asked for a name.
    DnsQuestion(DnsQuestion),
    /// A file was created, written, or deleted.
    File(FileChange),
    /// A key or value of the registry was created, set, or deleted.
    Registry(RegistryChange),
    /// The process made a named pipe (`\name`).
    PipeCreated {
        /// The pipe's name with its leading backslash.
        name: String,
    },
    /// The process connected to a named pipe (`\name`).
    PipeConnected {
        /// The pipe's name with its leading backslash.
        name: String,
    },
    /// A service was installed.
    ServiceInstalled(Service),
    /// A scheduled task was registered.
    TaskRegistered(ScheduledTask),
    /// A scheduled task was started; the activity's process is what it runs.
    TaskStarted(ScheduledTask),
    /// PowerShell started its engine in the process.
    PowerShellStarted {
        /// The command line under which the host application runs.
        host_application: String,
    },
    /// PowerShell compiled a script block.
    ScriptBlock(ScriptBlock),
    /// PowerShell ran a command of a pipeline.
    PipelineCommand {
        /// The command's name, as `Invoke-WebRequest`.
        command: String,
        /// Its parameters and their values, in order.
        parameters: Vec<(String, String)>,
        /// The line of the script that holds it.
        line: String,
    },
    /// Somebody logged on.
    Logon(Logon),
    /// A call of the control plane of Amazon Web Services.
    AwsCall(AwsCall),
    /// An operation of Azure's resource manager.
    AzureOperation(AzureOperation),
}
