//! Reading binary Windows event logs.

use misfire::event::{FileId, Section};
use misfire::log::{ReadOptions, open};

use crate::support::corpora;

use corpora::corpus;

#[test]
fn every_sample_is_read_whole() {
    let Some(samples) = corpus("evtx-attack-samples") else {
        return;
    };
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

#[path = "../../fuzz/checks/evtx_read.rs"]
mod check;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let seeds = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/evtx_read");
    let mut count = 0;
    for entry in std::fs::read_dir(seeds).expect("the seeds").flatten() {
        println!("{}", entry.path().display());
        check::run(&std::fs::read(entry.path()).expect("a seed"));
        count += 1;
    }
    assert!(count >= 8, "only {count} seeds");
}

#[test]
fn a_log_cut_anywhere_gives_what_is_left_and_says_so() {
    let whole = include_bytes!("../data/logs/process-starts.evtx");
    let options = ReadOptions::default();
    for length in [
        1, 100, 4096, 4097, 4608, 5000, 6000, 8000, 12_000, 40_000, 69_631,
    ] {
        let bytes = whole[..length].to_vec();
        let name = std::path::Path::new("cut.evtx");
        let mut problems = Vec::new();
        let mut records = 0;
        match misfire::log::read_bytes(name, bytes, FileId(0), &options) {
            Err(problem) => problems.push(problem),
            Ok(mut log) => {
                while let Some(chunk) = log.next_chunk() {
                    match chunk {
                        Err(problem) => problems.push(problem),
                        Ok(chunk) => {
                            let decoded = chunk.decode(&options);
                            records += decoded.batch.len();
                            problems.extend(decoded.problems);
                        }
                    }
                }
            }
        }
        assert!(!problems.is_empty(), "{length}: nothing was said");
        // Both records stand in the first few thousand bytes.
        if length >= 40_000 {
            assert_eq!(records, 2, "{length}");
        }
    }
}
