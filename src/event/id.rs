//! How events are referred to once they have left their batch.

use serde::Serialize;

/// The place of a file in the list of files that one run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FileId(pub u32);

/// The identity of one event: its file and its record number there.
///
/// The record number is the one in the record's header for Windows event logs in
/// binary form and the one-based position in the file otherwise. In logs as
/// Windows writes them the header's number equals `System/EventRecordID`; in
/// exported ones it can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct EventId {
    /// The file that holds the record.
    pub file: FileId,
    /// The record's number in that file.
    pub record: u64,
}
