//! What is not of the rule language is refused with the place and the cause.

use misfire::detect::cse::syntax::parse;
use rstest::rstest;

#[rstest]
#[case("", "", "the expression is empty", "field")]
#[case("  \n", "", "the expression is empty", "field")]
#[case("a AND", "", "the expression ends too early", "field")]
#[case("AND a", "AND", "`AND` cannot stand here", "field")]
#[case("a OR OR b", "OR", "`OR` cannot stand here", "field")]
#[case("NOT", "", "the expression ends too early", "function")]
#[case("a =", "", "the expression ends too early", "text")]
#[case("a = = b", "=", "`=` cannot stand here", "number")]
#[case("a = 1 = 2", "=", "a comparison cannot be compared again", "`AND`")]
#[case(
    "a LIKE 'b' = c",
    "=",
    "a comparison cannot be compared again",
    "`AND`"
)]
#[case("a =< 1", "<", "`<` cannot stand here", "field")]
#[case("a b", "b", "`b` cannot stand here", "operator")]
#[case("(a", "(", "this parenthesis is never closed", "`)`")]
#[case("a)", ")", "this parenthesis closes nothing", "")]
#[case("a]", "]", "this bracket closes nothing", "")]
#[case("()", ")", "`)` cannot stand here", "field")]
#[case("(a b)", "b", "`b` cannot stand here", "`)`")]
#[case("f(a", "(", "this parenthesis is never closed", "`)`")]
#[case("f(a b)", "b", "`b` cannot stand here", "`,`")]
#[case("f(a,)", ")", "`)` cannot stand here", "field")]
#[case("a = 'b", "'", "this quote is never closed", "`'`")]
#[case("a = \"b'", "\"", "this quote is never closed", "`\"`")]
#[case("a LIKE '%\\temp\\'", "'", "this quote is never closed", "`'`")]
#[case("a matches /b", "/", "this regular expression is never closed", "`/`")]
#[case("a RLIKE /b/", "/", "`/` cannot stand here", "text")]
#[case("a /* b", "/*", "this comment is never closed", "`*/`")]
#[case("a // b", "/", "`/` cannot stand here", "operator")]
#[case("a IN ()", "()", "this list is empty", "value")]
#[case("a IN 'b'", "'", "`'` cannot stand here", "`(`")]
#[case("a IN ('b'", "(", "this parenthesis is never closed", "`)`")]
#[case("a BETWEEN 1", "", "the expression ends too early", "`AND`")]
#[case("a BETWEEN 1 OR 2", "OR", "`OR` cannot stand here", "`AND`")]
#[case("a IS", "", "the expression ends too early", "`NULL`")]
#[case("a IS true", "true", "`true` cannot stand here", "`NULL`")]
#[case("a NOT = 1", "=", "`=` cannot stand here", "`LIKE`")]
#[case("a NOT", "", "the expression ends too early", "`IN`")]
#[case("a LIKE 'b' ESCAPE 'cd'", "'cd'", "an escape is one letter", "`'!'`")]
#[case("a LIKE 'b' ESCAPE c", "c", "`c` cannot stand here", "text")]
#[case("3com > 1", "3com", "this is neither a number nor a name", "number")]
#[case("a > 1q", "1q", "this is neither a number nor a name", "number")]
#[case("fields[a]", "a", "`a` cannot stand here", "text")]
#[case("fields['a'", "[", "this bracket is never closed", "`]`")]
#[case("fields['a' b]", "b", "`b` cannot stand here", "`]`")]
#[case(
    "fields[99999999999]",
    "99999999999",
    "`99999999999` cannot stand here",
    "whole number"
)]
#[case("hasThreatMatch(a)", "a", "`a` cannot stand here", "`[`")]
#[case("hasThreatMatch([])", "]", "`]` cannot stand here", "field")]
#[case(
    "hasThreatMatch([a], b = 1, c)",
    "c",
    "`c` cannot stand here",
    "`all_indicators`"
)]
#[case("hasThreatMatch([a]", "(", "this parenthesis is never closed", "`)`")]
#[case("a | b", "|", "`|` cannot stand here", "`AND`")]
#[case("| b", "b", "`b` cannot stand here", "`json`")]
#[case(
    "| where a | where b",
    "| where",
    "only one `where` may stand in an expression",
    "`AND`"
)]
#[case(
    "| json \"a\" as b | where b",
    "\"",
    "`\"` cannot stand here",
    "`field=`"
)]
#[case(
    "| json field=fields \"a\" | where b",
    "|",
    "`|` cannot stand here",
    "`as`"
)]
#[case(
    "| json field=fields \"a\", \"b\" as c | where c",
    "\"a\", \"b\" as c",
    "there must be as many names as paths",
    ""
)]
#[case(
    "| json field=fields \"a\" as b",
    "",
    "the expression ends too early",
    "`| where`"
)]
#[case("(| where a)", "|", "`|` cannot stand here", "field")]
#[case("a = b.", ".", "`.` cannot stand here", "operator")]
#[case("a = ?", "?", "`?` cannot stand here", "field")]
fn broken_expressions_are_refused(
    #[case] text: &str,
    #[case] place: &str,
    #[case] message: &str,
    #[case] expected: &str,
) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.message, message, "{text}");
    assert_eq!(error.span.of(text), Some(place), "{text}: {error:?}");
    let offers = expected.is_empty() || error.expected.iter().any(|one| one == expected);
    assert!(offers, "{text}: {error:?}");
}

#[rstest]
// Cloud SIEM Rules Syntax: contains has only the form of a call.
#[case("a contains 'b'", "write `contains(field, text)`")]
// Cloud SIEM Rules Syntax: /* */; two slashes are no comment.
#[case("a // b", "only `/* … */` is a comment")]
#[case("a = “b”", "use straight quotes")]
// Write a Match Rule: templates stand in the texts of a signal.
#[case(
    "user_username = {{x}}",
    "templates stand in the texts of a signal, not in an expression"
)]
#[case("%\"a.b\" = 1", "write the field as `fields[\"name\"]`")]
#[case("if(a, 1, 0) as b", "only a `json` pipe names its result")]
#[case(
    "a | count",
    "only `json` pipes and one `where` may stand before a condition"
)]
#[case("a RLIKE /b/", "write `RLIKE '…'` or `matches /…/`")]
fn common_mistakes_are_explained(#[case] text: &str, #[case] help: &str) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.help.as_deref(), Some(help), "{error:?}");
}

#[test]
fn long_words_are_cut() {
    let text = format!("a {}", "b".repeat(100));
    let error = parse(&text).expect_err("two words");
    assert_eq!(
        error.message,
        format!("`{}…` cannot stand here", "b".repeat(40))
    );
    assert_eq!(error.to_string(), error.message);
}
