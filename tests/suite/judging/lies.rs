//! Small projects that look as if they proved something.

use std::fs;
use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::home::Done;
use crate::support::project::{
    ATOMIC, Built, EXPECTATION, FOLDERS, Project, RULE, Recording, START, controls_of, rule,
    security, signal_of, sysmon, sysmon_event, test_of, verdict_of,
};

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";
const OTHER: &str = r"C:\Windows\System32\notepad.exe";

/// Runs as people do; the text says nothing good.
fn not_green(built: &Built) -> Done {
    let args = [&["run"][..], &FOLDERS].concat();
    let done = built.misfire(&args);
    assert_ne!(done.code(), 0, "{}\n{}", done.out(), done.err());
    assert!(!done.out().contains("all as expected"), "{}", done.out());
    done
}

/// The usual expectation from `detections:` on replaced.
fn detecting(detections: &str) -> String {
    let (signals, _) = EXPECTATION
        .split_once("    detections:")
        .expect("detections");
    signals.to_owned() + detections
}

#[test]
fn without_fixtures_nothing_is_green() {
    let mut project = Project::new();
    project.recordings.clear();
    let done = not_green(&project.built());
    assert!(done.err().contains("fixtures"), "{}", done.err());
}

#[test]
fn an_empty_project_is_not_green() {
    let built = Project::new().built();
    for kind in ["atomics", "expectations", "detections", "fixtures"] {
        fs::remove_dir_all(built.path(kind)).expect("a folder");
        fs::create_dir(built.path(kind)).expect("a folder");
    }
    not_green(&built);
    built.write("misfire.toml", "");
    let done = built.misfire(&["run"]);
    assert_ne!(done.code(), 0, "{}\n{}", done.out(), done.err());
}

#[test]
fn detections_alone_are_not_green() {
    let built = Project::new().built();
    for kind in ["atomics", "expectations", "fixtures"] {
        fs::remove_dir_all(built.path(kind)).expect("a folder");
    }
    built.write("misfire.toml", "");
    let done = built.misfire(&["run"]);
    assert_ne!(done.code(), 0, "{}\n{}", done.out(), done.err());
}

#[test]
fn an_expectation_of_no_signals_is_not_green() {
    let expectation = "    run: {ends: exits, exit_codes: [0]}\n";
    let rule = format!("    detections:\n      - rule: {RULE}\n");
    for signals in ["", "    signals: []\n"] {
        let with_rule = format!("{expectation}{signals}{rule}");
        not_green(&Project::new().expecting(&with_rule).built());
        let alone = format!("{expectation}{signals}");
        not_green(&Project::new().expecting(&alone).built());
    }
}

/// The signals themselves can be what is proven, if one is due.
#[test]
fn without_detections_the_signals_are_judged() {
    for detections in ["", "    detections: []\n"] {
        let project = Project::new().expecting(&detecting(detections));
        let built = project.built();
        if built.run(&[]).code() == 0 {
            let other = Recording::of_atomic("plain").with("sysmon", vec![sysmon(1, 5, OTHER)]);
            not_green(&project.recorded(other).built());
        } else {
            not_green(&built);
        }
    }
}

/// What depends on a condition that did not hold is not judged, and nothing judged
/// is nothing proven.
#[test]
fn signals_that_are_not_due_prove_nothing() {
    let expectation = detecting("").replace(
        "        fields:",
        "        when: {given: signed-in, why: it asks who is}\n        fields:",
    );
    let done = not_green(&Project::new().expecting(&expectation).built());
    assert!(done.out().contains("nothing was judged"), "{}", done.out());
}

#[test]
fn an_absent_signal_is_not_proven_by_an_empty_recording() {
    let expectation =
        detecting("").replace("        fields:", "        absent: true\n        fields:");
    let mut recording = Recording::of_atomic("nothing").saying("looked_at: [sysmon]");
    not_green(
        &Project::new()
            .expecting(&expectation)
            .recorded(recording.clone())
            .built(),
    );
    // Nor by one whose records are all of another time.
    recording.more.clear();
    let recording = recording.with("sysmon", vec![sysmon(1, 40_000_000, OTHER)]);
    not_green(
        &Project::new()
            .expecting(&expectation)
            .recorded(recording)
            .built(),
    );
}

