//! Operators that have a form in the tree.

use misfire::detect::sumo::syntax::{JsonMode, Operator};
use rstest::rstest;

use super::{last, prints, read};

#[rstest]
// Parse Predictable Patterns Using an Anchor
#[case("parse \"user=*:\" as user", "parse \"user=*:\" as user")]
#[case(
    "parse \"user=*: severity=*:\" as user, severity nodrop",
    "parse \"user=*: severity=*:\" as user, severity nodrop"
)]
#[case(
    "parse \"\\\"tier\\\" : *,\" as tier",
    "parse \"\\\"tier\\\" : *,\" as tier"
)]
#[case(
    "parse \"[Classification:*]\" as %\"Class ID\"",
    "parse \"[Classification:*]\" as %\"Class ID\""
)]
#[case(
    "PARSE field=_collector \"HostName_*\" AS host_ip",
    "parse field=_collector \"HostName_*\" as host_ip"
)]
#[case(
    "parse \"a *\" as a, \"b *\" as b nodrop",
    "parse \"a *\" as a, \"b *\" as b nodrop"
)]
// formatDate Search Operator
#[case(
    "parse \"] [*][*]\" as (user, command)",
    "parse \"] [*][*]\" as user, command"
)]
// Parse Variable Patterns Using Regex
#[case(
    "parse regex \"(?<ip>\\d{1,3}|x)\" multi",
    "parse regex \"(?<ip>\\d{1,3}|x)\" multi"
)]
#[case(
    "extract field=ActorType \"(?<Type>\\d+)\" nodrop multi",
    "parse regex field=ActorType \"(?<Type>\\d+)\" multi nodrop"
)]
#[case(
    "parse regex \"a(?<x>b)\", \"c(?<y>d)\"",
    "parse regex \"a(?<x>b)\", \"c(?<y>d)\""
)]
// Parse XML Formatted Logs
#[case(
    "parse XML field=a \"/u/@id\", \"/u/text()\" as id, name nodrop",
    "parse xml field=a \"/u/@id\", \"/u/text()\" as id, name nodrop"
)]
#[case("xml \"/u/@id\"", "parse xml \"/u/@id\"")]
// Parse JSON Formatted Logs
#[case("json \"accountId\"", "json \"accountId\"")]
#[case(
    "json \"accountId\", \"eventName\" as aID, eName",
    "json \"accountId\", \"eventName\" as aID, eName"
)]
#[case(
    "json field=jsonobject \"baselineIntervals[0]\" nodrop",
    "json field=jsonobject \"baselineIntervals[0]\" nodrop"
)]
#[case("json \"a\" nodrop as b", "json \"a\" as b nodrop")]
#[case("json auto", "json auto")]
#[case("json auto field=data", "json auto field=data")]
#[case("json auto nodrop maxdepth 5", "json auto maxdepth 5 nodrop")]
#[case(
    "json field=data auto extractarrays",
    "json auto field=data extractarrays"
)]
#[case(
    "json auto keys \"a\", \"b\" as x, y refonly",
    "json auto keys \"a\", \"b\" as x, y refonly"
)]
#[case(
    "json auto keys \"a\" refonly as x nodrop",
    "json auto keys \"a\" as x refonly nodrop"
)]
// Log Operators Cheat Sheet
#[case(
    "json keys \"region\", \"partition\"",
    "json \"region\", \"partition\""
)]
// Parse Keyvalue Formatted Logs
#[case(
    "keyvalue infer \"module\", \"thread\"",
    "keyvalue infer keys \"module\", \"thread\""
)]
#[case("KV \"SchTime\", \"Url\"", "keyvalue infer keys \"SchTime\", \"Url\"")]
#[case("kv remote_ip", "keyvalue infer keys \"remote_ip\"")]
#[case(
    "keyvalue regex \"\\s(.*?)=(.*?),\" keys \"a.b\", \"c\" as ip, start_ms",
    "keyvalue regex \"\\s(.*?)=(.*?),\" keys \"a.b\", \"c\" as ip, start_ms"
)]
#[case(
    "keyvalue regex \"=(.*?),\" \"a\"",
    "keyvalue regex \"=(.*?),\" keys \"a\""
)]
#[case("keyvalue auto delim \":\"", "keyvalue auto delim \":\"")]
#[case(
    "kv auto keys \"a\", \"b\"  refonly",
    "keyvalue auto keys \"a\", \"b\" refonly"
)]
#[case(
    "keyvalue field=f infer keys \"a\" nodrop",
    "keyvalue field=f infer keys \"a\" nodrop"
)]
#[case("keyvalue auto field=f", "keyvalue field=f auto")]
// Parse CSV Formatted Logs, Parse Delimited Logs Using Split
#[case(
    "csv _raw extract 1 as user2, 2 as id, 3 as name",
    "csv _raw extract 1 as user2, 2 as id, 3 as name"
)]
#[case("csv query extract a, b, _, _, e", "csv query extract a, b, _, _, e")]
#[case(
    "csv f escape='\\', quote=''' extract a",
    "csv f escape='\\' quote=''' extract a"
)]
#[case(
    "split f delim='|' extract a, 5 as e, f",
    "split f delim='|' extract a, 5 as e, f"
)]
#[case("split f delim='    ' extract a", "split f delim=\"    \" extract a")]
// parseDate, parseHex
#[case(
    "parseDate(date, \"yyyy-MM-dd'T'HH\") as ms",
    "parsedate(date, \"yyyy-MM-dd'T'HH\") as ms"
)]
#[case("parseHex(\"12D230\") as n", "parsehex(\"12D230\") as n")]
// Parse Field option: kept as text
#[case("parse using public/apache/access", "parse using public/apache/access")]
fn parsing_operators_are_read(#[case] operator: &str, #[case] printed: &str) {
    prints(&format!("* | {operator}"), &format!("* | {printed}"));
}

