//! Finding and reading `misfire.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use super::raw::{
    RawConfig, RawFolders, RawMacro, RawProfile, RawSource, RawSplunkSettings, RawSumoSettings,
};
use super::{Config, Folders, MissingFolder, Profile, SourceMetadata};
use crate::content::files::read_text;
use crate::content::places;
use crate::content::query_settings::QuerySettings;
use crate::content::splunk::{MacroOverride, SourceOverride, SplunkSettings};
use crate::content::structure::{Form, TomlNode};
use crate::content::sumo::SumoSettings;
use crate::content::text::{OneOrMany, is_name};
use crate::detect::spl::Deployment;
use crate::detect::sumo;
use crate::diagnostic::{Code, Diagnostic, SourceText};

/// The name of the file.
pub const CONFIG_NAME: &str = "misfire.toml";

static FORM: LazyLock<Form<RawConfig>> = LazyLock::new(Form::new);

/// The JSON Schema of the file.
pub(in crate::content) fn schema() -> &'static Value {
    FORM.schema()
}

/// The configuration of the project that a folder belongs to: in the folder
/// itself, or in one above it. Its path is written as seen from the folder.
#[must_use]
pub fn find_config(folder: &Path) -> Option<PathBuf> {
    let real = std::fs::canonicalize(folder.join(".")).ok()?;
    let mut here = folder.to_owned();
    for _ in real.ancestors() {
        let file = here.join(CONFIG_NAME);
        if file.is_file() {
            return Some(file);
        }
        here.push("..");
    }
    None
}

/// Reads a configuration.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn load_config(path: &Path) -> Result<Config, Vec<Diagnostic>> {
    let source = read_text(path).map_err(|problem| vec![*problem])?;
    parse_config(&source)
}

/// Reads a configuration; its paths are relative to the folder of its file.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn parse_config(source: &Arc<SourceText>) -> Result<Config, Vec<Diagnostic>> {
    FORM.read_toml(source, |raw, root| {
        let mut reader = Reader {
            base: source.file.parent().unwrap_or(Path::new("")),
            problems: Vec::new(),
            missing: Vec::new(),
        };
        let mut config = reader.config(raw, source, root);
        config.missing = reader.missing;
        if reader.problems.is_empty() {
            Ok(config)
        } else {
            let missing = config.missing.into_iter().map(|folder| folder.problem);
            reader.problems.extend(missing);
            Err(reader.problems)
        }
    })
    .and_then(|read| read)
}

struct Reader<'r> {
    base: &'r Path,
    problems: Vec<Diagnostic>,
    missing: Vec<MissingFolder>,
}

