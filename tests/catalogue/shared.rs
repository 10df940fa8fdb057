//! The shared corpora, where they are at hand.

use std::path::{Path, PathBuf};

/// A folder below the shared corpora, or `None` with a note if it is absent.
pub fn corpus(folder: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let path = shared.join("corpora").join(folder);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: the shared corpus {folder} is not here");
    None
}

/// All files below `folder` with that extension, in order.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build()
        .filter_map(Result::ok)
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|known| known == extension))
        .collect();
    files.sort();
    files
}
