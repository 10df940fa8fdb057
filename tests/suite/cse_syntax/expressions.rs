//! What an expression says.

use misfire::detect::cse::syntax::{
    Expression, ExpressionKind, LogicalOperator, Sense, Test, ThreatMatch, UnaryOperator, parse,
};
use rstest::rstest;

/// An expression with every grouping written out.
fn shape(expression: &Expression) -> String {
    match &expression.node {
        ExpressionKind::Call {
            function,
            arguments,
        } => format!("{function}({})", list(arguments)),
        ExpressionKind::ThreatMatch(threat) => threat_shape(threat),
        ExpressionKind::Unary { operator, operand } => {
            let mark = match operator {
                UnaryOperator::Minus => "-",
                UnaryOperator::Not => "not",
            };
            format!("{mark}({})", shape(operand))
        }
        ExpressionKind::Arithmetic { first, rest } => {
            let mut text = format!("({}", shape(first));
            for (operator, operand) in rest {
                text = format!("{text} {operator} {}", shape(operand));
            }
            text.push(')');
            text
        }
        ExpressionKind::Comparison {
            left,
            operator,
            right,
        } => format!("{{{} {operator} {}}}", shape(left), shape(right)),
        ExpressionKind::Predicate {
            operand,
            sense,
            test,
        } => {
            let not = match sense {
                Sense::Affirmed => "",
                Sense::Negated => "not ",
            };
            format!("<{} {not}{}>", shape(operand), test_shape(test))
        }
        ExpressionKind::Logical { operator, operands } => {
            let name = match operator {
                LogicalOperator::And => "and",
                LogicalOperator::Or => "or",
            };
            format!("{name}[{}]", list(operands))
        }
        other => other.to_string(),
    }
}

fn list(expressions: &[Expression]) -> String {
    let all: Vec<String> = expressions.iter().map(shape).collect();
    all.join(" ")
}

fn test_shape(test: &Test) -> String {
    match test {
        Test::Like { pattern, escape } => format!("like {} {escape:?}", shape(pattern)),
        Test::Rlike(regex) => format!("rlike {}", shape(regex)),
        Test::Glob(pattern) => format!("glob {}", shape(pattern)),
        Test::Regex(regex) => format!("regex {regex}"),
        Test::In(values) => format!("in {}", list(values)),
        Test::Between { low, high } => format!("between {} {}", shape(low), shape(high)),
        Test::Null => "null".to_owned(),
    }
}

fn threat_shape(threat: &ThreatMatch) -> String {
    let fields: Vec<String> = threat.fields.iter().map(ToString::to_string).collect();
    let filter = threat.filter.as_deref().map_or_else(String::new, shape);
    format!(
        "threat({}; {filter}; {:?})",
        fields.join(" "),
        threat.validity
    )
}

