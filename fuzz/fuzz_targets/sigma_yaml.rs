//! Any text as a Sigma file: parsed, compiled, and its problems rendered.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use misfire::detect::sigma::{SigmaEngine, parse};
use misfire::diagnostic::{Ink, SourceText, to_json, to_text};
use misfire::event::Names;

fuzz_target!(|text: &str| {
    let (set, mut problems) = parse(&SourceText::new("rule.yml", text));
    let mut names = Names::builder();
    set.intern(&mut names);
    let (_, found) = SigmaEngine::new(set, &Arc::new(names.freeze()));
    problems.extend(found);
    let _ = to_text(&problems, Ink::Plain);
    let _: Vec<_> = problems.iter().map(to_json).collect();
});
