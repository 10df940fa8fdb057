//! Loading detections from folders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::files::{find_files, is_yaml, normal, read_text};
use crate::detect::sigma::{SigmaRuleSet, parse};
use crate::diagnostic::{self, Code, Diagnostic, Severity, SourceText};

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
    let (mut found, problems) = find_files(paths);
    found.retain(|file| file.named || is_yaml(&file.path));
    let parsed: Vec<_> = found
        .par_iter()
        .map(|file| parse_text(read_text(&file.path)))
        .collect();
    // What is a detection, and what was meant to be one.
    let told: BTreeSet<_> = found
        .iter()
        .zip(&parsed)
        .filter(|(_, (set, problems))| !set.is_empty() || !problems.is_empty())
        .map(|(file, _)| normal(&file.path))
        .collect();
    let mut loaded = gathered(parsed);
    loaded.problems.extend(problems);
    for path in paths {
        // The same folder may have been given under another name.
        let folder = normal(path);
        let is_told = told.iter().any(|file| file.starts_with(&folder))
            || loaded.problems.iter().any(|problem| {
                let place = problem.place.as_ref();
                problem.severity == Severity::Error
                    && place.is_some_and(|place| place.file == *path)
            });
        if !is_told {
            loaded.problems.push(nothing_in(path));
        }
    }
    if !diagnostic::has_error(&loaded.problems) && !loaded.sigma.can_fire() {
        loaded.problems.extend(paths.iter().map(|path| {
            Diagnostic::error(
                Code::IO_NOTHING_FOUND,
                "there are only filters here, which never fire by themselves",
            )
            .in_file(path)
            .help("load the rules that they narrow as well")
        }));
    }
    diagnostic::sort(&mut loaded.problems);
    loaded
}

fn nothing_in(path: &Path) -> Diagnostic {
    let help = if path.is_dir() {
        "Sigma rules are files that end in `.yml` or `.yaml`"
    } else {
        "a Sigma rule has `title`, `logsource`, and `detection`"
    };
    Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no detection here")
        .in_file(path)
        .help(help)
}

/// Loads detections from texts, in their order.
#[must_use]
pub fn load_detections_from(
    texts: Vec<Result<Arc<SourceText>, Box<Diagnostic>>>,
) -> LoadedDetections {
    gathered(texts.into_par_iter().map(parse_text).collect())
}

/// What one file holds, and what is wrong with it.
type ParsedFile = (SigmaRuleSet, Vec<Diagnostic>);

fn parse_text(text: Result<Arc<SourceText>, Box<Diagnostic>>) -> ParsedFile {
    match text {
        Ok(source) => parse(&source),
        Err(problem) => (SigmaRuleSet::default(), vec![*problem]),
    }
}

fn gathered(parsed: Vec<ParsedFile>) -> LoadedDetections {
    let mut loaded = LoadedDetections {
        files: parsed.len(),
        ..LoadedDetections::default()
    };
    for (set, problems) in parsed {
        loaded.sigma.append(set);
        loaded.problems.extend(problems);
    }
    loaded
}
