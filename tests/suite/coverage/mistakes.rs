//! What published catalogues get wrong.

use std::process::Command;

use serde_json::Value;

use super::{has, page_of, query, row, value, with_rules};
use crate::support::corpora::corpus;

const SYSMON: &str = r#"index=* source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational""#;

fn spl(title: &str, rest: &str) -> String {
    query(title, "spl", "T1219", &format!("{SYSMON} {rest}"))
}

/// Every field that a page has anywhere.
fn fields(page: &Value) -> Vec<String> {
    let tables = [
        "fields",
        "computed",
        "indicators",
        "exclusions",
        "nested_exclusions",
    ];
    let rows = tables
        .iter()
        .flat_map(|table| page[*table].as_array().expect("a table"));
    rows.filter_map(|row| row["field"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn an_option_of_a_command_is_no_predicate() {
    let home = with_rules(&[spl(
        "Loaded",
        "EventCode=7 | bin _time span=30s | stats count dc(ImageLoaded) as loaded by Image _time \
         | where loaded > 3",
    )]);
    let page = page_of(&home, "T1219", &[]);
    let fields = fields(&page);
    assert!(!fields.iter().any(|field| field == "span"), "{fields:?}");
    assert!(!page.to_string().contains("30s"), "{page:#}");
    // What is counted is none either.
    assert_eq!(
        row(&page, "computed", "loaded")["operators"]["greater than"],
        1
    );
    assert!(!has(&page, "fields", "ImageLoaded"), "{page:#}");
}

#[test]
fn values_that_differ_in_case_only_are_one() {
    let home = with_rules(&[
        spl("One", "EventCode=7 | search Signed=True"),
        spl("Two", "EventCode=7 | search Signed=TRUE"),
        spl("Three", "EventCode=7 | search Signed=TRUE"),
    ]);
    let page = page_of(&home, "T1219", &[]);
    let signed: Vec<_> = page["indicators"]
        .as_array()
        .expect("indicators")
        .iter()
        .filter(|row| row["field"] == "Signed")
        .collect();
    assert_eq!(signed.len(), 1, "{signed:#?}");
    assert_eq!(signed[0]["rules"], 3);
    // The spelling is that of most rules.
    assert_eq!(signed[0]["value"], "TRUE");
}

#[test]
fn what_a_lookup_yields_is_no_field_of_a_record() {
    let home = with_rules(&[spl(
        "Looked up",
        "EventCode=1 | lookup remote_access_software remote_utility AS process_name OUTPUT \
         isutility | search isutility=True",
    )]);
    let page = page_of(&home, "T1219", &[]);
    assert!(!has(&page, "fields", "isutility"), "{page:#}");
    assert!(!has(&page, "indicators", "isutility"), "{page:#}");
    assert_eq!(row(&page, "computed", "isutility")["rules"], 1);
}

#[test]
fn values_are_read_without_their_quotes_and_wildcards() {
    let home = with_rules(&[spl(
        "Written",
        r#"EventCode=11 file_name IN ("*.msi", "*.exe", "*echoware.dll")"#,
    )]);
    let page = page_of(&home, "T1219", &[]);
    let row = row(&page, "fields", "TargetFilename");
    assert_eq!(row["operators"]["endswith"], 1, "{row:#}");
    for name in [".msi", ".exe", "echoware.dll"] {
        assert!(
            value(&page, "indicators", "TargetFilename", "endswith", name).is_some(),
            "{page:#}"
        );
    }
}

/// Which log a search names is told by the events.
#[test]
fn the_name_of_a_log_is_no_field() {
    let home = with_rules(&[spl(
        "Started",
        "sourcetype=XmlWinEventLog EventCode=1 Image=*a.exe",
    )]);
    let page = page_of(&home, "T1219", &[]);
    let fields = fields(&page);
    for name in ["index", "source", "sourcetype"] {
        assert!(!fields.iter().any(|field| field == name), "{fields:?}");
    }
    assert_eq!(page["events"].as_array().map(Vec::len), Some(1), "{page:#}");
    assert_eq!(page["events"][0]["id"], 1);
}

/// The public searches in which the published page has these mistakes.
#[test]
fn none_of_it_is_made_with_the_public_searches() {
    let Some(rules) = corpus("splunk/detections") else {
        return;
    };
    let output = Command::new(env!("CARGO_BIN_EXE_misfire"))
        .arg("coverage")
        .arg(rules)
        .args(["--technique", "T1219", "--format", "json"])
        .output()
        .expect("a finished run");
    assert!(output.status.success(), "{output:?}");
    let page: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let fields = fields(&page);
    assert!(!fields.iter().any(|field| field == "span"), "{fields:?}");
    assert!(!has(&page, "fields", "isutility"), "{page:#}");
    let row = row(&page, "computed", "isutility");
    assert!(row["rules"].as_u64() >= Some(4), "{row:#}");
    assert_eq!(row["samples"], serde_json::json!(["True"]), "{row:#}");
    let ids = value(&page, "indicators", "EventID", "equals", "7");
    assert_eq!(ids.expect("a row")["rules"], 1);
}
