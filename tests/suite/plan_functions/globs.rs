//! Patterns with wildcards.

use misfire::detect::plan::compare::Case;
use misfire::detect::plan::pattern::{Glob, Piece};
use rstest::rstest;

fn is_blank(character: char) -> bool {
    character == ' ' || character == '\\'
}

#[rstest]
#[case("abc", "ABC", true)]
#[case("a*c", "abbbc", true)]
#[case("a*c", "abbbd", false)]
#[case("*", "", true)]
#[case("", "", true)]
#[case("", "a", false)]
#[case("**a**", "xax", true)]
#[case("*ab*ab", "abxab", true)]
#[case("Ü*", "über", true)]
fn whole_texts_match(#[case] pattern: &str, #[case] text: &str, #[case] expected: bool) {
    assert_eq!(
        Glob::star(pattern, Case::Insensitive).matches(text),
        expected
    );
}

#[rstest]
#[case("whoami", "run whoami now", true)]
#[case("whoami", "run whoami2 now", false)]
#[case("whoami", "xwhoami", false)]
#[case("whoami", "WHOAMI", true)]
#[case("whoam*", "a whoami2", true)]
#[case("*ami", "xwhoami b", true)]
#[case("*ami", "xwhoamib", false)]
#[case("a*c", "a b c d", true)]
#[case("a*c", "a b cd", false)]
#[case("\\x", "a\\x b", true)]
#[case("", "a", false)]
#[case("", "a b", false)]
#[case("", "a ", true)]
fn tokens_match(#[case] pattern: &str, #[case] text: &str, #[case] expected: bool) {
    let glob = Glob::star(pattern, Case::Insensitive);
    assert_eq!(glob.finds_between(text, is_blank), expected);
}

#[test]
fn parts_match() {
    let glob = Glob::new(
        vec![
            Piece::Literal("a".to_owned()),
            Piece::AnyOne,
            Piece::Literal("*".to_owned()),
        ],
        Case::Sensitive,
    );
    assert!(glob.finds("xab*x"));
    assert!(!glob.finds("xAb*x"));
    assert!(!glob.finds("xa*"));
    assert_eq!(glob.to_string(), "a?*");
}

#[test]
fn hostile_patterns_end() {
    let glob = Glob::star(&"a*".repeat(200), Case::Insensitive);
    let text = "a".repeat(20_000);
    assert!(!glob.finds_between(&format!("x{text}x"), is_blank));
    assert!(glob.finds(&text));
    let glob = Glob::star(&format!("{}b", "*a".repeat(200)), Case::Sensitive);
    assert!(!glob.matches(&text));
    assert!(!glob.finds(&text));
}
