//! Whole rules of Cloud SIEM: when they fire, in cases written after the vendor's pages,
//! and what is told of them.

use std::path::Path;

use misfire::content::{LoadedDetections, load_detections_from};
use misfire::detect::plan::{TIME, Value, apply};
use misfire::detect::{Language, SearchTime};
use misfire::diagnostic::{At, Ink, SourceText, to_text};
use misfire::event::{FileId, OwnedValue};
use serde::Deserialize;
use serde_yaml::{Mapping, Value as Yaml};

use crate::spl_search::{engine, found};
use crate::support::project::{Project, RULE, sysmon, verdict_of};
use crate::support::read;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The page that the case is written after; `undecided` if none says it.
    page: String,
    /// What it shows.
    shows: String,
    /// The rule, as a file has it.
    rule: Mapping,
    /// The fields of the records, each with its time.
    records: Vec<Mapping>,
    /// The times of the records that complete what the rule asks for.
    fires: Vec<f64>,
}

fn value(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Number(number) => number.as_i64().map_or_else(
            || Value::Float(number.as_f64().expect("a number")),
            Value::Integer,
        ),
        Yaml::Bool(truth) => Value::Bool(*truth),
        Yaml::String(text) => Value::text(text),
        _ => Value::Null,
    }
}

fn row(record: &Mapping) -> Vec<(String, Value)> {
    let mut row = Vec::new();
    for (name, own) in record {
        let name = name.as_str().expect("a name");
        match own {
            Yaml::Mapping(keys) => row.extend(keys.iter().map(|(key, own)| {
                let key = key.as_str().expect("a key");
                (format!("{name}[\"{key}\"]"), value(own))
            })),
            own if name == "at" => row.push((TIME.to_owned(), value(own))),
            own => row.push((name.to_owned(), value(own))),
        }
    }
    row
}

/// A file with a rule.
fn file(rule: &str) -> String {
    format!(
        "id: {RULE}\ntitle: A rule\nlanguage: sumo-cse\nrule:\n  {}\n",
        rule.trim().replace('\n', "\n  ")
    )
}

fn loaded(rule: &str) -> LoadedDetections {
    let source = SourceText::new("rule.yml", file(rule));
    load_detections_from(vec![Ok(source)], None)
}

fn fires(case: &Case) -> Result<Vec<f64>, String> {
    let rule = serde_yaml::to_string(&case.rule).expect("YAML");
    let loaded = loaded(&rule);
    let told = to_text(&loaded.problems, Ink::Plain);
    let [planned] = loaded.plans.planned.as_slice() else {
        return Err(told);
    };
    if !told.is_empty() {
        return Err(told);
    }
    assert_eq!(planned.detection.language, Language::SumoCse);
    let plan = planned.plan.as_ref().map_err(|_| "no plan".to_owned())?;
    let rows: Vec<_> = case.records.iter().map(row).collect();
    let now = SearchTime("2026-06-15T12:00:00Z".parse().expect("a time"));
    let found = apply(plan, &rows, now).ok_or("too many rows")?;
    let times = found.iter().map(|row| {
        let time = row.iter().find(|(name, _)| name == TIME);
        match time.map(|(_, value)| value) {
            #[expect(clippy::cast_precision_loss, reason = "the times of cases are small")]
            Some(OwnedValue::Integer(time)) => *time as f64,
            Some(OwnedValue::Float(time)) => *time,
            other => panic!("{}: {other:?}", case.shows),
        }
    });
    Ok(times.collect())
}

#[test]
fn every_rule_fires_as_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cse/rules.yaml");
    let text = std::fs::read_to_string(path).expect("a readable file");
    let cases: Vec<Case> = serde_yaml::from_str(&text).expect("sound cases");
    assert!(cases.len() > 35, "there are too few cases");
    let mut faults = Vec::new();
    for case in &cases {
        assert!(!case.page.is_empty(), "{} names no page", case.shows);
        match fires(case) {
            Ok(got) if got == case.fires => {}
            Ok(got) => faults.push(format!("{}\n  {got:?}, not {:?}", case.shows, case.fires)),
            Err(told) => faults.push(format!("{}\n{told}", case.shows)),
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {} cases:\n{}",
        faults.len(),
        cases.len(),
        faults.join("\n")
    );
}

const WHOAMI: &str = r"
type: threshold
expression: |
  metadata_deviceEventId = 'Microsoft-Windows-Sysmon/Operational-1'
  AND baseImage LIKE '%\whoami.exe'
limit: 3
window: 5m
group_by: [device_hostname]";

/// The firings of a rule on a log, each by its records.
fn firings(rule: &str, log: &[serde_json::Value]) -> Vec<Vec<u64>> {
    let loaded = loaded(rule);
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "", "in: {rule}");
    let (engine, names) = engine(loaded);
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let path = home.path().join("log.jsonl");
    let lines: String = log.iter().map(|record| format!("{record}\n")).collect();
    std::fs::write(&path, lines).expect("a writable file");
    let batches = read(&path, FileId(0), &names);
    let firings = found(&engine, &batches).into_iter();
    firings
        .map(|firing| firing.events.iter().map(|event| event.record).collect())
        .collect()
}

