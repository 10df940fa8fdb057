//! The program as its users meet it: help, wrong usage, empty and broken input,
//! exit codes, and output for people and programs.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::home;

use home::{Home, RULE, process_start};

#[test]
fn every_command_has_help() {
    let home = Home::new();
    let main = home.misfire(&["--help"]).exits(0).out();
    for command in ["run", "scan", "explain", "convert"] {
        assert!(main.contains(command), "{main}");
        let help = home.misfire(&[command, "--help"]).exits(0).out();
        assert!(help.contains("Usage: misfire"), "{help}");
        assert!(help.contains("--format"), "{help}");
    }
    assert!(
        home.misfire(&["--version"])
            .exits(0)
            .out()
            .starts_with("misfire ")
    );
}

#[test]
fn no_command_at_all_shows_help_and_is_wrong_usage() {
    let done = Home::new().misfire(&[]).exits(2);
    assert!(done.err().contains("Usage: misfire"), "{}", done.err());
}

#[test]
fn a_wrong_flag_is_wrong_usage_and_names_the_right_one() {
    let done = Home::new()
        .misfire(&["scan", "logs", "--detection", "rules"])
        .exits(2);
    assert!(done.err().contains("--detections"), "{}", done.err());
    assert_eq!(done.out(), "");
}

#[test]
fn run_alone_judges_the_bundled_tests() {
    let done = Home::new().misfire(&["run"]).exits(0);
    let text = done.out();
    assert!(text.contains("all as expected"), "{text}");
    assert!(text.contains("simulated"), "{text}");
}

