//! `misfire convert`, through the program.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use misfire::event::catalogue::WireType;
use misfire::log::evtx::copy::copy_evtx;
use misfire::log::xml::{Element, FileTime, Leaf, Whitespace, difference, parse};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::corpora;

use corpora::{corpus, files};

/// Runs the program in a folder.
fn misfire(home: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("misfire")
        .expect("the program")
        .current_dir(home)
        .args(arguments)
        .output()
        .expect("it runs")
}

/// Converts, and expects it to end so.
fn convert(home: &Path, arguments: &[&str], exit: i32) -> Output {
    let arguments: Vec<_> = ["convert"].iter().chain(arguments).copied().collect();
    let output = misfire(home, &arguments);
    assert_eq!(
        output.status.code(),
        Some(exit),
        "{arguments:?}\n{}\n{}",
        stdout(&output),
        stderr(&output)
    );
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn home() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

/// One of our own small logs.
fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    folder.join(name).display().to_string()
}

/// A record of a binary log.
struct Record {
    id: u64,
    time: u64,
    event: Element,
}

/// Every record of a binary log, with the types under which values are stored.
fn records(path: &Path) -> Vec<Record> {
    let log = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut records = Vec::new();
    let copied = copy_evtx(Cursor::new(&log), Cursor::new(Vec::new()), |record| {
        let id = record
            .event
            .child("System")
            .and_then(|system| system.child("EventRecordID"));
        records.push(Record {
            id: id.and_then(|id| id.text().parse().ok()).unwrap_or(0),
            time: record.time,
            event: record.event.clone(),
        });
    });
    let (report, _) = copied.expect("a binary event log");
    assert_eq!(report.lost, 0, "{:?}", report.problems);
    records
}

/// Where two logs differ, in their events and ids.
fn differences(left: &[Record], right: &[Record]) -> Vec<String> {
    let mut found = Vec::new();
    if left.len() != right.len() {
        found.push(format!("{} records against {}", left.len(), right.len()));
    }
    for (left, right) in left.iter().zip(right) {
        if let Some(difference) = difference(&left.event, &right.event) {
            found.push(format!("record {}: {difference}", left.id));
        }
    }
    found
}

fn times(log: &[Record]) -> Vec<u64> {
    log.iter().map(|record| record.time).collect()
}

/// Where a value stands in an event: elements, or a `Data` by its name.
fn value<'e>(event: &'e Element, path: &str) -> &'e Leaf {
    let mut element = event;
    for part in path.split('/') {
        if let Some(attribute) = part.strip_prefix('@') {
            return element
                .attribute(attribute)
                .unwrap_or_else(|| panic!("no {path}"));
        }
        let found = element.elements().find(|child| {
            child.name == part
                || child
                    .attribute("Name")
                    .is_some_and(|name| name.text() == part)
        });
        element = found.unwrap_or_else(|| panic!("no {path}"));
    }
    match element.children.first() {
        Some(misfire::log::xml::Node::Text(leaf)) => leaf,
        other => panic!("{path} holds {other:?}"),
    }
}

fn json_lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

/// The names in a folder, of which none must be left over.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn xml_becomes_a_binary_log_that_says_the_same() {
    let home = home();
    let out = home.path().join("out.evtx");
    convert(
        home.path(),
        &[&sample("windows-events.xml"), "-o", "out.evtx"],
        0,
    );
    let text = fs::read_to_string(sample("windows-events.xml")).expect("a text");
    let start = text.find("<Events").expect("its root");
    let before = parse(&text[start..], Whitespace::Drop).expect("XML");
    let before: Vec<_> = before.elements().collect();
    let after = records(&out);
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(&after) {
        if let Some(found) = difference(before, &after.event) {
            panic!("{found}");
        }
    }
    assert_eq!(names(home.path()), ["out.evtx"]);
}

