//! The logs of what was executed, in the forms that other tools read. How they look as
//! a whole is in `tests/golden/reports`.

use crate::support::home::Home;
use crate::support::report as made;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::{TimeZone, offset};
use misfire::event::base64;
use misfire::recording::ExecutedStep;
use misfire::report::mask::{Form, Masked, Secrets};
use misfire::report::{ART_CSV_HEADER, append_file, art_csv, attire, is_art_csv_header};
use misfire::verdict::{Report, TestReport};
use serde_json::Value;
use uuid::Uuid;

// Put together, so that no scanner takes the test for a leak.
const KEY_ID: &str = concat!("AK", "IAQ3EGRIFZTC7ZPLMN");

/// What a log comes to, masked as the program does it.
fn masked(
    report: &Report,
    form: Form,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> String {
    let mut out = Vec::new();
    let mut masked = Masked::new(&mut out, form, Secrets::of_report(report));
    write(&mut masked).expect("a vector takes all");
    masked.finish().expect("a vector takes all");
    drop(masked);
    String::from_utf8(out).expect("UTF-8")
}

fn csv_of(report: &Report) -> String {
    let zone = TimeZone::fixed(offset(2));
    masked(report, Form::Text, |out| art_csv(out, report, &zone))
}

fn attire_of(report: &Report) -> Value {
    let text = masked(report, Form::Json, |out| attire(out, report));
    assert!(text.starts_with('{'), "a mark of the byte order is refused");
    serde_json::from_str(&text).expect("JSON")
}

/// The faults of a document by what its readers need.
fn faults(document: &Value) -> Vec<String> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/run_logs/attire.json");
    let schema = fs::read_to_string(schema).expect("a schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
    let faults = validator.iter_errors(document);
    faults
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect()
}

fn rows(report: &Report) -> Vec<Vec<String>> {
    let text = csv_of(report);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records();
    records
        .map(|record| {
            let record = record.expect("a row");
            record.iter().map(str::to_owned).collect()
        })
        .collect()
}

/// A report of one test that was performed, changed.
fn one(change: impl FnOnce(&mut TestReport)) -> Report {
    let execution = made::execution(0xb1, &[ExecutedStep::Perform]);
    let mut test = made::executed_test("T1082", "One", execution);
    change(&mut test);
    Report {
        tests: vec![test],
        ..Report::default()
    }
}

fn execution_of(test: &mut TestReport) -> &mut misfire::recording::Execution {
    let execution = test.execution.as_mut().expect("an execution");
    Arc::get_mut(execution).expect("nobody else has it")
}

#[test]
fn the_log_of_atomic_red_team_has_a_line_for_each_test_that_was_performed() {
    let rows = rows(&made::executed());
    let column = |number: usize| {
        rows.iter()
            .map(|row| row[number].as_str())
            .collect::<Vec<_>>()
    };
    // Neither the one whose prerequisite was missing nor the one that was replayed.
    let formula = "'=cmd|'/c calc'!A0";
    assert_eq!(
        column(4),
        [
            "VNC server on loopback",
            formula,
            "Settings, opened by hand"
        ]
    );
    let first = [
        "2026-11-30T11:00:10Z",
        "2026-11-30T13:00:10+02:00",
        "T1219",
        "3",
        "VNC server on loopback",
        "web01",
        "192.0.2.17",
        "sam",
        "6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004",
        "4711",
        "0",
    ];
    assert_eq!(rows[0], first);
    assert_eq!(column(6)[2], "", "the address is not known");
    assert_eq!(column(10)[1..], ["", ""], "neither ended by itself");
    let header = csv::Reader::from_reader(ART_CSV_HEADER.as_bytes())
        .headers()
        .expect("a header")
        .len();
    assert!(rows.iter().all(|row| row.len() == header));
}

#[test]
fn what_a_name_holds_breaks_no_line_of_the_log() {
    let name = "a \"b\", c\nd;e\r\nf";
    let report = one(|test| test.name = name.to_owned());
    let rows = rows(&report);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][4], name);
    let negative = one(|test| execution_of(test).commands[0].exit_code = Some(-1));
    assert_eq!(self::rows(&negative)[0][10], "-1", "a number is no formula");
}

