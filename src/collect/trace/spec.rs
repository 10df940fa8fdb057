//! What is to be run.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;

/// A program with all that it needs to be started.
#[derive(Debug)]
pub struct CommandSpec {
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: OsString,
    /// The name that it is called by; that of the program if none.
    pub name: Option<OsString>,
    /// Its arguments, without its own name.
    pub args: Vec<OsString>,
    /// Its whole environment; nothing of ours is inherited.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it runs; here if none.
    pub directory: Option<PathBuf>,
    /// Where its standard output goes.
    pub stdout: OutputTo,
    /// Where its error output goes.
    pub stderr: OutputTo,
    /// The variables that each started process is asked for, as the run's marker.
    pub watched_variables: Vec<OsString>,
}

/// Where output goes.
#[derive(Debug, Default)]
pub enum OutputTo {
    /// To [`Traced`](super::Traced), as far as its limit goes.
    #[default]
    Capture,
    /// Into a file.
    File(File),
    /// Nowhere.
    Nothing,
}

impl CommandSpec {
    /// A program with our environment, without arguments, in our directory.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            name: None,
            args: Vec::new(),
            environment: std::env::vars_os().collect(),
            directory: None,
            stdout: OutputTo::default(),
            stderr: OutputTo::default(),
            watched_variables: Vec::new(),
        }
    }
}
