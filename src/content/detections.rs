//! Loading detections from folders.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::attack::AttackTable;
use super::files::{find_files, is_toml, is_yaml, normal, read_text};
use super::foreign::foreign_detection;
use super::references::techniques;
use crate::detect::sigma::{Listed, Role, SigmaRuleSet, parse};
use crate::detect::{Detection, DetectionId};
use crate::diagnostic::{self, Code, Diagnostic, Place, Severity, SourceText};

/// What was loaded, and what could not be.
#[derive(Debug, Default)]
pub struct LoadedDetections {
    /// The Sigma rules, correlations, and filters.
    pub sigma: SigmaRuleSet,
    /// Detections in languages that are not evaluated, each with its text.
    pub foreign: Vec<(Detection, Arc<SourceText>)>,
    /// Everything that is wrong with the files.
    pub problems: Vec<Diagnostic>,
    /// How many files were read as detections.
    pub files: usize,
}

impl LoadedDetections {
    /// Every detection, in whatever language, without the filters.
    #[must_use]
    pub fn listed(&self) -> Vec<Listed<'_>> {
        let mut listed = self.sigma.listed();
        listed.extend(self.foreign.iter().map(|(detection, source)| Listed {
            id: detection.id.clone(),
            title: &detection.title,
            tags: &detection.tags,
            source,
            role: Role::Alone,
        }));
        listed
    }

    /// What is to be said of the techniques in their tags.
    #[must_use]
    pub fn unknown_techniques(&self) -> Vec<Diagnostic> {
        techniques::of_tags(&self.listed(), AttackTable::bundled())
    }

    /// The titles of the detections by their ids.
    pub fn titles(&self) -> impl Iterator<Item = (&str, &str)> {
        let foreign = self.foreign.iter();
        let foreign = foreign.map(|(detection, _)| (detection.id.as_str(), &*detection.title));
        self.sigma.titles().chain(foreign)
    }

    /// How many there are, filters included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sigma.len() + self.foreign.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Loads every detection below the given paths. In a folder, files whose names
/// do not end in `.yml`, `.yaml`, or `.toml` are no detections.
#[must_use]
pub fn load_detections(paths: &[PathBuf]) -> LoadedDetections {
    let (mut found, problems) = find_files(paths);
    found.retain(|file| file.named || is_yaml(&file.path) || is_toml(&file.path));
    let parsed: Vec<_> = found
        .par_iter()
        .map(|file| parse_text(read_text(&file.path)))
        .collect();
    // What is a detection, and what was meant to be one.
    let told: BTreeSet<_> = found
        .iter()
        .zip(&parsed)
        .filter(|(_, parsed)| parsed.is_telling())
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
    if !diagnostic::has_error(&loaded.problems)
        && !loaded.sigma.can_fire()
        && loaded.foreign.is_empty()
    {
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
#[derive(Default)]
struct ParsedFile {
    sigma: SigmaRuleSet,
    foreign: Option<(Detection, Arc<SourceText>)>,
    problems: Vec<Diagnostic>,
}

impl ParsedFile {
    /// Whether the file is a detection, or was meant to be one.
    fn is_telling(&self) -> bool {
        !self.sigma.is_empty() || self.foreign.is_some() || !self.problems.is_empty()
    }

    fn refused(problem: Diagnostic) -> Self {
        Self {
            problems: vec![problem],
            ..Self::default()
        }
    }
}

fn parse_text(text: Result<Arc<SourceText>, Box<Diagnostic>>) -> ParsedFile {
    let source = match text {
        Ok(source) => source,
        Err(problem) => return ParsedFile::refused(*problem),
    };
    match foreign_detection(&source) {
        Some(Ok(detection)) => ParsedFile {
            foreign: Some((detection, source)),
            ..ParsedFile::default()
        },
        Some(Err(problem)) => ParsedFile::refused(*problem),
        None if is_toml(&source.file) => ParsedFile::default(),
        None => {
            let (sigma, problems) = parse(&source);
            ParsedFile {
                sigma,
                problems,
                ..ParsedFile::default()
            }
        }
    }
}

fn gathered(parsed: Vec<ParsedFile>) -> LoadedDetections {
    let mut loaded = LoadedDetections {
        files: parsed.len(),
        ..LoadedDetections::default()
    };
    for file in parsed {
        loaded.sigma.append(file.sigma);
        loaded.foreign.extend(file.foreign);
        loaded.problems.extend(file.problems);
    }
    let shared = shared_ids(&loaded);
    loaded.problems.extend(shared);
    loaded
}

/// Detections in languages that are not evaluated whose id an earlier detection has
/// as well; what two Sigma rules share is told when they are compiled.
fn shared_ids(loaded: &LoadedDetections) -> Vec<Diagnostic> {
    if loaded.foreign.is_empty() {
        return Vec::new();
    }
    let sigma = loaded.sigma.listed().into_iter();
    let mut first: HashMap<DetectionId, (&str, &SourceText)> = sigma
        .map(|rule| (rule.id, (rule.title, &**rule.source)))
        .collect();
    let mut problems = Vec::new();
    for (detection, source) in &loaded.foreign {
        match first.entry(detection.id.clone()) {
            Entry::Vacant(entry) => {
                entry.insert((&detection.title, source));
            }
            Entry::Occupied(entry) => {
                let (title, other) = entry.get();
                let id = &detection.id;
                problems.push(
                    Diagnostic::warning(
                        Code::SIGMA_DUPLICATE_ID,
                        format!(
                            "`{id}` is also the id of `{title}` in {}",
                            other.file.display()
                        ),
                    )
                    .at(place_of_id(source, id))
                    .help("give one of the rules a new id"),
                );
            }
        }
    }
    problems
}

/// Where a text first says an id.
fn place_of_id(source: &Arc<SourceText>, id: &DetectionId) -> Place {
    match source.text.find(id.as_str()) {
        Some(start) => Place::span(source, start..start + id.as_str().len()),
        None => Place::file(&source.file),
    }
}
