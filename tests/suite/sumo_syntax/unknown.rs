//! Operators that have none, and the lists of those that there are.

use misfire::detect::sumo::syntax::{
    AggregateFunction, FUNCTIONS, OPERATORS, Operator, documented_function, documented_operator,
    parse,
};
use rstest::rstest;

use super::{last, read};

#[rstest]
// bin, trace, sessionize, filter, threatip Search Operator
#[case(
    "bin time width=10, min = 0, max = 500",
    "bin",
    "time width=10, min = 0, max = 500"
)]
#[case(
    "trace \"ID=( [0-9a-fA-F] {4} )\" \"7F92\"",
    "trace",
    "\"ID=( [0-9a-fA-F] {4} )\" \"7F92\""
)]
#[case(
    "filter _sourcehost in (outlier _count | where x > 0)",
    "filter",
    "_sourcehost in (outlier _count | where x > 0)"
)]
#[case("LogReduce values on a, b // c", "logreduce", "values on a, b")]
#[case("threatip ip", "threatip", "ip")]
#[case("logcompare timeshift -24h", "logcompare", "timeshift -24h")]
#[case("parse using public/apache | where x", "where", "")]
fn other_operators_are_kept(#[case] operator: &str, #[case] name: &str, #[case] arguments: &str) {
    match last(&format!("* | {operator}")) {
        Operator::Other(other) => {
            assert_eq!(other.name.node, name);
            assert_eq!(other.arguments.node, arguments);
        }
        other => assert_eq!(other.name(), name),
    }
}

#[rstest]
#[case("eval a = b + 1", "eval", "a = b + 1", Some("a"))]
#[case(
    "EVAL %\"a b\" = c matches /x|y/",
    "EVAL",
    "%\"a b\" = c matches /x|y/",
    Some("a b")
)]
#[case("eval a = b, c = d", "eval", "a = b, c = d", None)]
#[case("eval a", "eval", "a", None)]
#[case("stats count by x", "stats", "count by x", None)]
#[case("rename a as b", "rename", "a as b", None)]
#[case("table a, b", "table", "a, b", None)]
#[case("table *", "table", "*", None)]
#[case("head", "head", "", None)]
#[case(
    "rex field=x \"a|b\" /* c | d */ y",
    "rex",
    "field=x \"a|b\"   y",
    None
)]
#[case("search x (a | b) \"x)\"", "search", "x (a | b) \"x)\"", None)]
#[case("curl https://a.b/c", "curl", "https://a.b/c", None)]
fn unknown_operators_are_kept(
    #[case] operator: &str,
    #[case] name: &str,
    #[case] arguments: &str,
    #[case] assigned: Option<&str>,
) {
    let text = format!("* | {operator} | count");
    let query = read(&text);
    assert_eq!(query.operators.len(), 2);
    let unknown = query.operators.first().expect("there are two");
    assert_eq!(unknown.span.of(&text), Some(operator));
    let Operator::Unknown(unknown) = &unknown.node else {
        panic!("{unknown:?}");
    };
    assert_eq!(unknown.name.node, name);
    assert_eq!(unknown.name.span.of(&text), Some(name));
    assert_eq!(unknown.arguments.node, arguments);
    let read_name = unknown
        .assignment
        .as_ref()
        .map(|one| one.name.node.text.as_str());
    assert_eq!(read_name, assigned);
    assert_eq!(parse(&query.to_string()), Ok(query));
}

#[test]
fn the_tables_are_in_order() {
    let lower = |name: &str| name.to_ascii_lowercase();
    assert!(
        OPERATORS
            .windows(2)
            .all(|pair| lower(pair[0].name) < lower(pair[1].name))
    );
    assert!(
        FUNCTIONS
            .windows(2)
            .all(|pair| lower(pair[0].name) < lower(pair[1].name))
    );
    for function in AggregateFunction::ALL {
        assert!(documented_operator(function.name()).is_some());
    }
    assert!(documented_operator("EVAL").is_none());
    assert!(documented_function("COALESCE").is_none());
    assert!(documented_function("tolowercase").is_some());
}
