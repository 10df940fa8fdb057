//! That nothing counts as proven which is not.

use serde_json::{Value, json};

use crate::support::project::{
    EXPECTATION, Project, RULE, Recording, controls_of, rule, sysmon, sysmon_event, test_of,
    verdict_of,
};

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";
const OTHER: &str = r"C:\Windows\System32\notepad.exe";
const CONTROLS: &str = "    controls:\n      - fixture: T1033/controls/daily\n";
const FIRST: &str = "c0000000-0000-4000-8000-00000000000a";
const SECOND: &str = "c0000000-0000-4000-8000-00000000000b";

fn with_control() -> Project {
    Project::new().expecting(&format!("{EXPECTATION}{CONTROLS}"))
}

fn twin(records: Vec<Value>) -> Recording {
    Recording::control("daily").with("sysmon", records)
}

/// The one outcome of a control, with its reason.
fn control_of(done: &crate::support::home::Done) -> (String, String) {
    let test = test_of(done);
    let controls = test["controls"].as_array().expect("controls");
    assert_eq!(controls.len(), 1, "{test:#}");
    let text = |key: &str| controls[0][key].as_str().expect("text").to_owned();
    (text("outcome"), text("reason"))
}

/// With its own expectation bundled elsewhere, nobody tells that a control is not
/// there, so the run must.
#[test]
fn a_control_that_is_not_there_is_unread() {
    let done = with_control().run().exits(2);
    let (outcome, reason) = control_of(&done);
    assert_eq!(outcome, "unread");
    assert_eq!(reason, "there is no fixture `T1033/controls/daily`");
    assert_eq!(test_of(&done)["controls"][0]["evidence"], Value::Null);
}

#[test]
fn the_recording_of_an_atomic_is_no_control() {
    let expectation = format!("{EXPECTATION}    controls:\n      - fixture: T1033/plain\n");
    let done = Project::new().expecting(&expectation).run().exits(2);
    let (outcome, reason) = control_of(&done);
    assert_eq!(outcome, "unread");
    assert!(reason.contains("recording of an atomic"), "{reason}");
}

#[test]
fn bundled_expectations_keep_controls_that_other_fixtures_lack() {
    let mut project = Project::new();
    project.recordings.clear();
    let done = project
        .built()
        .misfire(&["run", "--format", "json", "--fixtures", "fixtures"]);
    assert_ne!(done.code(), 0);
    let document = done.json();
    let tests = document["tests"].as_array().expect("tests").iter();
    let controls = tests.flat_map(|test| test["controls"].as_array().expect("controls").clone());
    let outcomes: Vec<_> = controls.map(|control| control["outcome"].clone()).collect();
    assert!(!outcomes.is_empty());
    assert!(
        outcomes.iter().all(|outcome| outcome == "unread"),
        "{outcomes:?}"
    );
}

#[test]
fn a_control_for_no_detection_is_refused() {
    let expectation = format!(
        "{EXPECTATION}    controls:\n      - {{fixture: T1033/controls/daily, detections: []}}\n"
    );
    let project = Project::new()
        .expecting(&expectation)
        .and(twin(vec![sysmon(1, 5, OTHER)]));
    let done = project.run().exits(2);
    assert!(
        done.err().contains("`detections` has no entry"),
        "{}",
        done.err()
    );
}

fn registry(record: u64, kind: &str) -> Value {
    sysmon_event(
        12,
        record,
        5,
        json!({"EventType": kind, "TargetObject": "HKLM\\Run", "Image": OTHER}),
    )
}

/// A log source may be a part of the events of one id: what it leaves out proves
/// nothing.
#[test]
fn events_that_a_log_source_leaves_out_prove_nothing() {
    let expectation = EXPECTATION
        .replace("event_id: 1", "event_id: 12")
        .replace("Image|endswith: '\\whoami.exe'", "EventType: CreateKey");
    let expectation = format!("{expectation}{CONTROLS}");
    let rule = rule(RULE, "TargetObject|contains: Run").replace("process_creation", "registry_add");
    let recorded = |kind| Recording::of_atomic("plain").with("sysmon", vec![registry(1, kind)]);
    let project = Project::new()
        .expecting(&expectation)
        .ruled(rule)
        .recorded(recorded("CreateKey"));
    let done = project
        .clone()
        .and(twin(vec![registry(1, "DeleteKey")]))
        .run()
        .exits(1);
    assert_eq!(control_of(&done).0, "vacuous");
    let silent = sysmon_event(
        12,
        1,
        5,
        json!({"EventType": "CreateKey", "TargetObject": "HKLM\\x"}),
    );
    let done = project
        .clone()
        .and(twin(vec![silent, registry(2, "DeleteKey")]))
        .run()
        .exits(0);
    assert_eq!(
        control_of(&done),
        ("quiet".to_owned(), "silent on 1 record".to_owned())
    );

    let blind = project
        .expecting(
            &expectation
                .replace("CreateKey", "DeleteKey")
                .replace(CONTROLS, ""),
        )
        .recorded(recorded("DeleteKey"));
    let (verdict, reason) = verdict_of(&blind.run().exits(1));
    assert_eq!(verdict, "blind", "{reason}");
}

