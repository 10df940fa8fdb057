//! The published searches, where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};

use misfire::detect::spl::syntax::{Macro, MacroProblem, Macros, expand, parse};
use serde::Deserialize;

#[derive(Deserialize)]
struct Detection {
    search: Option<String>,
}

#[derive(Deserialize)]
struct MacroFile {
    name: String,
    definition: serde_yaml::Value,
    #[serde(default)]
    arguments: Vec<String>,
}

fn corpus() -> Option<PathBuf> {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let splunk = shared.join("corpora/splunk");
    splunk.join("detections").is_dir().then_some(splunk)
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it has entries").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "yml") {
            into.push(path);
        }
    }
}

fn macros(splunk: &Path) -> Macros {
    let mut paths = Vec::new();
    files(&splunk.join("macros"), &mut paths);
    let mut macros = Macros::builtin();
    for path in paths {
        let text = fs::read_to_string(&path).expect("it can be read");
        let file: MacroFile = serde_yaml::from_str(&text).expect("it is a macro");
        let definition = match file.definition {
            serde_yaml::Value::String(text) => text,
            serde_yaml::Value::Bool(value) => value.to_string(),
            serde_yaml::Value::Null => "null".to_owned(),
            other => panic!("{}: {other:?}", path.display()),
        };
        macros.insert(Macro {
            name: file.name,
            arguments: file.arguments,
            definition,
        });
    }
    macros
}

/// Macros of other apps, which the corpus does not bring along.
const ABSENT: &[(&str, &[&str], &str)] = &[("get_asset", &["x"], "search *")];

#[test]
fn every_published_search_is_read_and_printed() {
    let Some(splunk) = corpus() else {
        println!("skipped: the corpus is not at hand");
        return;
    };
    let mut macros = macros(&splunk);
    for (name, arguments, definition) in ABSENT {
        macros.insert(Macro {
            name: (*name).to_owned(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            definition: (*definition).to_owned(),
        });
    }
    let mut paths = Vec::new();
    files(&splunk.join("detections"), &mut paths);
    let mut failures = Vec::new();
    let mut read = 0;
    for path in paths {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let text = fs::read_to_string(&path).expect("it can be read");
        let file: Detection = serde_yaml::from_str(&text).expect("it is a detection");
        let Some(search) = file.search else { continue };
        let expanded = match expand(&search, &macros) {
            Ok(expanded) => expanded,
            Err(error) => {
                assert_ne!(error.problem, MacroProblem::Unclosed, "{name:?}");
                failures.push(format!("{name:?}: {error}"));
                continue;
            }
        };
        let tree = match parse(&expanded.text) {
            Ok(tree) => tree,
            Err(error) => {
                let written = expanded.map.original(error.span);
                failures.push(format!(
                    "{name:?}: {error} {:?} [{:?}] in {:?}",
                    error.expected,
                    error.span.of(&expanded.text),
                    written
                        .of(&search)
                        .map(|text| text.chars().take(90).collect::<String>()),
                ));
                continue;
            }
        };
        let printed = tree.to_string();
        match parse(&printed) {
            Ok(again) if again == tree => read += 1,
            Ok(_) => failures.push(format!("{name:?}: printed as another search: {printed}")),
            Err(error) => failures.push(format!("{name:?}: {error} in {printed}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(read >= 800, "{read}");
}
