//! Files that are created and deleted.

use jiff::Timestamp;

use super::Sysmon;
use super::hashes::FileKind;
use crate::activity::{FileChange, Process};
use crate::sensor::record::{Data, utc};

/// The fields of event 11.
pub(super) fn created(
    sysmon: &Sysmon,
    process: &Process,
    change: &FileChange,
    created: Timestamp,
    time: Timestamp,
) -> Data {
    let data = sysmon.begin(process, time).with_image(process).0;
    data.text("TargetFilename", &change.path)
        .text("CreationUtcTime", utc(created))
        .text("User", process.account.qualified())
}

/// The fields of event 23, or of 26, which does not say whether the file was kept.
/// What was in the file is not known, so its path stands for it.
pub(super) fn deleted(
    sysmon: &Sysmon,
    process: &Process,
    change: &FileChange,
    id: u32,
    time: Timestamp,
) -> Data {
    // A model always knows.
    let is_executable = change.is_executable.unwrap_or_default();
    let kind = match is_executable {
        true => FileKind::Program,
        false => FileKind::Other,
    };
    let data = sysmon.begin(process, time).with_user(process);
    let data = data.with_image(process).0;
    let data = data
        .text("TargetFilename", &change.path)
        .text("Hashes", sysmon.hashes(&change.path.to_lowercase(), kind))
        .truth("IsExecutable", is_executable);
    match id {
        23 => data.text("Archived", "true"),
        _ => data,
    }
}