#[test]
fn json_auto_has_its_options() {
    let Operator::Json(json) = last("* | json auto maxdepth 5 nodrop") else {
        panic!("no json");
    };
    assert!(matches!(
        json.mode,
        JsonMode::Auto {
            max_depth: Some(5),
            ..
        }
    ));
}

#[rstest]
// count, count_distinct, count_frequent Operators
#[case("count", "count")]
#[case("count(port) by src, tgt", "count(port) by src, tgt")]
#[case(
    "count(port) as n, avg(bytes) by src",
    "count(port) as n, avg(bytes) by src"
)]
#[case(
    "count_distinct(username) group by hostname",
    "count_distinct(username) by hostname"
)]
#[case("count_frequent srcIP, url", "count_frequent srcIP, url")]
#[case("count_frequent(url)", "count_frequent url")]
// sort Search Operator
#[case("count (*) group by user", "count by user")]
#[case("count user", "count by user")]
// timeslice Search Operator
#[case("count _timeslice, ip", "count by _timeslice, ip")]
#[case("count %\"a b\"", "count by %\"a b\"")]
#[case(
    "count by %users[2].address.street",
    "count by %users[2].address.street"
)]
// Transaction Operator
#[case(
    "count, max(latency) by fromstate, tostate",
    "count, max(latency) by fromstate, tostate"
)]
// pct (percentile) Operator
#[case(
    "pct(filesize, 75, 95.5) by _sourceHost",
    "pct(filesize, 75, 95.5) by _sourceHost"
)]
#[case("pct_sampling(a, 50)", "pct_sampling(a, 50)")]
// most_recent, least_recent Grouping Operators
#[case("withtime IP", "withtime IP")]
#[case("most_recent(ip_withtime) by c", "most_recent(ip_withtime) by c")]
#[case("least_recent(a) as b", "least_recent(a) as b")]
// values Grouping Operator
#[case(
    "count as errors, values(sc) by log_level",
    "count as errors, values(sc) by log_level"
)]
#[case("values(f) by g as name", "values(f) by g as name")]
#[case(
    "first(a) as a, last(b), min(c), max(d), sum(e), stddev(f), median(g)",
    "first(a) as a, last(b), min(c), max(d), sum(e), stddev(f), median(g)"
)]
#[case(
    "count by toLowerCase(user) as u, if(a, b, c)",
    "count by tolowercase(user) as u, if(a, b, c)"
)]
// Log Operators Cheat Sheet
#[case("max(1, 2) as v", "max(1, 2) as v")]
#[case("min(a, b) + 1 as v", "(min(a, b) + 1) as v")]
fn aggregates_are_read(#[case] operator: &str, #[case] printed: &str) {
    prints(&format!("* | {operator}"), &format!("* | {printed}"));
}

