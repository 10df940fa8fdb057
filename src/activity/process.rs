//! Processes, and who runs them.

use std::sync::Arc;

use jiff::Timestamp;

/// A process.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// Its process id.
    pub id: u32,
    /// How many processes the host had started before it since its boot: tells
    /// processes of one id apart.
    pub serial: u64,
    /// What started it.
    pub parent: Option<Arc<Process>>,
    /// When it was started.
    pub started: Timestamp,
    /// The full path of its program.
    pub image: String,
    /// Its command line, as it was given.
    pub command_line: String,
    /// The folder that it was started in; on Windows with a backslash at its end.
    pub directory: String,
    /// Who runs it.
    pub account: Arc<Account>,
    /// The logon that it belongs to.
    pub logon: Arc<LogonSession>,
    /// How much it is trusted with.
    pub integrity: Integrity,
    /// What is in its program file.
    pub program: Arc<ProgramFile>,
}

/// An account of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The domain, or the name of the host; empty on Linux.
    pub domain: String,
    /// The user's name.
    pub name: String,
    /// The security identifier (`S-1-…`), or the numeric user id on Linux.
    pub sid: String,
}

/// A logon of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogonSession {
    /// The logon id; 0x3e7 is the system's.
    pub id: u64,
    /// The number of the terminal session; 0 is where services run.
    pub terminal: u32,
}

/// The integrity level of a process (Windows Integrity Mechanism).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Integrity {
    /// `S-1-16-4096`.
    Low,
    /// `S-1-16-8192`.
    Medium,
    /// `S-1-16-12288`: an elevated process.
    High,
    /// `S-1-16-16384`.
    System,
}

/// What is in a program file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgramFile {
    /// A text that stands for the file's content: equal texts are equal files, and
    /// have equal hashes.
    pub content: String,
    /// What its maker wrote into it, if anything (the version resource).
    pub metadata: Option<ProgramMetadata>,
    /// Who signed it, if anyone did.
    pub signer: Option<String>,
    /// Its hashes, where there is a file; else they are made from `content`.
    pub hashes: Option<FileHashes>,
}

/// The hashes of a file that is there, in lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHashes {
    /// MD5.
    pub md5: String,
    /// SHA-1.
    pub sha1: String,
    /// SHA-256.
    pub sha256: String,
}

/// The version resource of a program file.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramMetadata {
    /// `FileVersion`.
    #[serde(default)]
    pub file_version: Option<String>,
    /// `FileDescription`.
    #[serde(default)]
    pub description: Option<String>,
    /// `ProductName`.
    #[serde(default)]
    pub product: Option<String>,
    /// `CompanyName`.
    #[serde(default)]
    pub company: Option<String>,
    /// `OriginalFilename`.
    #[serde(default)]
    pub original_file_name: Option<String>,
}

impl Account {
    /// The name with its domain: `CORP\avery`, or `root` on Linux.
    #[must_use]
    pub fn qualified(&self) -> String {
        if self.domain.is_empty() {
            self.name.clone()
        } else {
            format!(r"{}\{}", self.domain, self.name)
        }
    }

    /// Whether it is the system's own (`S-1-5-18`).
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.sid == "S-1-5-18"
    }
}

impl Process {
    /// The name of the program without its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        self.image.rsplit(['\\', '/']).next().unwrap_or(&self.image)
    }
}