#[test]
fn every_form_of_a_windows_event_becomes_typed_values() {
    for name in [
        "windows-indented.xml",
        "evtx-dump-lines.jsonl",
        "evtx-dump-separate.jsonl",
        "evtx-dump-pretty.json",
        "winlogbeat.jsonl",
        "winlogbeat-6.jsonl",
        "winlogbeat-search.jsonl",
        "nxlog.jsonl",
        "search-result.jsonl",
    ] {
        let home = home();
        convert(home.path(), &[&sample(name), "-o", "out.evtx"], 0);
        let log = records(&home.path().join("out.evtx"));
        let start = &log[0].event;
        let types = |path: &str| value(start, path).wire_type();
        assert_eq!(types("System/EventID"), WireType::UInt16, "{name}");
        assert_eq!(types("System/Keywords"), WireType::HexInt64, "{name}");
        assert_eq!(types("System/EventRecordID"), WireType::UInt64, "{name}");
        assert_eq!(types("System/Provider/@Guid"), WireType::Guid, "{name}");
        assert_eq!(types("System/Security/@UserID"), WireType::Sid, "{name}");
        let created = types("System/TimeCreated/@SystemTime");
        assert_eq!(created, WireType::FileTime, "{name}");
        assert_eq!(types("EventData/ProcessId"), WireType::UInt32, "{name}");
        assert_eq!(types("EventData/ProcessGuid"), WireType::Guid, "{name}");
        assert_eq!(
            types("EventData/UtcTime"),
            WireType::UnicodeString,
            "{name}"
        );
        let command = value(start, "EventData/CommandLine").text();
        assert_eq!(
            command, "\"C:\\Program Files\\Example\\code.exe\" tunnel --name \"a<b>&c\" ",
            "{name}"
        );
        let order: Vec<_> = start
            .child("System")
            .expect("its System")
            .elements()
            .map(|element| element.name.as_str())
            .collect();
        let windows = [
            "Provider",
            "EventID",
            "Version",
            "Level",
            "Task",
            "Opcode",
            "Keywords",
            "TimeCreated",
            "EventRecordID",
            "Correlation",
            "Execution",
            "Channel",
            "Computer",
            "Security",
        ];
        assert_eq!(order, windows, "{name}");
    }
}

#[test]
fn json_lines_of_a_binary_log_become_the_same_log() {
    let home = home();
    convert(
        home.path(),
        &[&sample("windows-rendered.xml"), "-o", "a.evtx"],
        0,
    );
    convert(home.path(), &["a.evtx", "-o", "a.jsonl"], 0);
    convert(home.path(), &["a.jsonl", "-o", "b.evtx"], 0);
    let log = |name: &str| records(&home.path().join(name));
    let (before, after) = (log("a.evtx"), log("b.evtx"));
    assert_eq!(differences(&before, &after), [""; 0]);
    assert_eq!(times(&before), times(&after));
    assert_eq!(json_lines(&home.path().join("a.jsonl")).len(), 3);
}

#[test]
fn json_lines_of_xml_say_all_that_the_xml_says() {
    for name in [
        "windows-events.xml",
        "windows-rendered.xml",
        "windows-indented.xml",
        "sysmon-syslog.log",
        "sysmon-journal.jsonl",
        "search-result.jsonl",
    ] {
        let home = home();
        convert(home.path(), &[&sample(name), "-o", "a.evtx"], 0);
        convert(home.path(), &[&sample(name), "-o", "lines.jsonl"], 0);
        convert(home.path(), &["lines.jsonl", "-o", "b.evtx"], 0);
        let log = |name: &str| records(&home.path().join(name));
        let (before, after) = (log("a.evtx"), log("b.evtx"));
        assert_eq!(differences(&before, &after), [""; 0], "{name}");
        assert_eq!(times(&before), times(&after), "{name}");
    }
}

#[test]
fn odd_xml_survives_json_lines() {
    let home = home();
    let event = r#"<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Example"/><EventID>7</EventID><TimeCreated SystemTime="2026-03-04T05:06:07.890123400Z"/><EventRecordID>1</EventRecordID><Channel>Application</Channel></System><EventData Name="Odd"><Data Name="A">1</Data><Data Name="A">2</Data><Data>unnamed</Data><Data Name="B"></Data><Data Name="A">3</Data><Data/><Binary>00FF</Binary></EventData><UserData><Root a="1" xmlns="urn:example"><Item n="x">one</Item><Item>two</Item><Deep><Er>&lt;x&gt;</Er></Deep></Root></UserData></Event>"#;
    fs::write(home.path().join("in.xml"), event).expect("a file");
    convert(home.path(), &["in.xml", "-o", "a.evtx"], 0);
    convert(home.path(), &["in.xml", "-o", "lines.jsonl"], 0);
    convert(home.path(), &["lines.jsonl", "-o", "b.evtx"], 0);
    let (a, b) = (
        records(&home.path().join("a.evtx")),
        records(&home.path().join("b.evtx")),
    );
    let created = value(&a[0].event, "System/TimeCreated/@SystemTime");
    assert_eq!(created.text(), "2026-03-04T05:06:07.8901234Z");
    assert_eq!(value(&a[0].event, "UserData/Root/Deep/Er").text(), "<x>");
    // Unnamed data stands together in JSON; everything else keeps its place.
    let texts = |record: &Record| {
        let data = record.event.child("EventData").expect("its data");
        let mut texts: Vec<_> = data
            .elements()
            .map(|data| {
                let name = data.attribute("Name").map(|name| name.text().into_owned());
                (data.name.clone(), name, data.text().into_owned())
            })
            .collect();
        texts.sort();
        texts
    };
    assert_eq!(texts(&a[0]), texts(&b[0]));
    let user_data = |record: &Record| record.event.child("UserData").cloned().expect("its root");
    assert_eq!(difference(&user_data(&a[0]), &user_data(&b[0])), None);
}