#[test]
fn run_as_json_is_one_document_and_nothing_else() {
    let done = Home::new().misfire(&["run", "--format", "json"]).exits(0);
    let report = done.json();
    assert_eq!(report["summary"]["unexpected"], 0);
    let tests = report["tests"].as_array().expect("a list");
    let atomics: std::collections::BTreeSet<_> = tests
        .iter()
        .filter_map(|test| test["atomic"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(atomics.len(), 10);
    for test in tests {
        let verdicts = test["verdicts"].as_array().expect("a list");
        let fired = verdicts
            .iter()
            .filter(|verdict| verdict["verdict"] == "fired");
        assert!(fired.count() >= 1, "no rule of the test fires: {test}");
        for verdict in verdicts {
            assert_eq!(verdict["expected"], true, "{verdict}");
            let is_fired = verdict["verdict"] == "fired";
            let events = verdict["events"].as_array().expect("a list");
            assert_eq!(is_fired, !events.is_empty(), "{verdict}");
            assert_eq!(is_fired, verdict["known_gap"].is_null(), "{verdict}");
        }
        for control in test["controls"].as_array().expect("a list") {
            assert_eq!(control["outcome"], "quiet", "{control}");
        }
    }
    // Every atomic has at least two benign twins.
    for atomic in atomics {
        let own = tests
            .iter()
            .filter(|test| test["atomic"].as_str() == Some(&*atomic));
        let twins: std::collections::BTreeSet<_> = own
            .flat_map(|test| test["controls"].as_array().expect("a list"))
            .map(|control| control["name"].to_string())
            .collect();
        assert!(twins.len() >= 2, "{atomic} has {twins:?}");
    }
}

#[test]
fn a_filter_that_fits_nothing_is_not_green() {
    let done = Home::new().misfire(&["run", "no-such-test"]).exits(2);
    assert!(done.err().contains("no-such-test"), "{}", done.err());
}

#[test]
fn run_writes_junit() {
    let home = Home::new();
    home.misfire(&["run", "--report", "junit=report.xml"])
        .exits(0);
    let xml = fs::read_to_string(home.path("report.xml")).expect("a report");
    assert!(
        xml.contains("<testsuites") && xml.contains("failures=\"0\""),
        "{xml}"
    );
}

#[test]
fn a_report_that_cannot_be_written_is_not_green() {
    let home = Home::new();
    let done = home
        .misfire(&["run", "--report", "junit=no/such/folder/report.xml"])
        .exits(3);
    assert!(
        done.err().contains("misfire::io::unwritable"),
        "{}",
        done.err()
    );
    let done = home.misfire(&["run", "--report", "junti=x.xml"]).exits(2);
    assert!(
        done.err().contains("did you mean `junit`"),
        "{}",
        done.err()
    );
}

/// A suite in SigmaHQ's format over the log of [`Home::new`].
fn suite(home: &Home, match_count: &str) {
    fs::create_dir_all(home.path("suite/whoami")).expect("a folder");
    fs::copy(
        home.path("logs/start.jsonl"),
        home.path("suite/whoami/start.json"),
    )
    .expect("a copy");
    home.write(
        "suite/whoami/info.yml",
        &format!(
            "rule_metadata:\n    - id: 4815aa87-8781-4368-96ad-7df96a2a1880\n      title: Whoami Started\n\
             regression_tests_info:\n    - name: Positive\n      type: json\n{match_count}      path: suite/whoami/start.json\n"
        ),
    );
}

const SUITE: [&str; 5] = [
    "run",
    "--sigma-regression",
    "suite",
    "--detections",
    "rules",
];

#[test]
fn a_count_that_is_met_fired() {
    let home = Home::new();
    suite(&home, "      match_count: 1\n");
    home.misfire(&SUITE).exits(0);
    suite(&home, "");
    home.misfire(&SUITE).exits(0);
}

#[test]
fn a_count_that_is_not_met_is_a_misfire_that_says_why() {
    let home = Home::new();
    suite(&home, "      match_count: 2\n");
    let done = home.misfire(&SUITE).exits(1);
    assert!(done.out().contains("misfire "), "{}", done.out());
    assert!(
        done.out().contains("1 record matches, and 2 must"),
        "{}",
        done.out()
    );

    suite(&home, "      match_count: 1\n");
    home.write(
        "rules/whoami.yml",
        &RULE.replace(r"\whoami.exe", r"\whoami2.exe"),
    );
    let done = home
        .misfire(&[&SUITE[..], &["--format", "json"]].concat())
        .exits(1);
    let report = done.json();
    let verdict = &report["tests"][0]["verdicts"][0];
    assert_eq!(verdict["verdict"], "misfire");
    let nearest = &verdict["near_miss"]["nearest"];
    assert_eq!(nearest["distance"], 1);
    let predicate = &nearest["predicates"][0];
    assert_eq!(predicate["field"], "Image");
    assert_eq!(predicate["operator"], "endswith");
    assert_eq!(predicate["wanted"][0], r"\whoami2.exe");
    assert_eq!(predicate["seen"], r"C:\Windows\System32\whoami.exe");
}

#[test]
fn a_surplus_is_reported_and_fails_only_under_exact_counts() {
    let home = Home::new();
    home.write("rules/whoami.yml", &RULE.replace(r"\whoami.exe", ".exe"));
    suite(&home, "      match_count: 1\n");
    let done = home.misfire(&SUITE).exits(0);
    assert!(
        done.out().contains("1 more than asked for"),
        "{}",
        done.out()
    );
    home.misfire(&[&SUITE[..], &["--exact-counts"]].concat())
        .exits(1);
}

#[test]
fn a_recording_of_another_log_leaves_the_rule_blind() {
    let home = Home::new();
    suite(&home, "      match_count: 1\n");
    home.write(
        "rules/whoami.yml",
        &RULE.replace("process_creation", "dns_query"),
    );
    let done = home.misfire(&SUITE).exits(1);
    assert!(done.out().contains("blind "), "{}", done.out());
}

#[test]
fn a_suite_that_is_absent_altogether_is_counted_and_named() {
    let home = Home::new();
    suite(&home, "      match_count: 1\n");
    home.write(
        "rules/other.yml",
        &RULE.replace("4815aa87", "4815aa88").replace(
            "level: low",
            "regression_tests_path: suite/other/info.yml\nlevel: low",
        ),
    );
    let done = home
        .misfire(&[&SUITE[..], &["--format", "json"]].concat())
        .exits(0);
    let absent = done.json()["absent"].clone();
    assert_eq!(
        absent[0]["detection"],
        "4815aa88-8781-4368-96ad-7df96a2a1880"
    );
    // Once its folder is there, its `info.yml` must be too.
    fs::create_dir(home.path("suite/other")).expect("a folder");
    let done = home.misfire(&SUITE).exits(2);
    assert!(
        done.err().contains("suite/other/info.yml"),
        "{}",
        done.err()
    );
}

#[test]
fn a_test_that_is_commented_out_is_no_case() {
    let home = Home::new();
    suite(&home, "      match_count: 1\n");
    fs::create_dir(home.path("suite/off")).expect("a folder");
    home.write(
        "suite/off/info.yml",
        "rule_metadata:\n    - id: x\n# regression_tests_info:\n#    - name: off\n",
    );
    let done = home.misfire(&SUITE).exits(0);
    assert!(
        done.out().contains("1 suite commented out"),
        "{}",
        done.out()
    );
}

#[test]
fn scan_finds_what_fires_and_says_where() {
    let done = Home::new()
        .misfire(&["scan", "logs", "--detections", "rules", "--format", "json"])
        .exits(0);
    let lines = done.lines();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["title"], "Whoami Started");
    assert_eq!(lines[0]["record"], 1);
    assert_eq!(lines[0]["time"], "2026-11-02T09:14:03.1182046Z");
    assert_eq!(lines[0]["language"], "sigma");
    assert_eq!(lines[0]["reading"], "strict");
    assert_eq!(
        lines[0]["matched"]["Image"],
        r"C:\Windows\System32\whoami.exe"
    );
    assert_eq!(lines[1]["summary"]["records"], 2);
    assert_eq!(lines[1]["summary"]["firings"], 1);
}

#[test]
fn scan_for_people_is_a_table_and_a_summary() {
    let home = Home::new();
    let done = home
        .misfire(&["scan", "logs", "--detections", "rules"])
        .exits(0);
    let text = done.out();
    assert!(text.starts_with("LEVEL"), "{text}");
    assert!(text.contains("Whoami Started"), "{text}");
    assert!(
        text.contains("2 records in 1 log searched with 1 of 1 detection"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "no colour into a pipe");
    let coloured = home
        .misfire(&["scan", "logs", "--detections", "rules", "--color", "always"])
        .exits(0);
    assert!(coloured.out().contains('\u{1b}'));
}

#[test]
fn scan_says_what_was_not_searched_and_why() {
    let home = Home::new();
    home.write(
        "rules/proxy.yml",
        &RULE.replace("4815aa87", "4815aa89").replace(
            "    product: windows\n    category: process_creation",
            "    category: proxy",
        ),
    );
    home.write("logs/notes.txt", "no log at all\n");
    let done = home
        .misfire(&["scan", "logs", "--detections", "rules"])
        .exits(0);
    let text = done.out();
    assert!(text.contains("not searched:"), "{text}");
    assert!(text.contains("1 detection: proxy"), "{text}");
    assert!(text.contains("notes.txt"), "{text}");
}

#[test]
fn a_broken_log_never_stops_the_rest_and_is_not_green() {
    let home = Home::new();
    home.write("logs/a-broken.evtx", "ElfFile\0 and nothing more");
    home.write("logs/b-empty.json", "");
    let done = home
        .misfire(&["scan", "logs", "--detections", "rules"])
        .exits(3);
    assert!(done.out().contains("Whoami Started"), "{}", done.out());
    assert!(
        done.err().contains("misfire::log::truncated"),
        "{}",
        done.err()
    );
    assert!(done.err().contains("misfire::log::empty"), "{}", done.err());
}

#[test]
fn a_broken_rule_never_stops_the_rest_and_is_not_green() {
    let home = Home::new();
    home.write("rules/broken.yml", &RULE.replace("endswith", "endwith"));
    let done = home
        .misfire(&["scan", "logs", "--detections", "rules"])
        .exits(2);
    assert!(done.out().contains("Whoami Started"), "{}", done.out());
    assert!(
        done.err().contains("did you mean `endswith`"),
        "{}",
        done.err()
    );
}

#[test]
fn nothing_to_search_is_not_green() {
    let home = Home::new();
    for logs in ["empty", "no-such-folder"] {
        let done = home
            .misfire(&["scan", logs, "--detections", "rules"])
            .exits(3);
        assert!(done.err().contains("misfire::io::"), "{}", done.err());
    }
    home.misfire(&["scan", "logs", "--detections", "empty"])
        .exits(2);
}

#[test]
fn a_correlation_fires_and_an_event_without_time_is_told_of() {
    let home = Home::new();
    let correlation = "---\ntitle: Whoami Again And Again\nid: 5b022991-d526-4fef-8b0e-8a5df1754b01\n\
        correlation:\n    type: event_count\n    rules: [4815aa87-8781-4368-96ad-7df96a2a1880]\n\
        \u{20}   group-by: [Computer]\n    timespan: 5m\n    condition: {gte: 2}\n";
    home.write("rules/whoami.yml", &format!("{RULE}{correlation}"));
    let start = process_start(1, r"C:\Windows\System32\whoami.exe");
    let again = start.replace("\"EventRecordID\":1", "\"EventRecordID\":2");
    home.write("logs/start.jsonl", &format!("{start}\n{again}\n"));
    let scan = ["scan", "logs", "--detections", "rules", "--format", "json"];
    let done = home.misfire(&scan).exits(0);
    let lines = done.lines();
    assert_eq!(lines[0]["title"], "Whoami Again And Again");
    assert_eq!(lines[0]["records"], serde_json::json!([1, 2]));
    assert_eq!(lines.len(), 2, "the base rule does not fire on its own");

    let timeless = again.replace("\"TimeCreated\"", "\"TimeLost\"");
    home.write("logs/start.jsonl", &format!("{start}\n{timeless}\n"));
    let done = home.misfire(&scan).exits(3);
    assert!(
        done.err().contains("misfire::log::bad_time"),
        "{}",
        done.err()
    );
}

#[test]
fn plain_json_lines_need_a_source() {
    let home = Home::new();
    home.write(
        "http.jsonl",
        "{\"ts\":\"2026-11-02T09:00:00Z\",\"uri\":\"/whoami\"}\n",
    );
    home.write(
        "rules/http.yml",
        "title: Whoami Asked For\nid: 7b34777c-7f15-4592-a422-ae5fbe4de758\n\
         logsource:\n    product: zeek\n    service: http\n\
         detection:\n    selection:\n        uri|contains: whoami\n    condition: selection\n",
    );
    let scan = [
        "scan",
        "http.jsonl",
        "--detections",
        "rules",
        "--format",
        "json",
    ];
    let done = home.misfire(&scan).exits(3);
    assert!(done.err().contains("--source"), "{}", done.err());
    let declared = [&scan[..], &["--source", "product=zeek,service=http"]].concat();
    let done = home.misfire(&declared).exits(0);
    assert_eq!(done.lines()[0]["title"], "Whoami Asked For");
    let wrong = [&scan[..], &["--source", "produkt=zeek"]].concat();
    let done = home.misfire(&wrong).exits(2);
    assert!(
        done.err().contains("did you mean `product`"),
        "{}",
        done.err()
    );
}

#[test]
fn the_list_of_benign_hits_is_what_fails_a_baseline() {
    let home = Home::new();
    let scan = [
        "scan",
        "logs",
        "--detections",
        "rules",
        "--benign",
        "known.yml",
    ];
    home.write("known.yml", "known: []\n");
    home.misfire(&scan).exits(1);
    let entry = |extra: &str| {
        format!("known:\n  - rule: Whoami Started\n{extra}    reason: the baseline's own check\n")
    };
    home.write("known.yml", &entry(""));
    let done = home.misfire(&scan).exits(0);
    assert!(
        done.out().contains("1 firing on the list"),
        "{}",
        done.out()
    );
    home.write(
        "known.yml",
        &entry("    host: 'WS*'\n    fields: {Image|endswith: '\\whoami.exe'}\n"),
    );
    home.misfire(&scan).exits(0);
    home.write("known.yml", &entry("    host: 'DC*'\n"));
    home.misfire(&scan).exits(1);
}

#[test]
fn a_wrong_list_of_benign_hits_says_what_is_wrong() {
    let home = Home::new();
    let scan = [
        "scan",
        "logs",
        "--detections",
        "rules",
        "--benign",
        "known.yml",
    ];
    for (text, wanted) in [
        (
            "known:\n  - rule: Whoami Startet\n    reason: x\n",
            "did you mean `Whoami Started`",
        ),
        ("known:\n  - rule: Whoami Started\n", "reason"),
        (
            "known:\n  - rule: Whoami Started\n    reason: ''\n",
            "no reason",
        ),
        (
            "known:\n  - rule: Whoami Started\n    reason: x\n    hots: y\n",
            "hots",
        ),
        ("known: [", "cannot be read"),
    ] {
        home.write("known.yml", text);
        let done = home.misfire(&scan).exits(2);
        assert!(done.err().contains(wanted), "{text}\n{}", done.err());
    }
    home.misfire(&[
        "scan",
        "logs",
        "--detections",
        "rules",
        "--benign",
        "none.yml",
    ])
    .exits(2);
}

#[test]
fn explain_says_why_a_detection_stayed_silent() {
    let home = Home::new();
    home.write(
        "rules/whoami.yml",
        &RULE.replace(r"\whoami.exe", r"\whoareyou.exe"),
    );
    let done = home
        .misfire(&["explain", "rules/whoami.yml", "logs/start.jsonl"])
        .exits(0);
    let text = done.out();
    assert!(
        text.contains("did not fire: 2 records of its log source, of 2 read"),
        "{text}"
    );
    assert!(
        text.contains(r"selection: Image endswith '\whoareyou.exe'"),
        "{text}"
    );
    assert!(
        text.contains(r"seen: C:\Windows\System32\whoami.exe"),
        "{text}"
    );
}

#[test]
fn explain_finds_a_detection_by_id_and_title() {
    let home = Home::new();
    for name in ["4815aa87-8781-4368-96ad-7df96a2a1880", "Whoami Started"] {
        let done = home
            .misfire(&[
                "explain",
                name,
                "logs",
                "--detections",
                "rules",
                "--format",
                "json",
            ])
            .exits(0);
        let fired = &done.json()["detections"][0]["explanation"]["fired"];
        assert_eq!(fired[0]["record"], 1);
    }
    let done = home
        .misfire(&["explain", "Whoami Startd", "logs", "--detections", "rules"])
        .exits(2);
    assert!(
        done.err().contains("did you mean `Whoami Started`"),
        "{}",
        done.err()
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    use std::process::{Command, Stdio};
    let home = Home::new();
    let many: String = (0..5000)
        .map(|record| process_start(record + 1, r"C:\Windows\System32\whoami.exe") + "\n")
        .collect();
    home.write("logs/start.jsonl", &many);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("misfire"))
        .current_dir(home.0.path())
        .args(["scan", "logs", "--detections", "rules", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("a finished process");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_with_what_was_found_and_is_not_green() {
    use std::process::{Command, Stdio};
    let home = Home::new();
    // A log that takes long enough to be interrupted.
    let one = process_start(1, r"C:\Windows\System32\whoami.exe") + "\n";
    home.write("logs/start.jsonl", &one.repeat(400_000));
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("misfire"))
        .current_dir(home.0.path())
        .args([
            "scan",
            "logs",
            "--detections",
            "rules",
            "--format",
            "json",
            "--threads",
            "1",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let pid = child.id().to_string();
    // Whoever has the log open has a handler for Ctrl-C.
    let files = format!("/proc/{pid}/fd");
    let log = fs::canonicalize(home.path("logs/start.jsonl")).expect("a path");
    let is_open = || {
        let open = fs::read_dir(&files).into_iter().flatten().flatten();
        open.filter_map(|file| fs::read_link(file.path()).ok())
            .any(|path| path == log)
    };
    while !is_open() {
        let ended = child.try_wait().expect("a process");
        assert!(ended.is_none(), "it ended before it could be interrupted");
        std::thread::yield_now();
    }
    let kill = Command::new("kill").args(["-INT", &pid]).status();
    assert!(kill.is_ok_and(|status| status.success()));
    let output = child.wait_with_output().expect("a finished process");
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let summary: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert_eq!(summary["summary"]["interrupted"], true);
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(told.contains("misfire::run::interrupted"), "{told}");
}

#[test]
fn results_do_not_depend_on_threads() {
    let home = Home::new();
    for index in 0..40 {
        let log = process_start(index, r"C:\Windows\System32\whoami.exe") + "\n";
        home.write(&format!("logs/{index}.jsonl"), &log);
    }
    let scan = |threads: &str| {
        let args = [
            "scan",
            "logs",
            "--detections",
            "rules",
            "--threads",
            threads,
        ];
        home.misfire(&args).exits(0).out()
    };
    assert_eq!(scan("1"), scan("2"));
    assert_eq!(scan("1"), scan("7"));
}

#[test]
fn no_path_of_the_test_leaks_into_another_output() {
    // Output names files as the user gave them.
    let home = Home::new();
    let done = home
        .misfire(&[
            "scan",
            "logs/start.jsonl",
            "--detections",
            "rules",
            "--format",
            "json",
        ])
        .exits(0);
    assert_eq!(done.lines()[0]["file"], "logs/start.jsonl");
    assert!(Path::new("logs/start.jsonl").is_relative());
}
