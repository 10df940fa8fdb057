//! No text overflows the stack, and none takes long.

use misfire::detect::sumo::syntax::{parse, parse_expression};
use rstest::rstest;

#[rstest]
#[case("(", "a", ")")]
#[case("NOT ", "a", "")]
#[case("!", "a", "")]
#[case("[subquery: ", "a", "]")]
#[case("a | where (", "a", ")")]
#[case("a | where f(", "a", ")")]
#[case("a | where x in (", "a", ")")]
#[case("a | join (join ", "b", ")")]
#[case("a | transactionize x (", "merge", ")")]
#[case("a | where [subquery: a | where ", "b", "]")]
fn deep_queries_are_refused(#[case] open: &str, #[case] middle: &str, #[case] close: &str) {
    let text = format!("{}{middle}{}", open.repeat(50_000), close.repeat(50_000));
    assert!(parse(&text).is_err(), "it is too deep");
}

#[rstest]
#[case("a ? b : ")]
#[case("!")]
#[case("not ")]
#[case("-")]
#[case("f(")]
#[case("x in (")]
#[case("1 * (1 + (")]
#[case("[subquery: a | where ")]
fn deep_expressions_are_refused(#[case] part: &str) {
    let text = format!("{}a", part.repeat(50_000));
    let error = parse_expression(&text).expect_err("it is too deep");
    assert_eq!(error.message, "this nests too deeply");
}

#[rstest]
#[case("a OR ")]
#[case("a ")]
#[case("a | count | ")]
#[case("a in (b) ")]
#[case("\"a b\" ")]
#[case("a | where b + 1 * c and d or e | foo (x) | ")]
fn long_queries_are_read_in_time(#[case] part: &str) {
    let text = format!("{}a", part.repeat(20_000));
    let start = std::time::Instant::now();
    if let Ok(tree) = parse(&text) {
        assert_eq!(parse(&tree.to_string()), Ok(tree));
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(30));
}
