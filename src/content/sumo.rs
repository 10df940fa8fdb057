//! How Sumo Logic takes in records, as a project says, and the lookup tables of its queries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::beside::{distinct, found_near, is_table};
use super::files::{find_files, read_text};
use crate::detect::Reading;
use crate::detect::plan::Table;
use crate::detect::sumo::{Deployment, Environment, SourceCategory};
use crate::diagnostic::{Code, Diagnostic};

/// How Sumo Logic takes in records, and where the lookup tables are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SumoSettings {
    /// The deployment profile; the first one if none.
    pub deployment: Option<String>,
    /// The source categories of single sources, by their short names.
    pub categories: BTreeMap<String, String>,
    /// Folders of lookup tables (`*.csv`).
    pub lookups: Vec<PathBuf>,
}

impl SumoSettings {
    /// These, where the others say nothing else.
    #[must_use]
    pub fn overruled(mut self, by: &Self) -> Self {
        self.categories.extend(by.categories.clone());
        self.lookups.extend(by.lookups.iter().cloned());
        if by.deployment.is_some() {
            self.deployment.clone_from(&by.deployment);
        }
        self
    }
}

/// What queries below these paths refer to, and how they see records.
pub(super) fn environment(
    paths: &[PathBuf],
    settings: &SumoSettings,
    reading: Reading,
) -> (Environment, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut environment = Environment {
        reading,
        ..Environment::default()
    };
    let own = settings.categories.iter();
    let own: Vec<_> = own
        .map(|(id, category)| SourceCategory {
            id: id.clone(),
            category: category.clone(),
        })
        .collect();
    match Deployment::named(settings.deployment.as_deref(), &own) {
        Ok(deployment) => environment.deployment = deployment,
        Err(problem) => problems.push(*problem),
    }
    let mut folders = found_near(paths, "lookups");
    folders.extend(settings.lookups.iter().cloned());
    for folder in distinct(folders) {
        read_tables(&folder, &mut environment.tables, &mut problems);
    }
    (environment, problems)
}

/// The tables of a folder, by their paths in it: `shared/hosts.csv` is `shared/hosts`.
fn read_tables(
    folder: &Path,
    tables: &mut BTreeMap<String, Arc<Table>>,
    problems: &mut Vec<Diagnostic>,
) {
    let (files, told) = find_files(&[folder.to_owned()]);
    problems.extend(told);
    for file in files.iter().filter(|file| is_table(&file.path)) {
        let below = file.path.strip_prefix(folder).unwrap_or(&file.path);
        let below = below.with_extension("");
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        let text = match read_text(&file.path) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(*problem);
                continue;
            }
        };
        match Table::from_csv(&name, &text.text) {
            Ok(table) => {
                tables.insert(name, Arc::new(table));
            }
            Err(error) => {
                let message = format!("the lookup table `{name}` cannot be read: {error}");
                let problem = Diagnostic::warning(Code::SUMO_MISSING_LOOKUP, message);
                let help = "queries that look something up in it are told as inconclusive";
                problems.push(problem.in_file(&text.file).help(help));
            }
        }
    }
}
