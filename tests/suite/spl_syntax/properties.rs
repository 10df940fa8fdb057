//! What holds for every text and every tree.

use misfire::detect::spl::syntax::{
    Expression, Macro, Macros, Search, SearchExpression, Span, expand, parse, parse_expression,
    parse_search_expression,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::trees::{command, condition, expression, pipeline};

/// Words and marks of the language, for texts that come near to it.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        prop::sample::select(vec![
            " ",
            "|",
            "(",
            ")",
            "[",
            "]",
            ",",
            "=",
            "\"",
            "'",
            "`",
            "```",
            "\\",
            ".",
            "*",
            "-",
            "<",
            "!=",
            "$",
            "{",
            "}",
            "é",
            "\n",
            "0",
            "AND",
            "OR",
            "NOT",
            "IN",
            "by",
            "as",
            "search ",
            "where ",
            "eval ",
            "stats ",
            "count",
            "tstats ",
            "from ",
            "datamodel=",
            "rex ",
            "field=",
            "join ",
            "append ",
            "foreach ",
            "sort ",
            "head ",
            "dedup ",
            "lookup ",
            "OUTPUT ",
            "rename ",
            "bin ",
            "span=",
            "map ",
            "search=",
            "format ",
            "return ",
            "replace ",
            "with ",
            "regex ",
            "convert ",
            "TERM(",
            "CASE(",
            "m",
            "m(a)",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,3}",
    ];
    vec(fragment, 0..40).prop_map(|parts| parts.concat())
}

fn some_macros() -> Macros {
    let mut macros = Macros::builtin();
    for (name, arguments, definition) in [
        ("m", vec![], "a OR `n`"),
        ("n", vec![], "\"x"),
        ("m", vec!["x".to_owned()], "f($x$) \\ ```c```"),
    ] {
        macros.insert(Macro {
            name: name.to_owned(),
            arguments,
            definition: definition.to_owned(),
        });
    }
    macros
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = parse(&text);
        let _ = parse_expression(&text);
        let _ = expand(&text, &some_macros());
    }

    #[test]
    fn what_is_read_is_printed_and_read_again(text in fragments()) {
        if let Ok(tree) = parse(&text) {
            prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
        }
        if let Ok(tree) = parse_expression(&text) {
            prop_assert_eq!(parse_expression(&tree.to_string()), Ok(tree));
        }
    }

    #[test]
    fn a_place_in_expanded_text_is_in_the_text(text in fragments(), from in 0_usize..200, length in 0_usize..50) {
        if let Ok(expanded) = expand(&text, &some_macros()) {
            let span = Span::new(from, from + length);
            if span.of(&expanded.text).is_some() {
                prop_assert!(expanded.map.original(span).of(&text).is_some());
            }
        }
    }

    #[test]
    fn an_error_is_within_the_text(text in fragments()) {
        if let Err(error) = parse(&text) {
            prop_assert!(error.span.of(&text).is_some(), "{:?}", error);
            prop_assert!(!error.message.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_expression_is_printed_and_read(kind in expression()) {
        let tree: Expression = kind.into();
        prop_assert_eq!(parse_expression(&tree.to_string()), Ok(tree));
    }

    #[test]
    fn every_condition_is_printed_and_read(kind in condition()) {
        let tree: SearchExpression = kind.into();
        prop_assert_eq!(parse_search_expression(&tree.to_string()), Ok(tree));
    }

    #[test]
    fn every_search_is_printed_and_read(commands in vec(command(), 1..5)) {
        let tree = Search { pipeline: pipeline(commands) };
        prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
    }
}
