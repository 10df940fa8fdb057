//! Every problem with a Cloud SIEM expression as its user sees it: one pair of files a
//! message, below `tests/golden/cse`. `MISFIRE_BLESS=1` writes them anew.

use std::path::{Path, PathBuf};

use misfire::content::load_detections_from;
use misfire::diagnostic::{Ink, SourceText, to_json, to_text};

use crate::support::files;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cse")
}

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

#[test]
fn every_message_is_as_expected() {
    let paths = files(&golden(), "yml");
    assert!(paths.len() > 8, "the golden files are not here");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let name = path.file_name().expect("a name").to_string_lossy();
        let source = SourceText::new(&*name, text);
        let loaded = load_detections_from(vec![Ok(source)], None);
        assert!(!loaded.problems.is_empty(), "{name} has no problem");
        let text = to_text(&loaded.problems, Ink::Plain);
        compare(&path.with_extension("txt"), &text, &mut wrong);
        let json: Vec<_> = loaded.problems.iter().map(to_json).collect();
        let json = serde_json::to_string_pretty(&json).expect("JSON");
        compare(&path.with_extension("json"), &(json + "\n"), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
