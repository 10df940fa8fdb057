//! The table of functions.

use misfire::detect::cse::syntax::{FUNCTIONS, function};
use rstest::rstest;

#[rstest]
#[case("lower", 1, "toLowerCase")]
#[case("LOWER", 1, "toLowerCase")]
#[case("array_contains", 2, "array_contains")]
#[case("int", 1, "toInt")]
#[case("isBlank", 1, "isBlank")]
#[case("concat", 5, "concat")]
#[case("substring", 3, "substring")]
#[case("hasThreatMatch", 3, "hasThreatMatch")]
fn functions_are_known(#[case] name: &str, #[case] count: usize, #[case] section: &str) {
    let function = function(name).expect("the page describes it");
    assert_eq!(function.section, section);
    assert!(function.arity.accepts(count));
    assert_eq!(function.page, Some("Cloud SIEM Rules Syntax"));
}

#[rstest]
#[case("lower", 2)]
#[case("if", 2)]
#[case("concat", 1)]
#[case("round", 3)]
fn wrong_counts_are_known(#[case] name: &str, #[case] count: usize) {
    assert!(
        !function(name)
            .expect("the page describes it")
            .arity
            .accepts(count)
    );
}

#[test]
fn no_function_is_there_twice() {
    for (place, one) in FUNCTIONS.iter().enumerate() {
        assert_eq!(
            FUNCTIONS.iter().position(|other| other.name == one.name),
            Some(place)
        );
        let section = function(one.section).expect("a section is a function");
        assert_eq!(section.arity, one.arity, "{}", one.name);
    }
    assert_eq!(function("eval"), None);
}
