//! Where an event comes from, as far as routing needs it.

use std::fmt;

use super::catalogue::{self, LogSource};

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

impl Origin {
    /// The same as the catalogue takes it.
    #[must_use]
    pub fn borrowed(&self) -> catalogue::OriginRef<'_> {
        match self {
            Self::EventLog {
                provider,
                channel,
                event_id,
            } => catalogue::OriginRef::EventLog {
                provider: provider.as_deref().unwrap_or_default(),
                channel: channel.as_deref(),
                event_id: event_id.unwrap_or_default(),
            },
            Self::Stream(source) => catalogue::OriginRef::Stream(source),
        }
    }
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
                    Some(id) => write!(f, " event {id}"),
                    None => Ok(()),
                }
            }
            Self::Stream(source) => source.fmt(f),
        }
    }
}
