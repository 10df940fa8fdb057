//! Queries as vendors published them, searched over the recordings of the tests that
//! their pages name: as their products would take them, and as their authors meant them.
//! The pages are with the shared corpora; nothing of them is here.

use std::collections::BTreeSet;
use std::path::Path;

use misfire::content::{LogInput, QuerySettings, load_detections_from};
use misfire::detect::plan::PlanEngine;
use misfire::detect::{Engine, ProgramId, Reading, Refusal, SearchTime};
use misfire::diagnostic::SourceText;
use misfire::event::catalogue::Catalogue;
use misfire::event::{FileId, Names};
use rstest::rstest;

use crate::support::{files, published, read};

/// What becomes of a published query.
enum Published {
    Refused(Refusal),
    Compiled(Box<PlanEngine>, std::sync::Arc<Names>),
}

fn load(
    page: &str,
    language: &str,
    reading: Reading,
    deployment: Option<&str>,
) -> Option<Published> {
    let query = published(page)?.replace('\n', "\n  ");
    let text = format!(
        "id: 7c1b9b56-8f0a-4c7c-9a55-0d6a3f7e2b{:02}\ntitle: {page}\nlanguage: {language}\nquery: |\n  {query}\n",
        page.len()
    );
    let mut settings = QuerySettings {
        reading: Some(reading),
        ..QuerySettings::default()
    };
    settings.splunk.deployment = deployment.map(str::to_owned);
    let source = SourceText::new("query.yml", text);
    let mut loaded = load_detections_from(vec![Ok(source)], Some((&[], &settings)));
    assert_eq!(loaded.plans.planned.len(), 1, "{:?}", loaded.problems);
    if let Err(refusal) = &loaded.plans.planned[0].plan {
        return Some(Published::Refused(refusal.clone()));
    }
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    loaded.plans.intern(&mut names);
    let names = std::sync::Arc::new(names.freeze());
    let engine = PlanEngine::new(loaded.plans, &names);
    Some(Published::Compiled(Box::new(engine), names))
}

