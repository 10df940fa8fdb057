//! The check behind the `sigma_yaml` target, also replayed by a stable test: any
//! text is parsed and compiled without a panic, its problems can be rendered, and
//! a text that gives no rule says why.

use std::sync::Arc;

use misfire::detect::Engine;
use misfire::detect::ProgramId;
use misfire::detect::sigma::{SigmaEngine, parse};
use misfire::diagnostic::{Ink, SourceText, to_json, to_text};
use misfire::event::Names;

/// Reads these bytes as a Sigma file.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (set, mut problems) = parse(&SourceText::new("rule.yml", text));
    assert!(
        !set.is_empty() || set.other_files > 0 || !problems.is_empty(),
        "a file without a rule is told of"
    );
    let mut names = Names::builder();
    set.intern(&mut names);
    let (engine, found) = SigmaEngine::new(set, &Arc::new(names.freeze()));
    problems.extend(found);
    for number in 0..engine.programs().len() {
        let program = ProgramId(u32::try_from(number).expect("few programs"));
        let _ = engine.predicates(program);
        let _ = engine.coverage(program);
    }
    let _ = to_text(&problems, Ink::Plain);
    let _: Vec<_> = problems.iter().map(to_json).collect();
}
