//! What lies beside detections: folders of what their queries refer to.

use std::path::{Path, PathBuf};

use super::files::normal;

/// The folders of this name beside or above the detections, nearest first, as
/// Splunk's content has them.
const HEIGHT: usize = 4;

/// The folders of a name beside these paths.
pub(super) fn found_near(paths: &[PathBuf], name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        let Ok(real) = path.canonicalize() else {
            continue;
        };
        let mut here = path.clone();
        let mut real: &Path = &real;
        for _ in 0..HEIGHT {
            let folder = here.join(name);
            if folder.is_dir() {
                found.push(folder);
                break;
            }
            let Some(above) = real.parent() else { break };
            real = above;
            here = if here.is_dir() {
                here.join("..")
            } else {
                here.parent().map_or_else(PathBuf::new, Path::to_owned)
            };
            if here.as_os_str().is_empty() {
                here = PathBuf::from(".");
            }
        }
    }
    found
}

/// The folders, each once.
pub(super) fn distinct(folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = Vec::new();
    folders
        .into_iter()
        .filter(|folder| {
            let own = normal(folder);
            let is_new = !seen.contains(&own);
            seen.push(own);
            is_new
        })
        .collect()
}

/// Whether a file is a table of comma-separated values.
pub(super) fn is_table(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}