impl Reader<'_> {
    fn config(&mut self, raw: RawConfig, source: &Arc<SourceText>, root: TomlNode<'_>) -> Config {
        let folders = self.folders(&raw.folders, root.get("folders"));
        let benign = raw
            .benign
            .as_deref()
            .and_then(|path| self.path(path, root.get("benign")));
        let profiles = self.profiles(&raw.profiles, root.get("profiles"));
        let sources = self.sources(raw.sources, root.get("sources"));
        let queries = QuerySettings {
            splunk: self.splunk(&raw.splunk, &sources, root.get("splunk")),
            sumo: self.sumo(&raw.sumo, &sources, root.get("sumo")),
            reading: None,
        };
        let allow = root.get("execute").and_then(|table| table.get("allow"));
        let nodes = allow.map(TomlNode::one_or_many).unwrap_or_default();
        for (target, node) in raw.execute.allow.iter().zip(nodes) {
            if target.trim().is_empty() || target.contains(char::is_whitespace) {
                self.problems.push(
                    Diagnostic::error(
                        Code::CONFIG_BAD_VALUE,
                        format!("`{target}` is no target to execute on"),
                    )
                    .at(node.place())
                    .help("write the name of a host, such as `localhost`"),
                );
            }
        }
        Config {
            source: Arc::clone(source),
            folders,
            benign,
            profiles,
            sources,
            queries,
            allowed_targets: raw.execute.allow,
            places: super::collect::places(&raw.collect, root.get("collect"), &mut self.problems),
            missing: Vec::new(),
        }
    }

    fn splunk(
        &mut self,
        raw: &RawSplunkSettings,
        sources: &BTreeMap<crate::event::catalogue::SourceId, SourceMetadata>,
        node: Option<TomlNode<'_>>,
    ) -> SplunkSettings {
        let of = |key: &str| node.and_then(|node| node.get(key));
        let macros = self.paths(raw.macros.as_ref(), of("macros"));
        let lookups = self.paths(raw.lookups.as_ref(), of("lookups"));
        let known: Vec<_> = Deployment::names().collect();
        let place = node.and_then(|node| node.get("deployment"));
        self.known_deployment(raw.deployment.as_deref(), &known, place);
        let overrides = raw.definitions.iter().map(|(name, raw)| {
            let own = match raw {
                RawMacro::Definition(definition) => MacroOverride {
                    arguments: Vec::new(),
                    definition: definition.clone(),
                },
                RawMacro::WithArguments(table) => MacroOverride {
                    arguments: table.arguments.clone(),
                    definition: table.definition.clone(),
                },
            };
            (name.clone(), own)
        });
        let sources = sources.iter().map(|(id, metadata)| {
            let own = SourceOverride {
                index: metadata.splunk_index.clone(),
                sourcetype: metadata.splunk_sourcetype.clone(),
                source: metadata.splunk_source.clone(),
            };
            (id.as_str().to_owned(), own)
        });
        SplunkSettings {
            macros,
            lookups,
            overrides: overrides.collect(),
            deployment: raw.deployment.clone(),
            sources: sources.collect(),
        }
    }

    fn sumo(
        &mut self,
        raw: &RawSumoSettings,
        sources: &BTreeMap<crate::event::catalogue::SourceId, SourceMetadata>,
        node: Option<TomlNode<'_>>,
    ) -> SumoSettings {
        let of = |key: &str| node.and_then(|node| node.get(key));
        let known: Vec<_> = sumo::Deployment::names().collect();
        self.known_deployment(raw.deployment.as_deref(), &known, of("deployment"));
        let categories = sources.iter().filter_map(|(id, metadata)| {
            let category = metadata.sumo_source_category.clone()?;
            Some((id.as_str().to_owned(), category))
        });
        SumoSettings {
            deployment: raw.deployment.clone(),
            categories: categories.collect(),
            lookups: self.paths(raw.lookups.as_ref(), of("lookups")),
        }
    }

    /// Tells of a deployment that is not known.
    fn known_deployment(&mut self, own: Option<&str>, known: &[&str], node: Option<TomlNode<'_>>) {
        let Some(own) = own.filter(|own| !known.contains(own)) else {
            return;
        };
        let mut problem = Diagnostic::error(
            Code::CONFIG_UNKNOWN_DEPLOYMENT,
            format!("there is no deployment `{own}`"),
        )
        .help(format!("there are: {}", known.join(", ")));
        if let Some(node) = node {
            problem = problem.at(node.place());
        }
        self.problems.push(problem);
    }

    fn folders(&mut self, raw: &RawFolders, node: Option<TomlNode<'_>>) -> Folders {
        let mut of = |paths: &Option<OneOrMany<String>>, key: &'static str| {
            let paths = paths.as_ref()?;
            let node = node.and_then(|node| node.get(key));
            let nodes = node.map(TomlNode::one_or_many).unwrap_or_default();
            if paths.as_slice().is_empty()
                && let Some(node) = node
            {
                self.problems.push(
                    Diagnostic::error(
                        Code::CONFIG_BAD_VALUE,
                        format!("the list of `{key}` names no folder"),
                    )
                    .at(node.place())
                    .help(format!("name a folder, or remove `{key}`")),
                );
            }
            let paths = paths.as_slice().iter().zip(nodes);
            let found = paths.filter_map(|(path, node)| self.folder(path, node, key));
            Some(found.collect())
        };
        Folders {
            atomics: of(&raw.atomics, "atomics"),
            expectations: of(&raw.expectations, "expectations"),
            detections: of(&raw.detections, "detections"),
            fixtures: of(&raw.fixtures, "fixtures"),
        }
    }

    /// A folder of content as seen from here. What it takes is not known yet: one
    /// that is not there may be needed, or be made.
    fn folder(&mut self, path: &str, node: TomlNode<'_>, kind: &'static str) -> Option<PathBuf> {
        if path.is_empty() {
            return self.path(path, Some(node));
        }
        let seen = self.base.join(path);
        if !seen.exists() {
            self.missing.push(MissingFolder {
                kind,
                path: seen.clone(),
                problem: not_there(path, Some(node)),
            });
        }
        Some(seen)
    }

    /// Paths as seen from here.
    fn paths(
        &mut self,
        paths: Option<&OneOrMany<String>>,
        node: Option<TomlNode<'_>>,
    ) -> Vec<PathBuf> {
        let nodes = node.map(TomlNode::one_or_many).unwrap_or_default();
        let paths = paths.map(OneOrMany::as_slice).unwrap_or_default();
        let paths = paths.iter().zip(nodes);
        paths
            .filter_map(|(path, node)| self.path(path, Some(node)))
            .collect()
    }

    /// A path as seen from here.
    fn path(&mut self, path: &str, node: Option<TomlNode<'_>>) -> Option<PathBuf> {
        let seen = self.base.join(path);
        if !path.is_empty() && seen.exists() {
            return Some(seen);
        }
        self.problems.push(not_there(path, node));
        None
    }

    fn profiles(
        &mut self,
        raw: &BTreeMap<String, RawProfile>,
        node: Option<TomlNode<'_>>,
    ) -> BTreeMap<String, Profile> {
        let profiles = raw.iter().map(|(name, raw)| {
            let table = node.and_then(|node| node.get(name));
            let given = table.and_then(|table| table.get("given"));
            let nodes = given.map(TomlNode::one_or_many).unwrap_or_default();
            for (condition, node) in raw.given.iter().zip(nodes) {
                if !is_name(condition) {
                    self.problems.push(
                        Diagnostic::error(
                            Code::CONFIG_BAD_VALUE,
                            format!("`{condition}` cannot be the name of a condition"),
                        )
                        .at(node.place())
                        .help("use lower-case letters, digits, and hyphens"),
                    );
                }
            }
            let folders = table.and_then(|table| table.get("folders"));
            let profile = Profile {
                folders: self.folders(&raw.folders, folders),
                filters: raw.filters.clone(),
                given: raw.given.clone(),
            };
            (name.clone(), profile)
        });
        profiles.collect()
    }

    fn sources(
        &mut self,
        raw: BTreeMap<String, RawSource>,
        node: Option<TomlNode<'_>>,
    ) -> BTreeMap<crate::event::catalogue::SourceId, SourceMetadata> {
        let mut sources = BTreeMap::new();
        for (name, raw) in raw {
            let place = || match node {
                Some(node) => node.place_of_key(&name),
                None => crate::diagnostic::Place::file(self.base),
            };
            match places::source(&name, place, Code::CONFIG_UNKNOWN_SOURCE) {
                Ok(source) => {
                    let splunk = raw.splunk;
                    let (index, sourcetype, of_splunk) = match splunk {
                        Some(splunk) => (splunk.index, splunk.sourcetype, splunk.source),
                        None => (None, None, None),
                    };
                    let metadata = SourceMetadata {
                        sumo_source_category: raw.sumo.map(|sumo| sumo.source_category),
                        splunk_index: index,
                        splunk_sourcetype: sourcetype,
                        splunk_source: of_splunk,
                    };
                    sources.insert(source.id.clone(), metadata);
                }
                Err(problem) => self.problems.push(problem),
            }
        }
        sources
    }
}

fn not_there(path: &str, node: Option<TomlNode<'_>>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::CONFIG_MISSING_PATH,
        format!("the path `{path}` is not there"),
    )
    .help("paths are relative to the folder of this file");
    match node {
        Some(node) => problem.at(node.place()),
        None => problem,
    }
}
