//! Logs, wherever they are.

use std::path::PathBuf;
use std::sync::Arc;

/// A log to be read, on disk or in memory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogInput {
    /// Its path, or the name under which it is known.
    pub path: PathBuf,
    /// Its bytes, if it is part of the program or was only just made.
    pub bytes: Option<Arc<[u8]>>,
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
