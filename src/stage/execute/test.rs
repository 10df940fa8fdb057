//! An atomic as it is to be performed: all arguments filled in, nothing of what is
//! to come of it but how it ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::content::atomic::{
    Atomic, AtomicGuid, DependenciesBy, Elevation, Executor, Platform, Shell, SubstitutedRun,
    SubstitutionError, Way, substitute,
};

/// An atomic with all arguments filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its `auto_generated_guid`; all zeros if it has none.
    pub guid: AtomicGuid,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub platforms: Vec<Platform>,
    /// What is performed.
    pub run: Run,
    /// What must be there first.
    pub prerequisites: Vec<Prerequisite>,
    /// Who checks what must be there, and gets it.
    pub prerequisites_by: DependenciesBy,
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

/// How an atomic ends.
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

impl Test {
    /// Fills the arguments into an atomic. `folder` is where the atomics are
    /// (`PathToAtomicsFolder`).
    ///
    /// # Errors
    /// As [`substitute`].
    pub fn of(
        atomic: &Atomic,
        arguments: &BTreeMap<String, String>,
        ends: Ends,
        folder: &Path,
    ) -> Result<Self, Vec<SubstitutionError>> {
        let folder = folder.to_string_lossy();
        let filled = substitute(atomic, arguments, Way::Script, &folder)?;
        Ok(Self {
            guid: atomic.guid.unwrap_or_else(AtomicGuid::nil),
            name: atomic.name.clone(),
            platforms: atomic.platforms.clone(),
            run: match (filled.run, &atomic.executor) {
                (SubstitutedRun::Manual { steps }, _) => Run::Manual { steps },
                (
                    SubstitutedRun::Command {
                        shell,
                        command,
                        cleanup_command,
                    },
                    executor,
                ) => Run::Command {
                    shell,
                    command,
                    cleanup: cleanup_command,
                    elevation: match executor {
                        Executor::Command { elevation, .. } => *elevation,
                        Executor::Manual { .. } => Elevation::NotRequired,
                    },
                },
            },
            prerequisites: filled
                .dependencies
                .into_iter()
                .map(|dependency| Prerequisite {
                    description: dependency.description,
                    check: dependency.prereq_command,
                    get: dependency.get_prereq_command,
                })
                .collect(),
            prerequisites_by: atomic.dependencies_by,
            directory: None,
            environment: BTreeMap::new(),
            ends,
        })
    }
}
