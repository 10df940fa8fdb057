//! What the queries of other products than Sigma refer to, and how they are read.

use super::splunk::SplunkSettings;
use super::sumo::SumoSettings;
use crate::detect::Reading;

/// What queries refer to, and how they are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuerySettings {
    /// What Splunk searches refer to, and how Splunk takes in records.
    pub splunk: SplunkSettings,
    /// How Sumo Logic takes in records.
    pub sumo: SumoSettings,
    /// How queries are read; as their products would, unless said otherwise.
    pub reading: Option<Reading>,
}

impl QuerySettings {
    /// These, where the others say nothing else.
    #[must_use]
    pub fn overruled(self, by: &Self) -> Self {
        Self {
            splunk: self.splunk.overruled(&by.splunk),
            sumo: self.sumo.overruled(&by.sumo),
            reading: by.reading.or(self.reading),
        }
    }

    /// How queries are read.
    pub(super) fn read(&self) -> Reading {
        self.reading.unwrap_or(Reading::Strict)
    }
}
