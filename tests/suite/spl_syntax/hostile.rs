//! No text overflows the stack, and none takes long.

use std::time::{Duration, Instant};

use misfire::detect::spl::syntax::{Macro, MacroProblem, Macros, expand, parse, parse_expression};
use rstest::rstest;

const DEEP: usize = 100_000;

#[rstest]
#[case("(", "a", ")")]
#[case("NOT ", "a", "")]
#[case("[search ", "a", "]")]
#[case("a | where (", "a", ")")]
#[case("a | append [search b | append ", "[search c]", "]")]
fn deep_searches_are_refused(#[case] open: &str, #[case] middle: &str, #[case] close: &str) {
    let text = format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP));
    parse(&text).expect_err("it is too deep");
}

#[rstest]
#[case("(", ")")]
#[case("NOT ", "")]
#[case("-", "")]
#[case("f(", ")")]
#[case("x IN (", ")")]
#[case("1 * (1 + (", "))")]
#[case("[search a | where ", "]")]
fn deep_expressions_are_refused(#[case] open: &str, #[case] close: &str) {
    let text = format!("{}x{}", open.repeat(DEEP), close.repeat(DEEP));
    let error = parse_expression(&text).expect_err("it is too deep");
    assert_eq!(error.message, "this nests too deeply");
}

#[rstest]
#[case("a OR ")]
#[case("a ")]
#[case("a=1,")]
#[case("a | ")]
#[case("\"a b\" ")]
#[case("a IN (b) ")]
#[case("a | where b + 1 . c AND d OR e XOR f | table ")]
#[case("a | sort desc | table ")]
#[case("a | foreach x [eval y=\"]\"] | x ")]
fn long_searches_are_read_in_time(#[case] part: &str) {
    let text = format!("{}a", part.repeat(20_000));
    let start = Instant::now();
    let tree = parse(&text).expect("it is only long");
    assert_eq!(parse(&tree.to_string()), Ok(tree));
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[rstest]
#[case("a = 1 AND ")]
#[case("a . ")]
#[case("a.")]
#[case("1 * 2 + ")]
#[case("f(x) XOR ")]
fn long_expressions_are_read_in_time(#[case] part: &str) {
    let text = format!("{}a", part.repeat(50_000));
    let tree = parse_expression(&text).expect("it is only long");
    assert_eq!(parse_expression(&tree.to_string()), Ok(tree));
}

#[rstest]
#[case("a | foreach x [")]
#[case("a=\"")]
#[case("a | x \"")]
#[case("a | rex \"")]
#[case("a | stats c(")]
#[case("a | table x(")]
#[case("a IN (")]
fn what_stays_open_is_refused_in_time(#[case] part: &str) {
    let start = Instant::now();
    parse(&part.repeat(20_001)).expect_err("it stays open");
    assert!(start.elapsed() < Duration::from_secs(30));
}

fn named(name: &str, definition: String) -> Macro {
    Macro {
        name: name.to_owned(),
        arguments: Vec::new(),
        definition,
    }
}

#[rstest]
#[case("", 500)]
#[case("x", 2)]
#[case("xxxxxxxxxx", 100)]
fn macros_that_multiply_are_refused(#[case] last: &str, #[case] times: usize) {
    let mut macros = Macros::new();
    macros.insert(named("m0", last.to_owned()));
    for level in 1..20 {
        let call = format!("`m{}`", level - 1);
        macros.insert(named(&format!("m{level}"), call.repeat(times)));
    }
    let start = Instant::now();
    let result = expand("`m19` `m19` `m19`", &macros);
    assert!(start.elapsed() < Duration::from_secs(30));
    let error = result.expect_err("it is too large");
    assert_eq!(error.problem, MacroProblem::TooLarge);
}

#[rstest]
#[case("| map ", "x=\"\" ")]
#[case("| map ", "search=\"y\" ")]
#[case("", "```x``` ")]
#[case("", "\"`x` ")]
#[case("", "`a_filter` ")]
fn long_texts_are_expanded_in_time(#[case] head: &str, #[case] part: &str) {
    let text = format!("{head}{}", part.repeat(60_000));
    let start = Instant::now();
    let _ = expand(&text, &Macros::builtin());
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn long_arguments_do_not_multiply() {
    let mut macros = Macros::new();
    macros.insert(Macro {
        name: "m".to_owned(),
        arguments: vec!["x".to_owned()],
        definition: "$x$".repeat(10_000),
    });
    let text = format!("`m({})`", "y".repeat(100_000));
    let error = expand(&text, &macros).expect_err("it is too large");
    assert_eq!(error.problem, MacroProblem::TooLarge);
}
