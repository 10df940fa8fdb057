//! What the linter finds in Cloud SIEM expressions.

use std::collections::BTreeSet;
use std::path::Path;

use misfire::detect::Query;
use misfire::detect::cse::{Environment, lint};
use misfire::detect::lint::Finding;
use misfire::diagnostic::{Severity, SourceText};
use serde::Deserialize;

use crate::support::lint as cases;

fn findings(text: &str) -> Vec<Finding> {
    let source = SourceText::new("expression.yml", text);
    let places: Vec<usize> = (0..text.len()).collect();
    let query = Query {
        text,
        source: &source,
        places: &places,
    };
    lint::lint(query, &Environment::default())
}

#[test]
fn rules_find_what_they_say_and_nothing_else() {
    cases::cases("sumo-cse", 39);
}

#[derive(Debug, Deserialize)]
struct Documented {
    expression: String,
}

/// What the cases after the vendor's pages show on purpose, and what is told of it.
const MEANT: [(&str, &str); 12] = [
    ("user_username = null", "null_comparison"),
    ("commandLine LIKE '*whoami*'", "glob_in_like"),
    ("baseImage LIKE '%powershell%'", "case_sensitive"),
    ("baseImage LIKE 'cmd.exe'", "case_sensitive"),
    ("baseImage LIKE '%cmd.exe'", "case_sensitive"),
    ("baseImage LIKE '%\\cmd.exe'", "case_sensitive"),
    ("baseImage = 'a.exe'", "case_sensitive"),
    ("baseImage = 'b.exe'", "case_sensitive"),
    ("baseImage = /* the image */ 'a.exe'", "case_sensitive"),
    ("lower(baseImage) matches /b\\.exe/", "open_name"),
    ("file_path LIKE", "case_sensitive"),
    ("file_path LIKE 'C:\\Users\\%'", "escaped_wildcard"),
];

/// Expressions as documented are not wrong, but for what they show on purpose.
#[test]
fn documented_examples_are_clean() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cse/cases.yaml");
    let text = std::fs::read_to_string(path).expect("the cases");
    let cases: Vec<Documented> = serde_yaml::from_str(&text).expect("cases");
    let mut wrong = Vec::new();
    let mut told: BTreeSet<&(&str, &str)> = BTreeSet::new();
    for case in &cases {
        for finding in findings(&case.expression) {
            let code = finding.diagnostic.code.as_str();
            let meant = MEANT
                .iter()
                .find(|(text, name)| case.expression.contains(text) && code.ends_with(name));
            told.extend(meant);
            if finding.diagnostic.severity != Severity::Note && meant.is_none() {
                wrong.push(format!("{}: {code}", case.expression));
            }
        }
    }
    assert!(cases.len() > 140, "only {} cases", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let silent: Vec<_> = MEANT.iter().filter(|meant| !told.contains(meant)).collect();
    assert!(silent.is_empty(), "nothing is told of {silent:?}");
}
