//! The check behind the `sumo` target, also replayed by a stable test: any text is
//! parsed, printed, lowered in both readings, and run on a few rows without a panic, and
//! what is parsed is printed so that it parses to the same again.

use misfire::detect::plan::{Value, apply};
use misfire::detect::sumo::lint::lint;
use misfire::detect::sumo::syntax::parse;
use misfire::detect::sumo::{Deployment, Environment, lower};
use misfire::detect::{Query, Reading, SearchTime};
use misfire::diagnostic::SourceText;

#[allow(
    clippy::duplicate_mod,
    reason = "each target is a program of its own, and one test replays them all"
)]
#[path = "findings.rs"]
mod findings;

/// Takes these bytes for a query.
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
    for (reading, deployment) in [
        (Reading::Strict, Deployment::default()),
        (Reading::Intent, Deployment::default().with_whole_messages()),
    ] {
        let environment = Environment {
            deployment,
            reading,
            ..Environment::default()
        };
        let query = Query {
            text,
            source: &source,
            places: &places,
        };
        findings::hold(&source, &lint(query, &environment));
        let lowered = lower(query, &environment);
        let Ok(plan) = lowered.plan else {
            assert!(!lowered.problems.is_empty(), "a refusal without a word");
            continue;
        };
        let row = |number: i64| {
            vec![
                (
                    "_messageTime".to_owned(),
                    Value::Integer(1_700_000_000_000 + number),
                ),
                (
                    "_raw".to_owned(),
                    Value::text("user=ada; n=1 {\"a\":[1,2]}"),
                ),
                ("a".to_owned(), Value::Integer(number)),
                ("b".to_owned(), Value::text("1.5")),
            ]
        };
        let rows: Vec<_> = (0..4).map(row).collect();
        let now = SearchTime("2026-11-02T09:14:00Z".parse().expect("a time"));
        let _ = apply(&plan, &rows, now);
    }
}
