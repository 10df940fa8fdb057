//! Sources: the logs that can be told apart, under short names.

use super::{CatalogueError, LogSource};
use serde::Deserialize;
use std::collections::HashSet;
use std::fmt;

/// The short name of a source, such as `sysmon`, in expectations and messages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct SourceId(String);

impl SourceId {
    /// What stands for every event log that has no source of its own.
    #[must_use]
    pub fn any() -> Self {
        Self("*".to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An [`Origin`](crate::event::Origin), borrowed: where a record comes from, as far
/// as its file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginRef<'a> {
    /// A record in the form of the Windows event log.
    EventLog {
        /// `System.Provider`'s name; empty if the record has none.
        provider: &'a str,
        /// `System.Channel`; records without one exist.
        channel: Option<&'a str>,
        /// `System.EventID`.
        event_id: u32,
    },
    /// A record of a stream that holds one log source only, known from its
    /// format or declared by the user.
    Stream(&'a LogSource),
}

/// Which records belong to a source or to a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Event log records of these channels. A record without a channel
    /// belongs to it by its provider.
    Channels {
        /// Channel names; compared without regard to case.
        channels: Vec<String>,
        /// Providers that write to these channels only.
        providers: Vec<String>,
    },
    /// Every event log record but those of these channels and providers,
    /// which belong to other systems that log in the same form.
    AnyChannelBut {
        /// Channel names; compared without regard to case.
        channels: Vec<String>,
        /// Provider names; compared without regard to case.
        providers: Vec<String>,
    },
    /// Records of streams that this log source includes.
    Stream(LogSource),
}

impl Reach {
    /// Whether a record from there belongs to it.
    #[must_use]
    pub fn covers(&self, origin: OriginRef<'_>) -> bool {
        let listed = |names: &[String], name: &str| {
            names.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        match (self, origin) {
            (Self::Stream(own), OriginRef::Stream(stream)) => own.includes(stream),
            (
                Self::Channels {
                    channels,
                    providers,
                },
                OriginRef::EventLog {
                    provider, channel, ..
                },
            ) => match channel {
                Some(channel) => listed(channels, channel),
                None => listed(providers, provider),
            },
            (
                Self::AnyChannelBut {
                    channels,
                    providers,
                },
                OriginRef::EventLog {
                    provider, channel, ..
                },
            ) => {
                !channel.is_some_and(|channel| listed(channels, channel))
                    && !listed(providers, provider)
            }
            _ => false,
        }
    }
}

/// One log of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its short name.
    pub id: SourceId,
    /// What people call it.
    pub title: String,
    /// The product it belongs to, in Sigma's words.
    pub product: String,
    /// Its records.
    pub reach: Reach,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceData {
    id: SourceId,
    title: String,
    #[serde(default = "windows")]
    product: String,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    providers: Vec<String>,
    /// The service of `product` whose streams the source is, for logs that
    /// are no event logs.
    stream: Option<String>,
}

fn windows() -> String {
    "windows".to_owned()
}

pub(super) fn parse_sources(file: &str, text: &str) -> Result<Vec<Source>, CatalogueError> {
    let data: Vec<SourceData> =
        serde_yaml::from_str(text).map_err(|source| CatalogueError::Yaml {
            file: file.to_owned(),
            source,
        })?;
    let mut seen = HashSet::new();
    data.into_iter()
        .map(|data| {
            if !seen.insert(data.id.clone()) {
                return Err(CatalogueError::Duplicate {
                    file: file.to_owned(),
                    name: data.id.0,
                });
            }
            let reach = match data.stream {
                Some(service) => {
                    Reach::Stream(LogSource::new(Some(&data.product), None, Some(&service)))
                }
                None => Reach::Channels {
                    channels: data.channels,
                    providers: data.providers,
                },
            };
            Ok(Source {
                id: data.id,
                title: data.title,
                product: data.product,
                reach,
            })
        })
        .collect()
}
