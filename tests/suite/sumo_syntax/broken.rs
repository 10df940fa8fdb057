//! What is no query is refused with the place and the cause.

use misfire::detect::sumo::syntax::parse;
use rstest::rstest;

#[rstest]
#[case("", "", "the query is empty", "scope")]
#[case("// a", "", "the query is empty", "scope")]
#[case("a |", "", "the query ends too early", "field")]
#[case("a | | b", "|", "the operator ends too early", "field")]
#[case("a (b", "(", "this parenthesis is never closed", "`)`")]
#[case("a b)", ")", "this parenthesis closes nothing", "")]
#[case("a ]", "]", "this bracket closes nothing", "")]
#[case("a ()", "()", "these parentheses are empty", "keyword")]
#[case("a OR", "", "the query ends too early", "keyword")]
#[case("a OR | count", "|", "the operator ends too early", "keyword")]
#[case("OR a", "OR", "`OR` cannot stand here", "keyword")]
#[case("NOT", "", "the query ends too early", "keyword")]
#[case("a=", "", "the query ends too early", "value")]
#[case("a=\"b", "\"", "this quote is never closed", "`\"`")]
#[case("a 'b'", "'", "`'` cannot stand here", "keyword")]
#[case("a! =b", "=", "`=` cannot stand here", "keyword")]
#[case("a > 5", ">", "the scope does not compare by size", "`=`")]
#[case("a, b", ",", "`,` cannot stand here", "keyword")]
#[case("a [b ]", "b", "`b` cannot stand here", "`subquery`")]
#[case("a /* b", "/*", "this comment is never closed", "`*/`")]
#[case("a | where", "", "the query ends too early", "field")]
#[case("a | where x = ", "", "the query ends too early", "field")]
#[case("a | where x y", "y", "`y` cannot stand here", "`|`")]
#[case(
    "a | where x = 1 = 2",
    "=",
    "a comparison cannot be compared again",
    "`and`"
)]
#[case("a | where x in 1", "1", "`1` cannot stand here", "`(`")]
#[case("a | where x in ()", "()", "this list is empty", "value")]
#[case("a | where and x", "and", "`and` cannot stand here", "function")]
#[case("a | where if(x, 1", "(", "this parenthesis is never closed", "`)`")]
#[case("a | where x = 'y'", "'", "`'` cannot stand here", "text")]
#[case(
    "a | where x like \"y\"",
    "like",
    "`like` cannot stand here",
    "`matches`"
)]
#[case(
    "a | where x not matches \"y\"",
    "matches",
    "`matches` cannot stand here",
    "`in`"
)]
#[case("a | where x is null", "is", "`is` cannot stand here", "`=`")]
#[case(
    "a | where x matches /y",
    "/",
    "this regular expression is never closed",
    "`/`"
)]
#[case(
    "a | where 3com > 1",
    "3com",
    "`3com` is neither a number nor a name",
    "number"
)]
#[case("a | where u[2] > 1", "[", "`[` cannot stand here", "`|`")]
#[case("a | x ? 1 as y", "as", "`as` cannot stand here", "`:`")]
#[case("a | x = 1", "", "the query ends too early", "`as`")]
#[case("a | x + 1 | b", "|", "the operator ends too early", "`as`")]
#[case("a | 1 as \"b\"", "\"b\"", "this is a text, not a field", "field")]
#[case("a | parse \"b*\"", "", "the query ends too early", "`as`")]
// where Search Operator
#[case(
    "a | parse \"seconds=*;\" as time where > 5",
    "where",
    "`where` cannot stand here",
    "`|`"
)]
// Parse Predictable Patterns Using an Anchor
#[case("a | parse \"*,*\" as b", "b", "there are 2 wildcards and 1 name", "")]
#[case(
    "a | parse \"b*\" as b field=c",
    "field",
    "`field` cannot stand here",
    "`nodrop`"
)]
#[case(
    "a | parse regex (x)",
    "(",
    "`(` cannot stand here",
    "regular expression"
)]
#[case("a | json", "", "the query ends too early", "path")]
#[case("a | json \"b\", \"c\" as d", "d", "there are 2 paths and 1 name", "")]
#[case(
    "a | json auto maxdepth x",
    "x",
    "`x` is not a whole number",
    "whole number"
)]
#[case("a | kv", "", "the query ends too early", "key")]
#[case("a | split b delim=':'", "", "the query ends too early", "`extract`")]
#[case("a | sum b", "b", "`b` cannot stand here", "`(`")]
#[case("a | sum()", "sum()", "`sum` needs a field", "field")]
#[case("a | count, b", "b", "`b` cannot stand here", "`count`")]
#[case("a | count by", "", "the query ends too early", "field")]
#[case("a | timeslice 5", "", "the query ends too early", "`buckets`")]
#[case(
    "a | timeslice 5x",
    "5x",
    "`5x` is not a length of time",
    "length of time"
)]
#[case("a | sort", "", "the query ends too early", "field")]
#[case("a | top b", "b", "`b` is not a whole number", "whole number")]
#[case("a | limit -1", "-1", "`-1` cannot stand here", "whole number")]
#[case("a | topk(1)", ")", "`)` cannot stand here", "`,`")]
#[case(
    "a | outlier b size=3",
    "size",
    "`size` is not a parameter of `outlier`",
    "window"
)]
#[case("a | transaction b", "b", "`b` cannot stand here", "`on`")]
#[case(
    "a | transaction on b with \"c\" as d results by x",
    "x",
    "`x` cannot stand here",
    "`flow`"
)]
#[case(
    "a | join (count) as b on c=d",
    "(count) as b",
    "a join needs two tables",
    "`,`"
)]
#[case("a | lookup b on c=d", "on", "`on` cannot stand here", "`from`")]
#[case("a | transpose row b", "", "the query ends too early", "`column`")]
#[case("a | compare 1d", "1d", "`1d` cannot stand here", "`timeshift`")]
#[case("a | fields \"b\"", "\"b\"", "this is a text, not a field", "field")]
#[case("a | fields a b", "b", "`b` cannot stand here", "`|`")]
#[case("[subquery: a | count", "[", "this bracket is never closed", "`]`")]
#[case("a | `b", "`", "this is no macro between backticks", "`` `name` ``")]
#[case("a | foo (b | c", "(", "this parenthesis is never closed", "`)`")]
#[case("a | foo \"b", "\"", "this quote is never closed", "`\"`")]
#[case("a | where x = “y”", "“y”", "`“y”` cannot stand here", "text")]
fn broken_queries_are_refused(
    #[case] text: &str,
    #[case] place: &str,
    #[case] message: &str,
    #[case] expected: &str,
) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.message, message);
    assert_eq!(error.span.of(text), Some(place));
    if !expected.is_empty() {
        assert!(
            error.expected.iter().any(|one| one == expected),
            "{:?}",
            error.expected
        );
    }
}

#[rstest]
#[case("a | where x = 'y'", "only double quotes make a text")]
#[case(
    "a | where x like \"y\"",
    "write `field matches \"*text*\"` or `field matches /regex/`"
)]
#[case(
    "a | where u[2] > 1",
    "write a field whose name has brackets as `%\"users[2].name\"`"
)]
#[case("a | x + 1", "give the value a name: `expression as name`")]
#[case("a | 1 as \"b\"", "write the field as `%\"b\"`")]
#[case("a | parse \"s=*;\" as time where > 5", "this is no part of `parse`")]
fn errors_help(#[case] text: &str, #[case] help: &str) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.help.as_deref(), Some(help));
}