#[test]
fn hostile_names_of_user_data_are_no_danger() {
    let home = home();
    let deep = "a.".repeat(200_000) + "a";
    let record = serde_json::json!({"@timestamp": "2026-03-04T05:06:07Z", "winlog": {
        "channel": "System",
        "provider_name": "Example",
        "event_id": 1,
        "user_data": {"xml_name": "not a name", "with blank": "x", "plain": "y", deep: "z"},
    }});
    fs::write(home.path().join("in.jsonl"), record.to_string()).expect("a file");
    convert(home.path(), &["in.jsonl", "-o", "out.evtx"], 3);
    let record = serde_json::json!({"@timestamp": "2026-03-04T05:06:07Z", "winlog": {
        "channel": "System",
        "provider_name": "Example",
        "event_id": 1,
        "user_data": {"xml_name": "not a name", "with blank": "x", "plain": "y"},
    }});
    fs::write(home.path().join("in.jsonl"), record.to_string()).expect("a file");
    convert(home.path(), &["in.jsonl", "-o", "out.evtx"], 0);
    let log = records(&home.path().join("out.evtx"));
    assert_eq!(value(&log[0].event, "UserData/EventXML/plain").text(), "y");
    assert_eq!(
        value(&log[0].event, "UserData/EventXML/with blank").text(),
        "x"
    );
}

#[test]
fn an_interruption_leaves_nothing_behind() {
    let home = home();
    let interrupt = misfire::run::Interrupt::default();
    interrupt.set();
    let outcome = misfire::run::convert(
        misfire::run::ConvertRequest {
            inputs: vec![PathBuf::from(sample("windows-events.xml"))],
            out: misfire::run::Destination::File {
                path: home.path().join("out.evtx"),
                existing: misfire::run::Existing::Keep,
            },
            target: None,
            shift_to: None,
            declared: None,
            threads: None,
            interrupt,
        },
        &misfire::run::Silent,
    );
    assert!(outcome.interrupted && !outcome.written);
    assert_eq!(names(home.path()), [""; 0]);
}

#[test]
fn user_data_keeps_the_name_of_its_root() {
    for name in [
        "evtx-dump-lines.jsonl",
        "windows-events.xml",
        "winlogbeat.jsonl",
    ] {
        let home = home();
        convert(home.path(), &[&sample(name), "-o", "out.evtx"], 0);
        let log = records(&home.path().join("out.evtx"));
        let channel = value(&log[1].event, "UserData/LogFileCleared/Channel");
        assert_eq!(channel.text(), "Example-Channel/Operational", "{name}");
        assert_eq!(
            value(&log[1].event, "System/Channel").text(),
            "System",
            "{name}"
        );
    }
}

#[test]
fn cloudtrail_becomes_records_and_lines_and_back() {
    let home = home();
    for name in [
        "cloudtrail-array.json",
        "cloudtrail-lookup.json",
        "cloudtrail-lines.jsonl",
    ] {
        convert(
            home.path(),
            &[&sample(name), "-o", "out.json", "--force"],
            0,
        );
        let records = json(&home.path().join("out.json"))["Records"].clone();
        let records = records.as_array().expect("an array");
        assert!(!records.is_empty());
        assert!(records.iter().all(|record| record["eventName"].is_string()));
        convert(home.path(), &["out.json", "-o", "out.jsonl", "--force"], 0);
        assert_eq!(
            &json_lines(&home.path().join("out.jsonl")),
            records,
            "{name}"
        );
    }
    let array = json(Path::new(&sample("cloudtrail-array.json")));
    convert(
        home.path(),
        &[
            &sample("cloudtrail-array.json"),
            "-o",
            "all.json",
            "--to",
            "cloudtrail",
        ],
        0,
    );
    assert_eq!(json(&home.path().join("all.json"))["Records"], array);
}

