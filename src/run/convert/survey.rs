//! Looking at logs before they are converted.

use jiff::Timestamp;

use super::merge::Reader;
use super::target::Target;

/// When the earliest of the records happened that the target takes.
pub(super) fn earliest(reader: &Reader<'_>, target: Target) -> Option<Timestamp> {
    let mut earliest: Option<Timestamp> = None;
    for index in 0..reader.inputs.len() {
        // What cannot be read is told when it is converted.
        let Ok(mut log) = reader.open(index) else {
            continue;
        };
        loop {
            let chunks = reader.next(&mut log, |chunk| {
                let batch = chunk.decode(reader.options).batch;
                batch
                    .events()
                    .filter(|event| target.takes(event.origin()))
                    .filter_map(|event| event.time())
                    .min()
            });
            if chunks.is_empty() {
                break;
            }
            let found = chunks.into_iter().flatten().flatten().min();
            earliest = earliest.into_iter().chain(found).min();
        }
    }
    earliest
}

/// CloudTrail or Azure activity, whichever the first record of either is.
pub(super) fn first_cloud_target(reader: &Reader<'_>) -> Option<Target> {
    for index in 0..reader.inputs.len() {
        let Ok(mut log) = reader.open(index) else {
            continue;
        };
        loop {
            let chunks = reader.next(&mut log, |chunk| {
                let batch = chunk.decode(reader.options).batch;
                batch.events().find_map(|event| {
                    [Target::CloudTrail, Target::AzureActivity]
                        .into_iter()
                        .find(|target| target.takes(event.origin()))
                })
            });
            if chunks.is_empty() {
                break;
            }
            if let Some(target) = chunks.into_iter().flatten().flatten().next() {
                return Some(target);
            }
        }
    }
    None
}
