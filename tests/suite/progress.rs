//! Work in progress, told to programs, and to nobody who did not ask.

use crate::support::home::{Home, process_start};

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use misfire::report::progress_schema;
use misfire::verdict::Verdict;
use serde_json::Value;

/// The events of a command, each of which is right by the schema.
fn events(told: &str) -> Vec<Value> {
    let validator = jsonschema::validator_for(&progress_schema()).expect("a JSON Schema");
    told.lines()
        .map(|line| {
            let event: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let faults: Vec<_> = validator
                .iter_errors(&event)
                .map(|fault| fault.to_string())
                .collect();
            assert!(faults.is_empty(), "{faults:?} {event}");
            event
        })
        .collect()
}

fn of_kind<'e>(events: &'e [Value], kind: &str) -> Vec<&'e Value> {
    events
        .iter()
        .filter(|event| event["event"] == kind)
        .collect()
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("a count: {value}"))
}

/// The counts below one key of all events, added up.
fn added_up(events: &[&Value], key: &str) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for event in events {
        for (word, times) in event[key].as_object().expect("counts") {
            *sums.entry(word.clone()).or_default() += count(times);
        }
    }
    sums
}

/// What is counted in a summary, without zeros.
fn counted(summary: &Value) -> BTreeMap<String, u64> {
    let counts = summary.as_object().expect("counts").iter();
    let counts = counts.filter_map(|(word, times)| Some((word.clone(), times.as_u64()?)));
    counts.filter(|(_, times)| *times > 0).collect()
}

#[test]
fn the_events_of_a_run_add_up_to_its_report() {
    let home = Home::new();
    let done = home
        .misfire(&["run", "--format", "json", "--progress", "json"])
        .exits(0);
    let report = done.json();
    let events = events(&done.err());
    let tests = report["tests"].as_array().expect("tests");
    let planned = of_kind(&events, "tests-planned");
    assert_eq!(planned.len(), 1);
    assert_eq!(count(&planned[0]["count"]), tests.len() as u64);
    let finished = of_kind(&events, "test-finished");
    assert_eq!(finished.len(), tests.len());
    for (place, event) in finished.iter().enumerate() {
        assert_eq!(count(&event["done"]), place as u64 + 1);
        let index = usize::try_from(count(&event["index"])).expect("a place");
        for key in ["name", "recording", "technique", "atomic", "records"] {
            assert_eq!(event[key], tests[index][key], "{key}");
        }
    }
    let summary = &report["summary"];
    for (key, summary) in [
        ("controls", &summary["controls"]),
        ("telemetry", &summary["telemetry"]),
    ] {
        assert_eq!(added_up(&finished, key), counted(summary), "{key}");
    }
    let verdicts = added_up(&finished, "verdicts");
    assert!(verdicts.len() > 1, "{verdicts:?}");
    for verdict in Verdict::ALL {
        let times = verdicts.get(verdict.as_str()).copied();
        assert_eq!(
            count(&summary[verdict.as_str()]),
            times.unwrap_or_default(),
            "{verdict}"
        );
    }
    let last = events.last().expect("an event");
    assert_eq!(last["event"], "tests-finished");
    assert_eq!(count(&last["done"]), tests.len() as u64);
    assert_eq!(last["unexpected"], summary["unexpected"]);
}