#[test]
fn both_shapes_of_azure_activity_become_one() {
    let home = home();
    for name in [
        "azure-records.json",
        "azure-rest.json",
        "azure-rest-2014.json",
        "azure-lines.jsonl",
    ] {
        convert(
            home.path(),
            &[&sample(name), "-o", "out.json", "--force"],
            0,
        );
        let records = json(&home.path().join("out.json"))["records"].clone();
        assert!(!records.as_array().expect("an array").is_empty(), "{name}");
        let output = convert(
            home.path(),
            &["out.json", "--to", "azure-activity", "-o", "-"],
            0,
        );
        let again: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(again["records"], records, "{name}");
    }
}

/// A Sysmon event as `evtx_dump` writes it.
fn sysmon(record: u64, time: &str, image: &str) -> String {
    serde_json::json!({"Event": {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
            "EventID": 2,
            "Version": 5,
            "TimeCreated": {"#attributes": {"SystemTime": format!("2026-11-02T{time}.1182046Z")}},
            "EventRecordID": record,
            "Channel": "Microsoft-Windows-Sysmon/Operational",
        },
        "EventData": {
            "UtcTime": format!("2026-11-02 {time}.117"),
            "Image": image,
            "CreationUtcTime": format!("2026-11-01 {time}.000"),
            "PreviousCreationUtcTime": "-",
        },
    }})
    .to_string()
}

#[test]
fn several_logs_are_merged_by_time_and_numbered() {
    let home = home();
    let one = [sysmon(7, "09:00:01", "a"), sysmon(8, "09:00:03", "c")].join("\n");
    let two = [sysmon(3, "09:00:02", "b"), sysmon(4, "09:00:04", "d")].join("\n");
    fs::write(home.path().join("one.jsonl"), one).expect("a file");
    fs::write(home.path().join("two.jsonl"), two).expect("a file");
    let output = convert(
        home.path(),
        &["one.jsonl", "two.jsonl", "-o", "out.evtx"],
        0,
    );
    assert!(
        stdout(&output).contains("3 records have a new number"),
        "{}",
        stdout(&output)
    );
    let log = records(&home.path().join("out.evtx"));
    let images: Vec<_> = log
        .iter()
        .map(|record| value(&record.event, "EventData/Image").text().into_owned())
        .collect();
    assert_eq!(images, ["a", "b", "c", "d"]);
    let own: Vec<_> = log.iter().map(|record| record.id).collect();
    assert_eq!(own, [7, 3, 8, 4]);
    // The numbers in the records' headers, as another reader sees them.
    let bytes = fs::read(home.path().join("out.evtx")).expect("a file");
    let mut parser = evtx::EvtxParser::from_buffer(bytes).expect("a log");
    let ids: Vec<_> = parser
        .records()
        .map(|record| record.expect("a record").event_record_id)
        .collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    // Lines are merged in the same order.
    convert(
        home.path(),
        &["two.jsonl", "one.jsonl", "-o", "out.jsonl"],
        0,
    );
    let images: Vec<_> = json_lines(&home.path().join("out.jsonl"))
        .iter()
        .map(|line| {
            line["Event"]["EventData"]["Image"]
                .as_str()
                .unwrap_or("")
                .to_owned()
        })
        .collect();
    assert_eq!(images, ["a", "b", "c", "d"]);
}

