//! Every problem with a Sigma file as its user sees it: one pair of files a
//! message, below `tests/golden/sigma`.
//!
//! `MISFIRE_BLESS=1 cargo test --release --test sigma_diagnostics` writes the
//! expected renderings anew; look at the difference before it is committed.

use crate::support;

mod hostile;
mod snippets;

use std::path::{Path, PathBuf};

use misfire::detect::sigma::{SigmaEngine, parse};
use misfire::diagnostic::{Diagnostic, Ink, SourceText, sort, to_json, to_text};
use support::{files, names_of};

/// Everything that loading a text as one file leads to.
pub fn problems(file: &str, text: &str) -> Vec<Diagnostic> {
    let (set, mut problems) = parse(&SourceText::new(file, text));
    let names = names_of(&set);
    problems.extend(SigmaEngine::new(set, &names).1);
    sort(&mut problems);
    problems
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sigma")
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
    assert!(paths.len() > 50, "the golden files are not here");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let name = path.file_name().expect("a name").to_string_lossy();
        let problems = problems(&name, &text);
        assert!(!problems.is_empty(), "{name} has no problem");
        let text = to_text(&problems, Ink::Plain);
        assert!(text.is_ascii() || !name.starts_with("ascii"), "{text}");
        compare(&path.with_extension("txt"), &text, &mut wrong);
        let json: Vec<_> = problems.iter().map(to_json).collect();
        let json = serde_json::to_string_pretty(&json).expect("JSON");
        compare(&path.with_extension("json"), &(json + "\n"), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn no_message_shows_the_insides_of_the_program() {
    for path in files(&golden(), "txt") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for sign in [
            "(?i",
            "(?s",
            "Mapping {",
            "Sequence [",
            "Some(",
            "String(",
            "Err(",
        ] {
            assert!(!text.contains(sign), "{}: {sign}", path.display());
        }
        for problem in text.split("\n\n") {
            let title = problem.lines().next().unwrap_or_default();
            assert!(!title.ends_with('.') && !title.contains('!'), "{title}");
            assert!(problem.contains("= help: "), "no help in\n{problem}");
        }
    }
}

#[test]
fn every_code_of_this_part_is_shown() {
    let shown: String = files(&golden(), "json")
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a readable file"))
        .collect();
    for code in misfire::diagnostic::Code::ALL {
        let name = code.as_str();
        if name.starts_with("misfire::sigma") || name.starts_with("misfire::yaml") {
            assert!(shown.contains(name), "no golden file shows {name}");
        }
    }
}
