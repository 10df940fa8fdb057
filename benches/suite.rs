//! Loading and judging whole suites: the bundled one, one of a thousand generated
//! tests, and one test of many detections on a large recording.
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
use misfire::diagnostic::{Ink, to_text};
use misfire::run::{Interrupt, JudgeRequest, Silent, judge};
use misfire::verdict::Report;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// How many tests are generated.
const TESTS: usize = 1_000;

/// How many records each of their recordings holds.
const RECORDS: usize = 20;

/// How many rules of the large test stay silent.
const SILENT: usize = 200;

/// How many correlations of the large test fire.
const CORRELATIONS: usize = 50;

/// How many records the recording of the large test holds.
const MANY_RECORDS: usize = 2_000;

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

#[divan::bench(sample_count = 5)]
fn many_detections_on_one_recording(bencher: Bencher) {
    let home = TempDir::new().expect("a temporary folder");
    generate_large(home.path());
    let request = ContentRequest {
        folders: folders(home.path()),
        ..ContentRequest::default()
    };
    bencher
        .counter(ItemsCount::new(SILENT + CORRELATIONS))
        .bench(|| run(black_box(&request)));
}

fn run(request: &ContentRequest) -> Report {
    let content = Content::load(request);
    let report = judge(
        JudgeRequest {
            stage: misfire::verdict::StageName::Replay,
            plan: content.plan,
            detections: content.detections,
            left_out: Vec::new(),
            problems: content.problems,
            threads: None,
            interrupt: Interrupt::default(),
        },
        &Silent,
    );
    let problems = to_text(&report.diagnostics, Ink::Plain);
    assert!(!report.content_is_wrong(), "{problems}");
    assert_eq!(report.summary().unexpected, 0, "{problems}");
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
    let write = |name: String, text: &str| write_file(home, &name, text);
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
            write_fixture(home, &name, &subject, &log(program, RECORDS));
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

/// Writes one test of rules that stay silent and correlations that fire, with a large
/// recording.
fn generate_large(home: &Path) {
    let guid = "00000000-0000-4000-8000-000000000000";
    let atomics = format!(
        "attack_technique: T1059\ndisplay_name: Generated tests\natomic_tests:\n\
         - name: Start a program\n  auto_generated_guid: {guid}\n  \
         description: Starts a program.\n  supported_platforms: [windows]\n  \
         executor: {{name: command_prompt, command: program.exe}}\n"
    );
    let mut expectations = format!(
        "attack_technique: T1059\ntests:\n  - atomic: {guid}\n    \
         run: {{ends: exits, exit_codes: [0]}}\n    signals:\n      - id: start\n        \
         source: sysmon\n        event_id: 1\n        \
         fields: {{Image|endswith: '\\program.exe'}}\n    detections:\n"
    );
    let rule = |id: &str, number: usize, suffix: &str| {
        format!(
            "title: Program {id}\nid: {id}\nname: base{number}\nstatus: test\nlogsource:\n    \
             product: windows\n    category: process_creation\ndetection:\n    selection:\n        \
             Image|endswith: '{suffix}'\n    condition: selection\nlevel: low\n"
        )
    };
    for number in 0..SILENT {
        let id = format!("10000000-0000-4000-8000-{number:012}");
        let name = format!("detections/silent{number}.yml");
        let text = rule(&id, number, &format!("\\absent{number}.exe"));
        write_file(home, &name, &text);
        let _ = write!(
            expectations,
            "      - rule: {id}\n        expect: misfire\n        reason: it looks for another\n"
        );
    }
    for number in 0..CORRELATIONS {
        let base = format!("20000000-0000-4000-8000-{number:012}");
        let id = format!("30000000-0000-4000-8000-{number:012}");
        let base = rule(&base, SILENT + number, ".exe");
        let text = format!(
            "{base}---\ntitle: Correlation {number}\nid: {id}\nstatus: test\ncorrelation:\n    \
             type: event_count\n    rules: [base{}]\n    group-by: [User]\n    timespan: 5m\n    \
             condition:\n        gte: {MANY_RECORDS}\nlevel: low\n",
            SILENT + number
        );
        write_file(home, &format!("detections/several{number}.yml"), &text);
        let _ = writeln!(expectations, "      - rule: {id}");
    }
    write_file(home, "atomics/T1059/T1059.yaml", &atomics);
    write_file(home, "expectations/T1059.yaml", &expectations);
    let log = log("program.exe", MANY_RECORDS);
    write_fixture(home, "large", &format!("atomic: {guid}"), &log);
}

fn write_file(home: &Path, name: &str, text: &str) {
    let path = home.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn write_fixture(home: &Path, name: &str, subject: &str, log: &str) {
    let hash: String = Sha256::digest(log)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let records = log.lines().count();
    write_file(home, &format!("fixtures/T1059/{name}/sysmon.jsonl"), log);
    write_file(
        home,
        &format!("fixtures/T1059/{name}/fixture.yaml"),
        &format!(
            "{subject}\nevidence: authored\nhost: {{name: WS01, platform: windows}}\n\
             window: {{start: 2026-11-02T09:14:00Z, end: 2026-11-02T09:16:00Z, closed: true}}\n\
             files:\n  - {{path: sysmon.jsonl, source: sysmon, sha256: {hash}, records: {records}}}\n"
        ),
    );
}

/// A log of so many processes, the seventh of which is of this program.
fn log(program: &str, records: usize) -> String {
    let mut log = String::new();
    for record in 1..=records {
        let second = record % 60;
        let image = if record == 7 { program } else { "svchost.exe" };
        let _ = writeln!(
            log,
            r##"{{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"Microsoft-Windows-Sysmon"}}}},"EventID":1,"Version":5,"TimeCreated":{{"#attributes":{{"SystemTime":"2026-11-02T09:14:{second:02}.1182046Z"}}}},"EventRecordID":{record},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"}},"EventData":{{"ProcessGuid":"{{7c1d0a52-0001-68f0-14c0-00000000{record:04}}}","Image":"C:\\Windows\\System32\\{image}","CommandLine":"{image} -k","User":"CORP\\avery"}}}}}}"##
        );
    }
    log
}
