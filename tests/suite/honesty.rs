//! Ways in which a harness could lie, each of which this one once did.

use crate::support::home;

use std::fs;
use std::process::{Command, Stdio};

use home::{Home, RULE, process_start};

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";

const OFTEN: &str = "title: Whoami Often\nid: 5b022991-d526-4fef-8b0e-8a5df1754b01\n\
correlation:\n    type: event_count\n    rules: [4815aa87-8781-4368-96ad-7df96a2a1880]\n\
\u{20}   group-by: [Computer]\n    timespan: 1h\n    condition: {gte: 2}\n";

fn starts(count: u64) -> String {
    (1..=count)
        .map(|record| process_start(record, WHOAMI) + "\n")
        .collect()
}

/// An `info.yml` about one rule, with a test for each recording.
fn info(rule: &str, recordings: &[&str], controls: &[&str]) -> String {
    let mut text = format!("rule_metadata:\n    - id: {rule}\nregression_tests_info:\n");
    for recording in recordings {
        text += &format!("    - name: {recording}\n      type: json\n      path: {recording}\n");
    }
    if !controls.is_empty() {
        text += "controls:\n";
    }
    for control in controls {
        text += &format!("    - path: {control}\n      why: benign\n");
    }
    text
}

const ONE: &str = "4815aa87-8781-4368-96ad-7df96a2a1880";
const MANY: &str = "5b022991-d526-4fef-8b0e-8a5df1754b01";

const RUN: [&str; 7] = [
    "run",
    "--sigma-regression",
    "suite",
    "--detections",
    "rules",
    "--format",
    "json",
];

/// The words that a recording's rules got.
fn words(home: &Home, code: i32) -> Vec<(String, String)> {
    let report = home.misfire(&RUN).exits(code).json();
    let mut words = Vec::new();
    for test in report["tests"].as_array().expect("a list") {
        let recording = test["recording"].as_str().expect("a path");
        let recording = recording.rsplit('/').next().expect("a name").to_owned();
        for (list, key) in [("verdicts", "verdict"), ("controls", "outcome")] {
            for given in test[list].as_array().expect("a list") {
                let word = given[key].as_str().expect("a word").to_owned();
                words.push((recording.clone(), word));
            }
        }
    }
    words
}

fn pair(recording: &str, word: &str) -> (String, String) {
    (recording.to_owned(), word.to_owned())
}

#[test]
fn recordings_are_not_counted_together() {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("rules/often.yml", OFTEN);
    home.write("suite/a.json", &starts(1));
    home.write("suite/b.json", &starts(1));
    home.write(
        "suite/info.yml",
        &info(MANY, &["suite/a.json", "suite/b.json"], &[]),
    );
    assert_eq!(
        words(&home, 1),
        [pair("a.json", "misfire"), pair("b.json", "misfire")]
    );
    home.write("suite/a.json", &starts(2));
    assert_eq!(
        words(&home, 1),
        [pair("a.json", "fired"), pair("b.json", "misfire")]
    );
}

#[test]
fn a_control_fires_on_its_own() {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("rules/often.yml", OFTEN);
    home.write("suite/pos.json", &starts(2));
    home.write("suite/twin.json", &starts(3));
    home.write(
        "suite/info.yml",
        &info(MANY, &["suite/pos.json"], &["suite/twin.json"]),
    );
    assert_eq!(
        words(&home, 1),
        [pair("pos.json", "fired"), pair("twin.json", "false-alarm")]
    );
}

#[test]
fn a_rule_that_a_correlation_counts_is_judged_like_any_other() {
    let home = Home::new();
    fs::create_dir_all(home.path("suite/many")).expect("a folder");
    home.write("rules/often.yml", OFTEN);
    home.write("suite/one.json", &starts(2));
    home.write("suite/twin.json", &starts(1));
    home.write(
        "suite/info.yml",
        &info(ONE, &["suite/one.json"], &["suite/twin.json"]),
    );
    home.write("suite/many/many.json", &starts(2));
    home.write(
        "suite/many/info.yml",
        &info(MANY, &["suite/many/many.json"], &[]),
    );
    assert_eq!(
        words(&home, 1),
        [
            pair("many.json", "fired"),
            pair("one.json", "fired"),
            // Silent: one event is not often; and the rule itself fires on it.
            pair("twin.json", "false-alarm"),
            pair("twin.json", "quiet"),
        ]
    );
}