#[test]
fn a_control_of_no_detection_is_not_green() {
    let twin = || Recording::control("daily").with("sysmon", vec![sysmon(1, 5, OTHER)]);
    let controls = "    controls:\n      - fixture: T1033/controls/daily\n";
    let none = Project::new().expecting(&detecting(controls)).and(twin());
    let done = not_green(&none.built());
    assert!(done.err().contains("control"), "{}", done.err());
    let controls = "    controls:\n      - {fixture: T1033/controls/daily, detections: []}\n";
    let empty = Project::new()
        .expecting(&format!("{EXPECTATION}{controls}"))
        .and(twin());
    let done = not_green(&empty.built());
    assert!(done.err().contains("detections"), "{}", done.err());
}

#[test]
fn a_recording_is_no_control() {
    let controls = "    controls:\n      - fixture: T1033/plain\n";
    let project = Project::new().expecting(&format!("{EXPECTATION}{controls}"));
    let done = not_green(&project.built());
    assert!(done.err().contains("unknown_fixture"), "{}", done.err());
    let mut both = Project::new();
    both.recordings[0].subject = format!("atomic: {ATOMIC}\ncontrol: someone works");
    let done = not_green(&both.built());
    assert!(done.err().contains("bad_subject"), "{}", done.err());
}

/// A copy of the recording as its own control: the rule that fires on one fires on
/// the other.
#[test]
fn a_recording_that_is_called_benign_is_a_false_alarm() {
    let controls = "    controls:\n      - fixture: T1033/controls/daily\n";
    let project = Project::new().expecting(&format!("{EXPECTATION}{controls}"));
    let twin = Recording {
        logs: project.recordings[0].logs.clone(),
        ..Recording::control("daily")
    };
    let done = project.and(twin).run().exits(1);
    assert_eq!(controls_of(&done)[0].2, "false-alarm");
}

#[test]
fn a_window_of_another_year_holds_nothing() {
    let year = 365 * 24 * 3600;
    let controls = "    controls:\n      - fixture: T1033/controls/daily\n";
    let project = Project::new()
        .expecting(&format!("{EXPECTATION}{controls}"))
        .recorded(Recording::of_atomic("late").with("sysmon", vec![sysmon(1, year, WHOAMI)]))
        .and(Recording::control("daily").with("sysmon", vec![sysmon(1, -year, OTHER)]));
    let done = project.run().exits(1);
    assert_eq!(verdict_of(&done).0, "blind");
    assert_eq!(signal_of(&done, "start").0, "missing");
    assert_eq!(controls_of(&done)[0].2, "vacuous");
}

/// A window holds its edges, and nothing beyond.
#[test]
fn the_edges_belong_to_the_window() {
    let at = |time: &str| {
        let mut record = sysmon(1, 0, WHOAMI);
        record["Event"]["System"]["TimeCreated"]["#attributes"]["SystemTime"] = time.into();
        let recording = Recording::of_atomic("edge").with("sysmon", vec![record]);
        verdict_of(&Project::new().recorded(recording).run()).0
    };
    assert_eq!(at(START), "fired");
    assert_eq!(at("2026-11-02T09:16:00Z"), "fired");
    assert_eq!(at("2026-11-02T09:13:59.9999999Z"), "blind");
    assert_eq!(at("2026-11-02T09:16:00.0000001Z"), "blind");
}

