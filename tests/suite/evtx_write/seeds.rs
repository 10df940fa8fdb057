//! The fuzzer's seeds and findings, on a stable compiler.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/checks/evtx_write.rs"]
mod check;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/evtx_write");
    let seeds: Vec<_> = fs::read_dir(&folder)
        .expect("the seeds")
        .map(|entry| entry.expect("a seed").path())
        .collect();
    assert!(!seeds.is_empty());
    for seed in seeds {
        eprintln!("{}", seed.display());
        check::run(&fs::read(&seed).expect("a readable seed"));
    }
}
