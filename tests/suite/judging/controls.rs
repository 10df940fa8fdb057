use serde_json::json;

use crate::support::project::{
    EXPECTATION, Project, RULE, Recording, controls_of, rule, security, sysmon, sysmon_event,
};

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";
const OTHER: &str = r"C:\Windows\System32\notepad.exe";

fn twin(records: Vec<serde_json::Value>) -> Recording {
    Recording::control("daily").with("sysmon", records)
}

fn project(control: Recording) -> Project {
    let expectation =
        format!("{EXPECTATION}    controls:\n      - fixture: T1033/controls/daily\n");
    Project::new().expecting(&expectation).and(control)
}

fn outcome(project: &Project, code: i32) -> String {
    let controls = controls_of(&project.run().exits(code));
    assert_eq!(controls.len(), 1);
    assert_eq!(controls[0].0, "T1033/controls/daily");
    assert_eq!(controls[0].1, RULE);
    controls[0].2.clone()
}

#[test]
fn a_rule_that_looks_and_stays_silent_is_quiet() {
    assert_eq!(
        outcome(&project(twin(vec![sysmon(1, 5, OTHER)])), 0),
        "quiet"
    );
}

#[test]
fn a_rule_that_fires_gives_a_false_alarm() {
    assert_eq!(
        outcome(&project(twin(vec![sysmon(1, 5, WHOAMI)])), 1),
        "false-alarm"
    );
}

#[test]
fn a_recording_that_the_rule_does_not_look_at_proves_nothing() {
    let lookup = sysmon_event(22, 1, 5, json!({"QueryName": "a.example", "Image": WHOAMI}));
    assert_eq!(outcome(&project(twin(vec![lookup])), 1), "vacuous");
}

#[test]
fn events_outside_the_window_prove_nothing() {
    assert_eq!(
        outcome(&project(twin(vec![sysmon(1, 900, OTHER)])), 1),
        "vacuous"
    );
}

#[test]
fn a_damaged_recording_is_unread() {
    let built = project(twin(vec![sysmon(1, 5, OTHER), sysmon(2, 6, OTHER)])).built();
    let log = built.path("fixtures/T1033/controls/daily/sysmon.jsonl");
    let text = std::fs::read_to_string(&log).expect("a log");
    std::fs::write(&log, &text[..text.len() - 40]).expect("a log");
    let controls = controls_of(&built.run(&[]).exits(2));
    assert_eq!(controls[0].2, "unread");
}

#[test]
fn a_rule_that_is_not_loaded_is_invalid() {
    let project = project(twin(vec![sysmon(1, 5, OTHER)])).ruled(rule(RULE, "Image|endwith: x"));
    assert_eq!(outcome(&project, 2), "invalid");
}

#[test]
fn a_rule_for_a_log_that_nobody_reads_is_unsupported() {
    let firewall = rule(RULE, "dst_port: 22").replace(
        "product: windows\n    category: process_creation",
        "category: firewall",
    );
    let project = project(twin(vec![sysmon(1, 5, OTHER)])).ruled(firewall);
    assert_eq!(outcome(&project, 1), "unsupported");
}

/// A control may be the twin of some of the detections only.
#[test]
fn a_control_speaks_for_the_rules_that_it_names() {
    let other = "0f9fd2a0-19a5-4b58-8b40-6f9c4a3d9a11";
    let expectation = format!(
        "{EXPECTATION}      - rule: {other}\n    controls:\n      - {{fixture: T1033/controls/daily, detections: [{other}]}}\n"
    );
    let audited = security(1, 5, json!({"NewProcessName": OTHER, "CommandLine": "x"}));
    let mut project = Project::new()
        .expecting(&expectation)
        .and(Recording::control("daily").with("security", vec![audited]));
    project.rules.push((
        "other.yml".to_owned(),
        rule(other, "Image|endswith: '\\whoami.exe'"),
    ));
    let controls = controls_of(&project.run().exits(0));
    assert_eq!(controls.len(), 1);
    assert_eq!(controls[0].1, other);
    assert_eq!(controls[0].2, "quiet");
}