/// Puts another log in the place of the project's one.
fn with_log(project: &Project, name: &str, bytes: &[u8], records: usize) -> Built {
    let built = project.built();
    let old = built.path("fixtures/T1033/plain/sysmon.jsonl");
    fs::remove_file(old).expect("a log");
    fs::write(built.path(&format!("fixtures/T1033/plain/{name}")), bytes).expect("a log");
    let hash: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let manifest = fs::read_to_string(built.path("fixtures/T1033/plain/fixture.yaml"));
    let manifest = manifest.expect("a manifest");
    let start = manifest.find("  - {path").expect("a file");
    let end = start + manifest[start..].find('\n').expect("a line");
    let line = format!("  - {{path: {name}, source: sysmon, sha256: {hash}, records: {records}}}");
    built.write(
        "fixtures/T1033/plain/fixture.yaml",
        &format!("{}{line}{}", &manifest[..start], &manifest[end..]),
    );
    built
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

#[test]
fn a_packed_log_is_read_whole_or_not_at_all() {
    let text = lines(&[sysmon(1, 5, WHOAMI), sysmon(2, 6, OTHER)]);
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).expect("memory");
    let packed = packer.finish().expect("memory");
    let whole = with_log(&Project::new(), "sysmon.jsonl.gz", &packed, 2);
    assert_eq!(verdict_of(&whole.run(&[]).exits(0)).0, "fired");
    // The manifest tells of the file that is there, and that one is cut.
    let cut = &packed[..packed.len() - 12];
    let built = with_log(&Project::new(), "sysmon.jsonl.gz", cut, 2);
    let done = not_green(&built);
    assert!(done.err().contains("sysmon.jsonl.gz"), "{}", done.err());
}

/// Two chunks that count their records from the same number, as a log has them that
/// was put together by hand.
#[test]
fn two_records_of_one_number_are_not_taken_for_each_other() {
    let evtx = |image: &str| {
        let built = Project::new().built();
        built.write("x.jsonl", &lines(&[sysmon(5, 5, image)]));
        built
            .misfire(&["convert", "x.jsonl", "-o", "x.evtx"])
            .exits(0);
        fs::read(built.path("x.evtx")).expect("a log")
    };
    let (mut both, other) = (evtx(WHOAMI), evtx(OTHER));
    both.extend(&other[4096..]);
    // It fires on the other record of the signal's number only.
    let project = Project::new().ruled(rule(RULE, "Image|endswith: '\\notepad.exe'"));
    let built = with_log(&project, "sysmon.evtx", &both, 2);
    let done = not_green(&built);
    assert!(done.err().contains("sysmon.evtx"), "{}", done.err());
    let json = built.run(&[]);
    assert_eq!(verdict_of(&json).0, "inconclusive");
}

/// What happened once was recorded twice: by two exports of one log.
#[test]
fn one_record_in_two_files_is_one_event() {
    let records = vec![sysmon(1, 5, WHOAMI), sysmon(2, 6, OTHER)];
    let twice = Recording::of_atomic("plain").with("sysmon", records.clone());
    let mut twice = twice.with("sysmon", records);
    twice.logs[1].0 = "again.jsonl".to_owned();
    // The same bytes, and the same events in another order of bytes.
    let mut reversed = twice.clone();
    reversed.logs[1].2.reverse();
    for recording in [twice, reversed] {
        let expectation =
            EXPECTATION.replace("event_id: 1\n", "event_id: 1\n        count: {min: 2}\n");
        let project = Project::new().expecting(&expectation).recorded(recording);
        let done = not_green(&project.built());
        assert!(done.err().contains("again.jsonl"), "{}", done.err());
        assert_eq!(verdict_of(&project.run()).0, "inconclusive");
    }
}

#[test]
fn a_control_of_another_source_than_it_says_is_not_quiet() {
    let controls = "    controls:\n      - fixture: T1033/controls/daily\n";
    let lookup = sysmon_event(22, 1, 5, json!({"QueryName": "a.example", "Image": OTHER}));
    let mut call = json!({
        "eventVersion": "1.11", "eventTime": "2026-11-02T09:14:10Z",
        "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity",
        "awsRegion": "eu-central-1", "eventID": "6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004",
        "userIdentity": {"type": "IAMUser"}
    });
    for (source, record) in [("sysmon", call.take()), ("security", lookup)] {
        let twin = Recording::control("daily").with(source, vec![record]);
        let project = Project::new()
            .expecting(&format!("{EXPECTATION}{controls}"))
            .and(twin);
        let done = not_green(&project.built());
        assert!(done.err().contains("other_source"), "{}", done.err());
        assert_eq!(controls_of(&project.run())[0].2, "unread");
    }
}

