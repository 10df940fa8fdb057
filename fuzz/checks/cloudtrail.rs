//! The check behind the `cloudtrail` target, also replayed by a stable test:
//! any bytes are read without a panic, every problem says where and what to do,
//! and what was read as a cloud log is written and read back equal.

use std::path::Path;

use misfire::event::{FileId, Origin, OwnedEvent};
use misfire::log::{JsonFormat, JsonWriter, ReadOptions, cap_problems, read_bytes};

/// Members of other kinds of records: one record that has those of two is read
/// as what the record before it was.
const AMBIGUOUS: [&str; 17] = [
    "CloudTrailEvent",
    "logStreamName",
    "detail-type",
    "insightDetails",
    "digestStartTime",
    "eventSource\":",
    "operationName\":",
    "Event\":",
    "System\":",
    "winlog",
    "event_id",
    "_source",
    "MESSAGE",
    "__REALTIME",
    "_raw",
    "ProviderName",
    "EventID",
];

/// Reads these bytes as a log.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn run(bytes: &[u8]) {
    let mut writer = JsonWriter::new(Vec::new(), JsonFormat::JsonLines, None);
    let mut expected = Vec::new();
    read(
        bytes.to_vec(),
        |event, raw| {
            let is_plain = match &event.origin {
                Origin::Stream(_) => {
                    let found = AMBIGUOUS.iter().filter(|member| raw.contains(**member));
                    found.count() == 1 && !raw.contains("result\"")
                }
                Origin::EventLog { .. } => false,
            };
            if is_plain {
                expected.push(event);
                true
            } else {
                false
            }
        },
        &mut writer,
    );
    let written = writer.finish().expect("memory can be written");
    let mut found = Vec::new();
    let mut ignored = JsonWriter::new(Vec::new(), JsonFormat::JsonLines, None);
    read(
        written,
        |event, _| {
            found.push(event);
            false
        },
        &mut ignored,
    );
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found.fields, expected.fields);
        assert_eq!(found.time, expected.time);
        assert_eq!(found.origin, expected.origin);
    }
}

/// Reads a log, and writes the events that `take` wants.
fn read(
    bytes: Vec<u8>,
    mut take: impl FnMut(OwnedEvent, &str) -> bool,
    writer: &mut JsonWriter<Vec<u8>>,
) {
    let options = ReadOptions::default();
    let mut problems = Vec::new();
    match read_bytes(Path::new("log"), bytes, FileId(0), &options) {
        Ok(mut reader) => {
            let mut last = 0;
            while let Some(chunk) = reader.next_chunk() {
                let chunk = match chunk {
                    Ok(chunk) => chunk,
                    Err(problem) => {
                        problems.push(problem);
                        continue;
                    }
                };
                let decoded = chunk.decode(&options);
                problems.extend(decoded.problems);
                for event in decoded.batch.events() {
                    if let Origin::Stream(_) = event.origin() {
                        assert!(event.id().record > last, "records are counted in order");
                        last = event.id().record;
                    }
                    if take(event.into(), event.raw()) {
                        writer.write(event).expect("a writable record");
                    }
                }
            }
        }
        Err(problem) => problems.push(problem),
    }
    cap_problems(&mut problems);
    for problem in &problems {
        assert!(problem.help.is_some(), "{problem:?}");
        assert!(problem.place.is_some(), "{problem:?}");
    }
}
