//! The page that a rule catalogue published of T1219, over the corpus that it was made
//! of.

use std::process::Command;

use serde_json::Value;

use super::{has, row, value};
use crate::support::corpora::{corpora, corpus};

fn page() -> Option<Value> {
    let rules = corpus("sigma/rules/windows")?;
    let output = Command::new(env!("CARGO_BIN_EXE_misfire"))
        .arg("coverage")
        .arg(rules)
        .args(["--technique", "T1219", "--format", "json"])
        .output()
        .expect("a finished run");
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn published() -> Option<String> {
    let pages = corpora()?.with_file_name("published");
    let text = std::fs::read_to_string(pages.join("T1219-attack-coverage.txt"));
    Some(text.expect("the published page").replace('\u{a0}', " "))
}

/// The catalogue's word for a comparison.
fn word(operator: &str) -> &str {
    match operator {
        "endswith" => "ends_with",
        "contains" => "match",
        "is null" => "is_null",
        other => other,
    }
}

/// A field, how many rules name it, and how many do with each operator.
type FieldRow = (&'static str, u64, &'static [(&'static str, u64)]);

/// The rows of the catalogue's table of fields: it counts exclusions, also those inside an
/// alternative, among what is filtered.
const FIELDS: [FieldRow; 6] = [
    ("Image", 6, &[("endswith", 5), ("contains", 1)]),
    ("CommandLine", 5, &[("contains", 5), ("endswith", 2)]),
    ("ParentImage", 3, &[("endswith", 3)]),
    ("OriginalFileName", 2, &[("is null", 2)]),
    ("ParentCommandLine", 2, &[("endswith", 2)]),
    ("TargetFilename", 1, &[("endswith", 1)]),
];

#[test]
fn the_fields_are_those_of_the_published_page() {
    let (Some(page), Some(text)) = (page(), published()) else {
        return;
    };
    for (field, rules, operators) in FIELDS {
        let told: Vec<_> = operators
            .iter()
            .map(|(operator, rules)| format!("{} {rules}", word(operator)))
            .collect();
        let line = format!("{field}{rules}{}", told.join(", "));
        assert!(text.contains(&line), "the page does not say {line}");
        let row = row(&page, "fields", field);
        assert_eq!(row["rules_naming"], rules, "{row:#}");
        let own = row["operators_naming"].as_object().expect("operators");
        assert_eq!(own.len(), operators.len(), "{row:#}");
        for (operator, rules) in operators {
            assert_eq!(own[*operator], *rules, "{row:#}");
        }
    }
    assert_eq!(page["fields"].as_array().map(Vec::len), Some(FIELDS.len()));
}

/// The catalogue's rows of indicators from Sigma rules: field, operator, value, rules
/// here, and rules in the whole catalogue; nothing stands there for one.
const INDICATORS: [(&str, &str, &str, u64, u64); 18] = [
    (
        "CommandLine",
        "contains",
        "--accept-server-license-terms",
        3,
        3,
    ),
    ("ParentCommandLine", "endswith", " tunnel", 2, 2),
    ("CommandLine", "contains", ".exe tunnel", 2, 2),
    ("CommandLine", "endswith", ".exe tunnel", 2, 2),
    ("Image", "endswith", "\\cmd.exe", 2, 92),
    ("CommandLine", "contains", "\\servers\\Stable-", 2, 2),
    ("CommandLine", "contains", "/d /c ", 2, 2),
    ("CommandLine", "contains", "code-server.cmd", 2, 2),
    ("CommandLine", "contains", "--pty", 1, 1),
    ("Image", "endswith", "\\ssh-shellhost.exe", 1, 1),
    ("CommandLine", "contains", "pwsh", 1, 5),
    ("CommandLine", "contains", "cmd", 1, 5),
    ("CommandLine", "contains", "bash", 1, 1),
    ("CommandLine", "contains", "powershell", 1, 16),
    ("ParentImage", "endswith", "\\ITSMService.exe", 1, 1),
    ("TargetFilename", "endswith", ".vbs", 1, 16),
    ("TargetFilename", "endswith", ".zip", 1, 4),
    ("TargetFilename", "endswith", ".cmd", 1, 8),
];

/// The corpus of the shared folder is newer than the catalogue's: one of the rules for a
/// child of `cmd.exe` no longer lists it. The catalogue's number holds for the commits of
/// March and April 2026.
const NEWER: [(&str, u64, u64); 1] = [("\\cmd.exe", 92, 91)];

#[test]
fn the_indicators_and_their_reach_are_those_of_the_published_page() {
    let (Some(page), Some(text)) = (page(), published()) else {
        return;
    };
    let mut differ = Vec::new();
    for (field, operator, text_of_value, here, reach) in INDICATORS {
        let told = if reach == 1 {
            String::new()
        } else {
            reach.to_string()
        };
        let line = format!("{field}{}{text_of_value}{here}{told}", word(operator));
        assert!(text.contains(&line), "the page does not say {line}");
        let row = value(&page, "indicators", field, operator, text_of_value)
            .unwrap_or_else(|| panic!("no row for {line}"));
        assert_eq!(row["rules_naming"], here, "{row:#}");
        let own = row["reach_naming"].as_u64().expect("a number");
        if own != reach {
            differ.push((text_of_value, reach, own));
        }
    }
    assert_eq!(differ, NEWER);
}

/// The page has 75 distinct values, of which 58 are from the Sigma rules, exclusions
/// included.
#[test]
fn every_value_is_an_indicator_or_an_exclusion() {
    let Some(page) = page() else { return };
    let count = |table: &str| page[table].as_array().map_or(0, Vec::len);
    assert_eq!(count("indicators"), 54);
    assert_eq!(count("exclusions"), 0);
    assert_eq!(count("nested_exclusions"), 4);
}

/// The published page shows them under the parent's name, as if they were asked for.
#[test]
fn exclusions_inside_an_alternative_are_no_indicators() {
    let (Some(page), Some(text)) = (page(), published()) else {
        return;
    };
    assert!(text.contains("ParentImage3ends_with 3\\ITSMService.exe, \\code.exe"));
    for program in ["\\code.exe", "\\code-tunnel.exe"] {
        assert!(value(&page, "indicators", "ParentImage", "endswith", program).is_none());
        let row = value(
            &page,
            "nested_exclusions",
            "ParentImage",
            "endswith",
            program,
        );
        assert_eq!(row.expect("a row")["rules"], 1);
    }
    assert_eq!(row(&page, "fields", "ParentImage")["rules"], 2);
    assert_eq!(row(&page, "fields", "ParentImage")["rules_excluding"], 1);
    assert!(!has(&page, "exclusions", "ParentImage"));
}

#[test]
fn the_events_of_sigma_rules_are_on_the_published_page() {
    let (Some(page), Some(text)) = (page(), published()) else {
        return;
    };
    let events = page["events"].as_array().expect("events");
    let own: Vec<_> = events
        .iter()
        .map(|event| {
            let provider = event["provider"].as_str().expect("a name");
            let provider = provider.trim_start_matches("Microsoft-Windows-").to_owned();
            (
                provider,
                event["id"].as_u64().expect("an id"),
                event["rules"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        own,
        [
            ("Security-Auditing".to_owned(), 4688, Some(5)),
            ("Sysmon".to_owned(), 1, Some(5)),
            ("Sysmon".to_owned(), 11, Some(1)),
        ]
    );
    for (provider, id, _) in own {
        assert!(text.contains(&format!("{provider}{id}")), "{provider} {id}");
    }
    assert!(text.contains("Sigma 6 rules"));
    assert_eq!(page["rules"].as_array().map(Vec::len), Some(6));
}
