//! Loading and judging whole suites: the bundled one, and one of a thousand
//! generated tests.
//!
//! `cargo bench --bench suite`

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use misfire::content::config::Folders;
use misfire::content::{Content, ContentRequest};
use misfire::run::{Interrupt, JudgeRequest, Silent, judge};
use misfire::verdict::Report;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// How many tests are generated.
const TESTS: usize = 1_000;

/// How many records each of their recordings holds.
const RECORDS: usize = 20;

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 10)]
fn bundled(bencher: Bencher) {
    bencher
        .with_inputs(ContentRequest::default)
        .bench_values(|request| run(&request));
}

#[divan::bench(sample_count = 5)]
fn a_thousand_tests(bencher: Bencher) {
    let home = TempDir::new().expect("a temporary folder");
    generate(home.path());
    let request = ContentRequest {
        folders: folders(home.path()),
        ..ContentRequest::default()
    };
    bencher
        .counter(ItemsCount::new(TESTS))
        .bench(|| run(black_box(&request)));
}

#[divan::bench(sample_count = 5)]
fn loading_a_thousand_tests(bencher: Bencher) {
    let home = TempDir::new().expect("a temporary folder");
    generate(home.path());
    let request = ContentRequest {
        folders: folders(home.path()),
        ..ContentRequest::default()
    };
    bencher
        .counter(ItemsCount::new(TESTS))
        .bench(|| Content::load(black_box(&request)));
}

fn run(request: &ContentRequest) -> Report {
    let content = Content::load(request);
    let report = judge(
        JudgeRequest {
            plan: content.plan,
            detections: content.detections,
            left_out: Vec::new(),
            problems: content.problems,
            threads: None,
            interrupt: Interrupt::default(),
        },
        &Silent,
    );
    assert_eq!(report.summary().unexpected, 0);
    assert!(!report.content_is_wrong());
    report
}

fn folders(home: &Path) -> Folders {
    let folder = |name: &str| Some(vec![home.join(name)]);
    Folders {
        atomics: folder("atomics"),
        expectations: folder("expectations"),
        detections: folder("detections"),
        fixtures: folder("fixtures"),
    }
}

/// Writes tests that each start a program of their own, a rule that finds it, a
/// recording, and a benign one.
fn generate(home: &Path) {
    let write = |name: String, text: &str| {
        let path = home.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let mut atomics =
        "attack_technique: T1059\ndisplay_name: Generated tests\natomic_tests:\n".to_owned();
    let mut expectations = "attack_technique: T1059\ntests:\n".to_owned();
    for number in 0..TESTS {
        let guid = format!("00000000-0000-4000-8000-{number:012}");
        let rule = format!("10000000-0000-4000-8000-{number:012}");
        let _ = write!(
            atomics,
            "- name: Start program {number}\n  auto_generated_guid: {guid}\n  \
             description: Starts a program.\n  supported_platforms: [windows]\n  \
             executor: {{name: command_prompt, command: program{number}.exe}}\n"
        );
        let _ = write!(
            expectations,
            "  - atomic: {guid}\n    run: {{ends: exits, exit_codes: [0]}}\n    signals:\n      \
             - id: start\n        source: sysmon\n        event_id: 1\n        \
             fields: {{Image|endswith: '\\program{number}.exe'}}\n    detections:\n      \
             - rule: {rule}\n    controls:\n      - fixture: T1059/controls/t{number}\n"
        );
        write(
            format!("detections/r{number}.yml"),
            &format!(
                "title: Program {number} started\nid: {rule}\nstatus: test\nlogsource:\n    \
                 product: windows\n    category: process_creation\ndetection:\n    selection:\n        \
                 Image|endswith: '\\program{number}.exe'\n    condition: selection\nlevel: low\n"
            ),
        );
        let fixture = |name: String, subject: String, program: &str| {
            let log = log(program);
            write(format!("fixtures/T1059/{name}/sysmon.jsonl"), &log);
            let hash: String = Sha256::digest(&log)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            write(
                format!("fixtures/T1059/{name}/fixture.yaml"),
                &format!(
                    "{subject}\nevidence: authored\nhost: {{name: WS01, platform: windows}}\n\
                     window: {{start: 2026-11-02T09:14:00Z, end: 2026-11-02T09:16:00Z, closed: true}}\n\
                     files:\n  - {{path: sysmon.jsonl, source: sysmon, sha256: {hash}, records: {RECORDS}}}\n"
                ),
            );
        };
        fixture(
            format!("t{number}"),
            format!("atomic: {guid}"),
            &format!("program{number}.exe"),
        );
        fixture(
            format!("controls/t{number}"),
            "control: another program starts".to_owned(),
            "notepad.exe",
        );
    }
    write("atomics/T1059/T1059.yaml".to_owned(), &atomics);
    write("expectations/T1059.yaml".to_owned(), &expectations);
}

fn log(program: &str) -> String {
    let mut log = String::new();
    for record in 1..=RECORDS {
        let image = if record == 7 { program } else { "svchost.exe" };
        let _ = writeln!(
            log,
            r##"{{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"Microsoft-Windows-Sysmon"}}}},"EventID":1,"Version":5,"TimeCreated":{{"#attributes":{{"SystemTime":"2026-11-02T09:14:{record:02}.1182046Z"}}}},"EventRecordID":{record},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"}},"EventData":{{"ProcessGuid":"{{7c1d0a52-0001-68f0-14c0-00000000{record:04}}}","Image":"C:\\Windows\\System32\\{image}","CommandLine":"{image} -k","User":"CORP\\avery"}}}}}}"##
        );
    }
    log
}
