//! The arguments that queries of other languages than Sigma need.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use crate::content::QuerySettings;
use crate::content::config::{find_config, load_config};
use crate::detect::{Reading, sumo};
use crate::diagnostic::Diagnostic;

/// What queries refer to, and how their products take in records.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Queries")]
pub(super) struct QueryArgs {
    /// Folder of the macros of Splunk searches, besides those beside the detections; may
    /// be given several times
    #[arg(long, value_name = "DIR")]
    macros: Vec<PathBuf>,
    /// Folder of the lookup tables of Splunk searches, besides those beside the
    /// detections; may be given several times
    #[arg(long, value_name = "DIR")]
    lookups: Vec<PathBuf>,
    /// How a product takes in records: current or older for Splunk, extraction-rules or
    /// raw-keys for Sumo Logic; may be given once for each
    #[arg(long, value_name = "NAME")]
    pub(super) deployment: Vec<String>,
}

/// How searches are read, for commands that give no verdicts.
#[derive(Debug, Clone, Copy, Default, ClapArgs)]
#[command(next_help_heading = "Queries")]
pub(super) struct ReadingArgs {
    /// Read queries as their product would, or as their author meant them; each repair is
    /// told
    #[arg(long, value_enum, default_value_t, value_name = "READING")]
    reading: ReadingArg,
}

/// A reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ReadingArg {
    /// What the product itself does
    #[default]
    Strict,
    /// What the author meant
    Intent,
}

impl ReadingArgs {
    /// The settings with this reading.
    pub(super) fn of(self, mut settings: QuerySettings) -> QuerySettings {
        settings.reading = Some(match self.reading {
            ReadingArg::Strict => Reading::Strict,
            ReadingArg::Intent => Reading::Intent,
        });
        settings
    }
}

impl QueryArgs {
    /// These, and what a project says besides.
    pub(super) fn over(&self, mut settings: QuerySettings) -> QuerySettings {
        let splunk = &mut settings.splunk;
        splunk.macros.extend(self.macros.iter().cloned());
        splunk.lookups.extend(self.lookups.iter().cloned());
        for name in &self.deployment {
            if sumo::Deployment::names().any(|known| known == name) {
                settings.sumo.deployment = Some(name.clone());
            } else {
                settings.splunk.deployment = Some(name.clone());
            }
        }
        settings
    }

    /// These, and what the project says that the current folder belongs to.
    ///
    /// # Errors
    ///
    /// What is wrong with the project's configuration.
    pub(super) fn here(&self) -> Result<QuerySettings, Vec<Diagnostic>> {
        let settings = match find_config(std::path::Path::new("")) {
            Some(path) => load_config(&path)?.queries,
            None => QuerySettings::default(),
        };
        Ok(self.over(settings))
    }
}
