//! How events are referred to once they have left their batch.

use serde::Serialize;

/// The place of a file in the list of files that one run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FileId(pub u32);

/// The identity of one event: its file and its record number there.
///
/// The record number is the log's own (`EventRecordID`) for Windows event logs
/// in binary form and the one-based position in the file otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct EventId {
    /// The file that holds the record.
    pub file: FileId,
    /// The record's number in that file.
    pub record: u64,
}
