//! Reading binary Windows event logs.

use std::path::PathBuf;

use misfire::event::{FileId, Section};
use misfire::log::{ReadOptions, open};

fn samples() -> Option<PathBuf> {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let samples = shared.join("corpora/evtx-attack-samples");
    if samples.is_dir() {
        return Some(samples);
    }
    eprintln!("skipped: no recordings at {}", samples.display());
    None
}

#[test]
fn every_sample_is_read_whole() {
    let Some(samples) = samples() else { return };
    let options = ReadOptions::default();
    let mut problems = Vec::new();
    let mut records = 0;
    for entry in ignore::Walk::new(samples).flatten() {
        if entry
            .path()
            .extension()
            .is_none_or(|ending| ending != "evtx")
        {
            continue;
        }
        let mut log = open(entry.path(), FileId(0), &options).expect("a readable log");
        while let Some(chunk) = log.next_chunk() {
            match chunk {
                Ok(chunk) => {
                    let decoded = chunk.decode(&options);
                    records += decoded.batch.len();
                    problems.extend(decoded.problems);
                    for event in decoded.batch.events() {
                        assert!(event.time().is_some(), "{}", event.raw());
                        assert!(event.find(Section::System, "EventID").is_some());
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
    let text = misfire::diagnostic::to_text(&problems, misfire::diagnostic::Ink::Plain);
    assert_eq!(text, "");
    assert!(records > 8000, "only {records} records");
}