fn correlation(kind: &str, rules: &str, more: &str) -> String {
    format!(
        "title: Both\nid: {RULE}\nstatus: test\ncorrelation:\n    type: {kind}\n    rules: {rules}\n    \
         group-by: [User]\n    timespan: 5m\n{more}level: low\n"
    )
}

fn named(id: &str, name: &str, selection: &str) -> String {
    rule(id, selection).replace("status: test", &format!("name: {name}\nstatus: test"))
}

fn temporal(second: &str) -> Project {
    let mut project = with_control();
    project.rules = vec![
        (
            "both.yml".to_owned(),
            correlation("temporal", "[first, second]", ""),
        ),
        (
            "first.yml".to_owned(),
            named(FIRST, "first", "Image|endswith: '\\whoami.exe'"),
        ),
        ("second.yml".to_owned(), second.to_owned()),
    ];
    project.and(twin(vec![sysmon(1, 5, OTHER)]))
}

#[test]
fn a_correlation_that_needs_a_log_which_nobody_looked_at_says_nothing() {
    let second = named(SECOND, "second", "NewProcessName|endswith: x")
        .replace("category: process_creation", "service: security");
    let done = temporal(&second).run().exits(1);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "inconclusive");
    assert_eq!(reason, "`windows/security` was not looked at");
    let (outcome, reason) = control_of(&done);
    assert_eq!(outcome, "vacuous");
    assert!(reason.contains("windows/security"), "{reason}");
}

#[test]
fn a_correlation_whose_log_holds_nothing_for_one_part_is_blind() {
    let second =
        named(SECOND, "second", "QueryName|endswith: x").replace("process_creation", "dns_query");
    let done = temporal(&second).run().exits(1);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "blind");
    assert!(reason.contains("windows/dns_query"), "{reason}");
    let (outcome, reason) = control_of(&done);
    assert_eq!(outcome, "vacuous");
    assert!(reason.contains("windows/dns_query"), "{reason}");
}

#[test]
fn a_correlation_that_sees_all_its_logs_is_judged() {
    let second = named(SECOND, "second", "Image|endswith: '\\notepad.exe'");
    let done = temporal(&second).run().exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
    assert_eq!(control_of(&done).0, "quiet");
}

/// An alert on benign work is one, whatever the window says.
#[test]
fn a_control_that_fires_outside_its_window_is_a_false_alarm() {
    let early = |others: Vec<Value>| {
        let mut records = vec![sysmon(1, -50, WHOAMI)];
        records.extend(others);
        control_of(&with_control().and(twin(records)).run().exits(1))
    };
    let outside = "it fires on 1 record outside the window";
    assert_eq!(
        early(vec![]),
        ("false-alarm".to_owned(), outside.to_owned())
    );
    let other = sysmon(2, 5, OTHER);
    assert_eq!(
        early(vec![other]),
        ("false-alarm".to_owned(), outside.to_owned())
    );
    let both = format!(
        "it fires on 1 of 1 record, and on {}",
        &outside["it fires on ".len()..]
    );
    assert_eq!(
        early(vec![sysmon(2, 5, WHOAMI)]),
        ("false-alarm".to_owned(), both)
    );
}

#[test]
fn a_control_that_fires_without_a_time_is_a_false_alarm() {
    let mut timeless = sysmon(1, 5, WHOAMI);
    let system = timeless["Event"]["System"]
        .as_object_mut()
        .expect("an object");
    system.remove("TimeCreated");
    let done = with_control().and(twin(vec![timeless])).run();
    let (outcome, reason) = control_of(&done);
    assert_eq!(outcome, "false-alarm");
    assert_eq!(reason, "it fires on 1 record without a time");
    assert_eq!(controls_of(&done).len(), 1);
}

