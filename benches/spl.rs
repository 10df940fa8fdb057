//! Splunk searches: lowering the public detections, and searching all recordings with
//! them, on one thread.
//!
//! `cargo bench --bench spl`, with the shared corpora beside the repository or where
//! `MISFIRE_SHARED` points.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::counter::ItemsCount;
use misfire::content::{LoadedDetections, SplunkSettings, load_detections_with};
use misfire::detect::plan::{PlanEngine, PlanSet};
use misfire::detect::{Engine, Firing, SearchTime};
use misfire::event::catalogue::Catalogue;
use misfire::event::{Batch, FileId, Names};
use misfire::log::{ReadOptions, open};

fn main() {
    divan::main();
}

fn corpora() -> PathBuf {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    shared.join("corpora")
}

fn load() -> LoadedDetections {
    load_detections_with(
        &[corpora().join("splunk/detections")],
        &SplunkSettings::default(),
    )
}

fn compiled(mut plans: PlanSet) -> (PlanEngine, Arc<Names>) {
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
    let folders = ["evtx-attack-samples", "sigma/regression_data"];
    let files = folders
        .iter()
        .flat_map(|folder| ignore::Walk::new(corpora().join(folder)).flatten())
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "evtx"));
    for path in files {
        let Ok(mut log) = open(&path, FileId(0), &options) else {
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

fn search(engine: &PlanEngine, batches: &[Batch]) -> Vec<Firing> {
    let mut firings = Vec::new();
    let mut search = engine.start();
    for batch in batches {
        search.feed(batch, &mut firings);
    }
    let tally = search.finish();
    let now = SearchTime::after(tally.latest());
    engine.conclude(tally.held, now, &mut firings);
    firings
}

/// Every detection from YAML to a plan, macros and lookups read.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn lower_all(bencher: divan::Bencher) {
    let count = load().plans.planned.len();
    bencher
        .counter(ItemsCount::new(count))
        .bench_local(|| black_box(load()));
}

/// Every plan into the engine.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn compile_all(bencher: divan::Bencher) {
    bencher
        .with_inputs(|| load().plans)
        .bench_local_values(compiled);
}

/// All recordings, already read, with all detections.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn search_all(bencher: divan::Bencher) {
    let (engine, names) = compiled(load().plans);
    let batches = read(&names);
    let records = batches.iter().map(Batch::len).sum::<usize>();
    bencher
        .counter(ItemsCount::new(records))
        .bench_local(|| search(&engine, &batches));
}

/// The same, each record taken apart.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn search_all_without_prefilter(bencher: divan::Bencher) {
    let (engine, names) = compiled(load().plans);
    let engine = engine.without_prefilter();
    let batches = read(&names);
    let records = batches.iter().map(Batch::len).sum::<usize>();
    bencher
        .counter(ItemsCount::new(records))
        .bench_local(|| search(&engine, &batches));
}
