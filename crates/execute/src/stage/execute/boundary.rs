//! What this stage needs to know of an atomic, and what it says of one.
//!
//! The only file that the project replaces with types of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An atomic with all arguments filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its `auto_generated_guid`; all zeros if it has none.
    pub guid: Uuid,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub platforms: Vec<Platform>,
    /// What is performed.
    pub run: Run,
    /// What must be there first.
    pub prerequisites: Vec<Prerequisite>,
    /// Who checks what must be there, and gets it.
    pub prerequisites_by: By,
    /// Where its commands run; the folder for temporary files unless it says so.
    pub directory: Option<PathBuf>,
    /// Variables that its commands get besides the runner's own.
    pub environment: BTreeMap<String, String>,
    /// How it ends.
    pub ends: Ends,
}

/// What is performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Steps for a person.
    Manual {
        /// The steps.
        steps: String,
    },
    /// A command for a shell.
    Command {
        /// The shell.
        shell: Shell,
        /// What it runs.
        command: String,
        /// What undoes it.
        cleanup: Option<String>,
        /// What rights it needs.
        elevation: Elevation,
    },
}

/// Who checks and gets prerequisites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A person.
    Person,
    /// A shell.
    Shell(Shell),
}

/// What must be there before an atomic can be performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prerequisite {
    /// What is needed.
    pub description: String,
    /// A command that exits with 0 if it is there.
    pub check: String,
    /// A command that gets it, if there is one.
    pub get: Option<String>,
}

/// How an atomic ends (the `run:` block of its expectation).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// By itself.
    Exits,
    /// Never: it is watched for a time and then ended, which is normal.
    KeepsRunning {
        /// For how long it is watched.
        observe_for: Duration,
    },
}

/// A shell that runs commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shell {
    /// PowerShell.
    #[serde(rename = "powershell")]
    PowerShell,
    /// `cmd.exe`.
    #[serde(rename = "command_prompt")]
    CommandPrompt,
    /// The POSIX shell.
    #[serde(rename = "sh")]
    Sh,
    /// Bash.
    #[serde(rename = "bash")]
    Bash,
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::PowerShell => "powershell",
            Self::CommandPrompt => "command_prompt",
            Self::Sh => "sh",
            Self::Bash => "bash",
        })
    }
}

/// The rights that an atomic needs, or that the runner has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elevation {
    /// Those of an administrator.
    Required,
    /// Anyone's.
    NotRequired,
}

/// Where an atomic works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Windows.
    Windows,
    /// macOS.
    MacOs,
    /// Linux.
    Linux,
    /// VMware ESXi.
    Esxi,
    /// A service that can be reached from any host, such as `iaas:aws`.
    Service,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Windows => "windows",
            Self::MacOs => "macos",
            Self::Linux => "linux",
            Self::Esxi => "esxi",
            Self::Service => "a service",
        })
    }
}

/// How the performance of an atomic ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was performed, as far as is known.
    Performed,
    /// Its command ended with this exit code.
    Exited(i32),
    /// It was not performed.
    NotRun {
        /// The kind of reason.
        reason: NotRun,
        /// What exactly happened, as a fragment of a sentence.
        because: String,
    },
}

impl Outcome {
    pub(super) fn not_run(reason: NotRun, because: impl Into<String>) -> Self {
        Self::NotRun {
            reason,
            because: because.into(),
        }
    }
}

/// Why an atomic was not performed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotRun {
    /// A prerequisite was not met.
    PrerequisiteMissing,
    /// The atomic is for another platform.
    WrongPlatform,
    /// It needs more rights than there were.
    NotElevated,
    /// Security software stopped it before it did anything.
    Blocked,
    /// It failed before it did anything.
    Failed,
    /// Its user left it out, or nobody was there to perform it.
    Skipped,
    /// Its executor is not on this host.
    ExecutorMissing,
    /// It was interrupted before it began.
    Interrupted,
    /// Its user did not agree to it.
    NotConfirmed,
    /// The allow-list does not name its target.
    TargetNotAllowed,
}
