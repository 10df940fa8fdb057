//! The bundled recordings are what their manifests say, and what `misfire convert`
//! makes of the texts beside them.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use misfire::event::FileId;
use misfire::log::{ReadOptions, open};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The part of a manifest that speaks of files.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<LogFile>,
}

#[derive(Deserialize)]
struct LogFile {
    path: String,
    sha256: String,
    records: usize,
    made_from: Option<String>,
}

/// Every manifest's folder, with what it says.
fn manifests() -> Vec<(PathBuf, Manifest)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut manifests: Vec<_> = ignore::Walk::new(fixtures)
        .flatten()
        .filter(|entry| entry.file_name() == "fixture.yaml")
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("a readable manifest");
            let manifest = serde_yaml::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
            let folder = entry.path().parent().expect("a folder").to_owned();
            (folder, manifest)
        })
        .collect();
    manifests.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert!(manifests.len() >= 20, "{} fixtures", manifests.len());
    manifests
}

#[test]
fn every_binary_recording_is_made_of_the_text_beside_it() {
    let home = TempDir::new().expect("a temporary folder");
    for (folder, manifest) in manifests() {
        for file in &manifest.files {
            let kept = folder.join(&file.path);
            let Some(source) = &file.made_from else {
                let is_binary = kept.extension().is_some_and(|ending| ending == "evtx");
                assert!(
                    !is_binary,
                    "{} does not say what it is made of",
                    kept.display()
                );
                continue;
            };
            let made = home.path().join("made.evtx");
            Command::cargo_bin("misfire")
                .expect("the program")
                .arg("convert")
                .arg(folder.join(source))
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
    for (folder, manifest) in manifests() {
        for file in &manifest.files {
            let path = folder.join(&file.path);
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
    for (folder, manifest) in manifests() {
        for entry in fs::read_dir(&folder).expect("a readable folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_named = |file: &LogFile| {
                file.path == name || file.made_from.as_ref().is_some_and(|from| *from == name)
            };
            assert!(
                entry.path().is_dir()
                    || name == "fixture.yaml"
                    || manifest.files.iter().any(is_named),
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
