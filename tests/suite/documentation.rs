//! The documentation says what is true.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

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
    documents.extend(crate::support::files(&root.join("docs"), "md"));
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

/// Files and folders of the repository, as they are named in running text.
#[test]
fn every_path_of_the_repository_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut checked = 0;
    for document in ["CONTRIBUTING.md", "README.md"] {
        let text = read(document);
        for span in text.split('`').skip(1).step_by(2) {
            let top = span.split('/').next().unwrap_or_default();
            let named = span.contains('/') && !top.starts_with("..") && root.join(top).is_dir();
            if named && !span.contains(['…', ' ']) && span.chars().all(|sign| !sign.is_uppercase())
            {
                checked += 1;
                assert!(root.join(span).exists(), "{document} names {span}");
            }
        }
    }
    assert!(checked > 10, "only {checked} paths were looked at");
}

/// Objects whose names are up to content, or are words that docs/verdicts.md explains.
const FREE: [&str; 15] = [
    "arguments",
    "claims",
    "controls",
    "detections",
    "evidence",
    "languages",
    "left_out",
    "matched",
    "operators",
    "operators_excluding",
    "operators_naming",
    "records",
    "sources",
    "telemetry",
    "unread_because",
];

#[test]
fn every_key_of_the_json_output_is_documented() {
    let documentation = read("docs/json.md");
    let documented: BTreeSet<&str> = documentation
        .split(|sign: char| sign != '_' && sign != '-' && !sign.is_ascii_alphanumeric())
        .collect();
    let recording = "fixtures/T1219/anydesk-from-temp/sysmon.evtx";
    let rule = "detections/sigma/anydesk_started_by_name.yml";
    let atomic = "d6e8f711-03b6-4375-b189-94ae331a10ba";
    let mut checked = 0;
    for command in [
        vec!["run"],
        vec!["list"],
        vec!["check"],
        vec!["lint", "detections/sumo", "tests/data/lint/finding.yml"],
        vec!["lint", "--rules"],
        vec![
            "accept",
            "tests/data/lint/finding.yml",
            "T1219.001/devtunnel-host",
        ],
        vec![
            "coverage",
            "detections",
            "--technique",
            "T1219",
            "--sub-techniques",
            "--prove",
        ],
        vec!["coverage", "detections", "--all"],
        vec!["doctor"],
        vec!["schema"],
        vec!["scan", recording, "--detections", "detections"],
        vec!["explain", rule, recording],
        vec!["convert", recording, "--to", "evtx", "-o", "/dev/null"],
        vec!["import", recording, "--atomic", atomic, "--dry-run"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_misfire"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(&command)
            .args(["--format", "json"])
            .output()
            .expect("a finished command");
        let documents = serde_json::Deserializer::from_slice(&output.stdout);
        for document in documents.into_iter::<serde_json::Value>() {
            let mut keys = BTreeSet::new();
            collect_keys(&document.expect("JSON"), &mut keys);
            for key in keys {
                checked += 1;
                assert!(documented.contains(key.as_str()), "{command:?}: {key}");
            }
        }
    }
    assert!(checked > 100, "only {checked} keys were looked at");
}

fn collect_keys(value: &serde_json::Value, keys: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                keys.insert(key.clone());
                match value.as_object() {
                    Some(free) if FREE.contains(&key.as_str()) => {
                        free.values().for_each(|value| collect_keys(value, keys));
                    }
                    _ => collect_keys(value, keys),
                }
            }
        }
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| collect_keys(item, keys));
        }
        _ => {}
    }
}
