use serde_json::json;

use crate::support::project::{
    EXPECTATION, Project, Recording, signal_of, sysmon, sysmon_event, test_of,
};

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";
const OTHER: &str = r"C:\Windows\System32\notepad.exe";

/// The usual expectation with a second signal.
fn with_signal(signal: &str) -> String {
    EXPECTATION.replace("    detections:", &format!("{signal}    detections:"))
}

fn recorded(records: Vec<serde_json::Value>) -> Recording {
    Recording::of_atomic("plain").with("sysmon", records)
}

#[test]
fn a_signal_that_is_there_is_seen_with_its_events() {
    let done = Project::new().run().exits(0);
    assert_eq!(signal_of(&done, "start").0, "seen");
    let test = test_of(&done);
    assert_eq!(test["telemetry"]["start"]["events"][0]["record"], 1);
    assert!(test["telemetry"]["start"]["near_miss"].is_null());
}

#[test]
fn a_signal_that_is_not_there_is_missing_with_what_came_closest() {
    let project = Project::new().recorded(recorded(vec![sysmon(7, 6, OTHER)]));
    let done = project.run().exits(1);
    assert_eq!(signal_of(&done, "start").0, "missing");
    let near_miss = &test_of(&done)["telemetry"]["start"]["near_miss"];
    assert_eq!(near_miss["nearest"]["event"]["record"], 1);
    let predicates = near_miss["nearest"]["predicates"]
        .as_array()
        .expect("predicates");
    let image = predicates
        .iter()
        .find(|one| one["field"] == "Image")
        .expect("the image");
    assert_eq!(image["seen"], OTHER);
    assert_eq!(image["satisfied"], false);
}

#[test]
fn a_signal_in_a_log_that_nobody_looked_at_is_unknown() {
    let signal =
        "      - {id: audited, source: security, event_id: 4688, fields: {NewProcessName: x}}\n";
    let mut project = Project::new().expecting(&with_signal(signal));
    let done = project.run().exits(1);
    assert_eq!(signal_of(&done, "audited").0, "unknown");
    // Someone looked, and there was nothing.
    project.recordings[0].more = "looked_at: [security]\n".to_owned();
    assert_eq!(signal_of(&project.run().exits(1), "audited").0, "missing");
}

#[test]
fn a_signal_may_still_come_while_the_window_is_open() {
    let project = Project::new().recorded(recorded(vec![sysmon(7, 6, OTHER)]).open());
    assert_eq!(signal_of(&project.run().exits(1), "start").0, "unknown");
}

#[test]
fn a_conditional_signal_is_due_under_its_condition() {
    let signal = "      - id: lookup\n        source: sysmon\n        event_id: 22\n        fields: {QueryName: a.example}\n        when: {given: signed-in, why: only then it asks}\n";
    let mut project = Project::new().expecting(&with_signal(signal));
    let done = project.run().exits(0);
    let (state, reason) = signal_of(&done, "lookup");
    assert_eq!(state, "not-due");
    assert!(reason.contains("only then it asks"), "{reason}");
    project.recordings[0].more = "given: [signed-in]\n".to_owned();
    assert_eq!(signal_of(&project.run().exits(1), "lookup").0, "missing");
    let lookup = sysmon_event(22, 9, 9, json!({"QueryName": "a.example"}));
    project.recordings[0].logs[0].2.push(lookup);
    assert_eq!(signal_of(&project.run().exits(0), "lookup").0, "seen");
}

#[test]
fn an_absent_signal_must_not_be_there() {
    let signal = "      - {id: editor, source: sysmon, event_id: 1, absent: true, fields: {Image|endswith: '\\editor.exe'}}\n";
    let mut project = Project::new().expecting(&with_signal(signal));
    assert_eq!(signal_of(&project.run().exits(0), "editor").0, "seen");
    project.recordings[0].logs[0]
        .2
        .push(sysmon(9, 9, r"C:\editor.exe"));
    let done = project.run().exits(1);
    assert_eq!(signal_of(&done, "editor").0, "missing");
    assert_eq!(
        test_of(&done)["telemetry"]["editor"]["events"][0]["record"],
        3
    );
    // An event outside the window is not of the test.
    project.recordings[0].logs[0].2.pop();
    project.recordings[0].logs[0]
        .2
        .push(sysmon(9, 900, r"C:\editor.exe"));
    assert_eq!(signal_of(&project.run().exits(0), "editor").0, "seen");
    // It may come yet.
    project.recordings[0].closed = false;
    assert_eq!(signal_of(&project.run().exits(1), "editor").0, "unknown");
}