#[test]
fn a_shift_moves_every_time_and_keeps_the_gaps() {
    let home = home();
    let lines = [
        sysmon(1, "09:00:05", "late"),
        sysmon(2, "09:00:01", "early"),
    ]
    .join("\n");
    fs::write(home.path().join("in.jsonl"), lines).expect("a file");
    let output = convert(
        home.path(),
        &[
            "in.jsonl",
            "-o",
            "out.evtx",
            "--shift-to",
            "2030-01-01T00:00:00.1182046Z",
        ],
        0,
    );
    assert!(
        stdout(&output)
            .contains("2026-11-02T09:00:01.1182046Z, and is at 2030-01-01T00:00:00.1182046Z"),
        "{}",
        stdout(&output)
    );
    let log = records(&home.path().join("out.evtx"));
    let text = |record: &Record, path: &str| value(&record.event, path).text().into_owned();
    for (record, created, utc, creation) in [
        (
            &log[0],
            "2030-01-01T00:00:04.1182046Z",
            "2030-01-01 00:00:04.117",
            "2029-12-31 00:00:04.000",
        ),
        (
            &log[1],
            "2030-01-01T00:00:00.1182046Z",
            "2030-01-01 00:00:00.117",
            "2029-12-31 00:00:00.000",
        ),
    ] {
        assert_eq!(text(record, "System/TimeCreated/@SystemTime"), created);
        assert_eq!(FileTime(record.time).to_string(), created);
        assert_eq!(text(record, "EventData/UtcTime"), utc);
        assert_eq!(text(record, "EventData/CreationUtcTime"), creation);
        assert_eq!(text(record, "EventData/PreviousCreationUtcTime"), "-");
    }
    // Lines move like the binary log.
    convert(
        home.path(),
        &[
            "in.jsonl",
            "-o",
            "out.jsonl",
            "--shift-to",
            "2030-01-01T00:00:00.1182046Z",
        ],
        0,
    );
    convert(home.path(), &["out.jsonl", "-o", "lines.evtx"], 0);
    let lines = records(&home.path().join("lines.evtx"));
    for (left, right) in log.iter().zip(&lines) {
        assert_eq!(difference(&left.event, &right.event), None);
    }
    // A binary log moves too, and back.
    convert(
        home.path(),
        &[
            "out.evtx",
            "-o",
            "back.evtx",
            "--shift-to",
            "2026-11-02 09:00:01.1182046",
        ],
        0,
    );
    let back = records(&home.path().join("back.evtx"));
    convert(home.path(), &["in.jsonl", "-o", "plain.evtx"], 0);
    let plain = records(&home.path().join("plain.evtx"));
    assert_eq!(differences(&back, &plain), [""; 0]);
    assert_eq!(times(&back), times(&plain));
}

#[test]
fn a_shift_of_cloudtrail_keeps_its_notation() {
    let home = home();
    let input = sample("cloudtrail-array.json");
    convert(
        home.path(),
        &[&input, "-o", "out.json", "--shift-to", "2030-06-01"],
        0,
    );
    let records = json(&home.path().join("out.json"))["Records"].clone();
    let times: Vec<_> = records
        .as_array()
        .expect("an array")
        .iter()
        .map(|record| record["eventTime"].as_str().expect("a time"))
        .collect();
    assert_eq!(times.iter().min(), Some(&"2030-06-01T00:00:00Z"));
}

#[test]
fn records_of_another_kind_are_left_out_and_told() {
    let home = home();
    let windows = sample("windows-events.xml");
    let cloudtrail = sample("cloudtrail-array.json");
    // Nothing fits: wrong usage, and no file.
    let output = convert(home.path(), &[&cloudtrail, "-o", "out.evtx"], 2);
    assert!(
        stderr(&output).contains("misfire::convert::nothing_fits"),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("misfire::log::unwritable_record"));
    let output = convert(
        home.path(),
        &[&windows, "-o", "out.json", "--to", "cloudtrail"],
        2,
    );
    assert!(stderr(&output).contains("misfire::convert::nothing_fits"));
    assert_eq!(names(home.path()), [""; 0]);
    // Some fit: they are written, and the exit code tells of the others.
    let output = convert(
        home.path(),
        &[&cloudtrail, &windows, "-o", "out.evtx", "--format", "json"],
        3,
    );
    let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
    let summary = &report["summary"];
    assert_eq!(summary["to"], "evtx");
    assert_eq!(summary["written"], true);
    assert_eq!(summary["records_written"], 3);
    let left_out: u64 = summary["left_out"]
        .as_object()
        .expect("reasons")
        .values()
        .filter_map(Value::as_u64)
        .sum();
    assert_eq!(summary["records_read"].as_u64(), Some(3 + left_out));
    assert!(left_out > 0);
    assert_eq!(report["files"][0]["written"], 0);
    assert_eq!(report["files"][1]["format"], "windows-xml");
    assert_eq!(records(&home.path().join("out.evtx")).len(), 3);
}