#[test]
fn what_is_written_as_attire_has_what_its_readers_need() {
    for report in [made::executed(), made::green(), Report::default()] {
        assert_eq!(faults(&attire_of(&report)), Vec::<String>::new());
    }
    let mut wrong = attire_of(&made::executed());
    wrong["execution-data"]["target"]["ip"] = Value::Null;
    wrong["procedures"][0]["steps"][0]["output"] = Value::Array(Vec::new());
    assert_eq!(faults(&wrong).len(), 2, "{:?}", faults(&wrong));
}

#[test]
fn several_tests_stand_in_one_document_of_attire_with_what_became_of_them() {
    let document = attire_of(&made::executed());
    let procedures = document["procedures"].as_array().expect("a list");
    let names: Vec<_> = procedures
        .iter()
        .map(|procedure| procedure["procedure-name"].as_str().expect("a name"))
        .collect();
    // A name is told as it is: only a spreadsheet calculates.
    assert_eq!(
        names,
        [
            "VNC server on loopback",
            "=cmd|'/c calc'!A0",
            "Settings, opened by hand"
        ]
    );
    assert_eq!(procedures[0]["order"], 3);
    assert_eq!(procedures[0]["x-misfire-verdicts"][0]["verdict"], "fired");
    assert_eq!(procedures[1]["x-misfire-verdicts"][0]["verdict"], "misfire");
    assert_eq!(procedures[2]["x-misfire-hits"][0]["events"], 2);
    let step = &procedures[1]["steps"][0];
    assert_eq!(step["is-timeout"], true);
    assert_eq!(step.get("exit-code"), None);
    assert_eq!(step["time-stop"], "2026-11-30T11:02:00.000Z");
    assert_eq!(step["output"][1]["level"], "STDERR");
    let by_hand = &procedures[2]["steps"][0];
    assert_eq!(
        by_hand["output"],
        serde_json::json!([{"type": "console", "level": "STDOUT", "content": ""}])
    );
    assert_eq!(procedures[2]["x-misfire-target"]["ip"], "0.0.0.0");
    // The last of all that was executed, clean-ups included.
    let generated = &document["execution-data"]["time-generated"];
    assert_eq!(generated, "2026-11-30T11:02:00.000Z");
    let not_executed = document["x-misfire-not-executed"]
        .as_array()
        .expect("a list");
    assert_eq!(
        not_executed.len(),
        1,
        "a replayed test was not to be executed"
    );
    assert_eq!(not_executed[0]["procedure-name"], "TeamViewer");
    let reason = not_executed[0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("prerequisite"), "{reason}");
}

#[test]
fn an_address_is_one_text_whatever_is_known_of_it() {
    for (address, wanted) in [
        (None, "0.0.0.0"),
        (Some("2001:db8::7"), "2001:db8::7"),
        (Some("198.51.100.4"), "198.51.100.4"),
    ] {
        let known = address.map(|address| address.parse().expect("an address"));
        let report = one(|test| execution_of(test).address = known);
        let document = attire_of(&report);
        assert_eq!(document["execution-data"]["target"]["ip"], wanted);
    }
}

#[test]
fn the_same_runs_have_the_same_id_and_others_have_another() {
    let id = |report: &Report| {
        let document = attire_of(report);
        let id = document["execution-data"]["execution-id"].as_str();
        id.expect("an id").to_owned()
    };
    let only = Uuid::from_u128(0xb1).to_string();
    assert_eq!(id(&one(|_| ())), base64(only.as_bytes()));
    let several = made::executed();
    assert_eq!(id(&several), id(&made::executed()));
    let mut turned = made::executed();
    turned.tests.reverse();
    assert_eq!(
        id(&turned),
        id(&several),
        "the order of the tests is no matter"
    );
    let mut fewer = made::executed();
    fewer.tests.remove(0);
    assert_ne!(id(&fewer), id(&several));
}

