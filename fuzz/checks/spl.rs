//! The check behind the `spl` target, also replayed by a stable test: any text is
//! expanded, parsed, printed, lowered, and run on a few rows without a panic, and what
//! is parsed is printed so that it parses to the same again.

use misfire::detect::SearchTime;
use misfire::detect::plan::{Value, apply};
use misfire::detect::spl::lint::lint;
use misfire::detect::spl::syntax::{expand, parse};
use misfire::detect::spl::{Environment, Query, lower};
use misfire::diagnostic::SourceText;

#[allow(
    clippy::duplicate_mod,
    reason = "each target is a program of its own, and one test replays them all"
)]
#[path = "findings.rs"]
mod findings;

/// Takes these bytes for a search.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let environment = Environment::default();
    if let Ok(expanded) = expand(text, &environment.macros)
        && let Ok(tree) = parse(&expanded.text)
    {
        let printed = tree.to_string();
        // Parentheses that printing adds may be too many.
        if let Ok(again) = parse(&printed) {
            assert_eq!(tree, again, "{printed}");
        } else {
            assert!(printed.matches(['(', '[']).count() > 20, "{printed}");
        }
    }
    let source = SourceText::new("search.yml", text);
    let places: Vec<usize> = (0..text.len()).collect();
    let query = Query {
        text,
        source: &source,
        places: &places,
    };
    findings::hold(&source, &lint(query, &environment));
    let lowered = lower(query, &environment);
    let Ok(plan) = lowered.plan else {
        assert!(!lowered.problems.is_empty(), "a refusal without a word");
        return;
    };
    let row = |number: i64| {
        vec![
            ("_time".to_owned(), Value::Integer(1_700_000_000 + number)),
            ("_raw".to_owned(), Value::text("{\"a\":[1,2]} <x>y</x>")),
            ("a".to_owned(), Value::Integer(number)),
            (
                "b".to_owned(),
                Value::list(vec![Value::text("x"), Value::text("1.5")]),
            ),
            (
                "Image".to_owned(),
                Value::text(r"C:\Windows\System32\cmd.exe"),
            ),
        ]
    };
    let rows: Vec<_> = (0..4).map(row).collect();
    let now = SearchTime("2026-11-02T09:14:00Z".parse().expect("a time"));
    let _ = apply(&plan, &rows, now);
}
