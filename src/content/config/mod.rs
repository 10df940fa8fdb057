//! `misfire.toml`: the configuration of a project.

mod collect;
mod load;
mod raw;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

pub(super) use load::schema;
pub use load::{CONFIG_NAME, find_config, load_config, parse_config};

use super::files::normal;
use super::query_settings::QuerySettings;
use crate::diagnostic::{Code, Diagnostic, Severity, SourceText, did_you_mean};
use crate::event::catalogue::SourceId;
use crate::recording::RecordPlaces;

/// What a project's `misfire.toml` says.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file.
    pub source: Arc<SourceText>,
    /// Where the project's content is.
    pub folders: Folders,
    /// The list of hits that are known to be benign.
    pub benign: Option<PathBuf>,
    /// Named choices of content.
    pub profiles: BTreeMap<String, Profile>,
    /// Where products keep the records of a source.
    pub sources: BTreeMap<SourceId, SourceMetadata>,
    /// What queries refer to, and how their products take in records.
    pub queries: QuerySettings,
    /// The targets that atomics may be executed on.
    pub allowed_targets: Vec<String>,
    /// Where the records of clouds are read from.
    pub places: RecordPlaces,
    /// The folders that it names and that are not there.
    missing: Vec<MissingFolder>,
}

/// A folder of content that is not there.
#[derive(Debug, Clone)]
struct MissingFolder {
    kind: &'static str,
    /// As seen from here.
    path: PathBuf,
    problem: Diagnostic,
}

/// Folders of content, each kind where it is said; paths as seen from here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folders {
    /// Of atomics.
    pub atomics: Option<Vec<PathBuf>>,
    /// Of expectations.
    pub expectations: Option<Vec<PathBuf>>,
    /// Of detections.
    pub detections: Option<Vec<PathBuf>>,
    /// Of fixtures.
    pub fixtures: Option<Vec<PathBuf>>,
}

/// A named choice of content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Folders that take the place of the project's.
    pub folders: Folders,
    /// Only tests that one of these filters lets pass; all, if there is none.
    pub filters: Vec<String>,
    /// Only recordings in which all of these conditions held.
    pub given: Vec<String>,
}

/// Where products keep the records of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMetadata {
    /// Sumo Logic's `_sourceCategory`.
    pub sumo_source_category: Option<String>,
    /// Splunk's `index`.
    pub splunk_index: Option<String>,
    /// Splunk's `sourcetype`.
    pub splunk_sourcetype: Option<String>,
    /// Splunk's `source`.
    pub splunk_source: Option<String>,
}

impl Folders {
    /// Each kind of content by its name, in order, and its folders.
    #[must_use]
    pub fn kinds(&self) -> [(&'static str, Option<&[PathBuf]>); 4] {
        [
            ("atomics", self.atomics.as_deref()),
            ("expectations", self.expectations.as_deref()),
            ("detections", self.detections.as_deref()),
            ("fixtures", self.fixtures.as_deref()),
        ]
    }

    /// Those that are there.
    #[must_use]
    pub(super) fn existing(self) -> Self {
        self.each(|mut folders| {
            folders.retain(|folder| folder.exists());
            folders
        })
    }

    /// Each once: `rules` and `./rules` are one.
    #[must_use]
    pub(super) fn distinct(self) -> Self {
        self.each(|mut folders| {
            let mut seen = HashSet::new();
            folders.retain(|folder| seen.insert(normal(folder)));
            folders
        })
    }

    fn each(self, of: impl Fn(Vec<PathBuf>) -> Vec<PathBuf>) -> Self {
        Self {
            atomics: self.atomics.map(&of),
            expectations: self.expectations.map(&of),
            detections: self.detections.map(&of),
            fixtures: self.fixtures.map(&of),
        }
    }

    /// These, and the other ones where nothing is said here.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            atomics: self.atomics.or(other.atomics),
            expectations: self.expectations.or(other.expectations),
            detections: self.detections.or(other.detections),
            fixtures: self.fixtures.or(other.fixtures),
        }
    }
}

impl Config {
    /// The folders that are not there: errors where a kind of content has no other
    /// one, and nobody gave one.
    #[must_use]
    pub fn missing_folders(&self, given: &Folders, profile: &Profile) -> Vec<Diagnostic> {
        let used = profile.folders.clone().or(self.folders.clone());
        let both = used.kinds().into_iter().zip(given.kinds());
        let needed: Vec<_> = both
            .filter(|(_, (_, given))| given.is_none())
            .filter_map(|((kind, folders), _)| Some((kind, folders?)))
            .filter(|(_, folders)| !folders.iter().any(|folder| folder.exists()))
            .collect();
        let is_needed = |missing: &MissingFolder| {
            let is_its = |(kind, folders): &(&str, &[PathBuf])| {
                *kind == missing.kind && folders.contains(&missing.path)
            };
            needed.iter().any(is_its)
        };
        let tell = |missing: &MissingFolder| {
            let mut problem = missing.problem.clone();
            if !is_needed(missing) {
                problem.severity = Severity::Warning;
            }
            problem
        };
        self.missing.iter().map(tell).collect()
    }

    /// The profile of that name.
    ///
    /// # Errors
    ///
    /// A diagnostic: there is none.
    pub fn profile(&self, name: &str) -> Result<&Profile, Box<Diagnostic>> {
        self.profiles.get(name).ok_or_else(|| {
            let known: Vec<_> = self.profiles.keys().map(String::as_str).collect();
            let help = match (did_you_mean(name, known.iter().copied()), known.as_slice()) {
                (Some(meant), _) => format!("did you mean `{meant}`?"),
                (None, []) => format!("add a table `[profiles.{name}]`"),
                (None, known) => format!("there are: {}", known.join(", ")),
            };
            Box::new(
                Diagnostic::error(
                    Code::CONFIG_UNKNOWN_PROFILE,
                    format!("there is no profile `{name}`"),
                )
                .in_file(&self.source.file)
                .help(help),
            )
        })
    }
}
