//! Expressions of `eval` and `where`.

use misfire::detect::spl::syntax::{
    ArithmeticOperator, Expression, ExpressionKind, LogicalOperator, Spacing, UnaryOperator,
    parse_expression,
};
use rstest::rstest;

/// An expression with every grouping written out.
fn shape(expression: &Expression) -> String {
    let list = |expressions: &[Expression]| {
        let all: Vec<String> = expressions.iter().map(shape).collect();
        all.join(" ")
    };
    match &expression.node {
        ExpressionKind::Call {
            function,
            arguments,
        } => format!("{function}({})", list(arguments)),
        ExpressionKind::Unary { operator, operand } => {
            let mark = match operator {
                UnaryOperator::Minus => "-",
                UnaryOperator::Plus => "+",
                UnaryOperator::Not => "not",
            };
            format!("{mark}({})", shape(operand))
        }
        ExpressionKind::Arithmetic { first, rest } => {
            let mut text = format!("({}", shape(first));
            for (operator, operand) in rest {
                text.push_str(&operator.to_string());
                text.push_str(&shape(operand));
            }
            text.push(')');
            text
        }
        ExpressionKind::Comparison {
            left,
            operator,
            right,
        } => format!("{{{} {operator} {}}}", shape(left), shape(right)),
        ExpressionKind::Membership { operand, values } => {
            format!("in<{} : {}>", shape(operand), list(values))
        }
        ExpressionKind::Logical { operator, operands } => {
            let name = match operator {
                LogicalOperator::And => "and",
                LogicalOperator::Or => "or",
                LogicalOperator::Xor => "xor",
            };
            format!("{name}[{}]", list(operands))
        }
        other => other.to_string(),
    }
}

fn read(text: &str) -> Expression {
    parse_expression(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[rstest]
// NOT, then AND, then OR, then XOR.
#[case("a OR b AND c", "or[a and[b c]]")]
#[case("a AND b OR c", "or[and[a b] c]")]
#[case("a XOR b OR c AND NOT d", "xor[a or[b and[c not(d)]]]")]
#[case("NOT a=1 AND b=2", "and[not({a = 1}) {b = 2}]")]
#[case("NOT x IN (1, 2)", "not(in<x : 1 2>)")]
#[case("(a OR b) AND c", "and[or[a b] c]")]
#[case("a and b or not c", "or[and[a b] not(c)]")]
// Arithmetic.
#[case("1 + 2 * 3", "(1 + (2 * 3))")]
#[case("(1 + 2) * 3", "((1 + 2) * 3)")]
#[case("a - b - c", "(a - b - c)")]
#[case("a - (b - c)", "(a - (b - c))")]
#[case("-a * 2 % 3", "(-(a) * 2 % 3)")]
#[case("- -1", "-(-(1))")]
#[case("a-1", "(a - 1)")]
#[case("1.5 + .5", "(1.5 + .5)")]
#[case("1e3", "1e3")]
// Comparisons.
#[case("a==b", "{a = b}")]
#[case("a + 1 >= b * 2", "{(a + 1) >= (b * 2)}")]
#[case("a LIKE \"%x%\"", "{a LIKE \"%x%\"}")]
#[case("a like \"%x%\" AND b", "and[{a LIKE \"%x%\"} b]")]
#[case("x != -1", "{x != -(1)}")]
// Calls.
#[case("isnotnull (x)", "isnotnull(x)")]
#[case(
    "CASE(a=1, \"x\", true(), null())",
    "case({a = 1} \"x\" true() null())"
)]
#[case("in(x, \"a\", \"b\")", "in(x \"a\" \"b\")")]
#[case("LIKE (a, \"%b\")", "like(a \"%b\")")]
#[case("if(a>1 and b, 1, 2)", "if(and[{a > 1} b] 1 2)")]
#[case("now()", "now()")]
// Names.
#[case("'user.name'", "'user.name'")]
#[case("'a b' . c", "('a b' . c)")]
#[case("a.b", "(a.b)")]
#[case("a .b", "(a . b)")]
#[case("a.\"b\"", "(a . \"b\")")]
#[case("a.b*2", "(a.(b * 2))")]
#[case("host.name.x", "(host.name.x)")]
#[case("true", "true")]
#[case("null", "null")]
#[case("[search a | return $b] > 1", "{[search a | return $b] > 1}")]
fn expressions_group_as_in_splunk(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(shape(&read(text)), expected);
}

#[rstest]
#[case(r#""a\\b""#, r"a\b")]
#[case(r#""say \"hi\"""#, "say \"hi\"")]
#[case(r#""(?i)\.exe$""#, r"(?i)\.exe$")]
#[case(r#""^[^\\\]+\\\\""#, r"^[^\\]+\\")]
#[case(r#""a\tb""#, "a\tb")]
#[case(r#""a\\tb""#, r"a\tb")]
#[case("\"\"", "")]
fn texts_are_read_with_their_escapes(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text).node, ExpressionKind::Text(expected.to_owned()));
}

#[test]
fn a_dot_between_bare_names_is_told_from_others() {
    let spacing = |text: &str| match read(text).node {
        ExpressionKind::Arithmetic { rest, .. } => rest.first().map(|(operator, _)| *operator),
        _ => None,
    };
    let tight = Some(ArithmeticOperator::Concatenate(Spacing::Tight));
    let loose = Some(ArithmeticOperator::Concatenate(Spacing::Loose));
    assert_eq!(spacing("a.b"), tight);
    assert_eq!(spacing("a. b"), loose);
    assert_eq!(spacing("'a'.b"), loose);
    assert_eq!(spacing("lower(a).b"), loose);
}

#[test]
fn a_node_knows_where_it_stands() {
    let text = "len( x ) + (y * 2)";
    let ExpressionKind::Arithmetic { first, rest } = read(text).node else {
        panic!("it is a sum");
    };
    assert_eq!(first.span.of(text), Some("len( x )"));
    let last = rest.first().and_then(|(_, operand)| operand.span.of(text));
    assert_eq!(last, Some("(y * 2)"));
}