#[test]
fn an_existing_output_stays_unless_it_may_be_replaced() {
    let home = home();
    let out = home.path().join("out.evtx");
    fs::write(&out, "precious").expect("a file");
    let input = sample("windows-events.xml");
    let output = convert(home.path(), &[&input, "-o", "out.evtx"], 2);
    assert!(stderr(&output).contains("misfire::convert::output_exists"));
    assert!(stderr(&output).contains("--force"));
    assert_eq!(fs::read(&out).expect("a file"), b"precious");
    convert(home.path(), &[&input, "-o", "out.evtx", "--force"], 0);
    assert_eq!(records(&out).len(), 3);
    // An input is never replaced, by whatever name it goes.
    fs::copy(&input, home.path().join("in.xml")).expect("a copy");
    let before = fs::read(home.path().join("in.xml")).expect("a file");
    for out in ["in.xml", "./in.xml"] {
        let output = convert(
            home.path(),
            &["in.xml", "-o", out, "--to", "jsonl", "--force"],
            2,
        );
        assert!(stderr(&output).contains("misfire::convert::output_is_input"));
    }
    assert_eq!(
        fs::read(home.path().join("in.xml")).expect("a file"),
        before
    );
    assert_eq!(names(home.path()), ["in.xml", "out.evtx"]);
}

#[test]
fn the_wanted_format_must_be_known() {
    let home = home();
    let input = sample("windows-events.xml");
    let output = convert(home.path(), &[&input, "-o", "out.log"], 2);
    for target in ["evtx", "cloudtrail", "azure-activity", "jsonl"] {
        assert!(
            stderr(&output).contains(&format!("`--to {target}`")),
            "{}",
            stderr(&output)
        );
    }
    let output = convert(home.path(), &[&input, "-o", "out.json"], 2);
    assert!(stderr(&output).contains("misfire::convert::unknown_target"));
    convert(home.path(), &[&input, "-o", "-"], 2);
    let output = convert(home.path(), &[&input, "-o", "-", "--to", "evtx"], 2);
    assert!(stderr(&output).contains("standard output"));
    convert(
        home.path(),
        &[&input, "-o", "-", "--to", "jsonl", "--format", "json"],
        2,
    );
    convert(home.path(), &[&input, "-o", "out.evtx", "--to", "evt"], 2);
    convert(
        home.path(),
        &[&input, "-o", "out.evtx", "--shift-to", "soon"],
        2,
    );
    convert(home.path(), &[&input, "-o", "nowhere/out.evtx"], 3);
    let folder = home.path().display().to_string();
    convert(
        home.path(),
        &[&input, "-o", &folder, "--to", "evtx", "--force"],
        2,
    );
    #[cfg(unix)]
    convert(
        home.path(),
        &[&input, "-o", "/dev/null", "--to", "evtx", "--force"],
        2,
    );
    assert_eq!(names(home.path()), [""; 0]);
}

