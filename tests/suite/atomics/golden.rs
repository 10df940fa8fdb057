//! Every problem with a file of atomics as its user sees it: one pair of files a
//! message, below `tests/golden/atomics`.
//!
//! `MISFIRE_BLESS=1 cargo test --test atomics` writes the expected renderings
//! anew; look at the difference before it is committed.

use std::path::{Path, PathBuf};

use misfire::diagnostic::{Diagnostic, Ink, to_text};

use crate::support::files;

/// The folder of the golden files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/atomics")
}

/// Compares what is told with the golden file of that name, or writes it.
pub fn compare(name: &str, problems: &[Diagnostic], wrong: &mut Vec<String>) {
    let rendered = to_text(problems, Ink::Plain);
    let path = folder().join(format!("{name}.txt"));
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        std::fs::write(&path, rendered).expect("a writable folder");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected != rendered {
        wrong.push(format!(
            "{}\nexpected:\n{expected}\nrendered:\n{rendered}",
            path.display()
        ));
    }
}

/// The files with more than one problem.
const SEVERAL: [&str; 2] = ["executor_steps_in_command", "several_at_once"];

#[test]
fn every_rule_of_the_schema_has_its_message() {
    let paths = files(&folder(), "yaml");
    assert!(paths.len() > 60, "the golden files are not here");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let name = path.file_stem().expect("a name").to_string_lossy();
        let loaded = crate::atomics::load(&text);
        let kept = usize::from(name == "guid_twice");
        assert_eq!(loaded.atomics.len(), kept, "{name}");
        assert!(!loaded.problems.is_empty(), "{name} has no problem");
        let is_one = loaded.problems.len() == 1;
        if is_one == SEVERAL.contains(&name.as_ref()) {
            wrong.push(format!("{name}: {} problems", loaded.problems.len()));
        }
        compare(&name, &loaded.problems, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_message_says_what_to_do_in_plain_words() {
    for path in files(&folder(), "txt") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        assert!(text.is_ascii(), "{text}");
        for sign in ["Some(", "Err(", "Raw", "serde", "schema", "(?:"] {
            assert!(!text.contains(sign), "{}: {sign}", path.display());
        }
        for problem in text.split("\n\n") {
            let title = problem.lines().next().unwrap_or_default();
            assert!(!title.ends_with('.') && !title.contains('!'), "{title}");
            assert!(problem.contains("= help: "), "no help in\n{problem}");
        }
    }
}
