//! The fuzzer's seeds and every golden query, on a stable compiler.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../../fuzz/checks/sumo.rs"]
mod check;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for folder in ["fuzz/seeds/sumo", "tests/golden/sumo"] {
        let entries = fs::read_dir(root.join(folder)).expect("the seeds");
        for entry in entries.flatten() {
            println!("{}", entry.path().display());
            let bytes = fs::read(entry.path()).expect("a seed");
            check::run(&bytes);
            check::run(&bytes[..bytes.len() / 2]);
            count += 1;
        }
    }
    assert!(count > 60, "only {count} seeds");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Words of queries in any order.
    #[test]
    fn any_words_are_answered(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "*", "|", "where", "eval", "a", "b", "x", "(", ")", "[subquery:", "]", "\"", "%\"a.b\"",
            "count", "by", "sum(a)", "as", "c", "and", "OR", "not", "in", "=", "!=", "<", "1", "1.5",
            "if(a>1,", "2,3)", "? 1 : 2", "matches", "/(?<n>x+)/", "\"*.exe\"", "contains", "parse",
            "regex", "\"user=*;\"", "nodrop", "field=a", "json", "auto", "maxdepth 5", "\"a.b\"",
            "fields", "-", "sort", "desc", "+b", "top 3", "limit 2", "timeslice 5m", "dedup",
            "_messageTime", "_sourceCategory=a/*", "toLowerCase(a)", "replace(a,", "isNull(a)",
            "null", "true", "!", "substring(a, 1, 2)", "coalesce(a, b)", "total a", "smooth a, 3",
            "values(a)", "pct(a, 50)", "//", "/*", "*/",
        ]), 0..24)) {
        check::run(words.join(" ").as_bytes());
    }

    /// Deep nesting is refused, and ends.
    #[test]
    fn deep_nesting_is_refused(depth in 1_usize..2000, kind in 0_usize..4) {
        let (open, close) = [("(", ")"), ("[subquery: ", "]"), ("!(", ")"), ("if(a=1,", ",1)")][kind];
        let inner = format!("{}a{}", open.repeat(depth), close.repeat(depth));
        check::run(inner.as_bytes());
        check::run(format!("* | where {inner}").as_bytes());
        check::run(format!("* | {inner} as y").as_bytes());
    }
}
