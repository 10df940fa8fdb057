//! The shared corpora: public rules and recordings of real systems.

use std::path::{Path, PathBuf};

/// A folder or a file below the shared corpora. `None` only where the corpora
/// are left out on purpose; that they are merely not found is a failure, or a
/// run without them would look like a proof.
pub fn corpus(folder: &str) -> Option<PathBuf> {
    let corpora = corpora()?;
    let path = corpora.join(folder);
    assert!(
        path.exists(),
        "{} lacks {folder}: bring the shared corpora up to date",
        corpora.display()
    );
    Some(path)
}

/// The folder of all shared corpora.
pub fn corpora() -> Option<PathBuf> {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let path = shared.join("corpora");
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var_os("MISFIRE_WITHOUT_CORPORA").is_some_and(|value| value == "1"),
        "the shared corpora are not at {}: set MISFIRE_SHARED to the folder that holds \
         `corpora`, or MISFIRE_WITHOUT_CORPORA=1 to go without this test",
        path.display()
    );
    println!("skipped: the shared corpora are not here");
    None
}

/// All files below `folder` with that extension, in order.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build()
        .filter_map(Result::ok)
        .map(ignore::DirEntry::into_path)
        .filter(|path| {
            path.extension()
                .is_some_and(|known| known.eq_ignore_ascii_case(extension))
        })
        .collect();
    files.sort();
    files
}

/// The query on a page as its vendor published it.
pub fn published(page: &str) -> Option<String> {
    let pages = corpora()?.with_file_name("published");
    let text = std::fs::read_to_string(pages.join(format!("{page}.txt")));
    let text = text.expect("a published page");
    let query = text
        .lines()
        .skip_while(|line| !matches!(*line, "sql" | "spl"))
        .skip(1)
        .take_while(|line| !line.contains(" severity "));
    Some(query.collect::<Vec<_>>().join("\n"))
}
