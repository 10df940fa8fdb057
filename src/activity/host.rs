//! What a host's own services do: services, tasks, scripts, and logons.

use super::process::{Account, LogonSession};

/// A service of Windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The command line that it runs.
    pub image_path: String,
    /// `user mode service`, or `kernel mode driver`.
    pub kind: String,
    /// `demand start`, `auto start`, or another of the words of the service manager.
    pub start: String,
    /// The account that it runs as, as `LocalSystem`; empty for drivers.
    pub account: String,
}

/// A scheduled task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledTask {
    /// Its path, as `\Name`.
    pub path: String,
    /// Its definition as XML with CRLF line ends, from the declaration on.
    pub xml: String,
    /// What it runs.
    pub command: String,
    /// Its arguments, if there are any.
    pub arguments: Option<String>,
    /// Who registered it, or whom it runs as.
    pub account: Account,
}

/// A piece of script that PowerShell compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptBlock {
    /// A number that tells the process's script blocks apart.
    pub number: u64,
    /// Its text.
    pub text: String,
    /// The file that it stands in; none for commands.
    pub path: Option<String>,
    /// Whether PowerShell itself finds it suspicious, which it logs as a warning even
    /// where script block logging is off (about_Logging_Windows).
    pub suspicious: bool,
}

/// A logon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logon {
    /// Who.
    pub account: Account,
    /// The session that came of it.
    pub session: LogonSession,
    /// The type: 2 interactive, 3 network, 4 batch, 5 service, 9 new credentials, 10
    /// remote interactive (Security 4624).
    pub kind: u32,
    /// The package that checked it, as `Negotiate`.
    pub package: String,
    /// The process that asked for it, as `Advapi`.
    pub process_name: String,
    /// Where from; none is here.
    pub source: Option<(std::net::IpAddr, u16)>,
}