#[test]
fn a_firing_holds_every_record_that_counted() {
    let whoami = |record, second| sysmon(record, second, r"C:\Windows\System32\whoami.exe");
    let log = [
        whoami(1, 0),
        sysmon(2, 5, r"C:\Windows\System32\notepad.exe"),
        whoami(3, 10),
        whoami(4, 200),
        whoami(5, 210),
        whoami(6, 2000),
    ];
    assert_eq!(firings(WHOAMI, &log), [[1, 3, 4]]);
    assert_eq!(
        firings(&WHOAMI.replace("limit: 3", "limit: 5"), &log).len(),
        0
    );

    let chain = r"
type: chain
expressions_and_limits:
  - expression: baseImage LIKE '%\notepad.exe'
    limit: 1
  - expression: baseImage LIKE '%\whoami.exe'
    limit: 2
ordered: true
window_size: T05M
entity_selectors:
  - entity_type: _hostname
    expression: device_hostname";
    assert_eq!(firings(chain, &log), [[1, 2, 3, 4]]);
}

/// A vendor's document, pasted as JSON.
#[test]
fn a_rule_may_be_pasted_as_json() {
    let rule = r#"{
  "aggregation_functions": [{"arguments": ["commandLine"], "function": "count_distinct", "name": "cmd_count"}],
  "enabled_by_default": true, "threat_ruleType": null, "stream": "record",
  "match_expression": "lower(commandLine) LIKE '%whoami%'\nOR lower(commandLine) LIKE '%hostname.exe%'",
  "entity_selectors": [{"entity_type": "_hostname", "expression": "device_hostname"}],
  "group_by_asset": true, "group_by_fields": [], "pattern_type": "aggregation",
  "trigger_expression": "cmd_count > 1", "window": "10m"
}"#;
    let log = [
        sysmon(1, 0, r"C:\Windows\System32\whoami.exe"),
        sysmon(2, 5, r"C:\Windows\System32\whoami.exe"),
        sysmon(3, 9, r"C:\Windows\System32\hostname.exe"),
    ];
    assert_eq!(firings(rule, &log), [[1, 2, 3]]);
}

#[test]
fn a_rule_is_judged_with_its_nearest_miss() {
    let done = Project::new().ruled(file(&WHOAMI.replace("limit: 3", "limit: 1")));
    assert_eq!(verdict_of(&done.run().exits(0)).0, "fired");

    let done = Project::new().ruled(file(WHOAMI)).run().exits(1);
    let verdict = &done.json()["tests"][0]["verdicts"][0];
    assert_eq!(verdict["verdict"], "misfire", "{verdict}");
    let text = verdict["near_miss"].to_string();
    assert!(text.contains("count"), "{text}");
}

#[test]
fn a_rule_that_learns_is_unsupported() {
    let rule = r"
type: first_seen
filter_expression: baseImage LIKE '%\whoami.exe'
value_fields: [user_username]
baseline_type: PER_ENTITY
group_by_fields: [device_hostname]";
    let done = Project::new().ruled(file(rule)).run().exits(1);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "unsupported");
    assert!(reason.contains("baseline"), "{reason}");
}

/// Findings point into the expression that they are of.
#[test]
fn the_expressions_of_a_rule_are_looked_over() {
    let rule = r"
type: chain
window: 5m
expressions_and_limits:
  - expression: commandLine LIKE '%first%'
    limit: 1
  - expression: |
      metadata_product = 'Windows'
      AND commandLine LIKE '*second*'
    limit: 1";
    let loaded = loaded(rule);
    let findings = loaded.findings();
    let found: Vec<_> = findings
        .iter()
        .filter(|finding| finding.diagnostic.code.as_str().ends_with("glob_in_like"))
        .collect();
    let [finding] = found.as_slice() else {
        panic!("{findings:?}");
    };
    match finding.diagnostic.place.as_ref().map(|place| &place.at) {
        Some(At::Span { source, bytes }) => {
            assert_eq!(&source.text[bytes.clone()], "'*second*'");
        }
        other => panic!("{other:?}"),
    }
}

/// A rule that is never met does not take longer with the square of the records.
#[test]
fn many_records_are_counted_at_once() {
    let rule = "type: threshold\nexpression: action = 'fail'\nlimit: 1000000\nwindow: 5d";
    let loaded = loaded(rule);
    let plan = loaded.plans.planned[0].plan.as_ref().expect("a plan");
    let row = |at: i64| {
        vec![
            (TIME.to_owned(), Value::Integer(at)),
            ("action".to_owned(), Value::text("fail")),
        ]
    };
    let rows: Vec<_> = (0..20_000).map(row).collect();
    let now = SearchTime("2026-06-15T12:00:00Z".parse().expect("a time"));
    assert_eq!(apply(plan, &rows, now).map(|found| found.len()), Some(0));
}

/// Where no record has what groups them, that is what is told.
#[test]
fn a_rule_misses_for_want_of_its_entity() {
    let rule = WHOAMI.replace("device_hostname", "user_authDomain");
    let rule = rule.replace("limit: 3", "limit: 1");
    let log = [sysmon(1, 0, r"C:\Windows\System32\whoami.exe")];
    assert_eq!(firings(&rule, &log).len(), 0);
    let done = Project::new().ruled(file(&rule)).run().exits(1);
    let verdict = &done.json()["tests"][0]["verdicts"][0];
    let text = verdict["near_miss"].to_string();
    assert!(text.contains("user_authDomain"), "{verdict}");
}
