//! How fast logs are read into batches, on one core.
//!
//! `cargo bench --bench read_logs` repeats the samples of `tests/data/formats`
//! to logs of some 16 MiB and reads them from memory.

use std::path::Path;

use divan::counter::{BytesCount, ItemsCount};
use misfire::event::FileId;
use misfire::log::{ReadOptions, read_bytes};

fn main() {
    divan::main();
}

const SIZE: usize = 16 << 20;

/// A sample's bytes, between what opens and what closes it.
fn log(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    let sample = std::fs::read_to_string(folder.join(name)).expect("a sample");
    let (open, records, close) = match sample.strip_prefix("{\"Records\":[") {
        Some(rest) => (
            "{\"Records\":[",
            format!("{},", rest.trim_end_matches("]}")),
            "{}]}",
        ),
        None => ("", sample, ""),
    };
    let records = records.repeat(SIZE / records.len());
    [open, &records, close].concat().into_bytes()
}

#[divan::bench(args = [
    "cloudtrail-records.json",
    "cloudtrail-lines.jsonl",
    "azure-lines.jsonl",
    "evtx-dump-lines.jsonl",
    "evtx-dump-pretty.json",
    "winlogbeat.jsonl",
    "nxlog.jsonl",
    "windows-lines.xml",
    "sysmon-syslog-priority.log",
], sample_count = 5)]
fn read(bencher: divan::Bencher<'_, '_>, name: &str) {
    let log = log(name);
    let records = read_all(log.clone());
    bencher
        .counter(BytesCount::new(log.len()))
        .counter(ItemsCount::new(records))
        .with_inputs(|| log.clone())
        .bench_values(read_all);
}

fn read_all(log: Vec<u8>) -> usize {
    let options = ReadOptions::default();
    let mut reader =
        read_bytes(Path::new("log"), log, FileId(0), &options).expect("a readable log");
    let mut records = 0;
    while let Some(chunk) = reader.next_chunk() {
        if let Ok(chunk) = chunk {
            records += chunk.decode(&options).batch.len();
        }
    }
    records
}