fn task(record: u64, xml: &str) -> Value {
    crate::support::project::windows(
        "Microsoft-Windows-Security-Auditing",
        "Security",
        4698,
        record,
        6,
        json!({"TaskName": "\\x", "TaskContent": xml}),
    )
}

/// The state of a signal that looks for this in a task, and the exit code.
fn task_signal(fields: &str, more: &str) -> (String, i32) {
    let signal = format!(
        "      - id: task\n        source: security\n        event_id: 4698\n        fields: {fields}\n{more}    detections:"
    );
    let expectation = EXPECTATION.replace("    detections:", &signal);
    let expectation = format!("{expectation}        fires_on: [start]\n");
    let xml = "<Task><Exec><Arguments>one</Arguments><At>2026-11-02T09:14:00Z</At></Exec></Task>";
    let recording = Recording::of_atomic("plain")
        .with("sysmon", vec![sysmon(1, 5, WHOAMI)])
        .with("security", vec![task(2, xml)]);
    let done = Project::new()
        .expecting(&expectation)
        .recorded(recording)
        .run();
    (
        crate::support::project::signal_of(&done, "task").0,
        done.code(),
    )
}

#[test]
fn a_path_into_xml_is_there_or_not() {
    let seen = ("seen".to_owned(), 0);
    let missing = ("missing".to_owned(), 1);
    let absent = "        absent: true\n";
    assert_eq!(
        task_signal("{TaskContent/Exec/Arguments|exists: true}", ""),
        seen
    );
    assert_eq!(
        task_signal("{TaskContent/Exec/Arguments|exists: true}", absent),
        missing
    );
    assert_eq!(
        task_signal("{TaskContent/Exec/Nope|exists: true}", ""),
        missing
    );
    assert_eq!(
        task_signal("{TaskContent/Exec/Nope|exists: false}", ""),
        seen
    );
    assert_eq!(
        task_signal("{TaskContent/Exec/Arguments|exists: false}", ""),
        missing
    );
    assert_eq!(task_signal("{TaskContent/Exec/At|hour: 9}", ""), seen);
    assert_eq!(task_signal("{TaskContent/Exec/At|hour: 10}", ""), missing);
    let both = "{TaskContent/Exec/Arguments|exists: true, TaskContent/Exec/Arguments: one}";
    assert_eq!(task_signal(both, ""), seen);
}

/// The state of a signal on events of a network connection, with this argument.
fn connection(fields: &str, argument: &str) -> String {
    let signal = format!(
        "      - id: net\n        source: sysmon\n        event_id: 3\n        fields: {fields}\n    detections:"
    );
    let expectation = EXPECTATION.replace("    detections:", &signal);
    let event = sysmon_event(
        3,
        2,
        6,
        json!({"DestinationIp": "10.1.2.3", "DestinationPort": 445, "Image": "a.b(c"}),
    );
    let recording = Recording::of_atomic("plain")
        .with("sysmon", vec![sysmon(1, 5, WHOAMI), event])
        .saying(&format!("arguments: {{flag: '{argument}'}}"));
    let expectation = format!("{expectation}        fires_on: [start]\n");
    let done = Project::new()
        .expecting(&expectation)
        .recorded(recording)
        .run();
    assert!(done.code() < 2, "{}", done.err());
    crate::support::project::signal_of(&done, "net").0
}

#[test]
fn arguments_stand_in_expressions_numbers_and_networks() {
    assert_eq!(connection("{Image|re: '^#{flag}c$'}", "a.b("), "seen");
    assert_eq!(connection("{Image|re: '^#{flag}c$'}", "axb("), "missing");
    assert_eq!(connection("{Image|re: '^.{#{flag}}$'}", "5"), "seen");
    assert_eq!(connection("{DestinationPort|gt: '#{flag}'}", "100"), "seen");
    assert_eq!(
        connection("{DestinationPort|gt: '#{flag}'}", "500"),
        "missing"
    );
    assert_eq!(
        connection("{DestinationIp|cidr: '#{flag}'}", "10.0.0.0/8"),
        "seen"
    );
    assert_eq!(
        connection("{DestinationIp|cidr: '#{flag}/8'}", "10.0.0.0"),
        "seen"
    );
    assert_eq!(
        connection("{DestinationIp|cidr: '10.0.0.0/#{flag}'}", "30"),
        "missing"
    );
}

