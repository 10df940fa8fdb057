//! A binary event log of events that only exist as fields.

use std::io::Cursor;
use std::path::Path;

use super::copy::{CopiedRecord, write};
use super::write::{EvtxWriter, WriteError};
use crate::diagnostic::Diagnostic;
use crate::event::{FileId, Origin, OwnedEvent};
use crate::log::infoset::{Other, Tree};
use crate::log::xml::{Leaf, Node};
use crate::log::{JsonFormat, JsonWriteError, JsonWriter, ReadOptions, read_bytes};

/// Why events cannot be written as a binary event log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteEventsError {
    /// A record is of another kind of log.
    #[error("a record of {0} cannot stand in a binary event log")]
    OtherLog(String),
    /// A record cannot be written as JSON, through which its values get their types.
    #[error(transparent)]
    Json(#[from] JsonWriteError),
    /// A record cannot be turned into an event.
    #[error("{}", .0.message)]
    Record(Box<Diagnostic>),
    /// A record cannot be written, or there is no room.
    #[error(transparent)]
    Evtx(#[from] WriteError),
}

/// The events as a binary event log, in the order of their times.
///
/// Values are stored in the types that the catalogue declares, as if the events had
/// been read from `evtx_dump`'s JSON. Record ids rise: an event keeps its
/// `EventRecordID` where that follows the one before, and otherwise gets the next.
///
/// # Errors
///
/// A record that a binary event log cannot hold.
pub fn write_events(events: &[OwnedEvent]) -> Result<Vec<u8>, WriteEventsError> {
    let mut writer = EvtxWriter::new(Cursor::new(Vec::new()))?;
    let mut last = 0;
    for tree in trees(events)? {
        let own = tree.id.filter(|id| *id > last);
        let id = own.unwrap_or_else(|| last.saturating_add(1));
        last = id;
        let mut record = CopiedRecord {
            id,
            time: tree.time,
            event: tree.event,
        };
        if own.is_none()
            && let Some(field) = record
                .event
                .child_mut("System")
                .and_then(|system| system.child_mut("EventRecordID"))
        {
            field.children = vec![Node::Text(Leaf::UInt64(id))];
        }
        write(&mut writer, &mut record)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The events as trees, in the order of their times.
fn trees(events: &[OwnedEvent]) -> Result<Vec<Tree>, WriteEventsError> {
    let mut sorted: Vec<_> = events.iter().collect();
    sorted.sort_by_key(|event| event.time);
    let mut json = JsonWriter::new(Vec::new(), JsonFormat::JsonLines, None);
    for event in sorted {
        if let Origin::Stream(source) = &event.origin {
            return Err(WriteEventsError::OtherLog(source.to_string()));
        }
        json.write_owned(event)?;
    }
    let json = json.finish().map_err(JsonWriteError::from)?;
    let mut trees = Vec::with_capacity(events.len());
    if json.is_empty() {
        return Ok(trees);
    }
    let refused = |problem| WriteEventsError::Record(Box::new(problem));
    let options = ReadOptions::default();
    let mut reader = read_bytes(Path::new("events"), json, FileId(0), &options).map_err(refused)?;
    while let Some(chunk) = reader.next_chunk() {
        let read = chunk.map_err(refused)?.decode_trees(&options);
        if let Some(problem) = read.problems.into_iter().next() {
            return Err(refused(problem));
        }
        if let Some(Other { origin, .. }) = read.others.first() {
            return Err(WriteEventsError::OtherLog(origin.to_string()));
        }
        trees.extend(read.trees);
    }
    Ok(trees)
}
