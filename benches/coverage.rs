//! The page of a technique, and the index of a whole corpus, over the public rules.
//!
//! `cargo bench --bench coverage`, with the shared corpora beside the repository or where
//! `MISFIRE_SHARED` points.

use std::path::{Path, PathBuf};

use misfire::content::atomic::TechniqueId;
use misfire::content::{QuerySettings, load_detections_with};
use misfire::coverage::{Corpus, Scope, index, page};
use misfire::detect::Engine;
use misfire::run::compile;

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

fn surveyed(folders: &[&str]) -> Corpus {
    let paths: Vec<_> = folders
        .iter()
        .map(|folder| corpora().join(folder))
        .collect();
    let loaded = load_detections_with(&paths, &QuerySettings::default());
    let (engine, _, _) = compile(loaded.sigma, loaded.plans);
    assert!(!engine.programs().is_empty(), "the corpora are not here");
    Corpus::survey(&engine, &loaded.foreign)
}

/// From files to the index: all of SigmaHQ's rules and Splunk's detections.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn whole_index() -> usize {
    let corpus = surveyed(&["sigma/rules", "splunk/detections"]);
    index(&corpus, None).techniques.len()
}

/// From files to a page: the rules for Windows.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn one_page() -> usize {
    let corpus = surveyed(&["sigma/rules/windows"]);
    let technique = TechniqueId::parse("T1219").expect("an id");
    let page = page(&corpus, &technique, Scope::SubTechniques, None).expect("a page");
    page.indicators.len()
}

/// The page alone, once everything is surveyed.
#[divan::bench]
fn page_of_a_surveyed_corpus(bencher: divan::Bencher) {
    let corpus = surveyed(&["sigma/rules/windows"]);
    let technique = TechniqueId::parse("T1059").expect("an id");
    bencher.bench_local(|| page(&corpus, &technique, Scope::SubTechniques, None));
}
