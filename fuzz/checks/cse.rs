//! The check behind the `cse` target, also replayed by a stable test: any text is
//! parsed, printed, linted, and lowered as an expression of Cloud SIEM without a panic,
//! and what is parsed is printed so that it parses to the same again.

use misfire::detect::Query;
use misfire::detect::cse::lint::lint;
use misfire::detect::cse::syntax::parse;
use misfire::detect::cse::{Environment, lower};
use misfire::diagnostic::SourceText;

#[allow(
    clippy::duplicate_mod,
    reason = "each target is a program of its own, and one test replays them all"
)]
#[path = "findings.rs"]
mod findings;

/// Takes these bytes for an expression.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(tree) = parse(text) {
        let printed = tree.to_string();
        // Parentheses that printing adds may be too many.
        if let Ok(again) = parse(&printed) {
            assert_eq!(tree, again, "{printed}");
        } else {
            assert!(printed.matches(['(', '[']).count() > 20, "{printed}");
        }
    }
    let source = SourceText::new("query.yml", text);
    let places: Vec<usize> = (0..text.len()).collect();
    let query = Query {
        text,
        source: &source,
        places: &places,
    };
    let environment = Environment::default();
    findings::hold(&source, &lint(query, &environment));
    let lowered = lower(query, &environment);
    if lowered.plan.is_err() {
        assert!(!lowered.problems.is_empty(), "a refusal without a word");
    }
}
