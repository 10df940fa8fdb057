//! Sumo Logic queries, on one thread: reading and lowering the queries of the test cases,
//! searching the bundled recordings with our own queries, linting, and one query over
//! half a million events.
//!
//! `cargo bench --bench sumo`; nothing besides the repository is needed.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::counter::ItemsCount;
use misfire::content::{
    LoadedDetections, QuerySettings, load_detections_from, load_detections_with,
};
use misfire::detect::plan::PlanEngine;
use misfire::detect::{Engine, Firing, SearchTime};
use misfire::diagnostic::SourceText;
use misfire::event::catalogue::Catalogue;
use misfire::event::{Batch, FileId, Names};
use misfire::log::{ReadOptions, open};

fn main() {
    divan::main();
}

/// How often the recordings are searched, to be half a million events.
const EVENTS: usize = 500_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn own() -> LoadedDetections {
    let folder: PathBuf = root().join("detections/sumo");
    load_detections_with(&[folder], &QuerySettings::default())
}

/// The queries of the cases, each as a detection.
fn cases() -> Vec<Arc<SourceText>> {
    let folder = root().join("tests/data/sumo/cases");
    let files = ignore::Walk::new(folder)
        .flatten()
        .filter(|entry| entry.path().is_file());
    let mut sources = Vec::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(file.path()) else {
            continue;
        };
        let Ok(cases) = serde_yaml::from_str::<Vec<serde_yaml::Mapping>>(&text) else {
            continue;
        };
        for case in cases {
            let query = case.get("search").or_else(|| case.get("query"));
            if let Some(query) = query.and_then(serde_yaml::Value::as_str) {
                let query = query.replace('\n', "\n  ");
                let number = sources.len();
                let text = format!(
                    "id: 00000000-0000-4000-8000-{number:012}\ntitle: Case {number}\n\
                     language: sumo\nquery: |\n  {query}\n"
                );
                sources.push(SourceText::new(format!("case-{number}.yml"), text));
            }
        }
    }
    sources
}

fn load(sources: &[Arc<SourceText>]) -> LoadedDetections {
    let sources = sources
        .iter()
        .map(|source| Ok(Arc::clone(source)))
        .collect();
    load_detections_from(sources, Some((&[], &QuerySettings::default())))
}

fn compiled(loaded: LoadedDetections) -> (PlanEngine, Arc<Names>) {
    let mut plans = loaded.plans;
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    plans.intern(&mut names);
    let names = Arc::new(names.freeze());
    (PlanEngine::new(plans, &names), names)
}

fn read(names: &Arc<Names>) -> Vec<Batch> {
    let options = ReadOptions {
        names: Arc::clone(names),
        ..ReadOptions::default()
    };
    let mut batches = Vec::new();
    let files = ignore::Walk::new(root().join("fixtures")).flatten();
    for file in files.filter(|entry| entry.path().is_file()) {
        let ending = file.path().extension().and_then(|ending| ending.to_str());
        if !matches!(ending, Some("evtx" | "json" | "jsonl")) {
            continue;
        }
        let Ok(mut log) = open(file.path(), FileId(0), &options) else {
            continue;
        };
        while let Some(chunk) = log.next_chunk() {
            if let Ok(chunk) = chunk {
                batches.push(chunk.decode(&options).batch);
            }
        }
    }
    batches
}

fn search(engine: &PlanEngine, batches: &[Batch], rounds: usize) -> Vec<Firing> {
    let mut firings = Vec::new();
    let mut search = engine.start();
    for _ in 0..rounds {
        for batch in batches {
            search.feed(batch, &mut firings);
        }
    }
    let tally = search.finish();
    let now = SearchTime::after(tally.latest());
    engine.conclude(tally.held, now, &mut firings);
    firings
}

/// Every case from YAML to a plan, or to why there is none.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn lower_cases(bencher: divan::Bencher) {
    let sources = cases();
    bencher
        .counter(ItemsCount::new(sources.len()))
        .bench_local(|| black_box(load(&sources)));
}

/// The linter over every case.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn lint_cases(bencher: divan::Bencher) {
    let sources = cases();
    let loaded = load(&sources);
    bencher
        .counter(ItemsCount::new(sources.len()))
        .bench_local(|| black_box(loaded.findings()));
}

/// The bundled recordings, already read, with our own queries.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn search_own(bencher: divan::Bencher) {
    let (engine, names) = compiled(own());
    let batches = read(&names);
    let records = batches.iter().map(Batch::len).sum::<usize>();
    bencher
        .counter(ItemsCount::new(records))
        .bench_local(|| search(&engine, &batches, 1));
}

/// One query over half a million events: the recordings, again and again.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn one_query(bencher: divan::Bencher) {
    let query = "id: 00000000-0000-4000-8000-000000000001\ntitle: One\nlanguage: sumo\n\
                 query: |\n  _sourceCategory=*sysmon* | where EventID = \"1\" and \
                 %\"EventData.Image\" matches /(?i)\\\\(code|devtunnel)\\.exe$/ and \
                 %\"EventData.CommandLine\" contains \"never\"\n";
    let (engine, names) = compiled(load(&[SourceText::new("one.yml", query)]));
    let batches = read(&names);
    let records = batches.iter().map(Batch::len).sum::<usize>().max(1);
    let rounds = EVENTS.div_ceil(records);
    bencher
        .counter(ItemsCount::new(records * rounds))
        .bench_local(|| search(&engine, &batches, rounds));
}
