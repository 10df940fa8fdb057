//! The fuzzer's seeds and findings, on a stable compiler.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/checks/cloudtrail.rs"]
mod check;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    // The samples of every format are seeds too.
    for folder in ["fuzz/seeds/cloudtrail", "tests/data/formats"] {
        for entry in fs::read_dir(root.join(folder))
            .expect("the seeds")
            .flatten()
        {
            let bytes = fs::read(entry.path()).expect("a seed");
            println!("{}", entry.path().display());
            check::run(&bytes);
            check::run(&bytes[..bytes.len() / 2]);
            count += 1;
        }
    }
    assert!(count > 40, "only {count} seeds");
}
