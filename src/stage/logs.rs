//! Logs as their products keep them, of records that sensors wrote.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::catalogue::{Catalogue, SourceId};
use crate::event::{Origin, OwnedEvent, OwnedValue};
use crate::log::evtx::WriteEventsError;
use crate::log::{JsonFormat, JsonWriteError, JsonWriter};

/// A log cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A binary event log.
    #[error("an event log cannot be written: {0}")]
    Evtx(#[from] WriteEventsError),
    /// Another log.
    #[error("a log cannot be written: {0}")]
    Json(#[from] JsonWriteError),
    /// A log in memory.
    #[error("a log cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

/// One log as bytes.
#[derive(Debug, Clone)]
pub struct StagedLog {
    /// Its file name, as `sysmon.evtx`.
    pub name: String,
    /// The source of its records.
    pub source: SourceId,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// How many records it holds.
    pub records: u64,
}

/// The log that an event stands in, and its id.
pub(super) fn kind(origin: &Origin) -> Option<(SourceId, Option<u32>)> {
    let source = Catalogue::bundled().source_of(origin.borrowed())?;
    let event_id = match origin {
        Origin::EventLog { event_id, .. } => *event_id,
        Origin::Stream(_) => None,
    };
    Some((source.id.clone(), event_id))
}

/// The number of the first record that is logged of a test: logs are in use for long.
const FIRST_RECORD: i64 = 70_001;

/// Numbers the records of each channel in the order that they come in.
pub(super) fn number<'e>(events: impl IntoIterator<Item = &'e mut OwnedEvent>) {
    let mut next: BTreeMap<Origin, i64> = BTreeMap::new();
    for event in events {
        let channel = match &event.origin {
            Origin::EventLog { channel, .. } => Origin::EventLog {
                provider: None,
                channel: channel.clone(),
                event_id: None,
            },
            Origin::Stream(_) => continue,
        };
        let number = next.entry(channel).or_insert(FIRST_RECORD);
        for field in &mut event.fields {
            if &*field.name == "EventRecordID" {
                field.value = OwnedValue::Integer(*number);
            }
        }
        *number += 1;
    }
}

/// The logs, one a source that has records.
///
/// # Errors
/// A record cannot stand in its log.
pub(super) fn logs<'e>(
    events: impl IntoIterator<Item = (&'e SourceId, &'e OwnedEvent)>,
) -> Result<Vec<StagedLog>, RecordError> {
    let mut by_source: BTreeMap<&SourceId, Vec<OwnedEvent>> = BTreeMap::new();
    for (source, event) in events {
        by_source.entry(source).or_default().push(event.clone());
    }
    by_source
        .into_iter()
        .map(|(source, events)| log(source, &events))
        .collect()
}

fn log(source: &SourceId, events: &[OwnedEvent]) -> Result<StagedLog, RecordError> {
    let (ending, bytes) = match source.as_str() {
        "cloudtrail" => (".json", json(JsonFormat::CloudTrail, events)?),
        "azure-activity" => (".json", json(JsonFormat::AzureActivity, events)?),
        "sysmon-linux" => (".jsonl", json(JsonFormat::JsonLines, events)?),
        _ => (".evtx", crate::log::evtx::write_events(events)?),
    };
    Ok(StagedLog {
        name: format!("{}{ending}", source.as_str()),
        source: source.clone(),
        bytes: bytes.into(),
        records: events.len() as u64,
    })
}

fn json(format: JsonFormat, events: &[OwnedEvent]) -> Result<Vec<u8>, RecordError> {
    let mut writer = JsonWriter::new(Vec::new(), format, None);
    for event in events {
        writer.write_owned(event)?;
    }
    Ok(writer.finish()?)
}
