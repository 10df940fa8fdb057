//! Verdicts on Splunk searches that a run cannot prove, or proves in one reading only.

use serde_json::Value;

use crate::support::project::{EXPECTATION, Project, RULE, Recording, security, sysmon};

/// A project whose detection is one bare query.
fn project(query: &str) -> Project {
    let mut project = Project::new();
    project.rules = vec![(
        "query.yml".to_owned(),
        format!("id: {RULE}\ntitle: Whoami\nlanguage: spl\nquery: |\n  {query}\n"),
    )];
    project
}

fn verdict(project: &Project, code: i32) -> (String, String) {
    let done = project.run().exits(code);
    let verdict = &done.json()["tests"][0]["verdicts"][0];
    let text = |key: &str| verdict[key].as_str().unwrap_or_default().to_owned();
    (text("verdict"), text("reason"))
}

/// A join without the log of its other search cannot fire, and that is not the
/// query's fault.
#[test]
fn a_join_without_the_log_of_its_partner_proves_nothing() {
    let query = r#"index=* source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" EventCode=1 Image="*whoami*" | join Computer [search index=* source="XmlWinEventLog:Security" EventCode=4624 | table Computer]"#;
    let (word, reason) = verdict(&project(query), 1);
    assert_eq!(word, "inconclusive", "{reason}");
    assert!(reason.contains("`security` was not looked at"), "{reason}");

    // With that log, and no record of the logon in it, it is.
    let logon = security(9, 4, serde_json::json!({"LogonType": "2"}));
    let both = Recording::of_atomic("plain")
        .with(
            "sysmon",
            vec![sysmon(1, 5, r"C:\Windows\System32\whoami.exe")],
        )
        .with("security", vec![logon]);
    let (word, reason) = verdict(&project(query).recorded(both), 1);
    assert_ne!(word, "inconclusive", "{reason}");
}

/// What fires on nothing proves nothing by firing.
#[test]
fn a_search_for_nothing_is_never_proven() {
    let query = "index=* EventCode=1 Image=*tunnel* | stats count | where count=0";
    let (word, reason) = verdict(&project(query), 1);
    assert_eq!(word, "inconclusive");
    assert!(reason.contains("even on nothing"), "{reason}");
}

/// A pattern that is computed may give up like any other.
#[test]
fn a_computed_pattern_that_gives_up_proves_nothing() {
    let query = r#"index=* EventCode=1 | eval long=mvjoin(mvrange(0, 60), ""), p="^(?:(\d+)(?=\d|b))+b$" | where match(long, p)"#;
    let (word, reason) = verdict(&project(query), 3);
    assert_eq!(word, "inconclusive");
    assert!(reason.contains("too many steps"), "{reason}");
}

/// A query is judged in the reading that its expectation names, on tests and controls.
#[test]
fn the_authors_meaning_is_judged_where_it_is_expected() {
    let query = r#"index=endpoint sourcetype="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" Image="*\\whoami.exe""#;
    let both = EXPECTATION.replace(
        &format!("      - rule: {RULE}\n"),
        &format!(
            "      - {{rule: {RULE}, reading: strict, expect: unsupported, reason: other names}}\n      \
             - {{rule: {RULE}, reading: intent}}\n"
        ),
    );
    let both = format!("{both}    controls:\n      - fixture: T1033/controls/office\n");
    let control = Recording::control("office").with(
        "sysmon",
        vec![sysmon(1, 5, r"C:\Windows\System32\whoami.exe")],
    );
    let project = project(query).expecting(&both).and(control);
    let done = project.run().exits(1);
    let report = done.json();
    let words = |list: &Value, key: &str| -> Vec<String> {
        let items = list.as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|one| format!("{} {}", one["reading"], one[key]).replace('"', ""))
            .collect()
    };
    let test = &report["tests"][0];
    assert_eq!(
        words(&test["verdicts"], "verdict"),
        ["strict unsupported", "intent fired"],
        "{report}"
    );
    // The same meaning finds too much in benign work, and that is told.
    assert_eq!(
        words(&test["controls"], "outcome"),
        ["intent false-alarm"],
        "{report}"
    );
    let repaired = report["diagnostics"].to_string();
    assert!(repaired.contains("misfire::spl::repaired"), "{repaired}");
}
