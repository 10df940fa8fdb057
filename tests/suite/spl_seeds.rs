//! The fuzzer's seeds and findings, and every golden search, on a stable compiler.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../../fuzz/checks/spl.rs"]
mod check;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for folder in ["fuzz/seeds/spl", "tests/golden/spl"] {
        for entry in fs::read_dir(root.join(folder))
            .expect("the seeds")
            .flatten()
        {
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

    /// Words of searches in any order.
    #[test]
    fn any_words_are_answered(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "search", "|", "where", "eval", "x=", "a", "b", "(", ")", "[", "]", "\"", "'", "*",
            "stats", "count", "by", "values(a)", "as", "c", "AND", "OR", "NOT", "IN", "=", "!=",
            "<", "1", "1.5", "if(a>1,", "2,3)", "match(a,\"", "(?<n>x+)\")", "rex", "field=a",
            "rename", "a.b", "+", ".", "/", "%", ",", "\\", "`", "tstats", "from",
            "datamodel=Endpoint.Processes", "where Processes.process=x", "span=1h", "_time",
            "foreach", "<<FIELD>>", "join", "append", "mvexpand", "head", "dedup", "sort", "-",
            "fillnull", "value=0", "lookup", "bin", "transaction", "maxspan=5m", "spath",
        ]), 0..24)) {
        check::run(words.join(" ").as_bytes());
    }

    /// Deep nesting is refused, and ends.
    #[test]
    fn deep_nesting_is_refused(depth in 1_usize..2000, kind in 0_usize..4) {
        let (open, close) = [("(", ")"), ("[search ", "]"), ("NOT (", ")"), ("if(1=1,", ",1)")][kind];
        let inner = format!("{}x{}", open.repeat(depth), close.repeat(depth));
        check::run(format!("search {inner}").as_bytes());
        check::run(format!("search a | eval y={inner}").as_bytes());
    }
}