#[rstest]
// where Search Operator
#[case("where a<b", "where a < b")]
#[case("where user<>\"root\"", "where user != \"root\"")]
// as Search Operator
#[case("ip_addr as src_ip", "ip_addr as src_ip")]
#[case("\"127.10.10.1\" as src_ip", "\"127.10.10.1\" as src_ip")]
// Field Expressions
#[case("x = 2 as duo", "x = 2 as duo")]
#[case("true as yes", "true as yes")]
#[case("-42.300 as b", "-42.300 as b")]
#[case(
    "sizeInKiB * (1Ki / 1Mi) as sizeInMiB",
    "sizeInKiB * (1Ki / 1Mi) as sizeInMiB"
)]
#[case(
    "((_end_time - _start_time)/1000)/60 as t",
    "((_end_time - _start_time) / 1000) / 60 as t"
)]
#[case(
    "\"Robot\" as %\"learning robot .33.\"",
    "\"Robot\" as %\"learning robot .33.\""
)]
#[case("if (a, b, c) as d", "if(a, b, c) as d")]
#[case(
    "status_code matches \"5*\" ? 1 : 0 as server_error",
    "status_code matches \"5*\" ? 1 : 0 as server_error"
)]
#[case("total > 5 as many", "(total > 5) as many")]
#[case("(count) as b", "(count) as b")]
#[case("(json(a))", "(json(a))")]
#[case("limit as x", "(limit) as x")]
#[case("num(duration)", "num(duration)")]
#[case(
    "haversine(39.04380, -77.48790, 45.73723, -119.81143) as d",
    "haversine(39.04380, -77.48790, 45.73723, -119.81143) as d"
)]
// fields Search Operator
#[case("fields method, status_code", "fields method, status_code")]
#[case("fields - log_level, %\"a b\"", "fields - log_level, %\"a b\"")]
#[case("fields -x", "fields - x")]
// timeslice Search Operator
#[case("timeslice 5m", "timeslice 5m")]
#[case("timeslice by 1h", "timeslice 1h")]
#[case("timeslice 2h as 2hrs", "timeslice 2h as 2hrs")]
#[case("timeslice 150 buckets as b", "timeslice 150 buckets as b")]
#[case("timeslice", "timeslice")]
// sort Search Operator
#[case("sort by a", "sort by a")]
#[case("sort + _timeslice", "sort by _timeslice asc")]
#[case(
    "order by +a, b asc, c desc, -d",
    "sort by a asc, b asc, c desc, d desc"
)]
#[case("sort _count", "sort by _count")]
// top Search Operator
#[case("top 5 _sourceCategory", "top 5 _sourceCategory")]
#[case("top 5 _sourceCategory by count", "top 5 _sourceCategory by count")]
#[case("top 2 a, b by sum(c)", "top 2 a, b by sum(c)")]
// topk Search Operator
#[case(
    "topk(2,_count) by _sourceHost, _sourceCategory",
    "topk(2, _count) by _sourceHost, _sourceCategory"
)]
#[case("limit 10", "limit 10")]
// dedup Search Operator
#[case("dedup", "dedup")]
#[case("dedup 3 by source", "dedup 3 by source")]
#[case(
    "dedup consecutive by source, host",
    "dedup consecutive by source, host"
)]
// total, accum, diff, smooth, rollingstd, backshift Search Operator
#[case("total data by _messagetime", "total data by _messagetime")]
#[case(
    "accum requests as running_total by cs_username",
    "accum requests as running_total by cs_username"
)]
#[case("diff t2_v2 by t2_s2", "diff t2_v2 by t2_s2")]
#[case("smooth lagRate,10 as movingAvg", "smooth lagRate, 10 as movingAvg")]
#[case(
    "rollingstd _count,1 by _sourcehost",
    "rollingstd _count, 1 by _sourcehost"
)]
#[case(
    "backshift totalIncomingRate, 1 as lagRate",
    "backshift totalIncomingRate, 1 as lagRate"
)]
#[case("backshift _count", "backshift _count")]
// fillmissing Search Operator
#[case("fillmissing timeslice", "fillmissing timeslice")]
#[case(
    "fillmissing values(\"web\", \"api\") in type\n with -1 for _count, null for x",
    "fillmissing values(\"web\", \"api\") in type with -1 for _count, null for x"
)]
#[case(
    "fillmissing timeslice(15m) in t, values all in sweets takelast",
    "fillmissing timeslice(15m) in t, values all in sweets takeLast"
)]
// transpose Search Operator
#[case(
    "transpose row _timeslice column a, b",
    "transpose row _timeslice column a, b"
)]
#[case(
    "transpose row os column browser as %\"200\", x, *",
    "transpose row os column browser as %\"200\", x, *"
)]
// compare Search Operator
#[case("compare timeshift 1d", "compare timeshift 1d")]
#[case("compare with timeshift 15m", "compare timeshift 15m")]
#[case(
    "compare timeshift 12h, timeshift 1d 3 avg, timeshift 1w as w",
    "compare timeshift 12h, timeshift 1d 3 avg, timeshift 1w as w"
)]
// outlier Search Operator
#[case(
    "outlier a window=5,threshold=3,consecutive=2,direction=+-",
    "outlier a window=5, threshold=3, consecutive=2, direction=+-"
)]
#[case("outlier _count by a, b, window=5", "outlier _count by a, b window=5")]
// predict Search Operator
#[case(
    "predict _count by 30s model=ar,ar.window=50,forecast=100",
    "predict _count by 30s model=ar, ar.window=50, forecast=100"
)]
// geoip Search Operator
#[case("geoip remote_ip", "geoip remote_ip")]
#[case("geoip ip region, continent", "geoip ip, region, continent")]
// Subqueries
#[case(
    "compose a, b maxresults=10 keywords",
    "compose a, b maxresults=10 keywords"
)]
// macro Operator
#[case("`timeslice_macro`", "`timeslice_macro`")]
fn shaping_operators_are_read(#[case] operator: &str, #[case] printed: &str) {
    prints(&format!("* | {operator}"), &format!("* | {printed}"));
}

