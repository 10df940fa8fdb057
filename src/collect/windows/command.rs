//! What is run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::channel::ChannelName;
use super::query::ChannelQuery;
use crate::collect::process::Command;

/// Windows' own tools, by their full paths where the folder of Windows is known, so
/// that no other program of that name is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    wevtutil: PathBuf,
    cmd: PathBuf,
}

impl Tools {
    /// The tools below the folder of Windows, which `SystemRoot` names.
    #[must_use]
    pub fn below(system_root: Option<&OsStr>) -> Self {
        let tool = |name: &str| match system_root {
            Some(root) if !root.is_empty() => Path::new(root).join("System32").join(name),
            _ => PathBuf::from(name),
        };
        Self {
            wevtutil: tool("wevtutil.exe"),
            cmd: tool("cmd.exe"),
        }
    }

    /// Those of this host.
    #[must_use]
    pub fn of_this_host() -> Self {
        Self::below(std::env::var_os("SystemRoot").as_deref())
    }

    /// Exports the records that are wanted to a file, which is overwritten.
    #[must_use]
    pub fn export(&self, channel: &ChannelName, query: &ChannelQuery, file: &Path) -> Command {
        let mut command = self.wevtutil(&["epl", channel.as_str()]);
        command.arguments.push(file.into());
        command
            .arguments
            .push(format!("/q:{}", query.xpath()).into());
        command.arguments.push("/ow:true".into());
        command
    }

    /// Prints how a channel is set up.
    #[must_use]
    pub fn settings(&self, channel: &ChannelName) -> Command {
        self.wevtutil(&["gl", channel.as_str()])
    }

    /// Prints how full a channel's log is.
    #[must_use]
    pub fn status(&self, channel: &ChannelName) -> Command {
        self.wevtutil(&["gli", channel.as_str()])
    }

    /// Prints the oldest record of a channel as XML.
    #[must_use]
    pub fn oldest(&self, channel: &ChannelName) -> Command {
        self.wevtutil(&["qe", channel.as_str(), "/c:1", "/rd:false", "/f:xml"])
    }

    /// Starts a process that ends at once: it leaves a record where the starts of
    /// processes are logged, and nothing else. `/d` keeps what the registry's
    /// `AutoRun` names from running along.
    #[must_use]
    pub fn nothing(&self) -> Command {
        Command {
            program: self.cmd.clone(),
            arguments: ["/d", "/c", "exit"].map(OsString::from).to_vec(),
        }
    }

    fn wevtutil(&self, arguments: &[&str]) -> Command {
        Command {
            program: self.wevtutil.clone(),
            arguments: arguments.iter().map(OsString::from).collect(),
        }
    }
}
