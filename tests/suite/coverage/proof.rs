//! What of the coverage is proven.

use serde_json::Value;

use super::{row, value};
use crate::support::home::Home;
use crate::support::project::{Built, EXPECTATION, Project, Recording, sysmon};

/// A rule of the project's technique that never fires, beside the one that does.
const NEVER: &str = r"title: Never
id: 2a1f9c54-3c0d-4b7e-8a55-0c1d2e3f4a5b
tags:
    - attack.t1033
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image|endswith: '\not_there.exe'
    condition: selection
";

const FIRES: &str = r"title: Fires
id: 3a1f9c54-3c0d-4b7e-8a55-0c1d2e3f4a5b
tags:
    - attack.t1033
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image|endswith:
            - '\whoami.exe'
            - '\not_there.exe'
    condition: selection
";

fn built() -> Built {
    let controls = "    controls:\n      - fixture: T1033/controls/daily\n";
    let built = Project::new()
        .expecting(&format!("{EXPECTATION}{controls}"))
        .and(Recording::control("daily").with(
            "sysmon",
            vec![sysmon(1, 5, r"C:\Windows\System32\not_there.exe")],
        ))
        .built();
    built.write("corpus/never.yml", NEVER);
    built.write("corpus/fires.yml", FIRES);
    built
}

fn page(built: &Built, more: &[&str]) -> Value {
    let args = [
        &[
            "coverage",
            "corpus",
            "--technique",
            "T1033",
            "--format",
            "json",
        ],
        more,
    ]
    .concat();
    built.misfire(&args).exits(0).json()
}

fn rule<'p>(page: &'p Value, title: &str) -> &'p Value {
    let rules = page["rules"].as_array().expect("rules");
    rules
        .iter()
        .find(|rule| rule["title"] == title)
        .expect("a rule")
}

#[test]
fn without_a_recording_nothing_is_said_of_proof() {
    let page = page(&built(), &[]);
    assert_eq!(page["proof"], Value::Null);
    assert_eq!(rule(&page, "Fires")["proofs"], Value::Null);
    assert_eq!(row(&page, "fields", "Image")["proven"], Value::Null);
}

#[test]
fn a_rule_is_proven_by_the_recording_on_which_it_fires() {
    let page = page(&built(), &["--prove"]);
    let fires = &rule(&page, "Fires")["proofs"];
    assert_eq!(fires[0]["outcome"], "hit", "{fires:#}");
    assert_eq!(fires[0]["recording"], "T1033/plain", "{fires:#}");
    assert_eq!(fires[0]["technique"], "T1033");
    assert!(fires[0]["evidence"].is_string(), "{fires:#}");
    // On a benign recording it fires as well, which proves nothing.
    assert_eq!(fires.as_array().map(Vec::len), Some(1), "{fires:#}");
    assert_eq!(rule(&page, "Never")["proofs"], serde_json::json!([]));
    let image = row(&page, "fields", "Image");
    assert_eq!((&image["rules"], &image["proven"]), (&2.into(), &1.into()));
    assert_eq!(page["proof"]["proven"], 1);
    let recorded = |id: u64| {
        let events = page["events"].as_array().expect("events");
        let event = events.iter().find(|event| event["id"] == id);
        event.expect("an event")["recordings"].clone()
    };
    assert_eq!((recorded(1), recorded(4688)), (1.into(), 0.into()));
}

#[test]
fn a_value_that_no_recording_holds_is_told() {
    let page = page(&built(), &["--prove"]);
    let held = value(&page, "indicators", "Image", "endswith", "\\whoami.exe");
    assert_eq!(held.expect("a row")["recordings"], 1);
    // A benign recording holds it.
    let never = value(&page, "indicators", "Image", "endswith", "\\not_there.exe");
    assert_eq!(never.expect("a row")["recordings"], 0);
    assert_eq!(page["proof"]["never_recorded"], 1);
}

