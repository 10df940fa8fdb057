//! Deployments: how Splunk shows the records that its add-ons take in.
//!
//! A deployment says in which index and under which source and source type the
//! records of a log are, which fields the add-on computes of them, and which
//! datasets of the Common Information Model they are part of. All of it is data
//! beside this file; the fields are expressions of SPL.

mod build;
mod data;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};

use crate::detect::plan::View;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use data::{FieldsData, Models, Profiles};

static FIELDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/detect/spl/deployment/fields");
const PROFILES: &str = include_str!("profiles.yaml");
const MODELS: &str = include_str!("models.yaml");

static DATA: LazyLock<Data> = LazyLock::new(|| {
    Data::read().unwrap_or_else(|problem| panic!("the bundled deployments are damaged: {problem}"))
});

/// Everything that the files say.
#[derive(Debug)]
struct Data {
    profiles: Profiles,
    models: Models,
    fields: Vec<FieldsData>,
}

impl Data {
    fn read() -> Result<Self, String> {
        let told = |file: &str, error: &dyn std::fmt::Display| format!("{file}: {error}");
        let mut files: Vec<_> = FIELDS.files().collect();
        files.sort_by_key(|file| file.path());
        let fields = files.into_iter().map(|file| {
            let name = file.path().display().to_string();
            let text = file
                .contents_utf8()
                .ok_or_else(|| told(&name, &"not UTF-8"))?;
            serde_yaml::from_str(text).map_err(|error| told(&name, &error))
        });
        Ok(Self {
            profiles: serde_yaml::from_str(PROFILES)
                .map_err(|error| told("profiles.yaml", &error))?,
            models: serde_yaml::from_str(MODELS).map_err(|error| told("models.yaml", &error))?,
            fields: fields.collect::<Result<_, _>>()?,
        })
    }
}

/// What a project calls the records of a source, where it differs.
#[derive(Debug, Clone, Default)]
pub struct SourceNames {
    /// The source's short name.
    pub id: String,
    /// The index.
    pub index: Option<String>,
    /// The source type.
    pub sourcetype: Option<String>,
    /// The source.
    pub source: Option<String>,
}

/// How Splunk shows records.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// All records.
    pub(super) records: Arc<View>,
    /// The records of each dataset, by `Model.Dataset`.
    pub(super) datasets: Arc<BTreeMap<String, Arc<View>>>,
    /// What other deployments call the records of a log, and what this one does.
    pub(super) elsewhere: Arc<Vec<Elsewhere>>,
}

/// What another deployment calls the records of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Elsewhere {
    /// The other deployment.
    pub(super) deployment: String,
    /// `source` or `sourcetype`.
    pub(super) field: &'static str,
    /// Its value there.
    pub(super) value: String,
    /// The value of `source` here.
    pub(super) source: String,
}

impl Default for Deployment {
    fn default() -> Self {
        static CURRENT: LazyLock<Deployment> =
            LazyLock::new(|| build::deployment(&DATA, &DATA.profiles.profiles[0], &[]));
        CURRENT.clone()
    }
}

/// What a search over a data model is about.
pub(super) enum Dataset {
    /// These records.
    Records(Arc<View>),
    /// Records that cannot be read, and why.
    Unavailable(String),
    /// There is no such dataset.
    Unknown,
}

impl Deployment {
    /// The deployments that are known.
    pub fn names() -> impl Iterator<Item = &'static str> {
        DATA.profiles
            .profiles
            .iter()
            .map(|profile| profile.name.as_str())
    }

    /// The deployment of that name, or today's; with what a project calls some
    /// sources instead.
    ///
    /// # Errors
    ///
    /// A diagnostic: there is none of that name.
    pub fn named(name: Option<&str>, own: &[SourceNames]) -> Result<Self, Box<Diagnostic>> {
        if name.is_none() && own.is_empty() {
            return Ok(Self::default());
        }
        let profiles = &DATA.profiles.profiles;
        let found = match name {
            None => profiles.first(),
            Some(name) => profiles.iter().find(|profile| profile.name == name),
        };
        found
            .map(|profile| build::deployment(&DATA, profile, own))
            .ok_or_else(|| {
                let name = name.unwrap_or_default();
                let help = match did_you_mean(name, Self::names()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!(
                        "there are: {}",
                        Self::names().collect::<Vec<_>>().join(", ")
                    ),
                };
                Box::new(
                    Diagnostic::error(
                        Code::CONFIG_UNKNOWN_DEPLOYMENT,
                        format!("there is no deployment `{name}`"),
                    )
                    .help(help),
                )
            })
    }

    /// The records of a dataset; of a whole model, if none is named.
    pub(super) fn dataset(&self, model: &str, node: Option<&str>) -> Dataset {
        let models = &DATA.models.models;
        let Some(known) = models.get(model) else {
            return Dataset::Unknown;
        };
        if let Some(why) = &known.unavailable {
            return Dataset::Unavailable(why.clone());
        }
        // `Model.Parent.Child` names the child.
        let node = node.map(|node| node.rsplit('.').next().unwrap_or(node));
        let name = match node {
            Some(node) => format!("{model}.{node}"),
            None => model.to_owned(),
        };
        match self.datasets.get(&name) {
            Some(view) => Dataset::Records(Arc::clone(view)),
            None => Dataset::Unknown,
        }
    }
}
