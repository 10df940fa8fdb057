//! What the tests of the Sigma engine share: corpora, reading, and events
//! without files.

#![allow(
    dead_code,
    unused_imports,
    reason = "each of the two test programs uses its own part"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use misfire::detect::sigma::{SigmaEngine, SigmaRuleSet, parse};
use misfire::detect::{Engine, Firing, Tally};
use misfire::diagnostic::{Diagnostic, Ink, SourceText, to_text};
use misfire::event::catalogue::Catalogue;
use misfire::event::{Batch, FileId, Names};
use misfire::log::{ReadOptions, open};

pub mod cases;
pub mod clock;
pub mod corpora;
pub mod events;
pub mod golden;
pub mod home;
pub mod lint;
pub mod manifest;
pub mod pages;
pub mod project;
pub mod report;
pub mod shapes;

pub use corpora::{corpus, files, published};

/// Parses one text under a name; panics on problems.
pub fn rules(text: &str) -> SigmaRuleSet {
    let (set, problems) = parse(&SourceText::new("rule.yml", text));
    assert_eq!(to_text(&problems, Ink::Plain), "", "in:\n{text}");
    set
}

/// Parses many files, without regard to problems.
pub fn parse_files(paths: &[PathBuf]) -> (SigmaRuleSet, Vec<Diagnostic>) {
    let mut set = SigmaRuleSet::default();
    let mut problems = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).expect("a readable rule");
        let (one, found) = parse(&SourceText::new(path, text));
        set.append(one);
        problems.extend(found);
    }
    (set, problems)
}

/// The table of names that a set needs.
pub fn names_of(set: &SigmaRuleSet) -> Arc<Names> {
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    set.intern(&mut names);
    Arc::new(names.freeze())
}

/// Compiles a set whose rules all compile.
pub fn engine(set: SigmaRuleSet) -> SigmaEngine {
    let names = names_of(&set);
    let (engine, problems) = SigmaEngine::new(set, &names);
    assert_eq!(to_text(&problems, Ink::Plain), "");
    engine
}

/// The engine of one text.
pub fn engine_of(text: &str) -> SigmaEngine {
    engine(rules(text))
}

/// Reads a whole log; panics on anything that cannot be read.
pub fn read(path: &Path, file: FileId, names: &Arc<Names>) -> Vec<Batch> {
    let options = ReadOptions {
        names: Arc::clone(names),
        ..ReadOptions::default()
    };
    let mut log = open(path, file, &options).expect("a readable log");
    let mut batches = Vec::new();
    while let Some(chunk) = log.next_chunk() {
        let decoded = chunk.expect("an undamaged log").decode(&options);
        assert_eq!(to_text(&decoded.problems, Ink::Plain), "");
        batches.push(decoded.batch);
    }
    batches
}

/// Searches batches on one thread and concludes.
pub fn search(engine: &SigmaEngine, batches: &[Batch]) -> Vec<Firing> {
    search_with_tally(engine, batches).0
}

/// The same, with what was seen.
pub fn search_with_tally(engine: &SigmaEngine, batches: &[Batch]) -> (Vec<Firing>, Tally) {
    let mut firings = Vec::new();
    let mut search = engine.start();
    for batch in batches {
        search.feed(batch, &mut firings);
    }
    let mut tally = search.finish();
    let now = misfire::detect::SearchTime::after(tally.latest());
    engine.conclude(std::mem::take(&mut tally.held), now, &mut firings);
    misfire::detect::sort(&mut firings);
    (firings, tally)
}
