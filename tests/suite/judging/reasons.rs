//! A verdict says nothing that is not so.

use crate::support::project::{
    EXPECTATION, Project, RULE, Recording, controls_of, rule, signal_of, sysmon, test_of,
    verdict_of,
};

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";
const OTHER: &str = r"C:\Windows\System32\notepad.exe";

/// Two signals, of which the rule finds the first: `first` says more of it.
fn two_signals(first: &str) -> String {
    format!(
        "    signals:\n      - id: a\n{first}      - id: b\n        source: sysmon\n        \
         event_id: 1\n        fields: {{Image|endswith: '\\notepad.exe'}}\n    detections:\n      \
         - {{rule: {RULE}, fires_on: [a, b]}}\n"
    )
}

fn recorded(records: Vec<serde_json::Value>) -> Recording {
    Recording::of_atomic("plain").with("sysmon", records)
}

/// What it fired on may be the signal, as far as anyone knows.
#[test]
fn a_firing_on_something_unknown_is_no_stray() {
    let first = "        source: sysmon\n        event_id: 1\n        fields: {Image|endswith: '\\whoami.exe'}\n        same: {ParentProcessGuid: b.ProcessGuid}\n";
    let project = Project::new()
        .expecting(&two_signals(first))
        .recorded(recorded(vec![sysmon(1, 5, WHOAMI), sysmon(2, 4, OTHER)]));
    let done = project.run().exits(1);
    assert_eq!(signal_of(&done, "a").0, "unknown");
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "inconclusive", "{reason}");
    assert!(reason.contains("`a`"), "{reason}");
}

/// It fired on the signal's events, of which there are too many.
#[test]
fn a_firing_on_a_signal_that_is_wrong_says_so() {
    let first = "        source: sysmon\n        event_id: 1\n        fields: {Image|endswith: '\\whoami.exe'}\n        count: {max: 1}\n";
    let records = vec![
        sysmon(1, 5, WHOAMI),
        sysmon(2, 6, WHOAMI),
        sysmon(3, 7, OTHER),
    ];
    let project = Project::new()
        .expecting(&two_signals(first))
        .recorded(recorded(records));
    let (verdict, reason) = verdict_of(&project.run().exits(1));
    assert_eq!(verdict, "stray", "{reason}");
    assert!(
        reason.contains("`a`, which is not as it must be"),
        "{reason}"
    );
}

/// An alert that would be there without the signal does not call its event another.
#[test]
fn an_alert_that_would_be_there_anyway_says_so() {
    const BASE: &str = "0d3f4b52-6a68-4b6f-9f5c-2f7d0c3a8e01";
    let correlation = format!(
        "{}---\ntitle: Many\nid: {RULE}\ncorrelation:\n    type: event_count\n    rules: [{BASE}]\n    \
         group-by: [Computer]\n    timespan: 1m\n    condition: {{gte: 3}}\n",
        rule(BASE, "Image|endswith: '.exe'")
    );
    let mut records: Vec<_> = (1..=5).map(|record| sysmon(record, 5, OTHER)).collect();
    records.push(sysmon(6, 6, WHOAMI));
    let project = Project::new()
        .ruled(correlation)
        .recorded(recorded(records));
    let done = project.run().exits(1);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "stray", "{reason}");
    assert!(reason.contains("without `start` as well"), "{reason}");
    let extra = test_of(&done)["verdicts"][0]["extra"].clone();
    let extra = extra.as_array().expect("a list");
    assert!(extra.iter().all(|event| event["record"] != 6), "{extra:?}");
}

/// A wrong exit code proves nothing where nobody looked for the signals.
#[test]
fn a_wrong_exit_code_proves_nothing_without_a_look() {
    let expectation = EXPECTATION
        .replace(
            "source: sysmon\n        event_id: 1",
            "source: security\n        event_id: 4688",
        )
        .replace("Image|endswith", "NewProcessName|endswith");
    let project = Project::new()
        .expecting(&expectation)
        .recorded(recorded(vec![sysmon(2, 6, OTHER)]).saying("outcome: {exit_code: 5}"));
    let done = project.run().exits(1);
    assert_eq!(signal_of(&done, "start").0, "unknown");
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "inconclusive", "{reason}");
}

/// What happened before the test is no stray of it.
#[test]
fn a_firing_before_the_window_is_no_stray() {
    let project = Project::new()
        .ruled(rule(RULE, "Image|endswith: '\\notepad.exe'"))
        .recorded(recorded(vec![sysmon(1, 5, WHOAMI), sysmon(2, -60, OTHER)]));
    let done = project.run().exits(1);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "misfire", "{reason}");
    assert_eq!(test_of(&done)["verdicts"][0]["extra"][0]["record"], 2);
}

/// Records outside the window are there, and prove nothing.
#[test]
fn a_control_tells_the_window_from_the_log() {
    let expectation =
        format!("{EXPECTATION}    controls:\n      - fixture: T1033/controls/daily\n");
    let project = Project::new()
        .expecting(&expectation)
        .and(Recording::control("daily").with("sysmon", vec![sysmon(1, 900, OTHER)]));
    let done = project.run().exits(1);
    assert_eq!(controls_of(&done)[0].2, "vacuous");
    let reason = test_of(&done)["controls"][0]["reason"].clone();
    assert!(reason.to_string().contains("inside the window"), "{reason}");
}

/// A detection that is not loaded goes by its id.
#[test]
fn what_has_no_title_goes_by_its_id() {
    let mut project = Project::new();
    project.rules.clear();
    project.rules.push((
        "other.yml".to_owned(),
        rule("0f9fd2a0-19a5-4b58-8b40-6f9c4a3d9a11", "Image: x"),
    ));
    let done = project.run().exits(1);
    assert_eq!(test_of(&done)["verdicts"][0]["title"], RULE);
}