fn read(text: &str) -> Expression {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[rstest]
// NOT, then AND, then OR. No page says so; that NOT and `!` take a whole test
// is how the vendor's own rules need it.
#[case("a OR b AND c", "or[a and[b c]]")]
#[case("a AND b OR c", "or[and[a b] c]")]
#[case("NOT a = 1 AND b = 2", "and[not({a = 1}) {b = 2}]")]
#[case("!a = 1 OR b", "or[not({a = 1}) b]")]
#[case("!lower(a) matches /b/", "not(<lower(a) regex b>)")]
#[case("NOT a LIKE 'b%'", "not(<a like 'b%' None>)")]
#[case("NOT NOT a", "not(not(a))")]
#[case("!!a", "not(not(a))")]
#[case("(a OR b) AND c", "and[or[a b] c]")]
#[case("a AND (b AND c)", "and[a and[b c]]")]
#[case("a and b Or not c", "or[and[a b] not(c)]")]
#[case("NOT(a)AND(b)", "and[not(a) b]")]
// Cloud SIEM Rules Syntax: &&, ||, !.
#[case("a && b || !c", "or[and[a b] not(c)]")]
#[case("device_ip != '0.0.0.0'", "{device_ip != '0.0.0.0'}")]
#[case("!(null)", "not(null)")]
// Cloud SIEM Rules Syntax: -, /, +, *.
#[case(
    "(length(dns_query) - length(dns_queryDomain)) > 3",
    "{(length(dns_query) - length(dns_queryDomain)) > 3}"
)]
#[case("a + b * c - d / e", "(a + (b * c) - (d / e))")]
#[case("a - (b - c)", "(a - (b - c))")]
#[case("-a * 2 % 3", "(-(a) * 2 % 3)")]
#[case("- -1", "-(-(1))")]
#[case("a-1 > -1", "{(a - 1) > -(1)}")]
// Cloud SIEM Rules Syntax: /* */.
#[case("a /* b OR */ AND /**/ c", "and[a c]")]
#[case("/* first */ a / /* by */ b", "(a / b)")]
// Cloud SIEM Rules Syntax: <, <=, =, ==, >, >=; write-chain and others: !=.
#[case("srcPort < dstPort", "{srcPort < dstPort}")]
#[case("dstPort <= 6669", "{dstPort <= 6669}")]
#[case("\"foo\" = \"foo\"", "{\"foo\" = \"foo\"}")]
#[case("a == b", "{a = b}")]
#[case("a <> b", "{a != b}")]
#[case("severity > '6'", "{severity > '6'}")]
#[case("10>= null", "{10 >= null}")]
#[case("a = TRUE AND b != False", "and[{a = true} {b != false}]")]
// Write a First Seen Rule: bare words on the right are fields to the language.
#[case(
    "metadata_vendor=Okta AND success=true",
    "and[{metadata_vendor = Okta} {success = true}]"
)]
// Cloud SIEM Rules Syntax: between.
#[case(
    "metadata_deviceEventId between '2000000' and '2999999'",
    "<metadata_deviceEventId between '2000000' '2999999'>"
)]
#[case("a BETWEEN 1 AND 2 AND b", "and[<a between 1 2> b]")]
#[case("a NOT BETWEEN 1 + 1 AND 3", "<a not between (1 + 1) 3>")]
#[case("1 BETWEEN null and 10", "<1 between null 10>")]
// Cloud SIEM Rules Syntax: in.
#[case(
    "srcDevice_ip IN (\"1.2.3.4\", '::1')",
    "<srcDevice_ip in \"1.2.3.4\" '::1'>"
)]
#[case(
    "http_response_statusCode in (400,500)",
    "<http_response_statusCode in 400 500>"
)]
#[case("NOT dstPort IN (53,80)", "not(<dstPort in 53 80>)")]
#[case("a NOT IN('b')", "<a not in 'b'>")]
// Cloud SIEM Rules Syntax: isNull and length; the vendor's rules: IS NULL.
#[case("a IS NULL", "<a null>")]
#[case("lower(a) is not NULL", "<lower(a) not null>")]
#[case("(a IS NULL OR NOT b)", "or[<a null> not(b)]")]
// Cloud SIEM Rules Syntax: like.
#[case(
    "bro_rdp_cookie like '%admin%'",
    "<bro_rdp_cookie like '%admin%' None>"
)]
#[case("toString(a) NOT LIKE '2%'", "<toString(a) not like '2%' None>")]
#[case("a like 'x!%%' ESCAPE '!'", "<a like 'x!%%' Some('!')>")]
#[case("a like 'x' escape '\\\\'", "<a like 'x' Some('\\\\')>")]
#[case("a like 'x' escape \"'\"", "<a like 'x' Some('\\'')>")]
#[case("a LIKE concat(b, '%')", "<a like concat(b '%') None>")]
// Cloud SIEM Rules Syntax: rlike.
#[case(
    "dns_query rlike '[A-Za-z2-7]{60,}'",
    "<dns_query rlike '[A-Za-z2-7]{60,}'>"
)]
#[case("\"foo\" RLIKE null", "<\"foo\" rlike null>")]
#[case("a NOT RLIKE '^b'", "<a not rlike '^b'>")]
// Cloud SIEM Rules Syntax: matches.
#[case("foo matches \"*bar*\"", "<foo glob \"*bar*\">")]
#[case("foo matches /.*bar.*/", "<foo regex .*bar.*>")]
#[case("foo matches /(\\/u)\\.x/", "<foo regex (\\/u)\\.x>")]
#[case("!(foo matches 'b*')", "not(<foo glob 'b*'>)")]
#[case("foo matches bar", "<foo glob bar>")]
#[case("a matches /b/ AND c / d > 1", "and[<a regex b> {(c / d) > 1}]")]
// Cloud SIEM Rules Syntax: json, array_contains; fields in brackets.
#[case("fields[\"a.b\"] = fields['c']", "{fields[\"a.b\"] = fields['c']}")]
#[case(
    "int(fields['x']) != int(fields [ 'y' ])",
    "{int(fields['x']) != int(fields['y'])}"
)]
#[case("headers['A']['b'][0] IS NULL", "<headers['A']['b'][0] null>")]
#[case(
    "array_contains(fieldTags[\"user_username\"], \"k:v\")",
    "array_contains(fieldTags[\"user_username\"] \"k:v\")"
)]
#[case("normalized.user.name = 'x'", "{normalized.user.name = 'x'}")]
#[case("null.x = NULL", "{null.x = null}")]
// Cloud SIEM Rules Syntax: if, and other calls.
#[case(
    "if(a >= 10, 'x', if(a >= 5, 'y', 'z')) = 'x'",
    "{if({a >= 10} 'x' if({a >= 5} 'y' 'z')) = 'x'}"
)]
#[case("contains(a, 'b')", "contains(a 'b')")]
#[case("f()", "f()")]
#[case("isNull (a)", "isNull(a)")]
// Cloud SIEM Rules Syntax: hasThreatMatch.
#[case("hasThreatMatch([srcDevice_ip])", "threat(srcDevice_ip; ; None)")]
#[case("hasThreatMatch([a, b])", "threat(a b; ; None)")]
#[case(
    "HASTHREATMATCH([a], type=\"ipv4-addr\")",
    "threat(a; {type = \"ipv4-addr\"}; None)"
)]
#[case(
    "hasThreatMatch([a], confidence > 1 AND (type=\"x\" OR type=\"y\"))",
    "threat(a; and[{confidence > 1} or[{type = \"x\"} {type = \"y\"}]]; None)"
)]
#[case(
    "hasThreatMatch([a], source=\"s1\" OR (source=\"s2\" confidence > 50))",
    "threat(a; or[{source = \"s1\"} and[{source = \"s2\"} {confidence > 50}]]; None)"
)]
#[case(
    "hasThreatMatch([a], confidence =< 9 AND confidence => 2)",
    "threat(a; and[{confidence <= 9} {confidence >= 2}]; None)"
)]
#[case(
    "hasThreatMatch([a], expired_indicators)",
    "threat(a; ; Some(Expired))"
)]
#[case(
    "hasThreatMatch([a], confidence > 50, All_Indicators)",
    "threat(a; {confidence > 50}; Some(All))"
)]
#[case(
    "NOT hasThreatMatch([fields['a']]) AND b",
    "and[not(threat(fields['a']; ; None)) b]"
)]
fn what_is_written_is_read(#[case] text: &str, #[case] wanted: &str) {
    let tree = read(text);
    assert_eq!(shape(&tree), wanted, "{text}");
    let printed = tree.to_string();
    assert_eq!(read(&printed), tree, "{text}, printed as {printed}");
}

