//! How much memory all rules take while logs are searched. In a process of its
//! own, since the highest mark of a process never falls.

#[path = "suite/support/mod.rs"]
mod support;

use misfire::detect::Engine;
use misfire::detect::sigma::SigmaEngine;
use misfire::event::FileId;
use support::{corpus, files, names_of, parse_files, read};

/// The highest resident memory of this process so far, in MiB.
fn highest() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1024)
}

#[test]
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
