//! What Splunk searches refer to: macros and lookup tables, in the form in which
//! Splunk's content is shipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::beside::{distinct, found_near, is_table};
use super::files::{find_files, is_yaml, read_text};
use crate::detect::Reading;
use crate::detect::plan::compare::Case;
use crate::detect::plan::{Matching, Table};
use crate::detect::spl::{Deployment, Environment, Macro};
use crate::diagnostic::{Code, Diagnostic, SourceText};

/// Where macros and lookup tables are, and how records are taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SplunkSettings {
    /// Folders of macros (`*.yml`).
    pub macros: Vec<PathBuf>,
    /// Folders of lookup definitions (`*.yml`) and tables (`*.csv`).
    pub lookups: Vec<PathBuf>,
    /// Macros that win over those of the folders: name and definition.
    pub overrides: BTreeMap<String, MacroOverride>,
    /// The deployment profile; the first one if none.
    pub deployment: Option<String>,
    /// What single sources are called instead.
    pub sources: BTreeMap<String, SourceOverride>,
}

impl SplunkSettings {
    /// These, where the others say nothing else.
    #[must_use]
    pub fn overruled(mut self, by: &Self) -> Self {
        self.macros.extend(by.macros.iter().cloned());
        self.lookups.extend(by.lookups.iter().cloned());
        self.overrides.extend(by.overrides.clone());
        self.sources.extend(by.sources.clone());
        if by.deployment.is_some() {
            self.deployment.clone_from(&by.deployment);
        }
        self
    }
}

/// A macro of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MacroOverride {
    /// The names of its arguments.
    pub arguments: Vec<String>,
    /// What it stands for.
    pub definition: String,
}

/// What Splunk calls the records of one source, where a project says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOverride {
    /// The index.
    pub index: Option<String>,
    /// The source type.
    pub sourcetype: Option<String>,
    /// The source.
    pub source: Option<String>,
}

/// Everything that Splunk searches below these paths may refer to.
pub(super) fn environment(
    paths: &[PathBuf],
    settings: &SplunkSettings,
    reading: Reading,
) -> (Environment, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut environment = Environment {
        reading,
        ..Environment::default()
    };
    match Deployment::named(settings.deployment.as_deref(), &overrides(settings)) {
        Ok(deployment) => environment.deployment = deployment,
        Err(problem) => problems.push(*problem),
    }
    let mut macro_folders = found_near(paths, "macros");
    macro_folders.extend(settings.macros.iter().cloned());
    for folder in distinct(macro_folders) {
        read_macros(&folder, &mut environment, &mut problems);
    }
    for (name, own) in &settings.overrides {
        environment.macros.insert(Macro {
            name: name.clone(),
            arguments: own.arguments.clone(),
            definition: own.definition.clone(),
        });
    }
    let mut lookup_folders = found_near(paths, "lookups");
    lookup_folders.extend(settings.lookups.iter().cloned());
    for folder in distinct(lookup_folders) {
        read_lookups(&folder, &mut environment, &mut problems);
    }
    (environment, problems)
}

fn overrides(settings: &SplunkSettings) -> Vec<crate::detect::spl::SourceNames> {
    let sources = settings.sources.iter();
    sources
        .map(|(source, own)| crate::detect::spl::SourceNames {
            id: source.clone(),
            index: own.index.clone(),
            sourcetype: own.sourcetype.clone(),
            source: own.source.clone(),
        })
        .collect()
}

#[derive(Debug, Deserialize)]
struct MacroData {
    name: String,
    #[serde(default)]
    arguments: Vec<String>,
    definition: serde_yaml::Value,
}

fn read_macros(folder: &Path, environment: &mut Environment, problems: &mut Vec<Diagnostic>) {
    let (files, told) = find_files(&[folder.to_owned()]);
    problems.extend(told);
    for file in files.iter().filter(|file| is_yaml(&file.path)) {
        let text = match read_text(&file.path) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(*problem);
                continue;
            }
        };
        let data = serde_yaml::from_str::<MacroData>(&text.text);
        match data.map(|data| (scalar(&data.definition), data)) {
            Ok((Some(definition), data)) => environment.macros.insert(Macro {
                name: data.name,
                arguments: data.arguments,
                definition,
            }),
            Ok((None, _)) => {
                problems.push(bad_setting(&text, "macro", "its `definition` is no text"));
            }
            Err(error) => problems.push(bad_setting(&text, "macro", &error.to_string())),
        }
    }
}

