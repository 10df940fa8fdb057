//! The bundled recordings are what `misfire convert` makes of their sources, and
//! the bundled content is well formed.

use std::path::Path;

use assert_cmd::Command;
use misfire::content::{bundled_detections, bundled_suite};
use tempfile::TempDir;

#[test]
fn every_binary_recording_is_made_of_the_source_beside_it() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let home = TempDir::new().expect("a temporary folder");
    let mut compared = 0;
    for entry in ignore::Walk::new(&fixtures).flatten() {
        if entry
            .path()
            .extension()
            .is_none_or(|ending| ending != "evtx")
        {
            continue;
        }
        let made = home.path().join(format!("{compared}.evtx"));
        Command::cargo_bin("misfire")
            .expect("the binary")
            .arg("convert")
            .arg(entry.path().with_extension("jsonl"))
            .arg("-o")
            .arg(&made)
            .assert()
            .success();
        let (made, kept) = (std::fs::read(made), std::fs::read(entry.path()));
        assert!(
            made.expect("a made log") == kept.expect("a kept log"),
            "{} is not what its source makes",
            entry.path().display()
        );
        compared += 1;
    }
    assert_eq!(compared, 4);
}

#[test]
fn bundled_content_has_no_problems() {
    let detections = bundled_detections();
    assert_eq!(detections.problems, []);
    assert_eq!(detections.sigma.len(), 4);
    let suite = bundled_suite();
    assert_eq!(suite.problems, []);
    assert_eq!(suite.cases.len(), 4);
    assert_eq!(suite.controls.len(), 4);
}
