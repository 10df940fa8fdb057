//! Conditions of `search`.

use misfire::detect::spl::syntax::{
    Piece, Quoting, SearchExpression, SearchExpressionKind, ValueForm, parse_search_expression,
};
use rstest::rstest;

/// A condition with every grouping written out.
fn shape(expression: &SearchExpression) -> String {
    let all = |name: &str, terms: &[SearchExpression]| {
        let terms: Vec<String> = terms.iter().map(shape).collect();
        format!("{name}({})", terms.join(" "))
    };
    match &expression.node {
        SearchExpressionKind::And(terms) => all("and", terms),
        SearchExpressionKind::Or(terms) => all("or", terms),
        SearchExpressionKind::Not(term) => format!("not({})", shape(term)),
        other => other.to_string(),
    }
}

fn read(text: &str) -> SearchExpression {
    parse_search_expression(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[rstest]
// Terms side by side are joined by AND, and OR binds tighter.
#[case("a b", "and(a b)")]
#[case("a AND b", "and(a b)")]
#[case("A=1 AND B=2 OR C=3", "and(A=1 or(B=2 C=3))")]
#[case("A=1 OR B=2 C=3 OR D=4", "and(or(A=1 B=2) or(C=3 D=4))")]
#[case("error NOT 403 OR 404", "and(error or(not(403) 404))")]
#[case("error NOT (403 OR 404)", "and(error not(or(403 404)))")]
#[case("(A=1 AND B=2) OR C=3", "or(and(A=1 B=2) C=3)")]
#[case("NOT NOT a", "not(not(a))")]
#[case("a AND NOT b", "and(a not(b))")]
#[case("a, b", "and(a b)")]
#[case("(a b)", "and(a b)")]
// Only capitals are operators.
#[case("a or b", "and(a or b)")]
#[case("not a", "and(not a)")]
#[case("ANDROID ORACLE NOTHING", "and(ANDROID ORACLE NOTHING)")]
#[case("a OR(b c)", "or(a and(b c))")]
#[case("NOT[inputlookup x]", "not([inputlookup x])")]
// Comparisons.
#[case("a = b", "a=b")]
#[case("a==b", "a=b")]
#[case("a != \"\"", "a!=\"\"")]
#[case("a<=5 b>= 6 c<7 d>8", "and(a<=5 b>=6 c<7 d>8)")]
#[case("\"result.status\" = ok", "\"result.status\"=ok")]
#[case("resources{}.ARN=arn:aws:*", "resources{}.ARN=arn:aws:*")]
#[case("url=*?a=b&c<d", "url=*?a=b&c<d")]
#[case("a IN (x, \"y z\" w*)", "a IN (x, \"y z\", w*)")]
#[case("a in(x)", "a IN (x)")]
#[case("\"a b\" IN(\"x\")", "\"a b\" IN (\"x\")")]
#[case("in (a)", "and(in a)")]
#[case("a=TERM(10.0.0.1)", "a=TERM(10.0.0.1)")]
#[case("TERM(a-b) CASE(Foo*)", "and(TERM(a-b) CASE(Foo*))")]
#[case("earliest=-1h@h latest=now a", "and(earliest=-1h@h latest=now a)")]
#[case("*", "*")]
#[case("", "*")]
#[case("p=*GetCurrent()*", "p=*GetCurrent()*")]
fn conditions_group_as_in_splunk(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(shape(&read(text)), expected);
}

fn literal(text: &str) -> Piece {
    Piece::Literal(text.to_owned())
}

#[rstest]
#[case(r#"a="*\\code.exe""#, vec![Piece::Wildcard, literal(r"\code.exe")])]
#[case(r#"a="C:\Windows\\*""#, vec![literal(r"C:\Windows\"), Piece::Wildcard])]
#[case(r#"a="say \"hi\"""#, vec![literal("say \"hi\"")])]
#[case(r#"a="\*""#, vec![literal(r"\"), Piece::Wildcard])]
#[case(r#"a=*\"x\":true*"#, vec![Piece::Wildcard, literal("\"x\":true"), Piece::Wildcard])]
#[case(r"a=C:\\temp\x", vec![literal(r"C:\temp\x")])]
#[case(r#"a="""#, vec![])]
#[case(r#"a="**""#, vec![Piece::Wildcard, Piece::Wildcard])]
#[case(r"a=%%14674", vec![literal("%%14674")])]
fn values_are_read_with_their_escapes(#[case] text: &str, #[case] expected: Vec<Piece>) {
    let SearchExpressionKind::Comparison { value, .. } = read(text).node else {
        panic!("{text} is no comparison");
    };
    assert_eq!(value.node.pieces(), expected);
}

#[test]
fn a_quoted_name_before_an_operator_is_a_field() {
    let SearchExpressionKind::Comparison { field, value, .. } = read("\"a b\"=\"c\"").node else {
        panic!("it is a comparison");
    };
    assert_eq!(field.node.text, "a b");
    assert_eq!(field.node.quoting, Quoting::Double);
    assert_eq!(value.node.form(), ValueForm::Quoted);
    assert!(matches!(
        read("\"a b\"").node,
        SearchExpressionKind::Keyword(_)
    ));
}

#[test]
fn a_node_knows_where_it_stands() {
    let text = "  a (b OR c=\"d e\")";
    let SearchExpressionKind::And(terms) = read(text).node else {
        panic!("there are two terms");
    };
    let spans: Vec<_> = terms.iter().map(|term| term.span.of(text)).collect();
    assert_eq!(spans, [Some("a"), Some("(b OR c=\"d e\")")]);
}
