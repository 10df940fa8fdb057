//! What holds for every text.

use misfire::detect::sumo::syntax::{parse, parse_expression};
use proptest::collection::vec;
use proptest::prelude::*;

const FRAGMENTS: &[&str] = &[
    " ",
    " ",
    " ",
    "|",
    " | ",
    " | ",
    "(",
    ")",
    "[",
    "]",
    ",",
    "=",
    "\"",
    "'",
    "`",
    "\\",
    ".",
    "*",
    "?",
    ":",
    "-",
    "+",
    "<",
    "!=",
    "!",
    "%",
    "%\"",
    "/",
    "//",
    "/*",
    "*/",
    "\n",
    "é",
    "“",
    "$",
    "{",
    ";",
    "0",
    "15m",
    "2Ki",
    " AND ",
    " or ",
    "not ",
    " in ",
    " matches ",
    " contains ",
    " as ",
    " by ",
    "\"a*\"",
    "\"x\\\"y\"",
    "/b|c/",
    "where ",
    "eval x = ",
    "parse ",
    "parse regex ",
    "field=a ",
    "nodrop ",
    "json ",
    "auto ",
    "keys ",
    "kv ",
    "csv a extract ",
    "count ",
    "sum(a)",
    "pct(a, 5)",
    "timeslice ",
    "buckets ",
    "sort by ",
    "top 3 ",
    "topk(1, a)",
    "dedup ",
    "smooth ",
    "transaction on a ",
    "with ",
    "states ",
    "results by flow ",
    "transactionize ",
    "merge ",
    "takeFirst ",
    "join ",
    " on ",
    "lookup a from ",
    "path://\"t\"",
    "https://a ",
    "cat ",
    "save ",
    "fillmissing ",
    "values all in a",
    "transpose row a column b ",
    "compare timeshift ",
    "outlier a ",
    "window=3 ",
    "predict a by 1m ",
    "geoip ",
    "compose a ",
    "foo ",
    "bin ",
    "fields ",
    "[subquery: ",
    "if(",
    "null",
    "true",
    "a=b ",
];

fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        6 => prop::sample::select(FRAGMENTS.to_vec()).prop_map(str::to_owned),
        2 => "[a-c]{1,2}",
    ];
    vec(fragment, 0..24).prop_map(|parts| parts.concat())
}

/// Queries as they are, with something put in or left out somewhere.
fn changed() -> impl Strategy<Value = String> {
    let whole = prop::sample::select(vec![
        "(_sourceCategory=a/* OR b) | json auto maxdepth 3 | where toLowerCase(c) matches /d\\.exe$/ or %\"e.f\" in (\"g\", \"h\") | if(c contains \"i\", 1, 0) as j | fields c, j | sort by _messageTime desc",
        "a | parse field=b \"*:*\" as c, d nodrop | eval e = coalesce(c, d) | count by c",
        "a | join (parse \"x *\" as b) as t, (count by d) as u on t.b = u.d | fields - t_b",
        "a | transaction on b with \"*c*\" as d, with \"e\" as f results by flow | count by g",
        "a [subquery: b | count by c | compose c keywords] | where !(d in (1, 2)) or e",
        "a | lookup b as c from path://\"/d e\" on f=g | if(isNull(c), \"x\", c) as c | top 3 c",
        "a | split b delim=',' extract 1 as c, 2 as d | kv auto keys \"e\" | sort by +c, d",
        "a | outlier b window=5, direction=+- | fillmissing timeslice, values all in c",
    ]);
    let change = (
        any::<prop::sample::Index>(),
        0_usize..12,
        prop::sample::select(FRAGMENTS),
    );
    (whole, vec(change, 1..3)).prop_map(|(whole, changes)| {
        let mut letters: Vec<char> = whole.chars().collect();
        for (place, left_out, put_in) in changes {
            let start = place.index(letters.len() + 1);
            let end = letters.len().min(start + left_out);
            letters.splice(start..end, put_in.chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = parse(&text);
        let _ = parse_expression(&text);
    }

    #[test]
    fn what_is_read_is_printed_and_read_again(text in fragments()) {
        for text in [text.clone(), format!("a | {text}"), format!("a | where {text}")] {
            if let Ok(tree) = parse(&text) {
                prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
            }
        }
        if let Ok(tree) = parse_expression(&text) {
            prop_assert_eq!(parse_expression(&tree.to_string()), Ok(tree));
        }
    }

    #[test]
    fn what_is_read_of_changed_queries_is_printed_and_read_again(text in changed()) {
        match parse(&text) {
            Ok(tree) => prop_assert_eq!(parse(&tree.to_string()), Ok(tree)),
            Err(error) => prop_assert!(error.span.of(&text).is_some(), "{:?}", error),
        }
    }

    #[test]
    fn an_error_is_within_the_text(text in fragments()) {
        for text in [text.clone(), format!("a | {text}")] {
            if let Err(error) = parse(&text) {
                prop_assert!(error.span.of(&text).is_some(), "{:?}", error);
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}
