//! Expressions, their ranks, and their literals.

use misfire::detect::sumo::syntax::{
    Expression, ExpressionKind, LogicalOperator, Negation, UnaryOperator, parse_expression,
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
        ExpressionKind::Choice {
            condition,
            then,
            otherwise,
        } => format!(
            "<{} ? {} : {}>",
            shape(condition),
            shape(then),
            shape(otherwise)
        ),
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
        ExpressionKind::Membership {
            operand,
            negation,
            values,
        } => {
            let word = match negation {
                Negation::Plain => "in",
                Negation::Negated => "out",
            };
            format!("{word}<{} : {}>", shape(operand), list(values))
        }
        ExpressionKind::Logical { operator, operands } => {
            let name = match operator {
                LogicalOperator::And => "and",
                LogicalOperator::Or => "or",
            };
            format!("{name}[{}]", list(operands))
        }
        _ => expression.to_string(),
    }
}

#[rstest]
// Field Expressions
#[case("537 + 435 + 39 + 18.5", "(537+435+39+18.5)")]
#[case("52 * 6 - 2", "((52*6)-2)")]
#[case("52 * (6 - 2)", "(52*(6-2))")]
#[case("15 - -5", "(15--(5))")]
#[case("22 - (34 % 10) * pow(2, 3)", "(22-((34%10)*pow(2 3)))")]
#[case("n % 2 = 0", "{(n%2) = 0}")]
#[case("x == 2", "{x = 2}")]
#[case("field <> 0", "{field != 0}")]
#[case("!(2 == field)", "not({2 = field})")]
#[case("!false", "not(false)")]
#[case("\"They said, \\\"No\\\"\"", "\"They said, \\\"No\\\"\"")]
// where Search Operator
#[case("(x >=10 and x <=20)", "and[{x >= 10} {x <= 20}]")]
#[case("x not in (\"error\", \"fail\")", "out<x : \"error\" \"fail\">")]
#[case("x in (4, 3, 5)", "in<x : 4 3 5>")]
#[case(
    "!compareCIDRPrefix(\"10.10.1.32\", ip, \"27\")",
    "not(comparecidrprefix(\"10.10.1.32\" ip \"27\"))"
)]
#[case("!(x matches /regex/)", "not({x matches /regex/})")]
#[case(
    "x matches \"a\" or x matches \"b\" or x matches \"c\"",
    "or[{x matches \"a\"} {x matches \"b\"} {x matches \"c\"}]"
)]
// if and ? Search Operator
#[case("a < b ? a : b", "<{a < b} ? a : b>")]
#[case(
    "!(disk > max) ? \"full\" : \"OK\"",
    "<not({disk > max}) ? \"full\" : \"OK\">"
)]
#[case(
    "if(alpha > 1 and beta > 5, \"true\", \"false\")",
    "if(and[{alpha > 1} {beta > 5}] \"true\" \"false\")"
)]
// Math Expressions, first, last Grouping Operators
#[case("disk>0.8?1:0", "<{disk > 0.8} ? 1 : 0>")]
#[case("min((fps / 10 + 1) * 10, 70)", "min((((fps/10)+1)*10) 70)")]
#[case("a ? b : c ? d : e", "<a ? b : <c ? d : e>>")]
#[case("(a ? b : c) ? d : e", "<<a ? b : c> ? d : e>")]
#[case("a ? b ? c : d : e", "<a ? <b ? c : d> : e>")]
// Precedence
#[case("a or b and c", "or[a and[b c]]")]
#[case("not a and b", "and[not(a) b]")]
#[case("not a = b", "not({a = b})")]
#[case("! a matches \"b\"", "not({a matches \"b\"})")]
#[case("a || b && !c", "or[a and[b not(c)]]")]
#[case("a AND (b OR c) Or NOT d", "or[and[a or[b c]] not(d)]")]
#[case("a + b * c > d / e - f", "{(a+(b*c)) > ((d/e)-f)}")]
#[case("bytes/1024/1024", "(bytes/1024/1024)")]
#[case("a * (b / c)", "(a*(b/c))")]
#[case("-a * b", "(-(a)*b)")]
#[case("!!a", "not(not(a))")]
#[case("(a or b) or c", "or[or[a b] c]")]
// contains Search Operator, matches Search Operator
#[case("a contains \"b\"", "{a contains \"b\"}")]
#[case("contains(a, b) and c", "and[contains(a b) c]")]
#[case("toLowerCase(a) contains b", "{tolowercase(a) contains b}")]
#[case("host matches instance_match", "{host matches instance_match}")]
#[case("ip matches /12\\.1[34]\\/[1-5]/", "{ip matches /12\\.1[34]\\/[1-5]/}")]
#[case("a matches /b|c/ or d", "or[{a matches /b|c/} d]")]
// replace Search Operator
#[case("replace(url, /[0-9]{5,}/, \"\")", "replace(url /[0-9]{5,}/ \"\")")]
// lookupContains Search Operator
#[case(
    "lookupContains(path://\"/a b\", userID=user AND userIP=sourceIP)",
    "lookupcontains(path://\"/a b\" and[{userID = user} {userIP = sourceIP}])"
)]
// Reference a Field with Special Characters, Parse JSON Formatted Logs
#[case("%\"a b\\\"c\" = 1", "{%\"a b\\\"c\" = 1}")]
#[case(
    "%users[2].address.street = a.b_c",
    "{%users[2].address.street = a.b_c}"
)]
#[case("34 % %\"x y\"", "(34%%\"x y\")")]
#[case("null = TRUE", "{null = true}")]
#[case("now() - _messageTime", "(now()-_messageTime)")]
#[case("a // b\n+ /* c */ d", "(a+d)")]
fn expressions_have_ranks(#[case] text: &str, #[case] shaped: &str) {
    let expression = parse_expression(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    assert_eq!(shape(&expression), shaped);
    assert_eq!(parse_expression(&expression.to_string()), Ok(expression));
}

#[rstest]
// Field Expressions
#[case("3.14e+4", 31_400.0)]
#[case("1.0e+3", 1_000.0)]
#[case("007", 7.0)]
#[case(".5", 0.5)]
#[case("2k", 2_000.0)]
#[case("1B", 1e9)]
#[case("1.5M", 1.5e6)]
#[case("1Gi", 1_073_741_824.0)]
#[case("1Ki", 1_024.0)]
#[case("1w", 604_800_000.0)]
#[case("1m", 60_000.0)]
#[case("1.5s", 1_500.0)]
#[case("500us", 0.5)]
fn numbers_have_suffixes(#[case] text: &str, #[case] wanted: f64) {
    match parse_expression(text).map(|expression| expression.node) {
        Ok(ExpressionKind::Number {
            value,
            text: written,
        }) => {
            assert!((value - wanted).abs() < 1e-9, "{value}");
            assert_eq!(written, text);
        }
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case(r#"  "a\"b"  "#, "a\"b", r#"a\"b"#)]
#[case(r#""*\\*""#, "*\\*", r"*\\*")]
#[case(r#""a\tb\nc""#, "a\tb\nc", r"a\tb\nc")]
#[case(r#""\d+\.""#, r"\d+\.", r"\d+\.")]
fn texts_have_escapes(#[case] written: &str, #[case] says: &str, #[case] raw: &str) {
    match parse_expression(written).map(|expression| expression.node) {
        Ok(ExpressionKind::Text(text)) => {
            assert_eq!(text.text(), says);
            assert_eq!(text.raw(), raw);
        }
        other => panic!("{other:?}"),
    }
}