#[test]
fn no_secret_gets_into_a_run_log_even_where_it_could_be_a_word() {
    let report = one(|test| {
        test.arguments = [("vnc_password".to_owned(), "sesame".to_owned())].into();
        let command = &mut execution_of(test).commands[0];
        command.command = "vncserver --password sesame".to_owned();
        command.stdout = "password: sesame\n".to_owned();
        command.stderr = format!("{KEY_ID}\n");
    });
    let document = attire_of(&report);
    let text = document.to_string();
    // `hunter` is the default of the argument.
    for secret in ["sesame", KEY_ID, "hunter"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let argument = &document["procedures"][0]["steps"][0]["input-arguments"][0];
    assert_eq!(argument["value"], "[masked password]");
    assert_eq!(argument["name"], "vnc_password");
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    append_file(
        path,
        &Secrets::default(),
        ART_CSV_HEADER,
        is_art_csv_header,
        |out| writeln!(out, "{line}"),
    )
}

#[test]
fn lines_are_added_to_a_log_and_what_stands_there_is_left() {
    let home = Home::new();
    let path = home.path("log.csv");
    append(&path, "first").expect("a new file");
    append(&path, "--password hunter2-long").expect("another line");
    let text = fs::read_to_string(&path).expect("a log");
    assert_eq!(
        text,
        format!("{ART_CSV_HEADER}first\n--password [masked password]\n")
    );
    // As others have written it: with a mark, other ends of lines, and no last one.
    let names = ART_CSV_HEADER.trim_end().replace('"', "");
    let theirs = format!("\u{feff}{names}\r\ntheir --password own-line-17");
    home.write("theirs.csv", &theirs);
    let path = home.path("theirs.csv");
    append(&path, "ours").expect("a line");
    let text = fs::read_to_string(&path).expect("a log");
    assert_eq!(text, format!("{theirs}\nours\n"));
}

#[test]
fn what_is_no_such_log_is_left_as_it_is() {
    let home = Home::new();
    let wide: Vec<u8> = ART_CSV_HEADER
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, bytes) in [
        ("other.csv", &b"a,b\n1,2\n"[..]),
        ("more.csv", b"\"Execution Time (UTC)\",\"Technique\"\n"),
        ("wide.csv", &wide),
        ("blank.csv", b"\n"),
    ] {
        let path = home.path(name);
        fs::write(&path, bytes).expect("a file");
        append(&path, "x").expect_err("it is something else");
        assert_eq!(fs::read(&path).expect("a file"), bytes, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_log_keeps_its_rights() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let path = home.path("log.csv");
    append(&path, "first").expect("a new file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("rights");
    append(&path, "second").expect("another line");
    let mode = fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_run_that_executes_nothing_says_so() {
    let home = Home::new();
    let filter = "TeamViewer traces";
    let run = |kind: &str| home.misfire(&["run", filter, "--report", kind]);
    for _ in 0..2 {
        let done = run("art-csv=log.csv").exits(0);
        assert!(
            done.err().contains("run::nothing_executed"),
            "{}",
            done.err()
        );
        let text = fs::read_to_string(home.path("log.csv")).expect("a log");
        assert_eq!(text, ART_CSV_HEADER);
    }
    let done = run("attire=log.json").exits(0);
    assert!(
        done.err().contains("run::nothing_executed"),
        "{}",
        done.err()
    );
    let text = fs::read_to_string(home.path("log.json")).expect("a log");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(faults(&document), Vec::<String>::new());
    assert_eq!(document["procedures"], serde_json::json!([]));
    let told = run("markdown=log.md").exits(0);
    assert!(!told.err().contains("nothing_executed"), "{}", told.err());
    assert_eq!(run("art-csv=-").exits(0).out(), ART_CSV_HEADER);
    home.write("other.csv", "a,b\n");
    let done = run("art-csv=other.csv").exits(3);
    assert!(done.err().contains("io::unwritable"), "{}", done.err());
    assert_eq!(
        fs::read_to_string(home.path("other.csv")).expect("a file"),
        "a,b\n"
    );
}
