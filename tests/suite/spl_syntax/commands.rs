//! Commands and their options.

use misfire::detect::spl::syntax::{
    Argument, Command, ComparisonOperator, ExpressionKind, Search, SpanLength, Target,
    TstatsSource, parse,
};
use rstest::rstest;

fn read(text: &str) -> Search {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn last(text: &str) -> Command {
    let mut commands = read(text).pipeline.commands;
    commands.pop().expect("a pipeline has a command").node
}

#[rstest]
// What stands before the first pipe is a search.
#[case("index=a b", "search index=a AND b")]
#[case("search index=a", "search index=a")]
#[case("search=x", "search search=x")]
#[case("| search a", "search a")]
#[case("| TSTATS count", "| tstats count")]
#[case("a | where b>1", "search a | where b > 1")]
// Fields.
#[case("a|table x y,\"z z\" w{}.v", "search a | table x, y, \"z z\", w{}.v")]
#[case("a | fields - x y", "search a | fields - x, y")]
#[case("a | fields x", "search a | fields + x")]
#[case(
    "a | rename \"P.*\" as *, count(x) AS n",
    "search a | rename \"P.*\" AS *, count(x) AS n"
)]
#[case("a | eval x=1, 'y z'=x.x", "search a | eval x = 1, 'y z' = x.x")]
#[case("a | eval a.b=1", "search a | eval a.b = 1")]
// Statistics.
#[case(
    "a | stats count min(_time) as first values(x.*) AS * by u, v",
    "search a | stats count, min(_time) AS first, values(x.*) AS * BY u, v"
)]
#[case(
    "a | stats count(eval(x>1)) as n delim=\",\" by u dedup_splitvals=t",
    "search a | stats delim=\",\" dedup_splitvals=true count(eval(x > 1)) AS n BY u"
)]
#[case(
    "a | stats p95(x) C sparkline(count, 1h)",
    "search a | stats p95(x), c, sparkline(count, 1h)"
)]
#[case(
    "a | stats count By _time span=1h x",
    "search a | stats count BY _time span=1h, x"
)]
#[case("a | eventstats avg(n) as m", "search a | eventstats avg(n) AS m")]
#[case(
    "a | streamstats current=f window=5 time_window=1h reset_on_change=1 count by u",
    "search a | streamstats current=false window=5 reset_on_change=true time_window=1h count BY u"
)]
#[case(
    "| tstats summariesonly=t count from datamodel=A.B where B.x=1 OR B.y IN (2 3) B.z=4 groupby B.u _time B.v span=5m",
    "| tstats summariesonly=true count FROM datamodel=\"A.B\" WHERE (B.x=1 OR B.y IN (2, 3)) AND B.z=4 BY B.u, _time span=5m, B.v"
)]
#[case(
    "| tstats count WHERE index=x by sourcetype",
    "| tstats count WHERE index=x BY sourcetype"
)]
#[case("| tstats dc(x) from sid=12.3", "| tstats dc(x) FROM sid=\"12.3\"")]
#[case(
    "a | transaction u v maxspan=3h connected=f startswith=\"in\" endswith=eval(x=1)",
    "search a | transaction maxspan=3h startswith=\"in\" endswith=eval(x = 1) connected=false u, v"
)]
// Order and number.
#[case(
    "a | sort 0 - x, +num(y) z desc",
    "search a | sort 0 -x, +num(y), z desc"
)]
#[case("a | sort limit=5 desc", "search a | sort 5 desc")]
#[case(
    "a | dedup 2 x y keepevents=t sortby -z",
    "search a | dedup 2 x, y keepevents=true sortby -z"
)]
#[case("a | head limit=5 keeplast=t", "search a | head 5 keeplast=true")]
#[case("a | head (x<3)", "search a | head (x < 3)")]
#[case("a | tail", "search a | tail")]
#[case("| makeresults count=2", "| makeresults count=2")]
// Text.
#[case(
    r#"a | rex field=b "(?<c>\d+)\"" max_match=0"#,
    r#"search a | rex field=b max_match=0 "(?<c>\\d+)\"""#
)]
#[case("a | rex mode=sed \"s/a/b/g\"", "search a | rex mode=sed \"s/a/b/g\"")]
#[case("a | regex b!=\"x|y\"", "search a | regex b!=\"x|y\"")]
#[case("a | regex \"x=y\"", "search a | regex \"x=y\"")]
#[case("a | makemv delim=\",\" b", "search a | makemv delim=\",\" b")]
#[case("a | mvexpand b limit=3", "search a | mvexpand b limit=3")]
#[case(
    "a | convert timeformat=\"%F\" ctime(x) num(y) AS z",
    "search a | convert timeformat=\"%F\" ctime(x) num(y) AS z"
)]
#[case("a | spath \"b{}\" output=c", "search a | spath output=c path=\"b{}\"")]
#[case("a | xmlkv b", "search a | xmlkv b")]
#[case(
    "a | replace \"x*\" with * in b, c",
    "search a | replace \"x*\" WITH * IN b, c"
)]
#[case("a | fillnull value=0 b, c", "search a | fillnull value=\"0\" b, c")]
#[case("a | BUCKET _time span=5m as t", "search a | bin span=5m _time AS t")]
// Tables and other searches.
#[case(
    "a | lookup update=true t c as f, d OUTPUTNEW e AS g",
    "search a | lookup update=true t c AS f, d OUTPUTNEW e AS g"
)]
#[case(
    "| inputlookup t append=t where x=1",
    "| inputlookup append=true t WHERE x=1"
)]
#[case(
    "a | outputlookup append=t t.csv",
    "search a | outputlookup append=true t.csv"
)]
#[case(
    "a | join max=0 u, v type=outer [| inputlookup t | where x]",
    "search a | join type=outer max=0 u, v [inputlookup t | where x]"
)]
#[case(
    "a | join left=L right=R where L.x = R.y [search b]",
    "search a | join left=\"L\" right=\"R\" WHERE L.x=R.y [search b]"
)]
#[case("a | append [search b c]", "search a | append [search b AND c]")]
#[case(
    "a | appendpipe run_in_preview=f [stats count]",
    "search a | appendpipe run_in_preview=false [stats count]"
)]
#[case(
    "a | appendcols override=t [search b]",
    "search a | appendcols override=true [search b]"
)]
#[case(
    "a | foreach x_* [ eval <<FIELD>>=\"]\" | where [b] ] | table c",
    "search a | foreach x_* [eval <<FIELD>>=\"]\" | where [b]] | table c"
)]
#[case("a | return 5 $x y z=w", "search a | return 5 $x, y, z=w")]
#[case("a | format", "search a | format")]
#[case(
    "a | addtotals row=f col=t x",
    "search a | addtotals row=false col=true x"
)]
// Anything else is kept as written.
#[case(
    "a | iplocation src \"|\" [b | c]",
    "search a | iplocation src \"|\" [b | c]"
)]
#[case("| from datamodel:\"X\"", "| from datamodel:\"X\"")]
fn commands_are_read_and_printed(#[case] text: &str, #[case] expected: &str) {
    let tree = read(text);
    assert_eq!(tree.to_string(), expected);
    assert_eq!(read(expected), tree);
}

