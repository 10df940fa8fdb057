//! What the page of a technique is made of.

use super::{has, id_of, page_of, query, row, sigma, value, with_rules};
use crate::support::corpora::corpus;

const PROCESS: &str = "category: process_creation";

fn image(title: &str, technique: &str, program: &str) -> String {
    sigma(
        title,
        technique,
        PROCESS,
        &format!("    selection:\n        Image|endswith: '\\{program}'\n    condition: selection"),
    )
}

#[test]
fn one_thing_is_one_row_in_all_languages_and_each_rule_counts_once() {
    let home = with_rules(&[
        sigma(
            "Sigma",
            "t1219",
            PROCESS,
            "    selection_one:\n        Image|endswith:\n            - '\\a.exe'\n            - '\\b.exe'\n    \
             selection_two:\n        Image|endswith: '\\c.exe'\n    selection_three:\n        \
             Image|contains: '\\Temp\\'\n    condition: 1 of selection_*",
        ),
        query(
            "Splunk",
            "spl",
            "T1219",
            "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=a.exe \
             by Processes.dest",
        ),
        query(
            "Sumo",
            "sumo",
            "T1219",
            r#"_sourceCategory=*sysmon* | json auto | where %"EventData.Image" matches "*\\a.exe""#,
        ),
        query(
            "Cloud SIEM",
            "sumo-cse",
            "T1219",
            r#"metadata_product="Windows" AND baseImage LIKE "%\\a.exe""#,
        ),
    ]);
    let page = page_of(&home, "T1219", &[]);
    assert_eq!(page["unread"], serde_json::json!([]), "{page:#}");
    let row = row(&page, "fields", "Image");
    assert_eq!(row["rules"], 4, "{page:#}");
    let names: Vec<_> = row["names"].as_array().expect("names").iter().collect();
    assert_eq!(names.len(), 4, "{row:#}");
    assert_eq!(row["operators"]["endswith"], 3, "{row:#}");
    assert_eq!(row["operators"]["contains"], 1, "{row:#}");
    assert_eq!(row["operators"]["equals"], 1, "{row:#}");
    let languages: Vec<_> = page["languages"]
        .as_array()
        .expect("languages")
        .iter()
        .map(|row| {
            (
                row["vendor"].as_str().expect("a name"),
                row["rules"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        languages,
        [
            ("Sigma", Some(1)),
            ("Splunk", Some(1)),
            ("Sumo Logic", Some(1)),
            ("Sumo Logic", Some(1))
        ]
    );
}

#[test]
fn reach_is_over_all_techniques() {
    let home = with_rules(&[
        image("Here", "t1219", "a.exe"),
        image("There", "t1105", "A.exe"),
        image("Elsewhere", "t1003.001", "a.exe"),
        image("Other", "t1219", "b.exe"),
    ]);
    let page = page_of(&home, "T1219", &[]);
    let own = value(&page, "indicators", "Image", "endswith", "\\a.exe").expect("a row");
    assert_eq!((&own["rules"], &own["reach"]), (&1.into(), &3.into()));
    let own = value(&page, "indicators", "Image", "endswith", "\\b.exe").expect("a row");
    assert_eq!((&own["rules"], &own["reach"]), (&1.into(), &1.into()));
    assert_eq!(page["corpus"], 4);
}

#[test]
fn exclusions_that_hold_always_stand_apart_from_those_of_an_alternative() {
    let home = with_rules(&[
        sigma(
            "Always",
            "t1219",
            PROCESS,
            "    selection:\n        Image|endswith: '\\a.exe'\n    filter_one:\n        \
             ParentImage: 'C:\\one.exe'\n        User: system\n    filter_two:\n        \
             ParentImage: 'C:\\two.exe'\n    condition: selection and not 1 of filter_*",
        ),
        sigma(
            "Sometimes",
            "t1219",
            PROCESS,
            "    selection:\n        Image|endswith: '\\b.exe'\n    other:\n        \
             Image|endswith: '\\c.exe'\n    filter:\n        ParentImage: 'C:\\three.exe'\n    \
             condition: (selection and not filter) or other",
        ),
        query(
            "Not so",
            "spl",
            "T1219",
            r#"index=* EventCode=1 Image=*d.exe ParentImage!="C:\\four.exe" NOT User=system"#,
        ),
    ]);
    let page = page_of(&home, "T1219", &[]);
    for parent in ["C:\\one.exe", "C:\\two.exe", "C:\\four.exe"] {
        let row = value(&page, "exclusions", "ParentImage", "equals", parent);
        assert!(row.is_some(), "{parent}: {page:#}");
    }
    let system = value(&page, "exclusions", "User", "equals", "system");
    assert_eq!(system.expect("a row")["rules"], 2);
    let inside = value(
        &page,
        "nested_exclusions",
        "ParentImage",
        "equals",
        "C:\\three.exe",
    );
    assert_eq!(inside.expect("a row")["rules"], 1);
    assert!(!has(&page, "indicators", "ParentImage"), "{page:#}");
    let row = row(&page, "fields", "ParentImage");
    assert_eq!(
        (&row["rules"], &row["rules_excluding"]),
        (&0.into(), &3.into())
    );
}

#[test]
fn event_ids_of_a_rule_decide_which_events_it_looks_at() {
    let service = "service: security";
    let home = with_rules(&[
        sigma(
            "Scheduled",
            "t1053.005",
            service,
            "    selection:\n        EventID:\n            - 4698\n            - 4702\n    \
             condition: selection",
        ),
        sigma(
            "But one",
            "t1053.005",
            service,
            "    selection:\n        EventID: 4698\n    other:\n        EventID: 4702\n    \
             condition: selection and not other",
        ),
        sigma(
            "Any",
            "t1053.005",
            service,
            "    keywords:\n        - schtasks\n    condition: keywords",
        ),
    ]);
    let page = page_of(&home, "T1053.005", &[]);
    let events: Vec<_> = page["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| (event["id"].as_u64(), event["rules"].as_u64()))
        .collect();
    assert!(events.contains(&(Some(4698), Some(2))), "{events:?}");
    assert!(events.contains(&(Some(4702), Some(1))), "{events:?}");
    // Those of a whole log are not listed one by one.
    assert!(events.contains(&(None, Some(1))), "{events:?}");
    assert!(events.len() < 10, "{events:?}");
}

#[test]
fn former_ids_are_joined_with_those_of_today() {
    let home = with_rules(&[
        image("Old", "t1562.001", "a.exe"),
        image("New", "t1685", "a.exe"),
    ]);
    for asked in ["T1562.001", "T1685"] {
        let page = page_of(&home, asked, &[]);
        assert_eq!(page["technique"], "T1685", "{asked}");
        assert_eq!(page["aliases"], serde_json::json!(["T1562.001"]), "{asked}");
        assert_eq!(row(&page, "fields", "Image")["rules"], 2, "{asked}");
    }
    let index = home
        .misfire(&["coverage", "rules", "--all", "--format", "json"])
        .exits(0)
        .json();
    let techniques = index["techniques"].as_array().expect("techniques");
    assert_eq!(techniques.len(), 1, "{index:#}");
    assert_eq!(techniques[0]["rules"], 2);
}

#[test]
fn sub_techniques_are_taken_in_on_demand() {
    let home = with_rules(&[
        image("Parent", "t1219", "a.exe"),
        image("Child", "t1219.002", "b.exe"),
    ]);
    let page = page_of(&home, "T1219", &[]);
    assert_eq!(page["rules"].as_array().map(Vec::len), Some(1));
    assert_eq!(page["sub_techniques"][0]["technique"], "T1219.002");
    assert_eq!(page["sub_techniques"][0]["rules"], 1);
    let page = page_of(&home, "T1219", &["--sub-techniques"]);
    assert_eq!(page["rules"].as_array().map(Vec::len), Some(2));
    let page = page_of(&home, "T1219.002", &[]);
    assert_eq!(page["rules"][0]["title"], "Child");
}

#[test]
fn what_is_not_evaluated_is_named_and_counted() {
    let home = with_rules(&[
        image("Read", "t1219", "a.exe"),
        query("Kusto", "kql", "T1219", "DeviceProcessEvents | take 1"),
        query(
            "Mapped",
            "spl",
            "T1219",
            "index=* EventCode=1 | map search=\"search index=*\"",
        ),
    ]);
    let page = page_of(&home, "T1219", &[]);
    let unread: Vec<_> = page["unread"]
        .as_array()
        .expect("unread")
        .iter()
        .map(|row| {
            (
                row["title"].as_str().expect("a title"),
                row["why"].as_str().expect("why"),
            )
        })
        .collect();
    assert_eq!(unread.len(), 2, "{unread:?}");
    assert!(
        unread
            .iter()
            .any(|(title, why)| *title == "Kusto" && why.contains("kql"))
    );
    assert!(
        unread
            .iter()
            .any(|(title, why)| *title == "Mapped" && why.contains("map"))
    );
    let text = home
        .misfire(&["coverage", "rules", "--technique", "T1219"])
        .exits(0)
        .out();
    assert!(text.contains("2 are not evaluated"), "{text}");
    assert!(text.contains("Kusto"), "{text}");
}

#[test]
fn fields_that_an_event_does_not_carry_are_told() {
    let home = with_rules(&[
        sigma(
            "Partly",
            "t1219",
            PROCESS,
            "    selection:\n        Image|endswith: '\\a.exe'\n        ParentCommandLine|contains: \
             tunnel\n    condition: selection",
        ),
        sigma(
            "Blind",
            "t1219",
            "service: security",
            "    selection:\n        EventID: 4688\n        Imphash: 00\n    condition: selection",
        ),
    ]);
    let page = page_of(&home, "T1219", &[]);
    let partly = row(&page, "gaps", "ParentCommandLine");
    assert_eq!(
        partly["carried_by"],
        serde_json::json!(["Microsoft-Windows-Sysmon 1"])
    );
    assert_eq!(
        partly["absent_in"],
        serde_json::json!(["Microsoft-Windows-Security-Auditing 4688"])
    );
    assert_eq!(partly["rules_blind"], 0);
    let blind = row(&page, "gaps", "Imphash");
    assert_eq!(blind["rules_blind"], 1, "{page:#}");
    // Security names the program otherwise.
    assert!(!has(&page, "gaps", "Image"), "{page:#}");
}

/// Of the whole public corpus every rule is in the index, or said to be without a
/// technique.
#[test]
fn the_index_leaves_no_rule_out() {
    let Some(rules) = corpus("sigma/rules") else {
        return;
    };
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_misfire"))
        .arg("coverage")
        .arg(rules)
        .args(["--all", "--format", "json"])
        .output()
        .expect("a finished run");
    let index: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(index["rules"].as_u64() > Some(3000), "{:#}", index["rules"]);
    let techniques = index["techniques"].as_array().expect("techniques");
    assert!(techniques.len() > 300, "{}", techniques.len());
    for row in techniques {
        let languages = row["languages"].as_object().expect("languages");
        let all: u64 = languages
            .values()
            .filter_map(serde_json::Value::as_u64)
            .sum();
        let own = row["rules"].as_u64().zip(row["unread"].as_u64());
        assert_eq!(
            own.map(|(rules, unread)| rules + unread),
            Some(all),
            "{row:#}"
        );
        assert!(row["name"].is_string(), "{row:#}");
    }
    let ours = techniques.iter().find(|row| row["technique"] == "T1685");
    assert!(ours.expect("a row")["rules"].as_u64() > Some(100));
}

#[test]
fn a_rule_of_no_technique_is_counted() {
    let untagged = image("Tagged", "t1219", "a.exe").replace("attack.t1219", "attack.execution");
    let home = with_rules(&[untagged, image("Other", "t1219", "b.exe")]);
    let index = home
        .misfire(&["coverage", "rules", "--all", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(index["untagged"], 1);
    assert_eq!(index["rules"], 2);
    assert_ne!(id_of("Tagged"), id_of("Other"));
}