/// A value as text, if it is one.
fn scalar(value: &serde_yaml::Value) -> Option<String> {
    match value {
        serde_yaml::Value::String(text) => Some(text.trim().to_owned()),
        serde_yaml::Value::Bool(truth) => Some(truth.to_string()),
        serde_yaml::Value::Number(number) => Some(number.to_string()),
        serde_yaml::Value::Null
        | serde_yaml::Value::Sequence(_)
        | serde_yaml::Value::Mapping(_)
        | serde_yaml::Value::Tagged(_) => None,
    }
}

fn bad_setting(text: &SourceText, kind: &str, why: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::SPL_BAD_SETTING,
        format!("the {kind} cannot be read: {why}"),
    )
    .in_file(&text.file)
    .help(format!(
        "searches that use the {kind} are told as not evaluated"
    ))
}

#[derive(Debug, Deserialize)]
struct LookupData {
    name: String,
    filename: Option<String>,
    collection: Option<String>,
    #[serde(default)]
    default_match: Option<serde_yaml::Value>,
    #[serde(default)]
    match_type: Option<String>,
    #[serde(default)]
    max_matches: Option<usize>,
    #[serde(default)]
    case_sensitive_match: Option<serde_yaml::Value>,
}

fn read_lookups(folder: &Path, environment: &mut Environment, problems: &mut Vec<Diagnostic>) {
    let (files, told) = find_files(&[folder.to_owned()]);
    problems.extend(told);
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for file in files.iter().filter(|file| is_table(&file.path)) {
        let name = file_name(&file.path);
        let table = match read_text(&file.path) {
            Ok(text) => match Table::from_csv(&name, &text.text) {
                Ok(table) => table,
                Err(error) => {
                    problems.push(bad_setting(&text, "lookup table", &error.to_string()));
                    continue;
                }
            },
            Err(problem) => {
                problems.push(*problem);
                continue;
            }
        };
        environment
            .tables
            .insert(name.clone(), Arc::new(table.clone()));
        tables.insert(name, table);
    }
    for file in files.iter().filter(|file| is_yaml(&file.path)) {
        let text = match read_text(&file.path) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(*problem);
                continue;
            }
        };
        let data: LookupData = match serde_yaml::from_str(&text.text) {
            Ok(data) => data,
            Err(error) => {
                problems.push(bad_setting(&text, "lookup", &error.to_string()));
                continue;
            }
        };
        let table = defined(&data, &tables);
        environment.tables.insert(data.name, Arc::new(table));
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// A table as a lookup definition has it.
fn defined(data: &LookupData, tables: &BTreeMap<String, Table>) -> Table {
    let known = data.filename.as_ref().and_then(|name| tables.get(name));
    let Some(known) = known else {
        let why = match (&data.filename, &data.collection) {
            (Some(file), _) => format!("its file `{file}` is not at hand"),
            (None, Some(collection)) => {
                format!("the collection `{collection}` is filled by the product as it runs")
            }
            (None, None) => "it is computed by the product".to_owned(),
        };
        return Table::missing(&data.name, why);
    };
    let mut table = known.clone();
    table.name.clone_from(&data.name);
    let is_false = |value: &serde_yaml::Value| {
        scalar(value).is_some_and(|text| text.eq_ignore_ascii_case("false"))
    };
    // Source: Splunk, transforms.conf: `case_sensitive_match` is true unless said.
    table.case = Some(match &data.case_sensitive_match {
        Some(value) if is_false(value) => Case::Insensitive,
        _ => Case::Sensitive,
    });
    table.max_matches = data.max_matches;
    table.default = data
        .default_match
        .as_ref()
        .map(|value| scalar(value).unwrap_or_default().as_str().into());
    let kinds = data.match_type.as_deref().unwrap_or_default();
    for kind in kinds.split([',', ' ']).filter(|kind| !kind.is_empty()) {
        let Some((word, column)) = kind.trim_end_matches(')').split_once('(') else {
            continue;
        };
        if let Some(place) = table.column(column.trim())
            && let Some(matching) = table.matching.get_mut(place)
        {
            *matching = match word.to_ascii_uppercase().as_str() {
                "WILDCARD" => Matching::Wildcard,
                "CIDR" => Matching::Network,
                _ => Matching::Exact,
            };
        }
    }
    table
}