#[test]
fn relations_are_checked_and_told() {
    let signal = "      - id: lookup\n        source: sysmon\n        event_id: 22\n        fields: {QueryName: a.example}\n        same: {ProcessGuid: start}\n        after: start\n        within: 10s\n";
    let lookup = |second, guid: &str| {
        sysmon_event(
            22,
            9,
            second,
            json!({"QueryName": "a.example", "ProcessGuid": guid}),
        )
    };
    let with = |lookup| {
        Project::new()
            .expecting(&with_signal(signal))
            .recorded(recorded(vec![sysmon(1, 5, WHOAMI), lookup]))
            .run()
    };
    assert_eq!(
        signal_of(&with(lookup(8, "{GUID-1}")).exits(0), "lookup").0,
        "seen"
    );
    let (state, reason) = signal_of(&with(lookup(8, "{guid-2}")).exits(1), "lookup");
    assert_eq!(state, "missing");
    assert!(
        reason.contains("{guid-2}") && reason.contains("{guid-1}"),
        "{reason}"
    );
    let (state, reason) = signal_of(&with(lookup(25, "{guid-1}")).exits(1), "lookup");
    assert_eq!(state, "missing");
    assert!(reason.contains("20s after `start`"), "{reason}");
    let (state, _) = signal_of(&with(lookup(4, "{guid-1}")).exits(1), "lookup");
    assert_eq!(state, "missing");
}

#[test]
fn a_count_is_kept() {
    let two = EXPECTATION.replace(
        "        fields:\n",
        "        count: {min: 2, max: 2}\n        fields:\n",
    );
    let with = |count: u64| {
        let starts = (1..=count)
            .map(|record| sysmon(record, 5, WHOAMI))
            .collect();
        signal_of(
            &Project::new()
                .expecting(&two)
                .recorded(recorded(starts))
                .run(),
            "start",
        )
        .0
    };
    assert_eq!(with(1), "missing");
    assert_eq!(with(2), "seen");
    assert_eq!(with(3), "missing");
}

#[test]
fn arguments_are_literals() {
    let expectation = EXPECTATION.replace(
        "          Image|endswith: '\\whoami.exe'",
        "          CommandLine|endswith: 'whoami.exe #{flag}'\n          User|contains: '#{host.name}'",
    );
    let with = |flag: &str| {
        let recording =
            recorded(vec![sysmon(1, 5, WHOAMI)]).saying(&format!("arguments: {{flag: '{flag}'}}"));
        let project = Project::new().expecting(&expectation).recorded(recording);
        signal_of(&project.run(), "start").0
    };
    assert_eq!(with("/all"), "seen");
    assert_eq!(with("/a*"), "missing");
    assert_eq!(with("/al?"), "missing");
}

#[test]
fn a_path_leads_into_a_field_of_xml() {
    let task = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Actions><Exec><Command>code.exe</Command><Arguments>tunnel --name x</Arguments></Exec></Actions></Task>";
    let signal = |path: &str| {
        format!(
            "      - {{id: task, source: security, event_id: 4698, fields: {{'TaskContent/{path}': tunnel}}}}\n"
        )
    };
    let with = |path: &str| {
        let record = crate::support::project::windows(
            "Microsoft-Windows-Security-Auditing",
            "Security",
            4698,
            1,
            9,
            json!({"TaskName": "\\x", "TaskContent": task}),
        );
        let recording = recorded(vec![sysmon(1, 5, WHOAMI)]).with("security", vec![record]);
        let project = Project::new()
            .expecting(&with_signal(&signal(path)))
            .recorded(recording);
        signal_of(&project.run(), "task").0
    };
    assert_eq!(with("Exec/Arguments|startswith"), "seen");
    assert_eq!(with("Exec/Command|startswith"), "missing");
    assert_eq!(with("Exec/Nothing|contains"), "missing");
}

#[test]
fn any_branch_will_do() {
    let expectation = EXPECTATION.replace(
        "        source: sysmon\n        event_id: 1\n        fields:\n          Image|endswith: '\\whoami.exe'\n",
        "        any_of:\n          - {source: sysmon, event_id: 1, fields: {Image|endswith: '\\who.exe'}}\n          - {source: sysmon, event_id: [5, 1], fields: {Image|endswith: '\\whoami.exe'}}\n",
    );
    let done = Project::new().expecting(&expectation).run().exits(0);
    assert_eq!(signal_of(&done, "start").0, "seen");
}

#[test]
fn a_signal_whose_argument_nobody_knows_is_unknown() {
    let expectation = EXPECTATION.replace("'\\whoami.exe'", "'#{host.colour}'");
    let done = Project::new().expecting(&expectation).run().exits(2);
    assert_eq!(signal_of(&done, "start").0, "unknown");
    assert!(
        done.err().contains("misfire::expectation::unresolved"),
        "{}",
        done.err()
    );
}

