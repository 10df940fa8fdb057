//! Logs, wherever they are.

use std::path::PathBuf;

/// A log to be read, on disk or part of the program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogInput {
    /// Its path, or the name under which it is embedded.
    pub path: PathBuf,
    /// Its bytes, if it is embedded.
    pub bytes: Option<&'static [u8]>,
}

impl LogInput {
    /// A log on disk.
    #[must_use]
    pub fn on_disk(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            bytes: None,
        }
    }
}