#[test]
fn what_is_wrong_whatever_is_filled_in_is_refused() {
    for fields in [
        "{Image|re: '(#{flag}'}",
        "{DestinationPort|gt: 'x#{flag}'}",
        "{Image|cidr: '10.0/#{flag}x'}",
    ] {
        let expectation = EXPECTATION.replace(
            "Image|endswith: '\\whoami.exe'",
            &fields[1..fields.len() - 1],
        );
        let done = Project::new().expecting(&expectation).run();
        assert_eq!(done.code(), 2, "{fields}: {}", done.err());
        assert!(
            done.err().contains("cannot be read as a Sigma selection"),
            "{}",
            done.err()
        );
    }
}

fn start(record: u64, image: &str, command: &str) -> Value {
    sysmon_event(
        1,
        record,
        i64::try_from(record).expect("a small number"),
        json!({"Image": image, "CommandLine": command, "User": "WS01\\avery"}),
    )
}

fn starts(commands: &[&str]) -> Recording {
    let records = commands.iter().zip(1..);
    let records = records.map(|(command, record)| start(record, WHOAMI, command));
    Recording::of_atomic("plain").with("sysmon", records.collect())
}

/// A rule that counts three starts, and a test that leaves so many.
fn counted(min: u32) -> Project {
    let expectation = EXPECTATION.replace(
        "          Image|endswith: '\\whoami.exe'\n",
        &format!("          CommandLine|contains: attack\n        count: {{min: {min}}}\n"),
    );
    let mut project = Project::new().expecting(&expectation);
    let three = "    condition:\n        gte: 3\n";
    project.rules = vec![
        (
            "many.yml".to_owned(),
            correlation("event_count", "[first]", three),
        ),
        (
            "first.yml".to_owned(),
            named(FIRST, "first", "Image|endswith: '\\whoami.exe'"),
        ),
    ];
    project
}

/// That someone else goes on meeting the condition takes nothing from the attack.
#[test]
fn an_attack_that_suffices_by_itself_is_no_stray() {
    let (a, n) = ("attack", "noise");
    for commands in [
        vec![a, a, a],
        vec![a, a, a, n, n, n],
        vec![n, n, n, a, a, a],
        vec![n, a, n, a, n, a],
    ] {
        let done = counted(3).recorded(starts(&commands)).run().exits(0);
        assert_eq!(verdict_of(&done).0, "fired", "{commands:?}");
    }
    for commands in [vec![n, n, n, a], vec![a, n, n, n], vec![n, n, n, a, a]] {
        let done = counted(1).recorded(starts(&commands)).run().exits(1);
        assert_eq!(verdict_of(&done).0, "stray", "{commands:?}");
    }
    let done = counted(1).recorded(starts(&[n, n, a])).run().exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
}

/// Two signals that meet the condition together are the test's, whichever of them
/// the entry names.
#[test]
fn signals_that_suffice_together_are_no_stray() {
    let second = "      - {id: second, source: sysmon, event_id: 1, fields: {CommandLine: attack2}}\n    detections:";
    let expectation = EXPECTATION
        .replace("Image|endswith: '\\whoami.exe'", "CommandLine: attack")
        .replace("    detections:", second);
    let expectation = format!("{expectation}        fires_on: [start]\n");
    let mut project = Project::new().expecting(&expectation);
    project.rules = vec![
        (
            "both.yml".to_owned(),
            correlation("temporal", "[first, second]", ""),
        ),
        (
            "first.yml".to_owned(),
            named(FIRST, "first", "Image|endswith: '\\whoami.exe'"),
        ),
        (
            "second.yml".to_owned(),
            named(SECOND, "second", "Image|endswith: '\\notepad.exe'"),
        ),
    ];
    let records = vec![
        start(1, WHOAMI, "attack"),
        start(2, OTHER, "attack2"),
        start(30, WHOAMI, "noise"),
        start(31, OTHER, "noise"),
    ];
    let done = project
        .recorded(Recording::of_atomic("plain").with("sysmon", records))
        .run()
        .exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
}

const BROKEN: &str = "Image|foo: 1";

/// A test that knows what is wrong with its rule, with a control.
fn known(gap: &str) -> Project {
    let gap = format!("        expect: {gap}\n        reason: nobody has mended it\n");
    Project::new()
        .expecting(&format!("{EXPECTATION}{gap}{CONTROLS}"))
        .and(twin(vec![sysmon(1, 5, OTHER)]))
}

