//! The documentation says what is true.

use std::collections::BTreeSet;
use std::path::Path;

use misfire::diagnostic::Code;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_diagnostic_code_is_documented_and_no_other() {
    let documentation = read("docs/diagnostics.md");
    let documented: BTreeSet<&str> = documentation
        .lines()
        .filter_map(|line| line.strip_prefix("| `misfire::"))
        .filter_map(|line| line.split('`').next())
        .collect();
    let known: BTreeSet<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str().trim_start_matches("misfire::"))
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn every_file_that_a_document_links_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = vec![
        root.join("README.md"),
        root.join("CONTRIBUTING.md"),
        root.join("CHANGELOG.md"),
    ];
    documents.extend(
        std::fs::read_dir(root.join("docs"))
            .expect("the docs folder")
            .flatten()
            .map(|entry| entry.path()),
    );
    let mut checked = 0;
    for document in documents {
        let text = std::fs::read_to_string(&document).expect("a readable document");
        for target in text.split("](").skip(1) {
            let target = target.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            checked += 1;
            let path = document.parent().expect("a folder").join(target);
            assert!(path.exists(), "{} links to {target}", document.display());
        }
    }
    assert!(checked > 5, "only {checked} links were looked at");
}