#[rstest]
// Transaction Operator
#[case(
    "transaction on sessionid fringe=10m with \"Starting session *\" as init,\nwith \"Launch *\" in msg as launch results by transactions showing max(_messagetime), sum(\"1\") for init as initcount",
    "transaction on sessionid fringe=10m with \"Starting session *\" as init, with \"Launch *\" in msg as launch results by transactions showing max(_messagetime), sum(\"1\") for init as initcount"
)]
#[case(
    "transaction on ip, user with states aboutus, company as c, %\"Labs/Apache\" in urlprefix results by flow",
    "transaction on ip, user with states aboutus, company as c, %\"Labs/Apache\" in urlprefix results by flow"
)]
// Transactionize Operator
#[case("transactionize a, b", "transactionize a, b")]
#[case(
    "transactionize accountId as account maxlogs = 10",
    "transactionize accountId as account maxlogs=10"
)]
#[case(
    "transactionize a maxSpan=1m endsWith=\"foo\";strict",
    "transactionize a maxspan=1m endswith=\"foo\";strict"
)]
// Merge Operator
#[case(
    "transactionize ip (merge ip takeFirst, _raw join with \"\\n\\n\")",
    "transactionize ip (merge ip takeFirst, _raw join with \"\\n\\n\")"
)]
#[case("merge", "merge")]
#[case(
    "merge a, b takeDistinct as c, d join",
    "merge a, b takeDistinct as c, d join"
)]
// join Search Operator
#[case(
    "join (parse \"starting stream from *\" AS a) AS T1,\n(parse \"search * from parent stream *\" AS b, c | where b) AS T2\non T1.a = T2.c and T1.a = T2.b timewindow 10m",
    "join (parse \"starting stream from *\" as a) as T1, (parse \"search * from parent stream *\" as b, c | where b) as T2 on T1.a=T2.c and T1.a=T2.b timewindow 10m"
)]
#[case(
    "join (_sourceCategory=a | count by x) as t1, (| 1 as y) as t2 on t1.x=t2.y",
    "join (_sourceCategory=a | count by x) as t1, (| 1 as y) as t2 on t1.x=t2.y"
)]
// lookup Search Operator
#[case(
    "lookup cell1 as c1, cell2 from path://\"/Library/Users/a@b.c/Suspicious Users\" on userEmail=email, userStatus=status",
    "lookup cell1 as c1, cell2 from path://\"/Library/Users/a@b.c/Suspicious Users\" on userEmail=email, userStatus=status"
)]
#[case(
    "lookup * from path://\"/t\" on a=b and c=d",
    "lookup * from path://\"/t\" on a=b, c=d"
)]
#[case(
    "lookup userName from https://company.com/userTable.csv on userID=id",
    "lookup userName from https://company.com/userTable.csv on userID=id"
)]
#[case(
    "lookup latitude, longitude from geo://location on ip = remote_ip",
    "lookup latitude, longitude from geo://location on ip=remote_ip"
)]
#[case(
    "lookup status_code from shared/statusupdates on status = code",
    "lookup status_code from shared/statusupdates on status=code"
)]
// cat, save Search Operator
#[case("cat path://\"/t\"", "cat path://\"/t\"")]
#[case("save append path://\"/t\"", "save append path://\"/t\"")]
#[case("save /shared/lookups/daily_users", "save /shared/lookups/daily_users")]
fn combining_operators_are_read(#[case] operator: &str, #[case] printed: &str) {
    prints(&format!("* | {operator}"), &format!("* | {printed}"));
}

#[test]
fn a_table_is_shown_without_a_scope() {
    // cat Search Operator
    prints(
        "cat path://\"/Library/a b\" | limit 1",
        "| cat path://\"/Library/a b\" | limit 1",
    );
}

#[rstest]
#[case("where x = 1")]
#[case("count by x")]
#[case("parse \"a*\" as x")]
#[case("timeslice 1m")]
#[case("eval x = 1")]
#[case("trace x")]
#[case("json auto")]
fn an_operator_ends_before_blanks_and_comments(#[case] operator: &str) {
    for after in ["", " ", " // c\n", " /* c */ | limit 1"] {
        let text = format!("* | {operator}{after}");
        let query = read(&text);
        let first = query.operators.first().expect("there is one");
        assert_eq!(first.span.of(&text), Some(operator));
    }
}
