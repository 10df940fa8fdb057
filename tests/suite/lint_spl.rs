//! What the linter finds in Splunk searches.

use std::collections::BTreeSet;
use std::path::Path;

use misfire::content::{
    LoadedDetections, QuerySettings, load_detections_from, load_detections_with,
};
use misfire::detect::lint::{Finding, Remedy};
use misfire::diagnostic::{At, Severity, SourceText};
use serde::Deserialize;

use crate::support::{corpus, files, lint, published};

#[test]
fn rules_find_what_they_say_and_nothing_else() {
    lint::cases("spl", 120);
}

/// What is marked, behind the rule's name.
fn told(finding: &Finding) -> String {
    let code = finding.diagnostic.code.as_str();
    let rule = code.rsplit("::").next().unwrap_or_default();
    match finding.diagnostic.place.as_ref().map(|place| &place.at) {
        Some(At::Span { source, bytes }) => format!("{rule} {}", &source.text[bytes.clone()]),
        _ => rule.to_owned(),
    }
}

fn is_of_linter(finding: &Finding) -> bool {
    let code = finding.diagnostic.code.as_str();
    code.starts_with("misfire::lint::spl::")
}

fn loaded(query: &str) -> LoadedDetections {
    let query = query.trim().replace('\n', "\n  ");
    let text = format!(
        "id: 3c5c2d3e-5d0b-4b5e-8d7b-1f0a9c2b7d11\ntitle: Query\nlanguage: spl\nquery: |-\n  {query}\n"
    );
    let source = SourceText::new("query.yml", text);
    load_detections_from(vec![Ok(source)], Some((&[], &QuerySettings::default())))
}

/// An example of the documentation.
#[derive(Deserialize)]
struct Example {
    shows: String,
    search: String,
}

/// Searches of the documentation that show the very surprise that a rule is about.
const SURPRISES: &[(&str, &str)] = &[
    // It compares with a text that holds an asterisk, to show that it does.
    ("an asterisk is no wildcard", "where_wildcard"),
];

#[test]
fn examples_of_the_documentation_are_fine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/spl/cases");
    let mut wrong = Vec::new();
    let mut surprised = BTreeSet::new();
    let mut looked_at = 0;
    for path in files(&folder, "yaml") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let examples: Vec<Example> = serde_yaml::from_str(&text).expect("examples");
        for example in examples {
            looked_at += 1;
            for finding in loaded(&example.search).findings() {
                if !is_of_linter(&finding) || finding.diagnostic.severity == Severity::Note {
                    continue;
                }
                let is_surprise = SURPRISES.iter().find(|(shows, code)| {
                    *shows == example.shows && finding.diagnostic.code.as_str().ends_with(code)
                });
                match is_surprise {
                    Some(surprise) => {
                        surprised.insert(*surprise);
                    }
                    None => wrong.push(format!("(\"{}\", …), {}", example.shows, told(&finding))),
                }
            }
        }
    }
    assert!(looked_at > 350, "{looked_at}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(surprised.len(), SURPRISES.len(), "{surprised:?}");
}

#[test]
fn our_own_detections_are_fine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detections/splunk");
    let loaded = load_detections_with(&[folder], &QuerySettings::default());
    assert!(loaded.plans.planned.len() > 10);
    let told: Vec<_> = loaded.findings().iter().map(told).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn the_published_search_is_of_add_ons_of_old_and_knows_no_boundaries() {
    let Some(query) = published("T1219.001-splunk") else {
        return;
    };
    let findings = loaded(&query).findings();
    let told: Vec<_> = findings
        .iter()
        .filter(|one| is_of_linter(one))
        .map(told)
        .collect();
    assert_eq!(
        told,
        [
            r#"obsolete_sourcetype "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational""#,
            r#"program_boundary "(?i)(code\.exe|code-tunnel|code-insiders)""#,
            r#"program_boundary "(?i)(jetbrains-gateway|gateway\.exe|remote-dev-server|idea|pycharm)""#,
        ]
    );
}

#[test]
fn few_public_detections_can_never_fire() {
    let Some(detections) = corpus("splunk/detections") else {
        return;
    };
    let loaded = load_detections_with(&[detections], &QuerySettings::default());
    let number = loaded.plans.planned.len();
    let findings: Vec<_> = loaded.findings().into_iter().filter(is_of_linter).collect();
    let files_with = |severity: Severity| -> BTreeSet<_> {
        findings
            .iter()
            .filter(|finding| finding.diagnostic.severity == severity)
            .filter_map(|finding| finding.diagnostic.place.as_ref())
            .filter_map(|place| match &place.at {
                At::Span { source, .. } => Some(source.file.clone()),
                _ => None,
            })
            .collect()
    };
    let errors = files_with(Severity::Error).len();
    let warnings = files_with(Severity::Warning).len();
    println!("of {number} detections {errors} have an error, {warnings} a warning");
    assert!(errors * 100 <= number, "{errors} of {number}");
    assert!(warnings * 100 <= number * 5, "{warnings} of {number}");
}

/// In a pattern of `like`, an underscore is any character.
#[test]
fn an_underscore_is_looked_at_before_it_is_a_wildcard() {
    for (value, wanted) in [
        ("foo bar*", Remedy::Certain),
        ("foo_bar*", Remedy::Proposed),
    ] {
        let query = format!("index=win | where CommandLine=\"{value}\"");
        let found = loaded(&query).findings();
        let fixes = found
            .iter()
            .filter(|found| told(found).starts_with("where_wildcard"));
        let remedies = fixes.filter_map(|found| Some(found.fix.as_ref()?.remedy));
        assert_eq!(remedies.collect::<Vec<_>>(), [wanted], "{value}");
    }
}
