//! What holds for every text and every tree.

use misfire::detect::cse::syntax::{Expression, like_pieces, parse};
use proptest::collection::vec;
use proptest::prelude::*;

use super::trees::{expression, piped};

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
            "\\",
            ".",
            "*",
            "-",
            "/",
            "%",
            "<",
            ">",
            "!",
            "&&",
            "||",
            "{{",
            "}}",
            "é",
            "“",
            "\n",
            "0",
            "1s",
            "/*",
            "*/",
            "//",
            " AND ",
            " OR ",
            " NOT ",
            " IN (",
            " LIKE ",
            " RLIKE ",
            " matches /",
            " BETWEEN ",
            " IS ",
            " NULL",
            " ESCAPE ",
            "'a'",
            "\"b\"",
            "true",
            "null",
            "fields[",
            "lower(",
            "hasThreatMatch([",
            "all_indicators",
            "json field=",
            " as ",
            "where ",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,3}",
    ];
    vec(fragment, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_panics(text in any::<String>(), escape in any::<char>()) {
        let _ = parse(&text);
        let _ = like_pieces(&text, escape);
    }

    #[test]
    fn what_is_read_is_printed_and_read_again(text in fragments()) {
        if let Ok(tree) = parse(&text) {
            prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
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
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_expression_is_printed_and_read(kind in expression()) {
        let tree: Expression = kind.into();
        prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
    }

    #[test]
    fn every_pipe_is_printed_and_read(kind in piped()) {
        let tree: Expression = kind.into();
        prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
    }
}
