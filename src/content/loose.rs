//! Files of content that stand by themselves, outside of any project.

use std::path::Path;
use std::sync::Arc;

use super::atomic::load_atomics_from;
use super::config::{CONFIG_NAME, Folders, Profile, load_config};
use super::detections::load_detections_from;
use super::expectation::load_expectations_from;
use super::files::{find_files, is_toml, is_yaml, read_text};
use super::fixture::{MANIFEST, load_fixtures};
use super::project::LoadedCounts;
use super::query_settings::QuerySettings;
use crate::diagnostic::{self, Code, Diagnostic, SourceText};

/// What files hold, each looked at by itself.
#[derive(Debug, Default)]
pub struct LooseFiles {
    /// How much was loaded.
    pub loaded: LoadedCounts,
    /// Everything that is wrong with them.
    pub problems: Vec<Diagnostic>,
}

/// Looks at every file of content at or below a path, whatever it is; what files say
/// about each other is not looked at.
#[must_use]
pub fn check_files(path: &Path, queries: &QuerySettings) -> LooseFiles {
    let (found, problems) = find_files(&[path.to_owned()]);
    let mut files = LooseFiles {
        problems,
        ..LooseFiles::default()
    };
    let mut atomics = Vec::new();
    let mut expectations = Vec::new();
    let mut detections = Vec::new();
    let mut manifests = Vec::new();
    let mut configurations = 0;
    for file in found {
        let name = file.path.file_name().unwrap_or_default();
        if name == CONFIG_NAME {
            configurations += 1;
            files.problems.extend(match load_config(&file.path) {
                Ok(config) => config.missing_folders(&Folders::default(), &Profile::default()),
                Err(problems) => problems,
            });
        } else if name == MANIFEST {
            manifests.push(file.path);
        } else if file.named || is_yaml(&file.path) || is_toml(&file.path) {
            match read_text(&file.path) {
                Ok(source) => match Written::of(&source) {
                    Written::Atomics => atomics.push(Ok(source)),
                    Written::Expectations => expectations.push(Ok(source)),
                    Written::Detection => detections.push(Ok(source)),
                    Written::Other => {}
                },
                Err(problem) => files.problems.push(*problem),
            }
        }
    }
    let atomics = load_atomics_from(atomics);
    let expectations = load_expectations_from(expectations);
    let detections = load_detections_from(detections, Some((&[path.to_owned()], queries)));
    let count = atomics.files + expectations.files + detections.files + manifests.len();
    if count + configurations == 0 && files.problems.is_empty() {
        files.problems.push(
            Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no content here")
                .in_file(path)
                .help("give a folder of a project, or files of content"),
        );
    }
    for manifest in manifests {
        let loaded = load_fixtures(&[manifest]);
        files.loaded.fixtures += loaded.fixtures.len();
        files.problems.extend(loaded.problems);
    }
    files.loaded.atomics = atomics.atomics.len();
    files.loaded.expectations = expectations.expectations.len();
    files.loaded.detections = detections.len();
    files.problems.extend(atomics.problems);
    files.problems.extend(expectations.problems);
    files.problems.extend(detections.unknown_techniques());
    files.problems.extend(detections.problems);
    diagnostic::sort(&mut files.problems);
    files
}

/// What a YAML file is, by its keys.
enum Written {
    Atomics,
    Expectations,
    Detection,
    Other,
}

impl Written {
    fn of(source: &Arc<SourceText>) -> Self {
        let has = |key: &str| {
            source.text.lines().any(|line| {
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.trim_start().starts_with(':'))
            })
        };
        if has("atomic_tests") {
            Self::Atomics
        } else if has("attack_technique") {
            Self::Expectations
        } else if ["detection", "logsource", "correlation", "filter"]
            .iter()
            .any(|key| has(key))
            || is_toml(&source.file)
            || (has("id") && (has("search") || has("query")))
        {
            Self::Detection
        } else {
            Self::Other
        }
    }
}
