//! `LIKE` patterns, taken apart.

use misfire::detect::cse::syntax::{LikePiece, like_pieces};
use rstest::rstest;

fn shape(pattern: &str, escape: char) -> Vec<String> {
    like_pieces(pattern, escape)
        .into_iter()
        .map(|piece| match piece {
            LikePiece::Literal(text) => text,
            LikePiece::One => "<one>".to_owned(),
            LikePiece::Many => "<many>".to_owned(),
        })
        .collect()
}

#[rstest]
// Cloud SIEM Rules Syntax: like.
#[case("%admin%", '\\', &["<many>", "admin", "<many>"])]
#[case("a_c", '\\', &["a", "<one>", "c"])]
#[case("", '\\', &[])]
#[case(r"\%SystemDrive\%\\Users%", '\\', &[r"%SystemDrive%\Users", "<many>"])]
#[case("50!%!_!!", '!', &["50%_!"])]
// The vendor's rules: a backslash before another letter stands for itself.
#[case(r"%\cmd.exe", '\\', &["<many>", r"\cmd.exe"])]
#[case(r"\users\%", '\\', &[r"\users%"])]
#[case(r"a\", '\\', &[r"a\"])]
#[case(r"a\%", '!', &[r"a\", "<many>"])]
fn patterns_are_taken_apart(#[case] pattern: &str, #[case] escape: char, #[case] wanted: &[&str]) {
    assert_eq!(shape(pattern, escape), wanted);
}
