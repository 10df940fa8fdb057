//! How much memory all rules take while logs are searched, and what a log takes that
//! was packed to fill it. In a process of its own, since the highest mark of a process
//! never falls; hence one test, the thriftiest part first.

#[path = "suite/support/mod.rs"]
mod support;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use misfire::detect::Engine;
use misfire::detect::sigma::SigmaEngine;
use misfire::event::{FileId, LogSource};
use misfire::log::{ReadOptions, read_bytes};
use support::{corpus, files, names_of, parse_files, read};

/// The highest resident memory of this process so far, in MiB.
fn highest() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1024)
}

#[test]
fn memory_stays_bounded() {
    all_rules_and_a_search_stay_below_160_mib();
    a_gzip_bomb_stays_below_640_mib();
}

fn a_gzip_bomb_stays_below_640_mib() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    let options = ReadOptions {
        declared: Some(LogSource::new(Some("okta"), None, Some("okta"))),
        ..ReadOptions::default()
    };
    let mut bombs = 0;
    let fillers = [b' ', b'\n', b'0', 0].into_iter().cycle();
    for (entry, filler) in std::fs::read_dir(folder).expect("the samples").zip(fillers) {
        let path = entry.expect("a sample").path();
        let sample = std::fs::read(&path).expect("a sample");
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&sample).expect("memory can be written");
        let block = vec![filler; 1 << 20];
        for _ in 0..256 {
            packer.write_all(&block).expect("memory can be written");
        }
        let bomb = packer.finish().expect("memory can be written");
        if let Ok(mut reader) = read_bytes(&path, bomb, FileId(0), &options) {
            while let Some(chunk) = reader.next_chunk() {
                let Ok(chunk) = chunk else { break };
                let _ = chunk.decode(&options);
            }
        }
        bombs += 1;
    }
    assert!(bombs > 40, "{bombs}");
    let highest = highest();
    assert!(
        highest.is_none_or(|mebibytes| mebibytes < 640),
        "{highest:?} MiB"
    );
}

fn all_rules_and_a_search_stay_below_160_mib() {
    let (Some(sigma), Some(samples)) = (corpus("sigma"), corpus("evtx-attack-samples")) else {
        return;
    };
    let folders = [
        "rules",
        "rules-compliance",
        "rules-emerging-threats",
        "rules-threat-hunting",
    ];
    let paths: Vec<_> = folders
        .iter()
        .flat_map(|folder| files(&sigma.join(folder), "yml"))
        .collect();
    let (set, _) = parse_files(&paths);
    let parsed = highest();
    let names = names_of(&set);
    let (engine, _) = SigmaEngine::new(set, &names);
    let compiled = highest();
    let mut firings = Vec::new();
    let mut search = engine.start();
    for (path, number) in files(&samples, "evtx").iter().zip(0..) {
        for batch in read(path, FileId(number), &names) {
            search.feed(&batch, &mut firings);
        }
    }
    let searched = highest();
    println!(
        "{} firings; MiB parsed {parsed:?}, compiled {compiled:?}, searched {searched:?}",
        firings.len()
    );
    assert!(
        searched.is_none_or(|mebibytes| mebibytes < 160),
        "{searched:?} MiB"
    );
}