#[rstest]
// Cloud SIEM Rules Syntax: literals supported in Cloud SIEM.
#[case("1", 1.0)]
#[case("1.5", 1.5)]
#[case(".5", 0.5)]
#[case("1e3", 1000.0)]
#[case("1s", 1000.0)]
#[case("5m", 300_000.0)]
#[case("2h", 7_200_000.0)]
#[case("1d", 86_400_000.0)]
#[case("1w", 604_800_000.0)]
#[case("10ms", 10.0)]
#[case("10us", 0.01)]
#[case("2k", 2000.0)]
#[case("2K", 2000.0)]
#[case("5M", 5_000_000.0)]
#[case("1G", 1e9)]
#[case("1B", 1e9)]
#[case("1Ki", 1024.0)]
#[case("1.5Mi", 1_572_864.0)]
fn numbers_have_units(#[case] text: &str, #[case] wanted: f64) {
    let ExpressionKind::Number(number) = read(text).node else {
        panic!("{text} is no number");
    };
    assert!((number.value() - wanted).abs() < 1e-9, "{text}: {number:?}");
    assert_eq!(number.to_string(), text);
}

#[rstest]
// Cloud SIEM Rules Syntax: an escaped double quote belongs to the text.
#[case(r#""\"foo\"""#, r#""foo""#)]
#[case(r"'it\'s'", "it's")]
#[case(r#"'say "x"'"#, r#"say "x""#)]
// like: the example needs its backslashes as they are.
#[case(r"'\%SystemDrive\%\\Users%'", r"\%SystemDrive\%\\Users%")]
#[case(r"'C:\Windows'", r"C:\Windows")]
#[case(r"'C:\\'", r"C:\\")]
#[case(r"'^(?:a\\)?b$'", r"^(?:a\\)?b$")]
#[case(r#"'a\"b'"#, r#"a\"b"#)]
#[case("''", "")]
#[case("'naïve\n'", "naïve\n")]
fn texts_say_what_is_between_their_quotes(#[case] text: &str, #[case] wanted: &str) {
    let tree = read(text);
    let ExpressionKind::Text(said) = &tree.node else {
        panic!("{text} is no text");
    };
    assert_eq!(said.value(), wanted);
    assert_eq!(read(&tree.to_string()), tree);
}

#[test]
fn nodes_know_where_they_stand() {
    let text = " a = 1 AND ( lower( b ) LIKE 'c' )";
    let tree = read(text);
    let ExpressionKind::Logical { operands, .. } = &tree.node else {
        panic!("{tree:?}");
    };
    let places: Vec<_> = operands.iter().map(|one| one.span.of(text)).collect();
    assert_eq!(places, [Some("a = 1"), Some("( lower( b ) LIKE 'c' )")]);
    assert_eq!(tree.span.of(text), Some(text.trim()));
}

#[test]
fn trees_compare_by_what_was_written() {
    assert_eq!(read("a=1 and b"), read(" ( a == 1 )\nAND /* c */ b"));
    assert_ne!(read("a = 1"), read("a = '1'"));
}
