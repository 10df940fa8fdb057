//! The pipes that an expression may hold.

use misfire::detect::cse::syntax::{ExpressionKind, Piped, parse};
use rstest::rstest;

fn piped(text: &str) -> Option<Piped> {
    let tree = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let printed = tree.to_string();
    assert_eq!(parse(&printed), Ok(tree.clone()), "{printed}");
    match tree.node {
        ExpressionKind::Piped(piped) => Some(piped),
        _ => None,
    }
}

#[rstest]
// Cloud SIEM Rules Syntax: json.
#[case("| json field=fields \"foo\" as alias | where toInt(alias) > 5", &["fields foo alias"])]
#[case("json field=fields \"foo[*]\" as all\n| where all = '1'", &["fields foo[*] all"])]
#[case(
    "| json field=fields \"a\" as b | json field=_raw \"c.d['e']\" as f | where b != f",
    &["fields a b", "_raw c.d['e'] f"]
)]
#[case("| json field = fields[\"x\"] \"a.b\", 'c' as y, z | where y = z", &["fields[\"x\"] a.b y", "fields[\"x\"] c z"])]
// Cloud SIEM Rules Syntax: where.
#[case("| where jsonArrayContains(field, 'vuln_scanner')", &[])]
#[case("where foo matches 'b*'", &[])]
#[case("where (a)", &[])]
fn pipes_are_read(#[case] text: &str, #[case] wanted: &[&str]) {
    let piped = piped(text).expect("it has pipes");
    let outputs: Vec<String> = piped
        .extractions
        .iter()
        .flat_map(|one| {
            one.outputs
                .iter()
                .map(|(path, name)| format!("{} {} {name}", one.source, path.node.value()))
        })
        .collect();
    assert_eq!(outputs, wanted);
}

#[rstest]
#[case("where = 1")]
#[case("json = 'x'")]
#[case("json IS NULL AND where IS NULL")]
#[case("lower(json) = 'x'")]
fn fields_may_be_called_like_pipes(#[case] text: &str) {
    assert_eq!(piped(text), None, "{text}");
}
