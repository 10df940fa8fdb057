//! What the project knows of the test that is imported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::content::atomic::{Atomic, AtomicGuid, LoadedAtomics, load_atomics};
use crate::content::config::{Config, find_config, load_config};
use crate::content::expectation::load_expectations;
use crate::content::{bundled_atomics, laid_out};
use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean};

/// Where a project keeps what is written.
#[derive(Debug)]
pub(super) struct Places {
    /// The folder of fixtures.
    pub(super) fixtures: PathBuf,
    /// The folder of expectations.
    pub(super) expectations: PathBuf,
    config: Option<Config>,
    /// The folder of the project, if there is one.
    project: Option<PathBuf>,
}

impl Places {
    /// The places of the project that a folder belongs to.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with its configuration.
    pub(super) fn of(start: &Path, out: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        let config = match find_config(start) {
            Some(path) => Some(load_config(&path)?),
            None => None,
        };
        let project = match &config {
            Some(config) => config.source.file.parent().map(Path::to_owned),
            // Without atomics of its own, it takes flags to judge it by bundled ones.
            None => laid_out(start).filter(|folder| folder.join("atomics").is_dir()),
        };
        let base = project.clone().unwrap_or_else(|| start.to_owned());
        let first = |folders: Option<&Vec<PathBuf>>| folders.and_then(|all| all.first()).cloned();
        let folders = config.as_ref().map(|config| &config.folders);
        let fixtures = match out {
            Some(out) => out.to_owned(),
            None => first(folders.and_then(|folders| folders.fixtures.as_ref()))
                .unwrap_or_else(|| base.join("fixtures")),
        };
        let expectations = first(folders.and_then(|folders| folders.expectations.as_ref()))
            .unwrap_or_else(|| match (out, fixtures.parent()) {
                (Some(_), Some(above)) => above.join("expectations"),
                _ => base.join("expectations"),
            });
        Ok(Self {
            fixtures,
            expectations,
            config,
            project,
        })
    }

    /// The atomic of that GUID: among those of the given folders, else the
    /// project's, else the bundled ones.
    ///
    /// # Errors
    ///
    /// There is none, and what else is wrong with the atomics.
    pub(super) fn atomic(
        &self,
        guid: AtomicGuid,
        given: &[PathBuf],
    ) -> Result<Arc<Atomic>, Vec<Diagnostic>> {
        let of_project = self.atomics_of_project();
        let mut loaded = match (given, of_project) {
            ([], Some(folders)) if !folders.is_empty() => all(&folders),
            ([], _) => bundled_atomics(),
            (given, _) => all(given),
        };
        let found = loaded
            .atomics
            .iter()
            .find(|atomic| atomic.guid == Some(guid));
        if let Some(atomic) = found {
            return Ok(Arc::clone(atomic));
        }
        let wanted = guid.to_string();
        let known: BTreeMap<String, &str> = loaded
            .atomics
            .iter()
            .filter_map(|atomic| Some((atomic.guid?.to_string(), atomic.name.as_str())))
            .collect();
        let help = match did_you_mean(&wanted, known.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`, `{}`?", known[meant]),
            None => "name the folder that holds it with `--atomics DIR`".to_owned(),
        };
        let unknown = Diagnostic::error(
            Code::REFERENCE_UNKNOWN_ATOMIC,
            format!("there is no atomic {guid}"),
        )
        .help(help);
        loaded
            .problems
            .retain(|problem| problem.severity == Severity::Error);
        let mut problems = vec![unknown];
        problems.append(&mut loaded.problems);
        Err(problems)
    }

    /// The project's own folders of atomics, where there is a project.
    fn atomics_of_project(&self) -> Option<Vec<PathBuf>> {
        let usual = self.project.as_ref()?.join("atomics");
        let named = self.config.as_ref();
        let named = named.and_then(|config| config.folders.atomics.clone());
        let mut folders = named.unwrap_or_else(|| vec![usual]);
        folders.retain(|folder| folder.exists());
        Some(folders)
    }

    /// The file of an atomic that no folder of the project holds, where there is a
    /// project.
    pub(super) fn stray(&self, atomic: &Atomic) -> Option<PathBuf> {
        let file = &atomic.place.file;
        let one_name = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let is_own = self
            .atomics_of_project()?
            .iter()
            .any(|folder| one_name(file).starts_with(one_name(folder)));
        (!is_own).then(|| file.clone())
    }

    /// The folders of fixtures and of expectations, where no project leads to them.
    pub(super) fn loose(&self) -> Option<[PathBuf; 2]> {
        self.project
            .is_none()
            .then(|| [self.fixtures.clone(), self.expectations.clone()])
    }

    /// The file that expects something of an atomic already, if there is one.
    pub(super) fn expectation_of(&self, guid: AtomicGuid) -> Option<PathBuf> {
        if !self.expectations.is_dir() {
            return None;
        }
        let loaded = load_expectations(std::slice::from_ref(&self.expectations));
        loaded
            .expectations
            .iter()
            .find(|expectation| expectation.atomic == guid)
            .map(|expectation| expectation.place.file.clone())
    }
}

fn all(folders: &[PathBuf]) -> LoadedAtomics {
    let mut all = LoadedAtomics::default();
    for folder in folders {
        let loaded = load_atomics(folder);
        all.atomics.extend(loaded.atomics);
        all.problems.extend(loaded.problems);
    }
    all
}
