//! A suite in SigmaHQ's format.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rayon::prelude::*;
use tempfile::TempDir;

use crate::never_green::damage::{Damage, copy_folder};
use crate::support::corpora::corpus;

/// Runs a suite; its exit code and its output.
fn run(suite: &Path, rules: &Path) -> (Option<i32>, String) {
    let output = Command::cargo_bin("misfire")
        .expect("the binary")
        .args(["run", "--threads", "1", "--sigma-regression"])
        .arg(suite)
        .arg("--detections")
        .arg(rules)
        .output()
        .expect("a finished run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

/// Every file that a suite's outcome depends on.
fn inputs(suite: &Path, rules: &Path) -> Vec<PathBuf> {
    let mut inputs = Vec::new();
    for folder in [suite, rules] {
        for entry in ignore::WalkBuilder::new(folder)
            .standard_filters(false)
            .build()
            .flatten()
        {
            let path = entry.path();
            let sidecar = path
                .extension()
                .is_some_and(|ending| ending == "json" && path.with_extension("evtx").exists());
            let source = path.extension().is_some_and(|ending| ending == "jsonl");
            if path.is_file() && !sidecar && !source {
                inputs.push(path.to_owned());
            }
        }
    }
    inputs.sort();
    inputs
}

/// A copy of a suite and its rules in a folder of its own.
struct Copy {
    _home: TempDir,
    suite: PathBuf,
    rules: PathBuf,
}

fn copy_of(suite: &Path, rules: &Path) -> Copy {
    let home = TempDir::new().expect("a temporary folder");
    let copy = Copy {
        suite: home.path().join(suite.file_name().expect("a name")),
        rules: home.path().join("rules"),
        _home: home,
    };
    copy_folder(suite, &copy.suite);
    copy_folder(rules, &copy.rules);
    copy
}

fn assert_never_green(suite: &Path, rules: &Path) {
    let whole = copy_of(suite, rules);
    let (code, text) = run(&whole.suite, &whole.rules);
    assert_eq!(code, Some(0), "the whole suite is green:\n{text}");

    let inputs = inputs(&whole.suite, &whole.rules);
    assert!(inputs.len() > 5, "only {} inputs", inputs.len());
    let cases: Vec<_> = inputs
        .iter()
        .flat_map(|input| Damage::ALL.map(|damage| (input, damage)))
        .filter(|(input, damage)| damage.applies_to(input))
        .collect();
    let green: Vec<_> = cases
        .par_iter()
        .filter_map(|(input, damage)| {
            let copy = copy_of(&whole.suite, &whole.rules);
            let home = whole.suite.parent().expect("a folder");
            let there = copy.suite.parent().expect("a folder");
            let target = there.join(input.strip_prefix(home).expect("a path below"));
            damage.inflict(&target);
            let (code, text) = run(&copy.suite, &copy.rules);
            // A rule that is gone can only be named by its id.
            let gone = matches!(damage, Damage::Remove) && !target.starts_with(&copy.suite);
            let named = gone
                || text.contains(&*target.file_name().expect("a name").to_string_lossy())
                || text.contains(&*target.parent().expect("a folder").to_string_lossy());
            (code == Some(0) || code.is_none() || text.contains("all as expected") || !named)
                .then(|| format!("{damage:?} {}: {code:?}\n{text}", input.display()))
        })
        .collect();
    assert!(green.is_empty(), "{}", green.join("\n----\n"));
}

#[test]
fn the_public_suite_is_never_green_with_a_damaged_input() {
    let Some(sigma) = corpus("sigma") else { return };
    // A folder of the suite with the rules that name it keeps one run short.
    let home = TempDir::new().expect("a temporary folder");
    let suite = home.path().join("regression_data");
    let rules = home.path().join("rules");
    fs::create_dir_all(&rules).expect("a folder");
    let mut taken = 0;
    for entry in ignore::Walk::new(sigma.join("rules/windows")).flatten() {
        let Ok(text) = fs::read_to_string(entry.path()) else {
            continue;
        };
        let Some(info) = text
            .lines()
            .find_map(|line| line.strip_prefix("regression_tests_path:"))
        else {
            continue;
        };
        let folder = sigma
            .join(info.trim())
            .parent()
            .expect("a folder")
            .to_owned();
        if !folder.is_dir() || taken == 12 {
            continue;
        }
        taken += 1;
        let inside = folder
            .strip_prefix(sigma.join("regression_data"))
            .expect("a path below");
        copy_folder(&folder, &suite.join(inside));
        fs::write(rules.join(entry.file_name()), text).expect("a writable file");
    }
    assert_eq!(taken, 12);
    assert_never_green(&suite, &rules);
}
