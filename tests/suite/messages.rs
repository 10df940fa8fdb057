//! Every message that the program can give, as its user sees it: one golden file a
//! case in `tests/golden/messages`. `MISFIRE_BLESS=1 cargo test --release --test
//! messages` writes them anew.

use std::collections::BTreeSet;
use std::fs;
#[cfg(target_os = "linux")]
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::Command;
use misfire::diagnostic::Code;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const RULE: &str = "title: Whoami Started\nid: 4815aa87-8781-4368-96ad-7df96a2a1880\n\
logsource: {product: windows, category: process_creation}\n\
detection:\n    selection: {Image|endswith: '\\whoami.exe'}\n    condition: selection\n";

const TAGGED: &str = "title: Tunnel\nid: 5815aa87-8781-4368-96ad-7df96a2a1880\n\
tags: [attack.t1219.002]\nlogsource: {product: windows, category: process_creation}\n\
detection:\n    selection: {Image|endswith: '\\tunnel.exe'}\n    condition: selection\n";

const START: &str = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-02T09:14:03.1182046Z"}},"EventRecordID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"},"EventData":{"Image":"C:\\whoami.exe"}}}"##;

const CALL: &str = r#"{"eventVersion":"1.11","eventTime":"2026-11-03T09:12:48Z","eventSource":"ssm.amazonaws.com","eventName":"StartSession","awsRegion":"eu-central-1","eventID":"6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004","userIdentity":{"type":"IAMUser"}}"#;

const CORRELATION: &str = "---\ntitle: Often\ncorrelation:\n    type: event_count\n    rules: 4815aa87-8781-4368-96ad-7df96a2a1880\n    group-by: [Computer]\n    timespan: 5m\n    condition: {gte: 2}\n";

const INFO: &str = "rule_metadata:\n    - id: 4815aa87-8781-4368-96ad-7df96a2a1880\n\
regression_tests_info:\n    - name: Positive\n      type: json\n      path: suite/start.json\n";

/// A case: its name, the files that it needs beside those of [`home`], the
/// arguments, and the exit code.
type Case = (
    &'static str,
    Vec<(&'static str, Vec<u8>)>,
    Vec<&'static str>,
    i32,
);

fn scan(log: &'static str) -> Vec<&'static str> {
    vec!["scan", log, "--detections", "rules"]
}

fn suite() -> Vec<&'static str> {
    vec![
        "run",
        "--sigma-regression",
        "suite",
        "--detections",
        "rules",
    ]
}

fn evtx() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/logs/process-starts.evtx");
    fs::read(path).expect("a fixture")
}