#[test]
fn the_events_of_a_scan_add_up_to_its_summary() {
    let home = Home::new();
    let log: String = (1..=5000)
        .map(|record| process_start(record, r"C:\Windows\System32\whoami.exe") + "\n")
        .collect();
    home.write("logs/long.jsonl", &log);
    let args = [
        "scan",
        "logs",
        "--detections",
        "rules",
        "--format",
        "json",
        "--progress",
        "json",
    ];
    let done = home.misfire(&args).exits(0);
    let lines = done.lines();
    let summary = &lines.last().expect("a summary")["summary"];
    let events = events(&done.err());
    assert_eq!(events[0]["event"], "search-started");
    assert_eq!(count(&events[0]["files"]), 2);
    assert_eq!(of_kind(&events, "file-opened").len(), 2);
    let done: u64 = of_kind(&events, "file-done")
        .iter()
        .map(|event| count(&event["bytes"]))
        .sum();
    assert_eq!(done, count(&events[0]["bytes"]));
    let last = events.last().expect("an event");
    assert_eq!(last["event"], "search-finished");
    assert_eq!(last["records"], summary["records"]);
    assert_eq!(last["firings"], summary["firings"]);
    // What is told in between only grows.
    let told: Vec<_> = of_kind(&events, "records")
        .iter()
        .map(|event| count(&event["records"]))
        .collect();
    assert!(!told.is_empty() && told.is_sorted(), "{told:?}");
}

#[test]
fn the_events_of_a_simulation_name_each_atomic() {
    let home = Home::new();
    let args = [
        "simulate",
        "T1219",
        "--format",
        "json",
        "--progress",
        "json",
    ];
    let done = home.misfire(&args).exits(0);
    let records = done.json()["events"].as_array().expect("events").len();
    let events = events(&done.err());
    let simulated = of_kind(&events, "atomic-simulated");
    assert_eq!(
        count(&of_kind(&events, "atomics-planned")[0]["count"]),
        simulated.len() as u64
    );
    assert!(simulated.len() > 1);
    let sum: u64 = simulated.iter().map(|event| count(&event["records"])).sum();
    assert_eq!(sum, records as u64);
    assert_eq!(
        count(&events.last().expect("an event")["done"]),
        simulated.len() as u64
    );
    // A run that simulates tells both.
    let done = home
        .misfire(&[
            "run",
            "TeamViewer traces",
            "--stage",
            "simulate",
            "--progress",
            "json",
        ])
        .exits(0);
    let events = self::events(&done.err());
    for kind in [
        "atomics-planned",
        "atomics-done",
        "tests-planned",
        "tests-finished",
    ] {
        assert_eq!(of_kind(&events, kind).len(), 1, "{kind}");
    }
    // The result is on standard output, as ever.
    assert!(done.out().ends_with("all as expected\n"), "{}", done.out());
}

#[test]
fn problems_are_events_as_well_and_secrets_are_masked() {
    let home = Home::new();
    home.write("rules/broken.yml", "title: [");
    home.write("logs/AKIAIOSFODNN7EXAMPLE.jsonl", &process_start(1, "a"));
    let args = [
        "scan",
        "logs",
        "nowhere",
        "--detections",
        "rules",
        "--progress",
        "json",
    ];
    let done = home.misfire(&args).exits(2);
    let events = events(&done.err());
    let problems = of_kind(&events, "problem");
    assert!(problems.len() >= 2, "{events:#?}");
    assert!(
        problems
            .iter()
            .any(|event| event["problem"]["code"] == "misfire::io::unreadable"),
        "{events:#?}"
    );
    assert!(
        !done.err().contains("AKIAIOSFODNN7EXAMPLE"),
        "{}",
        done.err()
    );
    assert!(done.err().contains("[masked"), "{}", done.err());
}

#[test]
fn whoever_did_not_ask_is_told_nothing() {
    let home = Home::new();
    for more in [&[][..], &["--progress", "auto"], &["--progress", "never"]] {
        for args in [
            &["run"][..],
            &["simulate", "T1219"],
            &["scan", "logs", "--detections", "rules"],
        ] {
            let done = home.misfire(&[args, more].concat()).exits(0);
            assert_eq!(done.err(), "", "{args:?}");
        }
    }
    home.misfire(&["run", "--progress", "loud"]).exits(2);
}

#[test]
fn the_shipped_schema_is_that_of_the_events() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/progress.json");
    let schema = serde_json::to_string_pretty(&progress_schema()).expect("JSON") + "\n";
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        fs::write(&path, &schema).expect("a schema");
    }
    assert!(
        fs::read_to_string(&path).expect("a schema") == schema,
        "it is not up to date"
    );
}