/// A signal can be looked for in every source that the catalogue knows.
#[test]
fn every_source_can_hold_a_signal() {
    use misfire::detect::Companion;
    use misfire::detect::sigma::{SigmaRuleSet, SignalSelection};
    use misfire::diagnostic::SourceText;
    use misfire::event::catalogue::Catalogue;

    let fields: serde_yaml::Value = serde_yaml::from_str("{Image: x}").expect("a mapping");
    let text = SourceText::new("x.yaml", "");
    let mut without = Vec::new();
    for source in Catalogue::bundled().sources() {
        let selection = SignalSelection {
            source: &source.id,
            event_ids: &[],
            fields: &fields,
            text: &text,
        };
        if let Err(error) = SigmaRuleSet::default().add_signal(selection, Companion(0)) {
            without.push(error.to_string());
        }
    }
    assert!(without.is_empty(), "{without:#?}");
}

/// So can one that no log source of Sigma's stands for.
#[test]
fn a_source_without_a_log_source_holds_signals() {
    let signal = "      - {id: remote, source: winrm, event_id: 91, fields: {ResourceUri|contains: shell}}\n";
    let shell = crate::support::project::windows(
        "Microsoft-Windows-WinRM",
        "Microsoft-Windows-WinRM/Operational",
        91,
        1,
        9,
        json!({"ResourceUri": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"}),
    );
    let recording = recorded(vec![sysmon(1, 5, WHOAMI)]).with("winrm", vec![shell]);
    let project = Project::new()
        .expecting(&with_signal(signal))
        .recorded(recording);
    assert_eq!(signal_of(&project.run().exits(0), "remote").0, "seen");
}

/// A literal stays one behind a backslash.
#[test]
fn an_argument_behind_a_backslash_is_a_literal() {
    let expectation = EXPECTATION.replace(
        "          Image|endswith: '\\whoami.exe'",
        "          Image|endswith: 'System32\\#{flag}'",
    );
    let with = |flag: &str| {
        let recording =
            recorded(vec![sysmon(1, 5, WHOAMI)]).saying(&format!("arguments: {{flag: '{flag}'}}"));
        let project = Project::new().expecting(&expectation).recorded(recording);
        signal_of(&project.run(), "start").0
    };
    assert_eq!(with("whoami.exe"), "seen");
    assert_eq!(with("*.exe"), "missing");
    assert_eq!(with("?hoami.exe"), "missing");
}

/// A signal that is tied to one whose log nobody looked at is not missing.
#[test]
fn what_is_tied_to_something_unknown_is_unknown() {
    let signal = "      - {id: audited, source: security, event_id: 4688, fields: {NewProcessName: x}}\n      - id: child\n        source: sysmon\n        event_id: 1\n        fields: {Image|endswith: '\\notepad.exe'}\n        same: {User: audited.SubjectUserName}\n      - id: other\n        source: sysmon\n        event_id: 1\n        fields: {Image|endswith: '\\notepad.exe'}\n        after: audited\n        absent: true\n";
    let project = Project::new().expecting(&with_signal(signal));
    let done = project.run().exits(1);
    for id in ["audited", "child", "other"] {
        let (state, reason) = signal_of(&done, id);
        assert_eq!(state, "unknown", "{id}: {reason}");
    }
}

/// An event without a time may or may not be of the test.
#[test]
fn an_event_without_a_time_decides_nothing() {
    let mut timeless = sysmon(1, 5, WHOAMI);
    timeless["Event"]["System"]
        .as_object_mut()
        .expect("a mapping")
        .remove("TimeCreated");
    let project = Project::new().recorded(recorded(vec![timeless, sysmon(2, 6, OTHER)]));
    let done = project.run();
    let (state, reason) = signal_of(&done, "start");
    assert_eq!(state, "unknown", "{reason}");
    assert_ne!(done.code(), 0);
}

/// A value that does not fit its modifier is no reason to call anything missing.
#[test]
fn a_value_that_does_not_fit_makes_a_signal_unknown() {
    let signal = "      - {id: relay, source: sysmon, event_id: 3, absent: true, fields: {DestinationIp|cidr: '#{flag}'}}\n";
    let project = Project::new().expecting(&with_signal(signal));
    let done = project.run().exits(2);
    let (state, reason) = signal_of(&done, "relay");
    assert_eq!(state, "unknown", "{reason}");
    assert!(
        done.err().contains("expectations/T1033.yaml:"),
        "{}",
        done.err()
    );
    assert!(!done.err().contains("has no `detection`"), "{}", done.err());
}

/// What depends on something that is not due is not due either.
#[test]
fn what_depends_on_something_not_due_is_not_due() {
    let signal = "      - id: lookup\n        source: sysmon\n        event_id: 22\n        fields: {QueryName: a.example}\n        when: {given: signed-in, why: only then it asks}\n      - id: editor\n        source: sysmon\n        event_id: 1\n        fields: {Image|endswith: '\\notepad.exe'}\n        after: lookup\n        absent: true\n";
    let project = Project::new().expecting(&with_signal(signal));
    let done = project.run().exits(0);
    assert_eq!(signal_of(&done, "lookup").0, "not-due");
    let (state, reason) = signal_of(&done, "editor");
    assert_eq!(state, "not-due");
    assert!(reason.contains("`lookup`"), "{reason}");
}