/// A file that is said to hold a log's records and holds none of them proves
/// nothing of that log.
#[test]
fn a_source_that_a_file_does_not_hold_is_told() {
    let absent = EXPECTATION.replace(
        "    detections:",
        "      - {id: audited, source: security, event_id: 4688, absent: true, fields: {NewProcessName|endswith: '\\x.exe'}}\n    detections:",
    );
    let mut project = Project::new().expecting(&absent);
    project.recordings[0].logs[0].1 = "[sysmon, security]".to_owned();
    project.recordings[0].logs[0].0 = "both.jsonl".to_owned();
    let done = not_green(&project.built());
    assert!(done.err().contains("security"), "{}", done.err());
    let test = test_of(&project.run());
    assert_eq!(test["telemetry"]["audited"]["state"], "unknown", "{test:#}");
}

/// The same records, said to be of another computer.
fn of_computer(mut records: Vec<Value>, computer: &Value) -> Vec<Value> {
    for record in &mut records {
        record["Event"]["System"]["Computer"] = computer.clone();
    }
    records
}

fn start_and_other() -> Vec<Value> {
    vec![sysmon(1, 5, WHOAMI), sysmon(2, 6, OTHER)]
}

/// What happened on another host says nothing of the one that was attacked, nor of
/// the one that was at peace.
#[test]
fn events_of_another_host_prove_nothing() {
    let controls = "    controls:\n      - fixture: T1033/controls/daily\n";
    let records = of_computer(start_and_other(), &json!("OTHER.evil"));
    let attack = Recording::of_atomic("plain").with("sysmon", records);
    let records = of_computer(vec![sysmon(1, 5, OTHER)], &json!("OTHER.evil"));
    let project = Project::new()
        .expecting(&format!("{EXPECTATION}{controls}"))
        .recorded(attack.saying("looked_at: [system]"))
        .and(Recording::control("daily").with("sysmon", records));
    let done = not_green(&project.built());
    assert!(
        done.err().contains("misfire::fixture::other_host"),
        "{}",
        done.err()
    );
    let done = project.run().exits(2);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "inconclusive", "{reason}");
    assert!(
        reason.contains("WS01") && reason.contains("OTHER.evil"),
        "{reason}"
    );
    assert_eq!(signal_of(&done, "start").0, "unknown");
    assert_eq!(controls_of(&done)[0].2, "unread");
}

/// That a log held nothing is not known of a host whose logs these are not.
#[test]
fn what_another_host_did_not_do_is_not_known() {
    let absent = EXPECTATION.replace(
        "    detections:",
        "      - {id: service, source: system, event_id: 7045, absent: true, fields: {ServiceName: x}}\n    detections:",
    );
    let records = of_computer(start_and_other(), &json!("OTHER.evil"));
    let recording = Recording::of_atomic("plain")
        .with("sysmon", records)
        .saying("looked_at: [system]");
    let done = Project::new()
        .expecting(&absent)
        .recorded(recording)
        .run()
        .exits(2);
    assert_eq!(signal_of(&done, "service").0, "unknown");
}

#[test]
fn a_host_goes_by_its_short_and_its_long_name_in_any_case() {
    let verdict = |computer: Value| {
        let records = of_computer(start_and_other(), &computer);
        let recording = Recording::of_atomic("plain").with("sysmon", records);
        verdict_of(&Project::new().recorded(recording).run()).0
    };
    for same in ["WS01", "ws01", "ws01.corp.example", "WS01.CORP.EXAMPLE"] {
        assert_eq!(verdict(json!(same)), "fired", "{same}");
    }
    for other in ["WS011", "WS0", "corp.example", "x.WS01"] {
        assert_eq!(verdict(json!(other)), "inconclusive", "{other}");
    }
    // Whose records do not say where they are from may be of the host.
    assert_eq!(verdict(json!("")), "fired");
    assert_eq!(verdict(Value::Null), "fired");
}

/// What a domain controller logs of an attack on a host belongs to it.
#[test]
fn records_of_other_hosts_may_stand_beside_those_of_the_host() {
    let audited = security(1, 5, json!({"NewProcessName": OTHER}));
    let controller = of_computer(vec![audited], &json!("DC01.corp.example"));
    let recording = Recording::of_atomic("plain")
        .with("sysmon", start_and_other())
        .with("security", controller);
    let done = Project::new().recorded(recording).run().exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
}