fn lines(lines: &[&str]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

fn log_cases() -> Vec<Case> {
    let mut flipped = evtx();
    flipped[4096 + 512 + 700] ^= 0x10;
    let mut zeroed = evtx();
    zeroed[4096 + 512..4096 + 520].fill(0);
    let mut not_utf8 = lines(&[START]);
    let place = START.find("whoami").expect("a name");
    not_utf8[place] = 0xff;
    let nested = format!(
        "{},\"x\":{}1{}}}",
        &CALL[..CALL.len() - 1],
        "[".repeat(200),
        "]".repeat(200)
    );
    vec![
        ("log_not_there", vec![], scan("nowhere"), 3),
        ("folder_empty", vec![], scan("empty"), 3),
        ("log_pipe", vec![], scan("pipe"), 3),
        ("log_empty", vec![("x.evtx", vec![])], scan("x.evtx"), 3),
        (
            "log_no_log",
            vec![("x.txt", b"Dear diary,\n".to_vec())],
            scan("x.txt"),
            3,
        ),
        (
            "log_header_only",
            vec![("x.evtx", evtx()[..100].to_vec())],
            scan("x.evtx"),
            3,
        ),
        (
            "log_cut",
            vec![("x.evtx", evtx()[..40_000].to_vec())],
            scan("x.evtx"),
            3,
        ),
        (
            "log_flipped_bit",
            vec![("x.evtx", flipped)],
            scan("x.evtx"),
            3,
        ),
        (
            "log_zeroed_record",
            vec![("x.evtx", zeroed)],
            scan("x.evtx"),
            3,
        ),
        (
            "log_bad_line",
            vec![("x.jsonl", lines(&[START, "{\"Event\":{", START]))],
            scan("x.jsonl"),
            3,
        ),
        (
            "log_not_utf8",
            vec![("x.jsonl", not_utf8)],
            scan("x.jsonl"),
            3,
        ),
        (
            "log_deep",
            vec![("x.jsonl", lines(&[CALL, &nested, CALL]))],
            scan("x.jsonl"),
            3,
        ),
        (
            "log_passed_over",
            vec![(
                "x.jsonl",
                lines(&[
                    "{\"__CURSOR\":\"a\",\"MESSAGE\":\"Started.\",\"__REALTIME_TIMESTAMP\":\"1793610843000000\"}",
                    "{\"__CURSOR\":\"b\",\"MESSAGE\":\"<Event><System><Provider Name=\\\"Linux-Sysmon\\\"/><EventID>1</EventID><TimeCreated SystemTime=\\\"2026-11-02T09:14:03.118204000Z\\\"/><Channel>Linux-Sysmon/Operational</Channel><Computer>web01</Computer></System><EventData><Data Name=\\\"Image\\\">/usr/bin/id</Data></EventData></Event>\",\"__REALTIME_TIMESTAMP\":\"1793610843118204\"}",
                ]),
            )],
            scan("x.jsonl"),
            0,
        ),
        (
            "log_without_times",
            vec![
                (
                    "rules/whoami.yml",
                    [RULE, CORRELATION].concat().into_bytes(),
                ),
                (
                    "x.jsonl",
                    lines(&[&START.replace("TimeCreated", "TimeLost")]),
                ),
            ],
            scan("x.jsonl"),
            3,
        ),
    ]
}

fn content_cases() -> Vec<Case> {
    let mut cases = broken_content_cases();
    cases.push((
        "folders_unread",
        vec![("fixtures/notes.txt", b"kept here\n".to_vec())],
        vec![
            "run",
            "T1021.008",
            "--detections",
            "rules",
            "--fail-on",
            "stray",
        ],
        0,
    ));
    cases
}

fn broken_content_cases() -> Vec<Case> {
    let benign = |text: &str| vec![("known.yml", text.as_bytes().to_vec())];
    let with_list = || {
        let mut args = scan("start.jsonl");
        args.extend(["--benign", "known.yml"]);
        args
    };
    let info = |text: String| {
        vec![
            ("suite/info.yml", text.into_bytes()),
            ("suite/start.json", lines(&[START])),
        ]
    };
    vec![
        (
            "detection_unknown",
            vec![],
            vec![
                "explain",
                "Whoami Startet",
                "start.jsonl",
                "--detections",
                "rules",
            ],
            2,
        ),
        (
            "detections_none",
            vec![],
            vec!["scan", "start.jsonl", "--detections", "empty"],
            2,
        ),
        (
            "benign_unknown_rule",
            benign("known:\n  - rule: Whoami\n    reason: reviewed\n"),
            with_list(),
            2,
        ),
        (
            "benign_unknown_field",
            benign("known:\n  - rule: Whoami Started\n    hots: WS01\n    reason: reviewed\n"),
            with_list(),
            2,
        ),
        (
            "benign_missing_reason",
            benign("known:\n  - rule: Whoami Started\n"),
            with_list(),
            2,
        ),
        (
            "benign_empty_reason",
            benign("known:\n  - rule: Whoami Started\n    reason: ''\n"),
            with_list(),
            2,
        ),
        (
            "suite_no_cases",
            vec![("suite/readme.md", vec![b'x'])],
            suite(),
            2,
        ),
        (
            "suite_missing_recording",
            vec![("suite/info.yml", INFO.into())],
            suite(),
            2,
        ),
        (
            "suite_missing_info",
            vec![("suite/start.json", lines(&[START]))],
            suite(),
            2,
        ),
        (
            "suite_missing_key",
            info(INFO.replace("regression_tests_info", "regression_test_info")),
            suite(),
            2,
        ),
        (
            "suite_unread_recording",
            vec![
                ("suite/info.yml", INFO.into()),
                ("suite/start.json", lines(&[START])),
                ("suite/other.evtx", vec![]),
            ],
            suite(),
            0,
        ),
        (
            "suite_no_rule",
            info(
                INFO.split_once("regression_")
                    .map_or_else(String::new, |(_, tests)| format!("regression_{tests}")),
            ),
            suite(),
            2,
        ),
        (
            "suite_bad_value",
            info(INFO.replace("path: suite/start.json", "path: [1]")),
            suite(),
            2,
        ),
        (
            "suite_other_kind",
            info(INFO.replace("type: json", "type: raw")),
            suite(),
            2,
        ),
        (
            "suite_unknown_rule",
            info(INFO.replace("4815aa87", "4815aa88")),
            suite(),
            2,
        ),
        (
            "report_unwritable",
            vec![],
            vec!["run", "--quiet", "--report", "json=no/such/folder/x.json"],
            3,
        ),
    ]
}

fn usage_cases() -> Vec<Case> {
    vec![
        (
            "report_twice",
            vec![],
            vec!["run", "--report", "json=-", "--report", "junit=-"],
            2,
        ),
        (
            "report_and_json",
            vec![],
            vec!["run", "--report", "junit=-", "--format", "json"],
            2,
        ),
        ("schema_unknown", vec![], vec!["schema", "reports"], 2),
        ("needs_execution", vec![], vec!["run", "--yes"], 2),
        (
            "coverage_no_rule",
            vec![("rules/tagged.yml", TAGGED.into())],
            vec!["coverage", "rules", "--technique", "T1219"],
            2,
        ),
        (
            "coverage_unknown_technique",
            vec![],
            vec!["coverage", "rules", "--technique", "T1291"],
            2,
        ),
        (
            "coverage_bad_proof",
            vec![("run.json", b"{\"tests\": 3}".to_vec())],
            vec!["coverage", "rules", "--all", "--proof", "run.json"],
            2,
        ),
        (
            "diff_bad_document",
            vec![
                ("list.json", b"[]".to_vec()),
                ("cut.json", b"{\"summary\": {}, \"te".to_vec()),
            ],
            vec!["diff", "list.json", "cut.json"],
            2,
        ),
    ]
}

/// What execution says where nothing is executed.
fn execute_cases() -> Vec<Case> {
    const RUN: &str = "7f1c7ce6-2d8e-4a49-9d0e-5c3a5a1f6a52";
    let forget = || vec!["recover", "--state", "state", "--forget", RUN];
    let given = ["--stage", "execute", "--dry-run", "--given", "signd-in"];
    let mut expecting = project(&[]);
    expecting[1].1 = CONDITION.into();
    vec![
        (
            "execute_state",
            vec![],
            vec!["recover", "--state", "start.jsonl"],
            3,
        ),
        ("execute_leftover", vec![], forget(), 2),
        ("execute_host_busy", vec![(HELD, Vec::new())], forget(), 3),
        (
            "execute_unknown_condition",
            expecting,
            [judged(), given.to_vec()].concat(),
            2,
        ),
    ]
}

/// In the place of a file: another run has the host.
const HELD: &str = "(held)";

/// Holds the lock of the state folder `state`, as a run that has not said who it is.
#[cfg(target_os = "linux")]
fn hold(home: &Path) -> fs::File {
    let state = home.join("state");
    fs::create_dir(&state).expect("a folder");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).expect("ours");
    let lock = fs::File::create(state.join("host.lock")).expect("a lock");
    lock.try_lock().expect("nobody else");
    lock
}

