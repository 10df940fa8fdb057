//! No text overflows the stack, and none takes long.

use std::time::{Duration, Instant};

use misfire::detect::cse::syntax::parse;
use rstest::rstest;

const DEEP: usize = 100_000;

#[rstest]
#[case("(", ")")]
#[case("NOT ", "")]
#[case("!", "")]
#[case("-", "")]
#[case("f(", ")")]
#[case("x IN (", ")")]
#[case("1 * (1 + (", "))")]
#[case("hasThreatMatch([a], ", ")")]
#[case("| where (", ")")]
fn deep_expressions_are_refused(#[case] open: &str, #[case] close: &str) {
    let opening = open.repeat(DEEP).replacen("| where (", "", DEEP - 1);
    let text = if open.starts_with('|') {
        format!("| where {}x{}", "(".repeat(DEEP), ")".repeat(DEEP))
    } else {
        format!("{opening}x{}", close.repeat(DEEP))
    };
    let error = parse(&text).expect_err("it is too deep");
    assert_eq!(error.message, "this nests too deeply");
}

#[test]
fn what_is_as_deep_as_it_may_be_is_read() {
    let text = format!("{}x{}", "(".repeat(64), ")".repeat(64));
    assert_eq!(parse(&text), parse("x"));
}

#[rstest]
#[case("a = 1 AND ")]
#[case("a = 'b' OR ")]
#[case("1 * 2 + ")]
#[case("f(x) && b /* c */ || ")]
#[case("a LIKE '%b' AND a matches /c/ AND ")]
fn long_expressions_are_read_in_time(#[case] part: &str) {
    let text = format!("{}a", part.repeat(50_000));
    let start = Instant::now();
    let tree = parse(&text).expect("it is only long");
    assert_eq!(parse(&tree.to_string()), Ok(tree));
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[rstest]
#[case("a = \"")]
#[case("/* ")]
#[case("a matches /")]
#[case("f(a, ")]
#[case("fields['a'")]
#[case("| json field=a \"b\" as c ")]
#[case("hasThreatMatch([a, ")]
fn what_stays_open_is_refused_in_time(#[case] part: &str) {
    let start = Instant::now();
    parse(&part.repeat(20_001)).expect_err("it stays open");
    assert!(start.elapsed() < Duration::from_secs(30));
}
