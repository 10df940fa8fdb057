//! The fuzzer's seeds and findings, and every golden rule, on a stable compiler.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/checks/sigma_yaml.rs"]
mod check;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for folder in [
        "fuzz/seeds/sigma_yaml",
        "tests/golden/sigma",
        "detections/sigma",
    ] {
        for entry in fs::read_dir(root.join(folder))
            .expect("the seeds")
            .flatten()
        {
            println!("{}", entry.path().display());
            let bytes = fs::read(entry.path()).expect("a seed");
            check::run(&bytes);
            check::run(&bytes[..bytes.len() / 2]);
            count += 1;
        }
    }
    assert!(count > 100, "only {count} seeds");
}
