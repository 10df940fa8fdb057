//! What was executed, where, and how it ended.

use std::net::IpAddr;
use std::path::PathBuf;

use jiff::Timestamp;
use uuid::Uuid;

/// The performance of an atomic for real.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// The run; the value of its marker.
    pub run: Uuid,
    /// The name of the host that it was performed on.
    pub host: String,
    /// The address of that host, if one is known.
    pub address: Option<IpAddr>,
    /// Who performed it.
    pub user: String,
    /// Where its commands ran.
    pub directory: PathBuf,
    /// The commands that were executed, in order.
    pub commands: Vec<ExecutedCommand>,
    /// What it left behind, each thing as a fragment of a sentence; empty if nothing
    /// is known to be left.
    pub residue: Vec<String>,
    /// What is to be known of how it was watched and cleaned up, in sentences.
    pub notes: Vec<String>,
}

/// A command that was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutedCommand {
    /// What it was for.
    pub step: ExecutedStep,
    /// The executor in the words of Atomic Red Team: `sh`, `powershell`; `manual` for
    /// what a person did.
    pub executor: String,
    /// The command with its arguments filled in.
    pub command: String,
    /// The command as the atomic has it, before arguments were filled in.
    pub template: String,
    /// When it began.
    pub started: Timestamp,
    /// When it had ended.
    pub ended: Timestamp,
    /// The process that was started, if one was.
    pub process: Option<u32>,
    /// Its exit code, if it ended by itself.
    pub exit_code: Option<i32>,
    /// Whether it was ended since it took too long.
    pub timed_out: bool,
    /// What it wrote to its standard output, as far as it was kept.
    pub stdout: String,
    /// What it wrote to its standard error, as far as it was kept.
    pub stderr: String,
}

/// What a command was executed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExecutedStep {
    /// To see whether a prerequisite is met.
    CheckPrerequisite,
    /// To get a prerequisite.
    GetPrerequisite,
    /// To perform the atomic.
    Perform,
    /// To undo it.
    CleanUp,
}

impl Execution {
    /// What was executed to perform the atomic, if that was begun.
    #[must_use]
    pub fn performed(&self) -> Option<&ExecutedCommand> {
        let mut commands = self.commands.iter();
        commands.find(|command| command.step == ExecutedStep::Perform)
    }
}