/// An expectation with a condition.
const CONDITION: &str = "attack_technique: T1033\ntests:\n  - atomic: 5a4dba0e-8d0b-4d5a-9f0e-3f0c2f6f1b01\n    \
signals:\n      - id: start\n        source: sysmon\n        event_id: 1\n        \
fields: {Image|endswith: '\\whoami.exe'}\n      - id: more\n        source: sysmon\n        event_id: 5\n        \
fields: {Image|endswith: '\\whoami.exe'}\n        \
when: {given: signed-in, why: it ends only then}\n    \
detections: [{rule: 4815aa87-8781-4368-96ad-7df96a2a1880}]\n";

fn convert_cases() -> Vec<Case> {
    let both = || {
        vec![
            ("start.jsonl", lines(&[START])),
            ("call.jsonl", lines(&[CALL])),
        ]
    };
    vec![
        (
            "convert_unknown_target",
            vec![],
            vec!["convert", "start.jsonl", "-o", "out.txt"],
            2,
        ),
        (
            "convert_existing",
            vec![("out.evtx", vec![b'x'])],
            vec!["convert", "start.jsonl", "-o", "out.evtx"],
            2,
        ),
        (
            "convert_onto_itself",
            vec![],
            vec!["convert", "start.jsonl", "-o", "start.jsonl", "--force"],
            2,
        ),
        (
            "convert_nothing_fits",
            both(),
            vec!["convert", "call.jsonl", "-o", "out.evtx"],
            2,
        ),
        (
            "convert_left_out",
            both(),
            vec!["convert", "start.jsonl", "call.jsonl", "-o", "out.evtx"],
            3,
        ),
    ]
}