/// Where no recording has the log, that a value is in none says nothing.
#[test]
fn a_value_of_a_log_that_nobody_recorded_is_unknown() {
    let built = built();
    built.write(
        "corpus/dns.yml",
        &FIRES
            .replace("category: process_creation", "service: powershell")
            .replace("title: Fires", "title: Script")
            .replace("3a1f9c54", "4a1f9c54")
            .replace("Image|endswith", "ScriptBlockText|contains"),
    );
    let page = page(&built, &["--prove"]);
    let row = value(
        &page,
        "indicators",
        "ScriptBlockText",
        "contains",
        "\\whoami.exe",
    );
    assert_eq!(row.expect("a row")["recordings"], Value::Null);
}

#[test]
fn a_damaged_recording_proves_nothing() {
    let built = built();
    let log = "fixtures/T1033/plain/sysmon.jsonl";
    let text = std::fs::read_to_string(built.path(log)).expect("a log");
    built.write(log, &text.replace("whoami", "WHOAMI"));
    let args = [
        "coverage",
        "corpus",
        "--technique",
        "T1033",
        "--format",
        "json",
        "--prove",
    ];
    let done = built.misfire(&args);
    assert_ne!(done.code(), 0, "{}", done.err());
    assert_eq!(done.json()["proof"]["recordings"], 0);
    assert_eq!(done.json()["proof"]["proven"], 0);
}

#[test]
fn a_run_proves_by_its_verdicts() {
    let built = built();
    let run = built.run(&[]).exits(0).out();
    built.write("run.json", &run);
    let args = [
        "coverage",
        "detections",
        "--technique",
        "T1033",
        "--proof",
        "run.json",
        "--format",
        "json",
    ];
    let tagged = std::fs::read_to_string(built.path("detections/whoami.yml")).expect("a rule");
    built.write(
        "detections/whoami.yml",
        &format!("{tagged}tags: [attack.t1033]\n"),
    );
    let page = built.misfire(&args).exits(0).json();
    let proofs = &page["rules"][0]["proofs"];
    assert_eq!(proofs[0]["outcome"], "fired", "{page:#}");
    assert_eq!(proofs[0]["recording"], "T1033/plain");
    // Any other verdict proves nothing.
    built.write("run.json", &run.replace("\"fired\"", "\"misfire\""));
    let page = built.misfire(&args).exits(0).json();
    assert_eq!(page["rules"][0]["proofs"], serde_json::json!([]));
}

#[test]
fn what_is_no_result_of_a_run_is_refused() {
    let home = Home::new();
    home.write("run.json", "{\"tests\": 3}");
    let args = ["coverage", "rules", "--technique", "T1219", "--proof"];
    let done = home.misfire(&[&args[..], &["run.json"]].concat()).exits(2);
    assert!(
        done.err().contains("misfire::coverage::bad_proof"),
        "{}",
        done.err()
    );
    let done = home.misfire(&[&args[..], &["gone.json"]].concat()).exits(3);
    assert!(done.err().contains("gone.json"), "{}", done.err());
}

/// The rules that come with the program, on the recordings that do.
#[test]
fn the_bundled_rules_are_proven_by_the_bundled_recordings() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_misfire"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "coverage",
            "detections",
            "--technique",
            "T1219.001",
            "--prove",
        ])
        .args(["--format", "json"])
        .output()
        .expect("a finished run");
    assert!(output.status.success(), "{output:?}");
    let page: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rules = page["rules"].as_array().expect("rules");
    assert!(rules.len() > 8, "{}", rules.len());
    for rule in rules {
        let proofs = rule["proofs"].as_array().expect("proofs");
        assert!(!proofs.is_empty(), "{rule:#}");
        assert!(proofs.iter().all(|proof| proof["evidence"].is_string()));
    }
    assert_eq!(page["proof"]["proven"].as_u64(), Some(rules.len() as u64));
}
