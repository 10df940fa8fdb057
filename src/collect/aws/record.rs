//! Records of CloudTrail, as they are passed on: unchanged.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;

use crate::collect::{CollectedFile, Gathered, Record};
use crate::event::catalogue::{Catalogue, SourceId};
use crate::event::parse_time;

/// What is looked at of a record (CloudTrail user guide, "CloudTrail record contents").
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "eventID", borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(rename = "eventTime", borrow)]
    time: Option<Cow<'a, str>>,
}

/// The source of these records.
pub(super) fn source() -> SourceId {
    Catalogue::bundled()
        .source("cloudtrail")
        .map_or_else(SourceId::any, |source| source.id.clone())
}

/// A record that was seen at that time; nothing, if the text is none.
pub(super) fn record(text: String, seen: Timestamp) -> Option<Record> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let head: Head<'_> = serde_json::from_str(&text).ok()?;
    let id = head.id.map(Cow::into_owned);
    let time = head.time.and_then(|time| parse_time(&time));
    Some(Record {
        id,
        time,
        text,
        seen,
    })
}

/// The records as one file in the form of CloudTrail's own log files.
pub(super) fn file(name: &str, gathered: &Gathered) -> CollectedFile {
    let records = gathered.sorted();
    let mut bytes = b"{\"Records\":[".to_vec();
    for (place, record) in records.iter().enumerate() {
        bytes.extend_from_slice(if place == 0 { b"\n" } else { b",\n" });
        bytes.extend_from_slice(record.text.trim().as_bytes());
    }
    bytes.extend_from_slice(b"\n]}\n");
    CollectedFile {
        name: name.to_owned(),
        bytes,
        records: records.len() as u64,
    }
}
