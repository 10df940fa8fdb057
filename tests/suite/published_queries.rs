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
