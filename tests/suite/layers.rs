//! The layers of the design: imports run downward only, and modules of one
//! floor do not import each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The modules of each floor, from the ground up.
const FLOORS: [&[&str]; 9] = [
    &["event", "activity", "diagnostic", "secret"],
    &["recording"],
    &["detect", "log", "sensor"],
    &["content", "collect"],
    &["stage", "lab"],
    &["verdict"],
    &["run", "coverage", "mutate", "diff"],
    &["report"],
    &["cli", "main", "lib"],
];

fn floors() -> BTreeMap<&'static str, usize> {
    let mut floors = BTreeMap::new();
    for (height, modules) in FLOORS.iter().enumerate() {
        for module in *modules {
            floors.insert(*module, height);
        }
    }
    floors
}

fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    ignore::Walk::new(root)
        .flatten()
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// The top-level module that a source file belongs to.
fn module_of(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let inside = path.strip_prefix(root).expect("a file below src");
    let first = inside.components().next().expect("a name");
    let name = first.as_os_str().to_string_lossy().into_owned();
    name.trim_end_matches(".rs").to_owned()
}

/// How many `super::` lead from a file's module to the root of the crate.
fn depth_of(path: &Path) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let inside = path.strip_prefix(root).expect("a file below src");
    let parts = inside.components().count();
    if inside.file_name().is_some_and(|name| name == "mod.rs") {
        parts - 1
    } else {
        parts
    }
}

/// The top-level modules that a text imports, with the line: through `crate::`,
/// or through as many `super::` as lead to the root. Lists in braces count.
fn imports(text: &str, depth: usize) -> Vec<(usize, String)> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let to_root = "super::".repeat(depth);
    let mut found = Vec::new();
    for prefix in ["crate::", to_root.as_str()] {
        for (start, _) in code.match_indices(prefix) {
            let before = code[..start].chars().next_back();
            if before.is_some_and(|character| character == ':' || character.is_alphanumeric()) {
                continue;
            }
            let line = code[..start].matches('\n').count() + 1;
            let rest = &code[start + prefix.len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => top_level_items(list),
                None => vec![rest],
            };
            for name in names {
                let name: String = name
                    .trim()
                    .chars()
                    .take_while(|character| character.is_alphanumeric() || *character == '_')
                    .collect();
                if !name.is_empty() {
                    found.push((line, name));
                }
            }
        }
    }
    found
}

/// The items of a list in braces whose opening brace is gone.
fn top_level_items(list: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut start = 0;
    let mut items = Vec::new();
    for (place, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&list[start..place]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    items
}

#[test]
fn imports_run_downward_only() {
    let floors = floors();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for path in sources() {
        let module = module_of(&path);
        let Some(own) = floors.get(module.as_str()) else {
            wrong.push(format!("{} stands on no floor", path.display()));
            continue;
        };
        let text = std::fs::read_to_string(&path).expect("a readable source");
        for (line, imported) in imports(&text, depth_of(&path)) {
            let Some(theirs) = floors.get(imported.as_str()) else {
                continue;
            };
            checked += 1;
            if imported != module && theirs >= own {
                wrong.push(format!(
                    "{}:{line}: `{module}` imports `{imported}`, which does not stand below it",
                    path.display()
                ));
            }
        }
    }
    assert!(checked > 50, "only {checked} imports were looked at");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_stands_on_a_floor() {
    let floors = floors();
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
        .expect("a readable source");
    let modules: Vec<_> = lib
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub mod "))
        .map(|name| name.trim_end_matches(';'))
        .collect();
    assert!(!modules.is_empty());
    for module in modules {
        assert!(floors.contains_key(module), "`{module}` stands on no floor");
    }
}

#[test]
fn the_check_sees_an_upward_import() {
    let text = "use crate::{\n    run::{a, b},\n    event,\n};\n\
                let x = crate::report::junit; // crate::cli\n\
                use super::super::verdict::Verdict;\n";
    let mut names: Vec<_> = imports(text, 2).into_iter().map(|(_, name)| name).collect();
    names.sort();
    assert_eq!(names, ["event", "report", "run", "verdict"]);
}

/// A simulation that could see what is expected, or which rules there are, would prove
/// nothing.
#[test]
fn a_stage_sees_no_expectation_and_no_detection() {
    let mut checked = 0;
    for path in sources() {
        if !["stage", "sensor", "activity"].contains(&module_of(&path).as_str()) {
            continue;
        }
        checked += 1;
        let text = std::fs::read_to_string(&path).expect("a readable source");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let mut words = code.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
            let seen = words.find(|word| {
                [
                    "expectation",
                    "Expectation",
                    "detect",
                    "Plan",
                    "PlannedTest",
                ]
                .contains(word)
            });
            assert_eq!(seen, None, "{}:{}", path.display(), number + 1);
        }
    }
    assert!(checked > 10, "only {checked} files were looked at");
}
