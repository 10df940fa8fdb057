//! The fuzzer's seeds and every golden expression, on a stable compiler.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../../fuzz/checks/cse.rs"]
mod check;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for folder in ["fuzz/seeds/cse", "tests/golden/cse"] {
        let entries = fs::read_dir(root.join(folder)).expect("the seeds");
        for entry in entries.flatten() {
            let bytes = fs::read(entry.path()).expect("a seed");
            check::run(&bytes);
            check::run(&bytes[..bytes.len() / 2]);
            count += 1;
        }
    }
    assert!(count > 40, "only {count} seeds");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Words of expressions in any order.
    #[test]
    fn any_words_are_answered(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "commandLine", "baseImage", "metadata_deviceEventId", "fields['EventData.Image']",
            "(", ")", "'", "'a'", "'%b%'", "'C:\\\\c'", "\"d\"", "=", "!=", "<>", "<", ">", "1",
            "AND", "OR", "NOT", "!", "IN", "LIKE", "RLIKE", "IS NULL", "IS NOT NULL", "BETWEEN",
            "lower(commandLine)", "array_contains(", ",", "isEmpty(user_username)", "length(",
            "matches", "/(a|b)+/", "contains", "null", "true", "| json field=fields", "as x",
            "| where", "hasThreatMatch([srcDevice_ip], confidence > 1)",
        ]), 0..24)) {
        check::run(words.join(" ").as_bytes());
    }

    /// Deep nesting is refused, and ends.
    #[test]
    fn deep_nesting_is_refused(depth in 1_usize..2000, kind in 0_usize..3) {
        let (open, close) = [("(", ")"), ("NOT (", ")"), ("lower(", ")")][kind];
        check::run(format!("{}commandLine = 'a'{}", open.repeat(depth), close.repeat(depth)).as_bytes());
    }
}