#[test]
fn a_rule_that_is_known_to_be_broken_is_as_expected() {
    let built = known("invalid").ruled(rule(RULE, BROKEN)).built();
    let done = built.run(&[]).exits(0);
    assert_eq!(verdict_of(&done).0, "invalid");
    assert!(verdict_of(&done).1.contains("`foo` is not a modifier"));
    assert!(controls_of(&done).is_empty(), "its silence proves nothing");
    assert!(
        done.err().contains("warning[misfire::sigma::invalid]"),
        "{}",
        done.err()
    );
    let mut check = vec!["check"];
    check.extend(crate::support::project::FOLDERS);
    built.misfire(&check).exits(0);
}

#[test]
fn a_rule_that_is_known_to_be_unsupported_is_as_expected() {
    let firewall = rule(RULE, "dst_port: 22").replace(
        "product: windows\n    category: process_creation",
        "category: firewall",
    );
    let done = known("unsupported").ruled(firewall).run().exits(0);
    assert_eq!(verdict_of(&done).0, "unsupported");
    assert!(controls_of(&done).is_empty());
}

/// What one rule is known for excuses no other, and a gap that is closed is told.
#[test]
fn only_what_is_known_is_excused() {
    let mut project = known("invalid").ruled(rule(RULE, BROKEN));
    project
        .rules
        .push(("other.yml".to_owned(), rule(FIRST, BROKEN)));
    project.run().exits(2);
    let done = known("invalid").run().exits(1);
    assert_eq!(verdict_of(&done).0, "fired");
    let misfire = known("misfire").ruled(rule(RULE, BROKEN)).run().exits(2);
    assert_eq!(verdict_of(&misfire).0, "invalid");
}

/// A rule that is not there is not blamed for the faults of one that names it.
#[test]
fn another_rule_that_names_the_id_is_not_blamed() {
    let other = rule(FIRST, BROKEN).replace(
        "status: test",
        &format!("related:\n    - id: {RULE}\n      type: similar\nstatus: test"),
    );
    let done = Project::new().ruled(other).run().exits(2);
    assert_eq!(
        verdict_of(&done),
        ("invalid".to_owned(), "the rule is not loaded".to_owned())
    );
    let both = format!("{}---\n{}", rule(FIRST, "Image|bar: 1"), rule(RULE, BROKEN));
    let done = Project::new().ruled(both).run().exits(2);
    assert!(
        verdict_of(&done).1.contains("`foo`"),
        "{}",
        verdict_of(&done).1
    );
}

/// A project whose argument is a password of that value, and a rule that misses.
fn with_password(value: &str) -> crate::support::project::Built {
    let recording = Recording::of_atomic("plain")
        .with("sysmon", vec![start(1, WHOAMI, &format!("x {value} y"))])
        .saying(&format!("arguments: {{password: '{value}'}}"));
    let built = Project::new()
        .ruled(rule(RULE, "CommandLine|contains: nope"))
        .recorded(recording)
        .built();
    let atomic = built.path("atomics/T1033/T1033.yaml");
    let text = std::fs::read_to_string(&atomic).expect("an atomic");
    std::fs::write(&atomic, text.replace("flag", "password")).expect("an atomic");
    built
}

/// Whatever a secret is equal to, a report stays one.
#[test]
fn masking_leaves_the_words_of_reports() {
    for value in [
        "misfire",
        "fire",
        "summary",
        "testsuites",
        "authored",
        "misfire::sigma::invalid",
    ] {
        let built = with_password(value);
        let document = built.run(&[]).exits(1).json();
        assert_eq!(document["summary"]["misfire"], 1, "{value}");
        let test = &document["tests"][0];
        assert_eq!(
            test["arguments"]["password"], "[masked password]",
            "{value}"
        );
        assert_eq!(test["verdicts"][0]["verdict"], "misfire", "{value}");
        assert_eq!(test["evidence"], "authored", "{value}");
        let mut args = vec!["run", "--report", "junit=-"];
        args.extend(crate::support::project::FOLDERS);
        let junit = built.misfire(&args).exits(1).out();
        assert!(
            junit.contains("<testsuites name=\"misfire\""),
            "{value}: {junit}"
        );
        assert!(junit.contains(" type=\"misfire\""), "{value}: {junit}");
        let text = built.misfire(&[
            "run",
            "--atomics",
            "atomics",
            "--expectations",
            "expectations",
            "--detections",
            "detections",
            "--fixtures",
            "fixtures",
        ]);
        assert!(text.out().contains("1 misfire"), "{value}: {}", text.out());
    }
}