#[test]
fn standard_output_holds_the_records_alone() {
    let home = home();
    let output = convert(
        home.path(),
        &[&sample("windows-events.xml"), "-o", "-", "--to", "jsonl"],
        0,
    );
    let lines = stdout(&output);
    assert_eq!(lines.lines().count(), 3);
    for line in lines.lines() {
        let record: Value = serde_json::from_str(line).expect("JSON");
        assert!(record["Event"]["System"].is_object(), "{line}");
    }
    assert!(stderr(&output).contains("3 records"));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_converted() {
    let home = home();
    convert(
        home.path(),
        &[&sample("windows-events.xml"), "-o", "whole.evtx"],
        0,
    );
    let whole = fs::read(home.path().join("whole.evtx")).expect("a file");
    // A log that is cut off within its records.
    let mut cut = whole.clone();
    cut.truncate(4096 + 512 + 2000);
    fs::write(home.path().join("cut.evtx"), &cut).expect("a file");
    let output = convert(home.path(), &["cut.evtx", "-o", "out.evtx"], 3);
    assert!(
        stderr(&output).contains("misfire::log::truncated"),
        "{}",
        stderr(&output)
    );
    // A log without any record that can be read leaves no file.
    fs::write(home.path().join("none.evtx"), &whole[..100]).expect("a file");
    let output = convert(home.path(), &["none.evtx", "-o", "none.jsonl"], 3);
    assert!(stdout(&output).contains("nothing was written"));
    fs::write(home.path().join("empty.evtx"), "").expect("a file");
    convert(home.path(), &["empty.evtx", "-o", "none.jsonl"], 3);
    convert(home.path(), &["absent.evtx", "-o", "none.jsonl"], 3);
    fs::create_dir(home.path().join("folder")).expect("a folder");
    convert(home.path(), &["folder", "-o", "none.jsonl"], 3);
    assert!(!home.path().join("none.jsonl").exists());
    // One of two files is broken.
    let good = sample("windows-events.xml");
    let output = convert(home.path(), &["none.evtx", &good, "-o", "both.evtx"], 3);
    assert!(
        stdout(&output).contains("3 records of 1 log"),
        "{}",
        stdout(&output)
    );
    assert_eq!(records(&home.path().join("both.evtx")).len(), 3);
    assert!(
        names(home.path())
            .iter()
            .all(|name| !name.ends_with(".part"))
    );
}

#[test]
fn a_scan_of_the_new_log_finds_the_same() {
    let home = home();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = root.join("detections/sigma").display().to_string();
    let input = root
        .join("tests/data/logs/process-starts.jsonl")
        .display()
        .to_string();
    convert(home.path(), &[&input, "-o", "out.evtx"], 0);
    convert(
        home.path(),
        &["out.evtx", "-o", "later.evtx", "--shift-to", "now"],
        0,
    );
    let firings = |log: &str| {
        let output = misfire(
            home.path(),
            &["scan", log, "--detections", &rules, "--format", "json"],
        );
        let mut firings = Vec::new();
        for line in stdout(&output).lines() {
            let firing: Value = serde_json::from_str(line).expect("JSON");
            if firing["detection"].is_string() {
                firings.push((firing["detection"].clone(), firing["matched"].clone()));
            }
        }
        firings
    };
    let before = firings(&input);
    assert!(!before.is_empty());
    assert_eq!(firings("out.evtx"), before);
    assert_eq!(firings("later.evtx"), before);
}

/// Converts every shared recording, and expects the same events; the
/// time in a record's header is in the binary form only.
fn recordings_survive(steps: &[&str], header: Header) {
    let home = home();
    let mut converted = 0;
    let mut found = Vec::new();
    for name in ["evtx-attack-samples", "sigma/regression_data"] {
        let Some(folder) = corpus(name) else {
            return;
        };
        for log in files(&folder, "evtx") {
            let mut input = log.display().to_string();
            for step in steps {
                convert(home.path(), &[&input, "-o", step, "--force", "-q"], 0);
                input = (*step).to_owned();
            }
            let (before, after) = (records(&log), records(&home.path().join(&input)));
            for difference in differences(&before, &after) {
                found.push(format!("{}: {difference}", log.display()));
            }
            if header == Header::Kept {
                assert_eq!(times(&before), times(&after), "{}", log.display());
            }
            converted += after.len();
        }
    }
    assert!(converted > 8_000, "only {converted} records");
    assert!(
        found.is_empty(),
        "{} differ:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[derive(PartialEq)]
enum Header {
    Kept,
    Lost,
}

#[test]
fn every_recording_survives_the_conversion() {
    recordings_survive(&["out.evtx"], Header::Kept);
}

#[test]
fn every_recording_survives_json_lines() {
    recordings_survive(&["out.jsonl", "out.evtx"], Header::Lost);
}

#[test]
fn all_recordings_together_move_and_keep_their_firings() {
    let (Some(folder), Some(rules)) = (
        corpus("evtx-attack-samples/Lateral Movement"),
        corpus("sigma/rules/windows/builtin"),
    ) else {
        return;
    };
    let home = home();
    let (folder, rules) = (folder.display().to_string(), rules.display().to_string());
    convert(
        home.path(),
        &[&folder, "-o", "out.evtx", "--shift-to", "2026-01-01"],
        0,
    );
    let firings = |log: &str| {
        let output = misfire(
            home.path(),
            &["scan", log, "--detections", &rules, "--format", "json"],
        );
        let mut firings: Vec<_> = stdout(&output)
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .filter(|line| line["detection"].is_string())
            .map(|line| line["detection"].to_string())
            .collect();
        firings.sort();
        firings
    };
    let before = firings(&folder);
    assert!(!before.is_empty());
    assert_eq!(firings("out.evtx"), before);
}