/// The logs of a recording whose events a query fires on, by the file's name.
fn fires_on(
    engine: &PlanEngine,
    names: &std::sync::Arc<Names>,
    recording: &str,
) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(recording);
    let mut logs = files(&folder, "evtx");
    logs.extend(files(&folder, "json"));
    logs.extend(files(&folder, "jsonl"));
    assert!(!logs.is_empty(), "{recording} has no log");
    let mut firings = Vec::new();
    let mut search = engine.start();
    for (log, number) in logs.iter().zip(0..) {
        for batch in read(log, FileId(number), names) {
            search.feed(&batch, &mut firings);
        }
    }
    let tally = search.finish();
    assert!(tally.exhausted.is_empty() && tally.gave_up.is_empty());
    let now = SearchTime::after(tally.latest());
    engine.conclude(tally.held, now, &mut firings);
    let events = firings.iter().flat_map(|firing| &firing.events);
    events
        .map(|event| {
            let log = &LogInput::on_disk(&logs[event.file.0 as usize]).path;
            log.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

/// Three of the four are refused by the product that they are written for.
#[rstest]
#[case("T1219.001-sumo", "`eval` is no operator")]
#[case("T1219-sumo", "the field `EventCode` is not found")]
#[case("T1021.008-sumo", "`eval` is no operator")]
fn published_sumo_queries_are_refused(#[case] page: &str, #[case] why: &str) {
    match load(page, "sumo", Reading::Strict, None) {
        None => {}
        Some(Published::Refused(Refusal::Invalid(told))) => {
            assert!(told.contains(why), "{told}");
        }
        Some(Published::Refused(Refusal::Unsupported(told))) => panic!("unsupported: {told}"),
        Some(Published::Compiled(..)) => panic!("{page} is taken as sound"),
    }
}

/// What each query does as its author meant it, on each test and on its variants.
#[rstest]
#[case("T1219.001-sumo", "T1219.001/code-tunnel", true)]
#[case("T1219.001-sumo", "T1219.001/code-tunnel-not-signed-in", true)]
#[case("T1219.001-sumo", "T1219.001/devtunnel-host", true)]
#[case("T1219.001-sumo", "T1219.001/tunnel-by-scheduled-task", true)]
// `anydesk_test.exe` is none of the names, as `_test` stands before `.exe`.
#[case("T1219-sumo", "T1219/anydesk-from-temp", false)]
// The test writes keys by `reg.exe`, and the query looks at process starts of tools.
#[case("T1219-sumo", "T1219/teamviewer-registry", false)]
#[case("T1219-sumo", "T1219/vnc-tightvnc", true)]
#[case("T1219-sumo", "T1219/vnc-mock", false)]
#[case("T1021.008-sumo", "T1021.008/ssm-send-command", true)]
#[case("T1021.008-sumo", "T1021.008/instance-connect-key", true)]
#[case("T1021.008-sumo", "T1021.008/ssm-start-session", true)]
// In neither form does Azure write what the query asks for.
#[case("T1021.008-sumo", "T1021.008/azure-run-command", false)]
#[case("T1021.008-sumo", "T1021.008/azure-run-command-rest", false)]
fn published_sumo_queries_do_as_meant(
    #[case] page: &str,
    #[case] recording: &str,
    #[case] fires: bool,
) {
    let Some(query) = load(page, "sumo", Reading::Intent, None) else {
        return;
    };
    let Published::Compiled(engine, names) = query else {
        panic!("{page} is refused even as it was meant");
    };
    let found = fires_on(&engine, &names, recording);
    assert_eq!(!found.is_empty(), fires, "{page} on {recording}: {found:?}");
}

/// The Splunk search is sound, and finds nothing where add-ons name records as they do
/// today.
#[rstest]
#[case("T1219.001/code-tunnel")]
#[case("T1219.001/devtunnel-host")]
#[case("T1219.001/tunnel-by-scheduled-task")]
fn the_published_splunk_search_depends_on_the_deployment(#[case] recording: &str) {
    for (reading, deployment, fires) in [
        (Reading::Strict, "current", false),
        (Reading::Strict, "older", true),
        (Reading::Intent, "current", true),
    ] {
        let Some(query) = load("T1219.001-splunk", "spl", reading, Some(deployment)) else {
            return;
        };
        let Published::Compiled(engine, names) = query else {
            panic!("the search is refused");
        };
        assert!(engine.refusal(ProgramId(0)).is_none());
        let found = fires_on(&engine, &names, recording);
        assert_eq!(
            !found.is_empty(),
            fires,
            "{reading} in {deployment}: {found:?}"
        );
        // A task's creation is in the Security log, which it does not look at.
        assert!(
            found
                .iter()
                .all(|log| log.contains("sysmon") || log.contains("Sysmon")),
            "{found:?}"
        );
    }
}

/// What `misfire accept` says of a published query: for each recording, the verdict in
/// each column.
fn accepted(page: &str, language: &str, technique: &str) -> Option<serde_json::Value> {
    let query = published(page)?.replace('\n', "\n  ");
    let folder = tempfile::TempDir::new().expect("a folder");
    let text = format!(
        "id: 7c1b9b56-8f0a-4c7c-9a55-0d6a3f7e2c{:02}\ntitle: {page}\nlanguage: {language}\n\
         attack: [{technique}]\nquery: |\n  {query}\n",
        page.len()
    );
    std::fs::write(folder.path().join("query.yml"), text).expect("a file");
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_misfire"))
        .current_dir(&folder)
        .args(["accept", "query.yml", "--format", "json"])
        .output()
        .expect("a finished command");
    assert_eq!(output.status.code(), Some(1), "none of them is accepted");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    Some(document["detections"][0].clone())
}

/// The table of what each query does on each test, as the acceptance test gives it by
/// itself: the deployment, and for each recording the verdict as published and as meant.
#[rstest]
#[case("T1219.001-sumo", "sumo", "T1219.001", "extraction-rules", &[
    ("T1219.001/code-tunnel", "invalid", "fired"),
    ("T1219.001/code-tunnel-not-signed-in", "invalid", "fired"),
    ("T1219.001/devtunnel-host", "invalid", "fired"),
    ("T1219.001/tunnel-by-scheduled-task", "invalid", "fired"),
])]
#[case("T1219.001-splunk", "spl", "T1219.001", "current", &[
    ("T1219.001/code-tunnel", "misfire", "fired"),
    ("T1219.001/code-tunnel-not-signed-in", "misfire", "fired"),
    ("T1219.001/devtunnel-host", "misfire", "fired"),
    ("T1219.001/tunnel-by-scheduled-task", "misfire", "fired"),
])]
#[case("T1219.001-splunk", "spl", "T1219.001", "older", &[
    ("T1219.001/code-tunnel", "fired", "fired"),
    ("T1219.001/code-tunnel-not-signed-in", "fired", "fired"),
    ("T1219.001/devtunnel-host", "fired", "fired"),
    ("T1219.001/tunnel-by-scheduled-task", "fired", "fired"),
])]
#[case("T1219-sumo", "sumo", "T1219", "extraction-rules", &[
    ("T1219/anydesk-from-temp", "invalid", "misfire"),
    ("T1219/anydesk-other-name", "invalid", "misfire"),
    ("T1219/teamviewer-registry", "invalid", "misfire"),
    ("T1219/vnc-mock", "invalid", "misfire"),
    ("T1219/vnc-tightvnc", "invalid", "fired"),
])]
#[case("T1021.008-sumo", "sumo", "T1021.008", "extraction-rules", &[
    ("T1021.008/ssm-send-command", "invalid", "fired"),
    ("T1021.008/ssm-send-command-denied", "invalid", "fired"),
    ("T1021.008/instance-connect-key", "invalid", "fired"),
    ("T1021.008/azure-run-command", "invalid", "blind"),
    ("T1021.008/azure-run-command-managed-identity", "invalid", "blind"),
    ("T1021.008/azure-run-command-rest", "invalid", "misfire"),
    ("T1021.008/ssm-start-session", "invalid", "fired"),
    ("T1021.008/ssm-start-session-without-plugin", "invalid", "fired"),
])]
fn an_acceptance_test_arrives_at_the_table(
    #[case] page: &str,
    #[case] language: &str,
    #[case] technique: &str,
    #[case] deployment: &str,
    #[case] wanted: &[(&str, &str, &str)],
) {
    let Some(detection) = accepted(page, language, technique) else {
        return;
    };
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let tests = detection["tests"].as_array().expect("tests");
    let told: Vec<_> = tests
        .iter()
        .map(|test| {
            let of = |reading: &str| {
                let mut cells = test["verdicts"].as_array().expect("verdicts").iter();
                let cell = cells
                    .find(|cell| cell["deployment"] == deployment && cell["reading"] == reading);
                cell.map_or_else(String::new, |cell| word(&cell["verdict"]))
            };
            (word(&test["recording"]), of("strict"), of("intent"))
        })
        .collect();
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(recording, strict, intent)| {
            (
                (*recording).to_owned(),
                (*strict).to_owned(),
                (*intent).to_owned(),
            )
        })
        .collect();
    assert_eq!(told, wanted);
}

