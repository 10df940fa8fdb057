//! `misfire.toml`: the configuration of a project.

mod load;
mod raw;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) use load::schema;
pub use load::{CONFIG_NAME, find_config, load_config, parse_config};

use crate::diagnostic::{Code, Diagnostic, SourceText, did_you_mean};
use crate::event::catalogue::SourceId;

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
    /// The targets that atomics may be executed on.
    pub allowed_targets: Vec<String>,
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
