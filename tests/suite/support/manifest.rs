//! The manifests of the bundled fixtures, as far as the tests of fixtures read
//! them.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A bundled fixture.
pub struct Fixture {
    /// Its path below the folder of fixtures.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    pub manifest: Manifest,
}

#[derive(Deserialize)]
pub struct Manifest {
    pub evidence: String,
    pub files: Vec<LogFile>,
    #[serde(default)]
    pub unverified_shape: Vec<Unverified>,
}

#[derive(Deserialize)]
pub struct LogFile {
    pub path: String,
    pub source: String,
    pub sha256: String,
    pub records: usize,
    pub made_from: Option<String>,
}

/// A kind of record for which no real record was at hand.
#[derive(Deserialize)]
pub struct Unverified {
    pub source: String,
    pub kind: String,
}

/// Every bundled fixture and control, in order.
pub fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut fixtures: Vec<_> = ignore::Walk::new(&root)
        .flatten()
        .filter(|entry| entry.file_name() == "fixture.yaml")
        .map(|entry| read(&root, entry.path()))
        .collect();
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(fixtures.len() >= 20, "only {} fixtures", fixtures.len());
    fixtures
}

fn read(root: &Path, path: &Path) -> Fixture {
    let text = std::fs::read_to_string(path).expect("a readable manifest");
    let manifest =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let folder = path.parent().expect("a folder").to_owned();
    let name = folder.strip_prefix(root).expect("a folder below");
    Fixture {
        name: name.display().to_string(),
        manifest,
        folder,
    }
}