#[test]
fn masking_still_hides_every_other_word() {
    let built = with_password("hunter2");
    let done = built.run(&[]).exits(1);
    assert!(!done.out().contains("hunter2"), "{}", done.out());
    assert!(
        done.out().contains("x [masked password] y"),
        "{}",
        done.out()
    );
}

/// A condition that is misspelled would leave its signals unjudged.
#[test]
fn a_misspelled_condition_is_an_error() {
    let signal = "      - {id: relay, source: sysmon, event_id: 22, fields: {QueryName: x}, when: {given: signed-in, why: only then}}\n    detections:";
    let expectation = EXPECTATION.replace("    detections:", signal);
    let expectation = format!("{expectation}        fires_on: [start]\n");
    let given = |names: &str, code| {
        let recording = Recording::of_atomic("plain")
            .with("sysmon", vec![sysmon(1, 5, WHOAMI)])
            .saying(&format!("given: [{names}]"));
        let project = Project::new().expecting(&expectation).recorded(recording);
        project.run().exits(code)
    };
    let err = given("signed-inn", 2).err();
    assert!(err.contains("did you mean `signed-in`?"), "{err}");
    given("signed-in", 1);
    // What is like nothing else says more than is asked, and hides nothing.
    given("rainy", 0);
}

/// Who has written expectations wants them judged, not those of others.
#[test]
fn a_folder_with_expectations_is_a_project() {
    let built = Project::new().ruled(rule(RULE, "Image: nope")).built();
    let done = built.misfire(&["run", "--format", "json"]).exits(1);
    assert_eq!(verdict_of(&done).0, "misfire");
    let content = json!({
        "atomics": ["atomics"], "expectations": ["expectations"],
        "detections": ["detections"], "fixtures": ["fixtures"],
    });
    assert_eq!(done.json()["content"], content);
    assert!(!built.misfire(&["run"]).out().contains("bundled"));
}

#[test]
fn content_that_is_bundled_is_told() {
    let home = crate::support::home::Home::new();
    let done = home.misfire(&["run"]).exits(0);
    assert!(
        done.out()
            .contains("content: bundled with misfire\nall as expected"),
        "{}",
        done.out()
    );
    let document = home.misfire(&["run", "--format", "json"]).exits(0).json();
    assert_eq!(document["content"]["fixtures"], "bundled");
}

#[test]
fn folders_that_are_not_read_are_told() {
    let built = Project::new().built();
    std::fs::remove_dir_all(built.path("expectations")).expect("a folder");
    let done = built.misfire(&["run"]).exits(0);
    assert!(
        done.err()
            .contains("warning[misfire::content::unread_folder]"),
        "{}",
        done.err()
    );
    assert!(
        done.err().contains("`atomics`, `detections`, `fixtures`"),
        "{}",
        done.err()
    );
    let done = built.misfire(&["run", "--detections", "detections"]);
    assert!(
        done.out()
            .contains("bundled with misfire: atomics, expectations, fixtures"),
        "{}",
        done.out()
    );
    assert!(
        done.err().contains("`atomics`, `fixtures`"),
        "{}",
        done.err()
    );
}

/// The same holds for suites in SigmaHQ's format.
#[test]
fn a_suite_does_not_search_what_a_log_source_leaves_out() {
    let rule = rule(RULE, "TargetObject|contains: Run")
        .replace("process_creation", "registry_add")
        .replace(
            "level: low",
            "regression_tests_path: suite/info.yml\nlevel: low",
        );
    let built = Project::new().ruled(rule).built();
    let info = format!(
        "rule_metadata:\n    - id: {RULE}\nregression_tests_info:\n    - name: Positive\n      type: json\n      path: suite/log.json\n"
    );
    built.write("suite/info.yml", &info);
    built.write("suite/log.json", &format!("{}\n", registry(1, "DeleteKey")));
    let args = [
        "run",
        "--format",
        "json",
        "--sigma-regression",
        "suite",
        "--detections",
        "detections",
    ];
    let done = built.misfire(&args).exits(1);
    assert_eq!(verdict_of(&done).0, "blind");
    built.write("suite/log.json", &format!("{}\n", registry(1, "CreateKey")));
    assert_eq!(verdict_of(&built.misfire(&args).exits(0)).0, "fired");
}
