//! What is not SPL is refused with the place and the cause.

use misfire::detect::spl::syntax::parse;
use rstest::rstest;

#[rstest]
#[case("", "", "the search is empty", "search")]
#[case("a | ", "", "the search ends too early", "command")]
#[case("a | | b", "|", "the command ends too early", "command")]
#[case("a (b", "(", "this parenthesis is never closed", "`)`")]
#[case("a b)", ")", "this parenthesis closes nothing", "")]
#[case("a ]", "]", "this bracket closes nothing", "")]
#[case("a ()", "()", "these parentheses are empty", "keyword")]
#[case("a OR", "", "the search ends too early", "keyword")]
#[case("a OR | table b", "|", "the command ends too early", "keyword")]
#[case("OR a", "OR", "`OR` cannot stand here", "keyword")]
#[case("NOT", "", "the search ends too early", "keyword")]
#[case("a=", "", "the search ends too early", "value")]
#[case("a=(b OR c)", "(", "`(` cannot stand here", "value")]
#[case("a=\"b", "\"", "this quote is never closed", "`\"`")]
#[case("a IN ()", "()", "this list is empty", "value")]
#[case("a IN (b", "(", "this parenthesis is never closed", "`)`")]
#[case("`a`", "`", "a backtick cannot stand here", "keyword")]
#[case("a | where", "", "the search ends too early", "field")]
#[case("a | where x = ", "", "the search ends too early", "field")]
#[case("a | where x y", "y", "`y` cannot stand here", "`|`")]
#[case(
    "a | where x = 1 = 2",
    "=",
    "a comparison cannot be compared again",
    "`AND`"
)]
#[case("a | where x IN 1", "1", "`1` cannot stand here", "`(`")]
#[case("a | where AND x", "AND", "`AND` cannot stand here", "function")]
#[case("a | where if(x, 1", "(", "this parenthesis is never closed", "`)`")]
#[case(
    "a | where 3com > 1",
    "3com",
    "this is neither a number nor a name",
    "number"
)]
#[case("a | eval x", "", "the search ends too early", "`=`")]
#[case("a | eval x=1,", "", "the search ends too early", "field")]
#[case("a | eval x=1 y=2", "y", "`y` cannot stand here", "`,`")]
#[case("a | eval x=\"y", "\"", "this quote is never closed", "`\"`")]
#[case("a | rename x y", "y", "`y` cannot stand here", "`AS`")]
#[case("a | table", "", "the search ends too early", "field")]
#[case("a | stats", "", "the search ends too early", "function")]
#[case("a | stats by x", "by", "`by` cannot stand here", "function")]
#[case("a | stats count by", "", "the search ends too early", "field")]
#[case(
    "a | stats values(x by y",
    "(",
    "this parenthesis is never closed",
    "`)`"
)]
#[case(
    "a | stats window=5 count",
    "window",
    "`window` is not an option of `stats`",
    "allnum"
)]
#[case(
    "a | streamstats current=maybe count",
    "maybe",
    "`maybe` is neither true nor false",
    "true"
)]
#[case("a | head limit=x", "x", "`x` cannot stand here", "whole number")]
#[case(
    "a | mvexpand x limit=y",
    "y",
    "`y` is not a whole number",
    "whole number"
)]
#[case(
    "a | join type=cross x [search b]",
    "cross",
    "`cross` is not a value of this option",
    "inner"
)]
#[case("a | join x", "", "the search ends too early", "`[`")]
#[case("a | append [search b", "[", "this bracket is never closed", "`]`")]
#[case(
    "a | append [index=b]",
    "index",
    "`index` is a field, not a command",
    "command"
)]
#[case("a | append []", "]", "the bracket closes too early", "command")]
#[case("a | foreach x [ eval y", "[", "this bracket is never closed", "`]`")]
#[case("a | lookup t", "", "the search ends too early", "field of the table")]
#[case(
    "a | rex field=x",
    "",
    "the search ends too early",
    "regular expression"
)]
#[case("a | convert ctime x", "x", "`x` cannot stand here", "`(`")]
#[case("a | replace x in y", "in", "`in` cannot stand here", "`WITH`")]
#[case("a | table x=y", "x", "`x` is not an option of `table`", "")]
#[case(
    "| tstats count from model=x",
    "model",
    "`model` cannot stand here",
    "`datamodel=`"
)]
#[case(
    "| tstats count from datamodel=.x",
    ".x",
    "this is not the name of a data model",
    "data model"
)]
#[case("a | sort", "", "the search ends too early", "field")]
#[case(
    "a | format \"x\"",
    "\"x\"",
    "`format` takes six texts or none",
    "six texts"
)]
#[case(
    "a | head 99999999999999999999999",
    "99999999999999999999999",
    "this number is too large",
    "whole number"
)]
fn a_broken_search_is_refused(
    #[case] text: &str,
    #[case] place: &str,
    #[case] message: &str,
    #[case] expected: &str,
) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.message, message, "{error:?}");
    assert_eq!(error.span.of(text), Some(place), "{error:?}");
    let first = error.expected.first().map_or("", String::as_str);
    let named = expected == first || error.expected.iter().any(|one| one == expected);
    assert!(named, "{error:?}");
}

#[test]
fn help_says_what_to_write() {
    let help = |text: &str| parse(text).expect_err(text).help.unwrap_or_default();
    assert_eq!(
        help("a=(b OR c)"),
        "compare with several values by `field IN (a, b)`"
    );
    assert_eq!(
        help("a | append [index=b]"),
        "write `search` before a condition"
    );
    assert_eq!(help("`a`"), "macros are expanded before the search is read");
}
