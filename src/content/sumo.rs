//! How Sumo Logic takes in records, as a project says.

use std::collections::BTreeMap;

use crate::detect::Reading;
use crate::detect::sumo::{Deployment, Environment, SourceCategory};
use crate::diagnostic::Diagnostic;

/// How Sumo Logic takes in records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SumoSettings {
    /// The deployment profile; the first one if none.
    pub deployment: Option<String>,
    /// The source categories of single sources, by their short names.
    pub categories: BTreeMap<String, String>,
}

impl SumoSettings {
    /// These, where the others say nothing else.
    #[must_use]
    pub fn overruled(mut self, by: &Self) -> Self {
        self.categories.extend(by.categories.clone());
        if by.deployment.is_some() {
            self.deployment.clone_from(&by.deployment);
        }
        self
    }
}

/// How queries see records.
pub(super) fn environment(
    settings: &SumoSettings,
    reading: Reading,
) -> (Environment, Vec<Diagnostic>) {
    let own = settings.categories.iter();
    let own: Vec<_> = own
        .map(|(id, category)| SourceCategory {
            id: id.clone(),
            category: category.clone(),
        })
        .collect();
    match Deployment::named(settings.deployment.as_deref(), &own) {
        Ok(deployment) => (
            Environment {
                deployment,
                reading,
                ..Environment::default()
            },
            Vec::new(),
        ),
        Err(problem) => (
            Environment {
                reading,
                ..Environment::default()
            },
            vec![*problem],
        ),
    }
}
