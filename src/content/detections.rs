//! Loading detections from folders.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::files::{find_files, read_text};
use crate::detect::sigma::{SigmaRuleSet, parse};
use crate::diagnostic::{self, Code, Diagnostic, SourceText};

/// What was loaded, and what could not be.
#[derive(Debug, Default)]
pub struct LoadedDetections {
    /// The Sigma rules, correlations, and filters.
    pub sigma: SigmaRuleSet,
    /// Everything that is wrong with the files.
    pub problems: Vec<Diagnostic>,
    /// How many files were read as detections.
    pub files: usize,
}

/// Loads every detection below the given paths. In a folder, files whose names
/// do not end in `.yml` or `.yaml` are no detections.
#[must_use]
pub fn load_detections(paths: &[PathBuf]) -> LoadedDetections {
    let (found, problems) = find_files(paths);
    let files: Vec<_> = found
        .into_iter()
        .filter(|file| file.named || is_yaml(&file.path))
        .map(|file| file.path)
        .collect();
    let texts = files.par_iter().map(|path| read_text(path)).collect();
    let mut loaded = load_detections_from(texts);
    loaded.problems.extend(problems);
    if loaded.sigma.is_empty() && loaded.problems.is_empty() {
        loaded.problems.extend(paths.iter().map(|path| {
            Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no detection here")
                .in_file(path)
                .help("Sigma rules are files that end in `.yml` or `.yaml`")
        }));
    }
    diagnostic::sort(&mut loaded.problems);
    loaded
}

/// Loads detections from texts, in their order.
#[must_use]
pub fn load_detections_from(
    texts: Vec<Result<Arc<SourceText>, Box<Diagnostic>>>,
) -> LoadedDetections {
    let mut loaded = LoadedDetections {
        files: texts.len(),
        ..LoadedDetections::default()
    };
    let parsed: Vec<_> = texts
        .into_par_iter()
        .map(|text| match text {
            Ok(source) => parse(&source),
            Err(problem) => (SigmaRuleSet::default(), vec![*problem]),
        })
        .collect();
    for (set, problems) in parsed {
        loaded.sigma.append(set);
        loaded.problems.extend(problems);
    }
    loaded
}

pub(super) fn is_yaml(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| {
            ending.eq_ignore_ascii_case("yml") || ending.eq_ignore_ascii_case("yaml")
        })
}
