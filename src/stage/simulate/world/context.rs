//! Where a command is carried out, and what comes of it.

use std::sync::Arc;

use super::environment::Environment;
use crate::activity::Process;

/// The process that carries out a command, and its state.
#[derive(Debug, Clone)]
pub struct Context {
    /// The process.
    pub process: Arc<Process>,
    /// Its current folder, without a separator at its end unless it is a root.
    pub directory: String,
    /// Its environment.
    pub environment: Environment,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finished {
    /// Its exit code; one that still runs has none.
    pub exit_code: Option<i32>,
    /// What it wrote to its standard output, if that is known.
    pub output: Option<String>,
}

impl Finished {
    /// It ended well, and what it wrote is not known.
    #[must_use]
    pub fn well() -> Self {
        Self::with(0)
    }

    /// It ended with that code, and what it wrote is not known.
    #[must_use]
    pub fn with(exit_code: i32) -> Self {
        Self {
            exit_code: Some(exit_code),
            output: None,
        }
    }

    /// It ended well, and wrote that.
    #[must_use]
    pub fn said(output: impl Into<String>) -> Self {
        Self {
            exit_code: Some(0),
            output: Some(output.into()),
        }
    }

    /// It still runs.
    #[must_use]
    pub fn running() -> Self {
        Self::default()
    }

    /// Whether it went well, as far as is known: one that runs on does.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.exit_code.is_none_or(|code| code == 0)
    }
}