#[test]
fn the_published_query_is_read() {
    let text = r#"index=wineventlog EventCode=1
  (Image="*\\code.exe" OR CommandLine="*tunnel*")
| eval IsTunnel=if(match(CommandLine, "(?i)tunnel"), 1, 0)
| eval Score=IsTunnel + 1
| where IsTunnel=1 OR Score=1
| table _time, host
| sort - _time"#;
    let commands = read(text).pipeline.commands;
    let names: Vec<_> = commands.iter().map(|one| one.node.name()).collect();
    assert_eq!(names, ["search", "eval", "eval", "where", "table", "sort"]);
    let where_text = commands.get(3).and_then(|one| one.span.of(text));
    assert_eq!(where_text, Some("where IsTunnel=1 OR Score=1"));
}

#[test]
fn a_data_model_is_told_from_its_node() {
    let source = |text: &str| match last(text) {
        Command::Tstats(stats) => stats.source.map(|source| source.node),
        _ => None,
    };
    let model = |model: &str, node: Option<&str>| {
        Some(TstatsSource::DataModel {
            model: model.to_owned(),
            node: node.map(str::to_owned),
        })
    };
    assert_eq!(
        source("| tstats count FROM datamodel=Endpoint.Processes"),
        model("Endpoint", Some("Processes"))
    );
    assert_eq!(
        source("| tstats count from datamodel=\"Web\" by x"),
        model("Web", None)
    );
}

#[test]
fn an_aggregation_of_an_expression_holds_the_expression() {
    let Command::Stats(stats) = last("a | stats values(eval(if(x=\"y\",z,null))) as v") else {
        panic!("it is stats");
    };
    let argument = stats
        .aggregations
        .into_iter()
        .next()
        .map(|one| one.argument);
    let Some(Argument::Eval(expression)) = argument else {
        panic!("it is an expression");
    };
    let ExpressionKind::Call { arguments, .. } = expression.node else {
        panic!("it is a call");
    };
    assert!(matches!(
        arguments.first().map(|first| &first.node),
        Some(ExpressionKind::Comparison {
            operator: ComparisonOperator::Equal,
            ..
        })
    ));
}

#[test]
fn a_name_made_of_values_is_told_from_a_list() {
    let target = |text: &str| match last(text) {
        Command::Eval(assignments) => assignments.into_iter().next().map(|one| one.target),
        _ => None,
    };
    assert!(matches!(
        target("a | eval {kind}_n=1"),
        Some(Target::Dynamic(_))
    ));
    assert!(matches!(
        target("a | eval kinds{}.n=1"),
        Some(Target::Named(_))
    ));
}

#[test]
fn a_command_that_is_not_known_keeps_its_text() {
    let Command::Other(other) = last("a | CyberChef infield=x  recipe=\"a|b\" | b").clone() else {
        panic!("it is not known");
    };
    assert_eq!(other.name.node, "b");
    let text = "a | CyberChef infield=x  recipe=\"a|b\"  ";
    let Command::Other(other) = last(text) else {
        panic!("it is not known");
    };
    assert_eq!(other.name.node, "cyberchef");
    assert_eq!(other.arguments.node, "infield=x  recipe=\"a|b\"");
    assert_eq!(
        other.arguments.span.of(text),
        Some("infield=x  recipe=\"a|b\"")
    );
}

#[rstest]
#[case("5m", Some(300.0))]
#[case("1h@h", Some(3600.0))]
#[case("2days", Some(172_800.0))]
#[case("h", Some(3600.0))]
#[case("10", None)]
#[case("1mon", None)]
#[case("2log10", None)]
fn a_span_of_time_has_seconds(#[case] text: &str, #[case] expected: Option<f64>) {
    let span = SpanLength {
        text: text.to_owned(),
    };
    assert_eq!(span.seconds(), expected);
}
