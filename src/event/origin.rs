//! Where an event comes from, as far as routing needs it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The log that an event stands in; detections are routed by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// An event in the shape of the Windows event log; Sysmon for Linux too.
    EventLog {
        /// `System/Provider/@Name`.
        provider: Option<Box<str>>,
        /// `System/Channel`; some recordings hold none.
        channel: Option<Box<str>>,
        /// `System/EventID`.
        event_id: Option<u32>,
    },
    /// A record of any other kind of log, named as Sigma names it.
    Stream(LogSource),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventLog {
                provider,
                channel,
                event_id,
            } => {
                let log = channel.as_deref().or(provider.as_deref());
                f.write_str(log.unwrap_or("unnamed event log"))?;
                match event_id {
                    Some(id) => write!(f, " {id}"),
                    None => Ok(()),
                }
            }
            Self::Stream(source) => source.fmt(f),
        }
    }
}

/// A log source in Sigma's three dimensions, lower case.
///
/// Specification: Sigma rules specification 2.1.0, "Log Source".
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSource {
    /// The product, such as `windows` or `aws`.
    pub product: Option<String>,
    /// The kind of event, such as `process_creation`.
    pub category: Option<String>,
    /// The log of that product, such as `cloudtrail`.
    pub service: Option<String>,
}

impl LogSource {
    /// A log source of the given dimensions, lower-cased.
    #[must_use]
    pub fn new(product: Option<&str>, category: Option<&str>, service: Option<&str>) -> Self {
        let lower = |dimension: Option<&str>| dimension.map(str::to_ascii_lowercase);
        Self {
            product: lower(product),
            category: lower(category),
            service: lower(service),
        }
    }

    /// Whether every dimension that `self` sets is set equally by `other`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let agrees =
            |mine: &Option<String>, theirs: &Option<String>| mine.is_none() || mine == theirs;
        agrees(&self.product, &other.product)
            && agrees(&self.category, &other.category)
            && agrees(&self.service, &other.service)
    }
}

impl fmt::Display for LogSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for dimension in [&self.product, &self.category, &self.service]
            .into_iter()
            .flatten()
        {
            if !first {
                f.write_str("/")?;
            }
            f.write_str(dimension)?;
            first = false;
        }
        if first {
            f.write_str("any log source")?;
        }
        Ok(())
    }
}
