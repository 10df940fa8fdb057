//! Where atomics stand.

use std::fs;
use std::path::Path;

use misfire::content::atomic::{LoadedAtomics, load_atomics, load_atomics_from};
use misfire::diagnostic::{At, Diagnostic, SourceText};
use tempfile::TempDir;

use crate::atomics::golden::compare;

/// A file of one atomic, whose GUID ends in these two digits.
fn file_of(technique: &str, digits: &str) -> String {
    format!(
        "attack_technique: {technique}\ndisplay_name: Remote access\natomic_tests:\n  \
         - name: One\n    auto_generated_guid: 5d1f6f5a-7c0b-4b2c-8a55-93d2f0c7aa{digits}\n    \
         description: It is one.\n    supported_platforms: [windows]\n    \
         executor: {{name: powershell, command: whoami}}\n"
    )
}

/// Loads a folder of these files; the places are told below `atomics`.
fn load(files: &[(&str, &str)]) -> LoadedAtomics {
    let home = TempDir::new().expect("a temporary folder");
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let mut loaded = load_atomics(home.path());
    for problem in &mut loaded.problems {
        rename(problem, home.path());
    }
    loaded
}

fn rename(problem: &mut Diagnostic, home: &Path) {
    let Some(place) = &mut problem.place else {
        return;
    };
    let inside = |path: &Path| match path.strip_prefix(home) {
        Ok(inside) if inside.as_os_str().is_empty() => "atomics".into(),
        Ok(inside) => Path::new("atomics").join(inside),
        Err(_) => path.to_owned(),
    };
    place.file = inside(&place.file);
    if let At::Span { source, .. } = &mut place.at {
        *source = SourceText::new(inside(&source.file), source.text.clone());
    }
    if let Some(help) = &mut problem.help {
        *help = help.replace(&home.display().to_string(), "atomics");
    }
}

#[test]
fn each_misplaced_file_has_its_message() {
    let (one, two) = (file_of("T1219", "01"), file_of("T1219.001", "02"));
    let again = file_of("T1219.001", "01");
    let cases: [(&str, Vec<(&str, &str)>); 10] = [
        ("folder_yml", vec![("T1219/T1219.yml", one.as_str())]),
        ("folder_none", vec![("T1219.yaml", one.as_str())]),
        (
            "folder_other_name",
            vec![("T1219/T1219.001.yaml", one.as_str())],
        ),
        (
            "folder_other_technique",
            vec![("T1219/T1219.yaml", two.as_str())],
        ),
        (
            "folder_lower_case",
            vec![("t1219/t1219.yaml", one.as_str())],
        ),
        (
            "folder_extra_yaml",
            vec![
                ("T1219/T1219.yaml", one.as_str()),
                ("T1219/notes.yaml", "a: 1\n"),
            ],
        ),
        (
            "folder_beside",
            vec![
                ("T1219/T1219.yaml", one.as_str()),
                ("T1219/tools/a.exe", ""),
                ("T1219/tools/b.exe", ""),
            ],
        ),
        (
            "folder_guid_twice",
            vec![
                ("T1219/T1219.yaml", one.as_str()),
                ("T1219.001/T1219.001.yaml", again.as_str()),
            ],
        ),
        ("folder_empty", vec![("README.md", "x")]),
        (
            "folder_in_folder",
            vec![("T1219/T1219/T1219.yaml", one.as_str())],
        ),
    ];
    let mut wrong = Vec::new();
    for (name, files) in cases {
        let loaded = load(&files);
        assert_eq!(loaded.problems.len(), 1, "{name}: {:?}", loaded.problems);
        compare(name, &loaded.problems, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_may_stand_there_is_passed_over() {
    let (one, two) = (file_of("T1219", "01"), file_of("T1219.001", "02"));
    let loaded = load(&[
        ("T1219/T1219.yaml", &one),
        ("T1219/T1219.md", "x"),
        ("T1219/src/T1219.yaml", "not: ours"),
        ("T1219/bin/deep/er/x.yml", "not: ours"),
        ("T1219.001/T1219.001.yaml", &two),
        ("Indexes/index.yaml", "not: ours"),
        ("used_guids.txt", "x"),
    ]);
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.files, 2);
    let techniques: Vec<_> = loaded
        .atomics
        .iter()
        .map(|atomic| atomic.technique.as_str())
        .collect();
    assert_eq!(techniques, ["T1219", "T1219.001"]);
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let loaded = load_atomics(Path::new("no/such/folder"));
    assert_eq!(loaded.problems.len(), 1, "{:?}", loaded.problems);
    assert!(loaded.atomics.is_empty());
}

#[test]
fn texts_are_checked_against_the_names_of_their_files() {
    let text = file_of("T1219", "01");
    let load = |file: &str| load_atomics_from(vec![Ok(SourceText::new(file, text.clone()))]);
    assert_eq!(load("atomics/T1219/T1219.yaml").problems, []);
    assert_eq!(load("T1219/T1219.yml").problems.len(), 1);
    assert_eq!(load("T1219.yaml").problems.len(), 1);
    assert_eq!(load("T1219.001/T1219.001.yaml").problems.len(), 1);
}