fn import_cases() -> Vec<Case> {
    const TUNNEL: &str = "d6e8f711-03b6-4375-b189-94ae331a10ba";
    let import = |more: &[&'static str]| {
        let start = ["import", "start.jsonl", "--atomic", TUNNEL];
        [&start[..], more].concat()
    };
    let file = |name: &'static str, text: String| vec![(name, lines(&[&text]))];
    let elsewhere = START.replace("Microsoft-Windows-Sysmon/Operational", "Acme/Operational");
    let both = vec![(
        "start.jsonl",
        lines(&[
            START,
            &START.replace("WS01", "WS02"),
            &START.replace("WS01", "WS02"),
        ]),
    )];
    let with_other = vec![("start.jsonl", lines(&[START, &elsewhere]))];
    let in_the_way = "fixtures/T1219.001/one/fixture.yaml";
    vec![
        (
            "import_exists",
            vec![(in_the_way, b"atomic: x\n".to_vec())],
            import(&["--name", "one"]),
            2,
        ),
        (
            "import_bad_name",
            vec![],
            import(&["--name", "../Code Tunnel"]),
            2,
        ),
        (
            "import_bad_argument",
            vec![],
            import(&["--arg", "tunnel_name=a", "--arg", "tunnel_name=b"]),
            2,
        ),
        (
            "import_unknown_argument",
            vec![],
            import(&["--arg", "tunel_name=a"]),
            2,
        ),
        (
            "import_unknown_atomic",
            vec![],
            vec![
                "import",
                "start.jsonl",
                "--atomic",
                "d6e8f711-03b6-4375-b189-94ae331a10bb",
            ],
            2,
        ),
        (
            "import_bad_window",
            vec![],
            import(&["--window", "2025-01-01/2025-01-02"]),
            2,
        ),
        (
            "import_outside_window",
            vec![(
                "start.jsonl",
                lines(&[START, &START.replace("2026-11-02", "2026-11-01")]),
            )],
            import(&["--window", "2026-11-02/2026-11-03"]),
            0,
        ),
        (
            "import_unknown_source",
            file("start.jsonl", elsewhere.clone()),
            import(&[]),
            2,
        ),
        ("import_unnamed_records", with_other, import(&[]), 0),
        (
            "import_no_host",
            file("start.jsonl", START.replace(r#","Computer":"WS01""#, "")),
            import(&[]),
            2,
        ),
        ("import_several_hosts", both, import(&[]), 0),
        (
            "import_other_platform",
            vec![("call.jsonl", lines(&[CALL]))],
            vec!["import", "call.jsonl", "--atomic", TUNNEL, "--host", "x"],
            0,
        ),
        (
            "import_expectation_exists",
            vec![],
            import(&["--expectation", "start.jsonl"]),
            2,
        ),
        (
            "import_nothing_stands_out",
            vec![],
            import(&["--baseline", "start.jsonl"]),
            0,
        ),
        (
            "import_looked_at",
            vec![],
            import(&["--looked-at", "sysmon", "--given", "signed-in"]),
            2,
        ),
        (
            "scrub_broken",
            vec![(
                "call.jsonl",
                lines(
                    &[&CALL.replace("eu-central-1", "sagov-westsouth-1r").replace(
                        "\"eventID\"",
                        "\"sourceIPAddress\":\"253.252.51.07\",\"eventID\"",
                    )],
                ),
            )],
            vec![
                "import",
                "call.jsonl",
                "--control",
                "x",
                "--technique",
                "T1021.008",
                "--host",
                "x",
                "--scrub",
            ],
            0,
        ),
        (
            "scrub_ambiguous",
            file(
                "start.jsonl",
                START.replace(r#"{"Image":"#, r#"{"User":"CORP\\whoami","Image":"#),
            ),
            import(&["--scrub"]),
            0,
        ),
        (
            "import_bad_guid",
            vec![],
            vec!["import", "start.jsonl", "--atomic", "T1219"],
            2,
        ),
        (
            "import_control_without_technique",
            vec![],
            vec!["import", "start.jsonl", "--control", "an editor was opened"],
            2,
        ),
    ]
}

const ATOMIC: &str = "attack_technique: T1033\ndisplay_name: System Owner/User Discovery\n\
atomic_tests:\n- name: Ask who is signed in\n  auto_generated_guid: 5a4dba0e-8d0b-4d5a-9f0e-3f0c2f6f1b01\n  \
description: Asks Windows for the user.\n  supported_platforms: [windows]\n  \
executor: {name: command_prompt, command: whoami.exe}\n";

const EXPECTATION: &str = "attack_technique: T1033\ntests:\n  - atomic: 5a4dba0e-8d0b-4d5a-9f0e-3f0c2f6f1b01\n    \
signals:\n      - id: start\n        source: sysmon\n        event_id: 1\n        \
fields: {Image|endswith: '\\whoami.exe'}\n    \
detections: [{rule: 4815aa87-8781-4368-96ad-7df96a2a1880}]\n";

/// A project of one test whose manifest lists these logs: name, source, how many
/// records it is said to hold, and what it holds.
fn project(logs: &[(&'static str, &str, usize, &[&str])]) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = vec![
        ("atomics/T1033/T1033.yaml", ATOMIC.into()),
        ("expectations/T1033.yaml", EXPECTATION.into()),
    ];
    let mut manifest = "atomic: 5a4dba0e-8d0b-4d5a-9f0e-3f0c2f6f1b01\nevidence: authored\n\
         host: {name: WS01, platform: windows}\n\
         window: {start: 2026-11-02T09:14:00Z, end: 2026-11-02T09:16:00Z, closed: true}\nfiles:\n"
        .to_owned();
    for (path, source, records, held) in logs {
        let bytes = lines(held);
        let hash = Sha256::digest(&bytes);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = path.rsplit('/').next().expect("a name");
        manifest += &format!(
            "  - {{path: {name}, source: {source}, sha256: {hash}, records: {records}}}\n"
        );
        files.push((path, bytes));
    }
    files.push(("fixtures/T1033/plain/fixture.yaml", manifest.into_bytes()));
    files
}

const LOG: &str = "fixtures/T1033/plain/sysmon.jsonl";

fn judged() -> Vec<&'static str> {
    vec![
        "run",
        "--quiet",
        "--atomics",
        "atomics",
        "--expectations",
        "expectations",
        "--detections",
        "rules",
        "--fixtures",
        "fixtures",
    ]
}

fn simulate_cases() -> Vec<Case> {
    vec![
        (
            "simulate_bad_profile",
            vec![("host.yaml", lines(&["name: x", "hots: {}"]))],
            vec!["simulate", "T1219", "--host", "host.yaml"],
            2,
        ),
        (
            "simulate_no_profile",
            vec![],
            vec!["simulate", "T1219", "--host", "nowhere.yaml"],
            2,
        ),
        ("simulate_no_atomic", vec![], vec!["simulate", "T9999"], 2),
        (
            "simulate_unknown_argument",
            vec![],
            vec!["simulate", "VNC server", "--arg", "vnc_servr=x"],
            2,
        ),
        (
            "record_several",
            vec![],
            vec!["record", "T1219", "--stage", "simulate", "--name", "x"],
            2,
        ),
        (
            "record_bad_name",
            vec![],
            vec!["record", "T1219", "--stage", "simulate", "--name", "../x"],
            2,
        ),
        (
            "record_nothing",
            vec![("host.yaml", DEAF.into())],
            vec![
                "record",
                "VNC server",
                "--stage",
                "simulate",
                "--name",
                "x",
                "--host",
                "host.yaml",
            ],
            2,
        ),
    ]
}

/// A search in the names of another deployment.
const OLDER: &str = "id: 6d1f0c55-7a3e-4d88-b0a1-2c9f4e6b7d32\ntitle: Older names\nlanguage: spl\n\
query: |\n  index=endpoint sourcetype=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=1\n";

/// A search that a long run of one letter leads astray.
const STEPS: &str = "id: 3d5f0d0c-6b3a-4b0e-9c7b-0a4f3c0d9e11\ntitle: Repeated parts\n\
language: spl\nquery: |\n  index=* EventCode=1 | regex CommandLine=\"^(?:(a+)(?=a|b))+b$\"\n";

/// A search for what did not happen.
const NOTHING: &str = "id: 0b9a7f5e-5d0c-4a63-8d0f-3d8f1c2b6a10\ntitle: No tunnel\n\
language: spl\nquery: |\n  index=* EventCode=1 Image=*tunnel* | stats count | where count=0\n";

/// A text that is joined with itself until it is too long.
fn long_value() -> String {
    let joined = " | concat(x, x) as x".repeat(22);
    format!(
        "id: 6d8b1c2e-3f50-4b1a-9c1d-7e2f4a5b6c21\ntitle: Joined text\nlanguage: sumo\n\
         query: |\n  * | where EventID = 1 | concat(Computer, Channel) as x{joined}\n"
    )
}

fn many_steps() -> String {
    let line = "a".repeat(60);
    START.replace(
        r#""Image":"#,
        &format!(r#""CommandLine":"{line}","Image":"#),
    )
}

/// A host on which nothing is logged.
const DEAF: &str = "name: deaf
host:
  {name: WS09, domain: corp.example, platform: windows, os: Windows 11, build: 10.0.26100, address: 10.20.4.39,
   time_zone: UTC, machine_guid: 59dcef87-4148-4f0e-9a41-6d2d7a3c8e15,
   user: {domain: CORP, name: avery, sid: S-1-5-21-1004336348-1177238915-682003330-1128}}
switches: {sysmon: [], security: [], command_lines: false, script_blocks: false, modules: false, task_history: false}
";

fn run_cases() -> Vec<Case> {
    let since = |revision| [judged(), vec!["--since", revision]].concat();
    let mut unresolved = project(&[(LOG, "sysmon", 1, &[START])]);
    unresolved[1].1 = EXPECTATION
        .replace("whoami.exe'", "#{host.program}'")
        .into();
    vec![
        (
            "spl_repaired",
            vec![
                ("rules/older.yml", OLDER.into()),
                ("x.jsonl", lines(&[START])),
            ],
            [scan("x.jsonl"), vec!["--reading", "intent"]].concat(),
            0,
        ),
        (
            "spl_causeless_row",
            vec![
                ("rules/nothing.yml", NOTHING.into()),
                ("x.jsonl", lines(&[START])),
            ],
            scan("x.jsonl"),
            0,
        ),
        (
            "spl_regex_limit",
            vec![
                ("rules/steps.yml", STEPS.into()),
                ("x.jsonl", lines(&[&many_steps()])),
            ],
            scan("x.jsonl"),
            3,
        ),
        (
            "sumo_long_value",
            vec![
                ("rules/long.yml", long_value().into()),
                ("x.jsonl", lines(&[START])),
            ],
            scan("x.jsonl"),
            3,
        ),
        (
            "run_no_tests",
            vec![],
            vec!["run", "--quiet", "--name", "whoami"],
            2,
        ),
        (
            "run_nothing_executed",
            vec![],
            vec![
                "run",
                "--quiet",
                "TeamViewer traces",
                "--report",
                "attire=log.json",
            ],
            0,
        ),
        (
            "since_of_bundled_content",
            vec![],
            vec!["run", "--quiet", "--since", "HEAD"],
            2,
        ),
        (
            "since_unknown_revision",
            committed(project(&[(LOG, "sysmon", 1, &[START])])),
            since("origin/mian"),
            2,
        ),
        (
            "since_nothing_changed",
            committed(project(&[(LOG, "sysmon", 1, &[START])])),
            since("HEAD"),
            0,
        ),
        ("signal_unresolved", unresolved, judged(), 2),
        (
            "detection_unusable",
            [
                project(&[(LOG, "sysmon", 1, &[START])]),
                vec![("rules/twin.yml", RULE.into())],
            ]
            .concat(),
            vec![
                "check",
                "--atomics",
                "atomics",
                "--expectations",
                "expectations",
                "--detections",
                "rules",
                "--fixtures",
                "fixtures",
            ],
            2,
        ),
        (
            "fixture_record_count",
            project(&[(LOG, "sysmon", 2, &[START])]),
            judged(),
            2,
        ),
        (
            "fixture_other_source",
            project(&[(LOG, "security", 1, &[START])]),
            judged(),
            2,
        ),
        (
            "fixture_other_host",
            project(&[(LOG, "sysmon", 1, &[&START.replace("WS01", "WS02")])]),
            judged(),
            2,
        ),
        (
            "fixture_repeated_record",
            project(&[
                (LOG, "sysmon", 1, &[START]),
                ("fixtures/T1033/plain/copy.jsonl", "sysmon", 1, &[START]),
            ]),
            judged(),
            2,
        ),
    ]
}

/// With a wish for a repository that holds all of it.
fn committed(files: Vec<(&'static str, Vec<u8>)>) -> Vec<(&'static str, Vec<u8>)> {
    [files, vec![(COMMIT, Vec::new())]].concat()
}

/// The name of a file that stands for a commit of all others.
const COMMIT: &str = "commit";

fn commit(home: &Path) {
    let steps: [&[&str]; 3] = [
        &["init", "--quiet"],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "All of it"],
    ];
    for step in steps {
        let done = std::process::Command::new("git")
            .current_dir(home)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .args([
                "-c",
                "user.name=Avery",
                "-c",
                "user.email=avery@corp.example",
            ])
            .args(step)
            .status();
        assert!(done.is_ok_and(|status| status.success()), "git {step:?}");
    }
}

fn home() -> TempDir {
    let home = TempDir::new().expect("a temporary folder");
    for folder in ["rules", "empty", "suite"] {
        fs::create_dir(home.path().join(folder)).expect("a folder");
    }
    fs::write(home.path().join("rules/whoami.yml"), RULE).expect("a rule");
    fs::write(home.path().join("start.jsonl"), lines(&[START])).expect("a log");
    let made = std::process::Command::new("mkfifo")
        .arg(home.path().join("pipe"))
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    home
}

#[cfg(target_os = "linux")]
#[test]
fn every_message_is_as_expected() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/messages");
    let bless = std::env::var_os("MISFIRE_BLESS").is_some();
    let mut wrong = Vec::new();
    let cases = [
        log_cases(),
        content_cases(),
        convert_cases(),
        import_cases(),
        usage_cases(),
        execute_cases(),
        simulate_cases(),
        run_cases(),
    ]
    .concat();
    for (name, files, args, code) in cases {
        let home = home();
        let mut held = None;
        for (file, bytes) in files {
            if file == HELD {
                held = Some(hold(home.path()));
                continue;
            }
            if file == COMMIT {
                commit(home.path());
                continue;
            }
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        let output = Command::cargo_bin("misfire")
            .expect("the binary")
            .current_dir(home.path())
            .env_remove("GITHUB_ACTIONS")
            .args(&args)
            .output()
            .expect("a finished run");
        drop(held);
        let told = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(
            !told.contains('\u{1b}') && told.is_ascii(),
            "{name}: {told}"
        );
        let seen = format!(
            "$ misfire {}\n{}exit code {:?}\n",
            args.join(" "),
            told,
            output.status.code()
        );
        if output.status.code() != Some(code) {
            wrong.push(format!("{name}: wanted exit code {code}\n{seen}"));
        }
        let path = golden.join(format!("{name}.txt"));
        if bless {
            fs::create_dir_all(&golden).expect("a folder");
            fs::write(&path, &seen).expect("a golden file");
        } else if fs::read_to_string(&path).ok().as_deref() != Some(&seen) {
            wrong.push(format!("{name}: not as in {}\n{seen}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// These have tests of their own: what execution says on a host that cannot be watched,
/// as the first process of one, or when records are lost; an interruption needs a running search, too many
/// rows need gigabytes, broken settings need folders.
const ELSEWHERE: [&str; 10] = [
    "misfire::execute::failed",
    "misfire::execute::no_overlay",
    "misfire::execute::unrecorded",
    "misfire::execute::unwatched",
    "misfire::run::interrupted",
    "misfire::run::too_many_rows",
    "misfire::scrub::changes_verdict",
    "misfire::scrub::leak",
    "misfire::scrub::unreadable",
    "misfire::spl::bad_setting",
];

#[test]
fn every_code_has_a_golden_message() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut shown = BTreeSet::new();
    for entry in ignore::Walk::new(golden).flatten() {
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "txt")
        {
            let text = fs::read_to_string(entry.path()).expect("a golden file");
            let codes = text
                .split('[')
                .skip(1)
                .filter_map(|rest| rest.split(']').next());
            shown.extend(codes.map(str::to_owned));
        }
    }
    let missing: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !shown.contains(*code) && !ELSEWHERE.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
