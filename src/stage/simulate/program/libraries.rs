//! Libraries of Windows itself. Nobody lists them all: what lies in Windows' own folders
//! and was not put there is taken to be Windows' own, and what is known of the more
//! usual ones stands in `libraries.yaml`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::model::windows_metadata;
use super::paths::{ending_of, folder_of, name_of};
use crate::activity::{ProgramFile, ProgramMetadata};

static KNOWN: LazyLock<BTreeMap<String, ProgramMetadata>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("libraries.yaml"))
        .unwrap_or_else(|error| panic!("the bundled list of libraries is damaged: {error}"))
});

/// Where Windows keeps its libraries.
const FOLDERS: &[&str] = &[r"c:\windows\system32", r"c:\windows\syswow64"];

/// How the names of libraries end.
const ENDINGS: &[&str] = &[".dll", ".ocx", ".cpl", ".drv", ".acm", ".ax"];

/// What is in the library of Windows at a path; `None` if none of Windows' own would lie
/// there.
#[must_use]
pub fn windows_library(path: &str) -> Option<Arc<ProgramFile>> {
    let folder = folder_of(path).to_lowercase();
    let is_library = ENDINGS.contains(&ending_of(path).as_str());
    if !is_library || !FOLDERS.contains(&folder.as_str()) {
        return None;
    }
    let name = name_of(path).to_lowercase();
    let metadata = KNOWN.get(&name).cloned();
    Some(Arc::new(ProgramFile {
        metadata: Some(windows_metadata(metadata, &name)),
        // Windows' own libraries are signed by way of its catalogues.
        signer: Some("Microsoft Windows".to_owned()),
        hashes: None,
        content: name,
    }))
}
