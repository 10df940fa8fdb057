//! Problems as their user sees them, compared with files.

use std::path::Path;
use std::sync::Arc;

use misfire::diagnostic::{Diagnostic, Ink, SourceText, to_json, to_text};

fn compare(path: &Path, rendered: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        std::fs::write(path, rendered).expect("a writable folder");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != rendered {
        wrong.push(format!(
            "{}\nexpected:\n{expected}\nrendered:\n{rendered}",
            path.display()
        ));
    }
}

/// Holds what is told of every `.yml` below `tests/golden/FOLDER` against the text and
/// the JSON beside it; `MISFIRE_BLESS=1` writes them anew.
pub fn problems(folder: &str, least: usize, load: impl Fn(Arc<SourceText>) -> Vec<Diagnostic>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(folder);
    let paths = super::files(&folder, "yml");
    assert!(paths.len() >= least, "the golden files are not here");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let name = path.file_name().expect("a name").to_string_lossy();
        let problems = load(SourceText::new(&*name, text));
        assert!(!problems.is_empty(), "{name} has no problem");
        compare(
            &path.with_extension("txt"),
            &to_text(&problems, Ink::Plain),
            &mut wrong,
        );
        let json: Vec<_> = problems.iter().map(to_json).collect();
        let json = serde_json::to_string_pretty(&json).expect("JSON");
        compare(&path.with_extension("json"), &(json + "\n"), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