#[test]
fn another_copy_of_the_suite_does_not_lend_its_recordings() {
    let home = Home::new();
    fs::create_dir_all(home.path("tree/suite")).expect("a folder");
    fs::create_dir_all(home.path("tree/copy/suite")).expect("a folder");
    for suite in ["tree/suite", "tree/copy/suite"] {
        home.write(
            &format!("{suite}/info.yml"),
            &info(ONE, &["suite/start.json"], &[]),
        );
    }
    home.write("tree/suite/start.json", &starts(1));
    let run = [
        "run",
        "--sigma-regression",
        "tree/copy/suite",
        "--detections",
        "rules",
    ];
    let done = home.misfire(&run).exits(2);
    assert!(
        done.err().contains("misfire::content::missing_file"),
        "{}",
        done.err()
    );
}

#[test]
fn a_closed_pipe_changes_no_exit_code_and_keeps_the_reports() {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("suite/start.json", &starts(1));
    let text = info(ONE, &["suite/start.json"], &[]);
    home.write(
        "suite/info.yml",
        &text.replace("      path", "      match_count: 2\n      path"),
    );
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("misfire"))
        .current_dir(home.0.path())
        .args(RUN)
        .args(["--report", "junit=report.xml"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    drop(child.stdout.take());
    let status = child.wait().expect("a finished process");
    assert_eq!(status.code(), Some(1));
    let junit = fs::read_to_string(home.path("report.xml")).expect("a report");
    assert!(junit.contains("failures=\"1\""), "{junit}");
}

#[test]
fn a_twin_of_another_log_proves_nothing_whatever_stands_beside_it() {
    let home = Home::new();
    fs::create_dir_all(home.path("suite/other")).expect("a folder");
    let call = r#"{"eventVersion":"1.11","eventTime":"2026-11-03T09:12:48Z","eventSource":"ssm.amazonaws.com","eventName":"StartSession","awsRegion":"eu-central-1","eventID":"6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004"}"#;
    home.write("suite/start.json", &starts(1));
    home.write("suite/twin.json", call);
    home.write(
        "suite/info.yml",
        &info(ONE, &["suite/start.json"], &["suite/twin.json"]),
    );
    home.write(
        "rules/call.yml",
        "title: A Call\nid: d2f993f0-ccdb-4a25-8a5d-37f6da9925b8\nlogsource: {product: aws, service: cloudtrail}\n\
         detection: {selection: {eventName: SendCommand}, condition: selection}\n",
    );
    home.write(
        "suite/other/call.json",
        &call.replace("StartSession", "SendCommand"),
    );
    home.write(
        "suite/other/info.yml",
        &info(
            "d2f993f0-ccdb-4a25-8a5d-37f6da9925b8",
            &["suite/other/call.json"],
            &[],
        ),
    );
    let words = words(&home, 1);
    assert!(words.contains(&pair("twin.json", "vacuous")), "{words:?}");
}

#[test]
fn an_id_that_two_rules_have_gives_no_verdict() {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("rules/a_stale_copy.yml", RULE);
    home.write("suite/start.json", &starts(1));
    home.write("suite/info.yml", &info(ONE, &["suite/start.json"], &[]));
    assert_eq!(words(&home, 1), [pair("start.json", "invalid")]);
}

#[test]
fn a_misspelled_key_of_a_suite_is_refused() {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("suite/start.json", &starts(1));
    let right = info(ONE, &["suite/start.json"], &["suite/start.json"]);
    for (wrong, meant) in [
        (
            right.replace("      path", "      match_cuont: 5\n      path"),
            "match_count",
        ),
        (right.replace("controls:", "contorls:"), "controls"),
    ] {
        home.write("suite/info.yml", &wrong);
        let done = home.misfire(&RUN).exits(2);
        assert!(
            done.err().contains("misfire::content::unknown_field"),
            "{}",
            done.err()
        );
        assert!(done.err().contains(meant), "{}", done.err());
    }
}

#[test]
fn a_recording_that_no_test_names_is_told_of() {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("suite/start.json", &starts(1));
    home.write("suite/other.evtx", "");
    home.write("suite/info.yml", &info(ONE, &["suite/start.json"], &[]));
    let done = home.misfire(&RUN).exits(0);
    assert!(
        done.err().contains("misfire::suite::unread_recording"),
        "{}",
        done.err()
    );
}

#[test]
fn a_folder_without_a_log_is_not_green() {
    let home = Home::new();
    fs::create_dir(home.path("notes")).expect("a folder");
    home.write("notes/readme.txt", "nothing to see\n");
    let done = home
        .misfire(&["scan", "notes", "--detections", "rules"])
        .exits(3);
    assert!(
        done.err().contains("there is no log here"),
        "{}",
        done.err()
    );
    // A rotated log is one, though its ending is not a log's.
    home.write("notes/Security.evtx.1", "damaged beyond recognition\n");
    let done = home
        .misfire(&["scan", "notes", "--detections", "rules"])
        .exits(3);
    assert!(done.err().contains("Security.evtx.1"), "{}", done.err());
}

#[test]
fn one_file_under_two_names_is_one_file() {
    let home = Home::new();
    let scan = [
        "scan",
        "logs",
        "./logs",
        "--detections",
        "rules",
        "--detections",
        "./rules",
    ];
    let done = home.misfire(&scan).exits(0);
    assert!(
        done.out()
            .contains("2 records in 1 log searched with 1 of 1"),
        "{}",
        done.out()
    );
    assert_eq!(done.err(), "");
}

#[test]
fn a_baseline_that_no_detection_looks_at_is_not_green() {
    let home = Home::new();
    home.write("known.yml", "known: []\n");
    home.write(
        "rules/whoami.yml",
        &RULE.replace("process_creation", "dns_query"),
    );
    let scan = [
        "scan",
        "logs",
        "--detections",
        "rules",
        "--benign",
        "known.yml",
    ];
    let done = home.misfire(&scan).exits(3);
    assert!(done.err().contains("proves nothing"), "{}", done.err());
}

#[test]
fn explain_explains_what_it_is_asked_for() {
    let home = Home::new();
    home.write("rules/often.yml", OFTEN);
    home.write("logs/readme.txt", "no log\n");
    let titles = |args: &[&str]| {
        let args = [&["explain"], args, &["logs", "--format", "json"]].concat();
        let document = home.misfire(&args).exits(0).json();
        let detections = document["detections"].as_array().expect("a list").clone();
        detections
            .iter()
            .map(|detection| detection["title"].as_str().expect("a title").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        titles(&["rules/whoami.yml", "--detections", "rules"]),
        ["Whoami Started"]
    );
    assert_eq!(
        titles(&["rules/often.yml", "--detections", "rules"]),
        ["Whoami Often"]
    );
    assert_eq!(
        titles(&["whoami started", "--detections", "rules"]),
        ["Whoami Started"]
    );
}

#[test]
fn what_a_file_says_does_not_steer_the_terminal() {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("suite/start.json", &starts(1));
    let text = info(ONE, &["suite/start.json"], &["suite/start.json"]);
    let forged = text.replace("why: benign", "why: \"\\e[2Jall as expected\"");
    home.write("suite/info.yml", &forged);
    let args: Vec<_> = RUN[..5].to_vec();
    let done = home.misfire(&args).exits(1);
    assert!(!done.out().contains('\u{1b}'), "{:?}", done.out());
}

#[test]
fn a_number_of_threads_that_no_machine_has_is_refused() {
    let home = Home::new();
    for threads in ["0", "100000", "x"] {
        let done = home
            .misfire(&[
                "scan",
                "logs",
                "--detections",
                "rules",
                "--threads",
                threads,
            ])
            .exits(2);
        assert!(done.err().contains("1 to 1024"), "{}", done.err());
    }
}