/// Why a query stays silent as it was meant: what came closest, in the words that
/// decide it.
#[rstest]
#[case(
    "T1219-sumo",
    "sumo",
    "T1219",
    "T1219/anydesk-from-temp",
    "anydesk_test.exe"
)]
#[case("T1219-sumo", "sumo", "T1219", "T1219/teamviewer-registry", "reg.exe")]
#[case("T1219-sumo", "sumo", "T1219", "T1219/vnc-mock", "cmd.exe")]
#[case(
    "T1021.008-sumo",
    "sumo",
    "T1021.008",
    "T1021.008/azure-run-command",
    "operationName.value is absent"
)]
#[case(
    "T1021.008-sumo",
    "sumo",
    "T1021.008",
    "T1021.008/azure-run-command-rest",
    "Microsoft.Compute/virtualMachines/runCommand/action"
)]
fn an_acceptance_test_says_why(
    #[case] page: &str,
    #[case] language: &str,
    #[case] technique: &str,
    #[case] recording: &str,
    #[case] wanted: &str,
) {
    let Some(detection) = accepted(page, language, technique) else {
        return;
    };
    let mut tests = detection["tests"].as_array().expect("tests").iter();
    let test = tests.find(|test| test["recording"] == recording);
    let mut cells = test.expect("the recording")["verdicts"]
        .as_array()
        .expect("verdicts")
        .iter();
    let cell =
        cells.find(|cell| cell["deployment"] == "extraction-rules" && cell["reading"] == "intent");
    let near = &cell.expect("the cell")["near_miss"]["change"];
    assert!(near.to_string().contains(wanted), "{near:#}");
}
