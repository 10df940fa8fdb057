//! The bundled recordings are what their manifests say, and what `misfire convert`
//! makes of the texts beside them.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use misfire::event::FileId;
use misfire::log::{ReadOptions, open};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::manifest;

use manifest::{LogFile, fixtures};

#[test]
fn every_binary_recording_is_made_of_the_text_beside_it_or_simulated() {
    let home = TempDir::new().expect("a temporary folder");
    for fixture in fixtures() {
        for file in &fixture.manifest.files {
            let kept = fixture.folder.join(&file.path);
            let Some(source) = &file.made_from else {
                let is_binary = kept.extension().is_some_and(|ending| ending == "evtx");
                // What is simulated is what `.ci/fixtures` makes.
                let is_simulated = fixture.manifest.evidence == "simulated";
                assert!(
                    !is_binary || is_simulated,
                    "{} does not say what it is made of",
                    kept.display()
                );
                continue;
            };
            let made = home.path().join("made.evtx");
            Command::cargo_bin("misfire")
                .expect("the program")
                .arg("convert")
                .arg(fixture.folder.join(source))
                .args(["--force", "-o"])
                .arg(&made)
                .assert()
                .success();
            assert!(
                fs::read(&made).expect("a made log") == fs::read(&kept).expect("a kept log"),
                "{} is not what {source} makes",
                kept.display()
            );
        }
    }
}

#[test]
fn every_file_is_the_one_that_its_manifest_names() {
    for fixture in fixtures() {
        for file in &fixture.manifest.files {
            let path = fixture.folder.join(&file.path);
            let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            let hash: String = Sha256::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(hash, file.sha256, "{path:?}");
            assert_eq!(records(&path), file.records, "{path:?}");
        }
    }
}

/// A file that no manifest names proves nothing, and nobody would notice.
#[test]
fn every_log_is_named_by_the_manifest_beside_it() {
    for fixture in fixtures() {
        for entry in fs::read_dir(&fixture.folder)
            .expect("a readable folder")
            .flatten()
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_named = |file: &LogFile| {
                file.path == name || file.made_from.as_ref().is_some_and(|from| *from == name)
            };
            assert!(
                entry.path().is_dir()
                    || name == "fixture.yaml"
                    || fixture.manifest.files.iter().any(is_named),
                "{} is in no manifest",
                entry.path().display()
            );
        }
    }
}

/// The number of records, each read without a problem.
fn records(path: &Path) -> usize {
    let options = ReadOptions::default();
    let mut log = open(path, FileId(0), &options).expect("a readable log");
    let mut records = 0;
    while let Some(chunk) = log.next_chunk() {
        let decoded = chunk.expect("an undamaged log").decode(&options);
        assert_eq!(decoded.problems, [], "{path:?}");
        records += decoded.batch.len();
    }
    records
}
