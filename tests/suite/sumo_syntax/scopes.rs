//! The scope, and subqueries.

use misfire::detect::sumo::syntax::{Operator, Piece, ScopeKind, Value};
use rstest::rstest;

use super::{last, prints, read};

#[rstest]
// Keyword Search Expressions
#[case(
    "keyword keyword OR keyword NOT keyword",
    "(keyword AND keyword) OR (keyword AND NOT keyword)"
)]
#[case("error OR fail error AND fail*", "error OR (fail AND error AND fail*)")]
#[case("(error OR fail) and debug", "(error OR fail) AND debug")]
#[case("(error OR fail) NOT debug", "(error OR fail) AND NOT debug")]
#[case("15:39 NOT 15:39:26", "15:39 AND NOT 15:39:26")]
#[case("error !fail", "error AND NOT fail")]
#[case("!(a or b) c", "NOT (a OR b) AND c")]
#[case(
    "_sourceCategory=\"Sumo Logic Collector logs\" AND critical",
    "_sourceCategory=\"Sumo Logic Collector logs\" AND critical"
)]
#[case(
    "_sourceHost=Atlanta AND (_sourceCategory=\"win-app-logs\" OR _sourceName=\"win-firewall-logs\")",
    "_sourceHost=Atlanta AND (_sourceCategory=\"win-app-logs\" OR _sourceName=\"win-firewall-logs\")"
)]
#[case(
    "_sourceHost=\"10.1.12.22\" AND_sourceCategory=\"my category\"",
    "_sourceHost=\"10.1.12.22\" AND AND_sourceCategory=\"my category\""
)]
#[case("\"They said, \\\"No\\\"\"", "\"They said, \\\"No\\\"\"")]
#[case("com.*.services* jsmith@*.com", "com.*.services* AND jsmith@*.com")]
#[case("*456*", "*456*")]
// values Grouping Operator
#[case("_sourceCategory=Labs/*", "_sourceCategory=Labs/*")]
// compare Search Operator
#[case("_sourceHost = prod", "_sourceHost=prod")]
// Subqueries
#[case("\"error\"!info", "\"error\" AND NOT info")]
#[case("_index=audit_events user!=root", "_index=audit_events AND user!=root")]
#[case("_view = v a in (b, \"c d\",e*)", "_view=v AND a in (b, \"c d\", e*)")]
#[case("%\"field name\"=v", "%\"field name\"=v")]
#[case("x-github-event=push", "x-github-event=push")]
#[case("url=http://a.b/c?d=e#f", "url=http://a.b/c?d=e#f")]
#[case("AND_x ORacle Nothing", "AND_x AND ORacle AND Nothing")]
#[case("don't panic!", "don't AND panic!")]
#[case("((a))", "a")]
#[case("(a b) c", "(a AND b) AND c")]
#[case("in out", "in AND out")]
// macro Operator
#[case("`errors` a", "`errors` AND a")]
// Comments in Search Queries
#[case("a // b\nc /* d | e */ f", "a AND c AND f")]
fn scopes_are_read(#[case] text: &str, #[case] printed: &str) {
    prints(text, printed);
}

#[test]
fn an_empty_scope_is_none() {
    assert_eq!(read("| count").scope, None);
    assert_eq!(read(" // nothing\n | count").scope, None);
    assert_eq!(
        read("* | count").scope.map(|scope| scope.node),
        Some(ScopeKind::Everything)
    );
}

#[test]
fn quotes_are_kept_and_stop_wildcards() {
    let value = |text: &str| match read(text).scope.map(|scope| scope.node) {
        Some(ScopeKind::Comparison { value, .. }) => value,
        other => panic!("{other:?}"),
    };
    // Built-in Metadata
    let bare = value("_sourceCategory=*sysmon?");
    assert!(bare.has_wildcard());
    assert_eq!(
        bare.pieces(),
        [
            Piece::AnyText,
            Piece::Literal("sysmon".to_owned()),
            Piece::AnyLetter
        ]
    );
    let quoted = value("_sourceCategory=\"*sys\\\"mon*\"");
    assert!(matches!(quoted, Value::Quoted(_)));
    assert!(!quoted.has_wildcard());
    assert_eq!(quoted.pieces(), [Piece::Literal("*sys\"mon*".to_owned())]);
}

#[rstest]
// Subqueries
#[case(
    "_sourceCategory=a/b\n[subquery:_sourceCategory=c\n | count by src_ip\n | topk(1,_count)\n | compose src_ip keywords\n] | count",
    "_sourceCategory=a/b AND [subquery: _sourceCategory=c | count by src_ip | topk(1, _count) | compose src_ip keywords] | count"
)]
#[case(
    "[subquery from=(2018/07/08 23:13:36) to=(-15m):error | compose a] | count",
    "[subquery from=(2018/07/08 23:13:36) to=(-15m): error | compose a] | count"
)]
#[case(
    "* | where ![subquery: a | compose b]",
    "* | where ![subquery: a | compose b]"
)]
#[case(
    "* | if ( [subquery:cat path://\"/t\" | compose b], true, false) as c",
    "* | if([subquery: | cat path://\"/t\" | compose b], true, false) as c"
)]
fn subqueries_are_read(#[case] text: &str, #[case] printed: &str) {
    prints(text, printed);
}

#[test]
fn a_subquery_has_its_text() {
    let text = "* | where [subquery: a // b ]\n | compose c]";
    let Operator::Where(condition) = last(text) else {
        panic!("no where");
    };
    assert_eq!(
        condition.span.of(text),
        Some("[subquery: a // b ]\n | compose c]")
    );
}
