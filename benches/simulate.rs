//! Simulating atomics.
//!
//! `cargo bench --bench simulate`; with the shared corpora at hand also every public
//! atomic there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use misfire::content::atomic::{Atomic, load_atomics};
use misfire::content::bundled_atomics;
use misfire::run::{Interrupt, SimulateOptions, simulate};

fn main() {
    divan::main();
}

fn options() -> SimulateOptions {
    SimulateOptions {
        profiles: Vec::new(),
        arguments: BTreeMap::new(),
        start: "2026-11-02T09:14:00Z".parse().expect("a time"),
        seed: 0,
        threads: std::num::NonZero::new(1),
        interrupt: Interrupt::default(),
    }
}

fn bench(bencher: Bencher, atomics: &[Arc<Atomic>]) {
    let options = options();
    bencher
        .counter(ItemsCount::new(atomics.len()))
        .bench_local(|| {
            let tests = simulate(atomics, &options);
            let runs = tests.iter().filter_map(|test| test.result.as_ref().ok());
            runs.flatten().map(|run| run.events.len()).sum::<usize>()
        });
}

/// The ten bundled tests, on one thread.
#[divan::bench(sample_count = 20)]
fn bundled(bencher: Bencher) {
    bench(bencher, &bundled_atomics().atomics);
}

/// Every public atomic at hand, on one thread.
#[divan::bench(sample_count = 5)]
fn public(bencher: Bencher) {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let folder = shared.join("corpora/atomic-red-team/atomics");
    if !folder.is_dir() {
        println!("the shared corpora are not at hand, so nothing is measured");
        return;
    }
    bench(bencher, &load_atomics(&folder).atomics);
}