/// A log that is gone is not one that nobody looked at.
#[test]
fn a_log_that_is_gone_is_said_to_be() {
    let controls = "    controls:\n      - fixture: T1033/controls/daily\n";
    let built = Project::new()
        .expecting(&format!("{EXPECTATION}{controls}"))
        .and(Recording::control("daily").with("sysmon", vec![sysmon(1, 5, OTHER)]))
        .built();
    for fixture in ["plain", "controls/daily"] {
        let log = built.path(&format!("fixtures/T1033/{fixture}/sysmon.jsonl"));
        fs::remove_file(log).expect("a log");
    }
    let done = built.run(&[]).exits(2);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "inconclusive", "{reason}");
    assert!(reason.contains("`sysmon.jsonl` is not there"), "{reason}");
    let (state, reason) = signal_of(&done, "start");
    assert_eq!(state, "unknown", "{reason}");
    assert!(reason.contains("`sysmon.jsonl` is not there"), "{reason}");
    let control = test_of(&done)["controls"][0].clone();
    assert_eq!(control["outcome"], "unread", "{control:#}");
    let reason = control["reason"].as_str().expect("a reason");
    assert!(reason.contains("`sysmon.jsonl` is not there"), "{reason}");
}

/// What was recorded where the atomic does not work was another thing.
#[test]
fn a_recording_of_another_platform_proves_nothing() {
    let built = Project::new().built();
    let manifest = "fixtures/T1033/plain/fixture.yaml";
    let text = fs::read_to_string(built.path(manifest)).expect("a manifest");
    for platform in ["linux", "iaas:aws", "iaas"] {
        let other = text.replace("platform: windows", &format!("platform: '{platform}'"));
        built.write(manifest, &other);
        let done = not_green(&built);
        assert!(
            done.err().contains("misfire::reference::wrong_platform"),
            "{}",
            done.err()
        );
        assert_eq!(done.code(), 2, "{platform}");
        let (verdict, reason) = verdict_of(&built.run(&[]));
        assert_eq!(verdict, "not-run", "{platform}");
        assert_eq!(
            reason,
            format!("it is for another platform: recorded on {platform}, for windows")
        );
    }
    // What is of any provider is of each.
    let atomic = "atomics/T1033/T1033.yaml";
    let tests = fs::read_to_string(built.path(atomic)).expect("a file of atomics");
    for (wanted, made_on) in [("'iaas:aws'", "iaas"), ("iaas", "'iaas:aws'")] {
        built.write(atomic, &tests.replace("[windows]", &format!("[{wanted}]")));
        built.write(
            manifest,
            &text.replace("platform: windows", &format!("platform: {made_on}")),
        );
        let (verdict, reason) = verdict_of(&built.run(&[]));
        assert_eq!(verdict, "fired", "{reason}");
    }
}

/// A path that can lead nowhere would make what must be absent look absent.
#[test]
fn a_path_into_xml_that_leads_nowhere_proves_no_absence() {
    let sound = "TaskContent/Exec/Arguments";
    let absent = |path: &str| {
        let signal = format!(
            "      - id: no-task\n        source: security\n        event_id: 4698\n        \
             absent: true\n        fields: {{'{path}|contains': tunnel}}\n    detections:"
        );
        EXPECTATION.replace("    detections:", &signal)
    };
    for path in [
        "TaskContent/Exec//Arguments",
        "TaskContent/Exec/",
        "TaskContent/Actions/@",
        "TaskContent/@",
    ] {
        let built = Project::new().expecting(&absent(path)).built();
        let done = not_green(&built);
        assert_eq!(done.code(), 2, "{path}");
        assert!(
            done.err().contains("misfire::expectation::bad_fields"),
            "{path}: {}",
            done.err()
        );
    }
    let built = Project::new().expecting(&absent(sound)).built();
    let done = built.misfire(&[&["check"][..], &FOLDERS].concat());
    assert_eq!(done.code(), 0, "{}", done.err());
}
