//! Loading all public Sigma rules, and searching all recordings with them, on
//! one thread.
//!
//! `cargo bench --bench sigma`, with the shared corpora beside the repository
//! or where `MISFIRE_SHARED` points.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::counter::ItemsCount;
use misfire::detect::sigma::{SigmaEngine, SigmaRuleSet, parse};
use misfire::detect::{Engine, SearchTime};
use misfire::diagnostic::SourceText;
use misfire::event::catalogue::Catalogue;
use misfire::event::{Batch, FileId, Names};
use misfire::log::{ReadOptions, open};

fn main() {
    divan::main();
}

fn files(folders: &[&str], extension: &str) -> Vec<PathBuf> {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let mut files: Vec<_> = folders
        .iter()
        .map(|folder| shared.join("corpora").join(folder))
        .flat_map(|folder| ignore::Walk::new(folder).flatten())
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|known| known == extension))
        .collect();
    files.sort();
    files
}

fn texts() -> Vec<Arc<SourceText>> {
    let folders = [
        "sigma/rules",
        "sigma/rules-compliance",
        "sigma/rules-emerging-threats",
        "sigma/rules-threat-hunting",
    ];
    files(&folders, "yml")
        .into_iter()
        .filter_map(|path| Some(SourceText::new(&path, std::fs::read_to_string(&path).ok()?)))
        .collect()
}

fn rules(texts: &[Arc<SourceText>]) -> SigmaRuleSet {
    let mut set = SigmaRuleSet::default();
    for text in texts {
        set.append(parse(text).0);
    }
    set
}

fn names(set: &SigmaRuleSet) -> Arc<Names> {
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    set.intern(&mut names);
    Arc::new(names.freeze())
}

fn compiled() -> SigmaEngine {
    let set = rules(&texts());
    let names = names(&set);
    SigmaEngine::new(set, &names).0
}

fn read(names: &Arc<Names>) -> Vec<Batch> {
    let options = ReadOptions {
        names: Arc::clone(names),
        ..ReadOptions::default()
    };
    let mut batches = Vec::new();
    for path in files(&["evtx-attack-samples", "sigma/regression_data"], "evtx") {
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

fn records(batches: &[Batch]) -> ItemsCount {
    ItemsCount::new(batches.iter().map(Batch::len).sum::<usize>())
}

/// Every rule from YAML.
#[divan::bench(sample_count = 5)]
fn parse_all(bencher: divan::Bencher) {
    let texts = texts();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| rules(black_box(&texts)));
}

/// Every rule into the engines.
#[divan::bench(sample_count = 5)]
fn compile_all(bencher: divan::Bencher) {
    let texts = texts();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .with_inputs(|| rules(&texts))
        .bench_local_values(|set| {
            let names = names(&set);
            SigmaEngine::new(set, &names)
        });
}

/// All recordings into batches.
#[divan::bench(sample_count = 5)]
fn read_all(bencher: divan::Bencher) {
    let names = names(&rules(&texts()));
    let counter = records(&read(&names));
    bencher.counter(counter).bench_local(|| read(&names));
}

/// All recordings, already read, with all rules.
#[divan::bench(sample_count = 5)]
fn search_all(bencher: divan::Bencher) {
    let engine = compiled();
    let batches = read(engine.names());
    bencher.counter(records(&batches)).bench_local(|| {
        let mut firings = Vec::new();
        let mut search = engine.start();
        for batch in &batches {
            search.feed(batch, &mut firings);
        }
        let tally = search.finish();
        engine.conclude(tally.held, SearchTime::after(None), &mut firings);
        firings
    });
}

/// All recordings, read and searched with all rules.
#[divan::bench(sample_count = 5)]
fn read_and_search_all(bencher: divan::Bencher) {
    let engine = compiled();
    let counter = records(&read(engine.names()));
    bencher.counter(counter).bench_local(|| {
        let mut firings = Vec::new();
        let mut search = engine.start();
        for batch in read(engine.names()) {
            search.feed(&batch, &mut firings);
        }
        let tally = search.finish();
        engine.conclude(tally.held, SearchTime::after(None), &mut firings);
        firings
    });
}
