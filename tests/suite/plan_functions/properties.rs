//! Whatever comes in, something comes out.

use jiff::tz::TimeZone;
use misfire::detect::plan::Value;
use misfire::detect::plan::aggregate::{Accumulator, Aggregation as A, Percentile, Spread};
use misfire::detect::plan::compare::Case;
use misfire::detect::plan::function::document::{at_path, elements, leaves};
use misfire::detect::plan::function::{CallContext, Function, call};
use misfire::detect::plan::pattern::Glob;
use misfire::detect::plan::regex::{Anchoring, Flavour, Regex};
use misfire::detect::plan::time::{Span, format, parse, relative};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-+@0-9a-z%{}\\[\\].,:/ ]{0,12}",
        "\\PC{0,12}",
        "[%'+ #0-9.*$dixXfFeEgGcspu-]{0,10}",
        Just("%Y-%m-%dT%H:%M:%S.%Q%z".to_owned()),
        Just("{\"a\":[{\"b\":1},null]}".to_owned()),
        Just("<a x='1'>b<c/></a>".to_owned()),
        Just("hex".to_owned()),
        Just("1+02:03:04".to_owned()),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        (-20_i64..20).prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Float),
        text().prop_map(|text| Value::text(&text)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => scalar(),
        1 => prop::collection::vec(scalar(), 0..5).prop_map(Value::list),
        1 => prop::collection::vec(scalar(), 0..5).prop_map(|items| Value::List(items.into())),
    ]
}

const AGGREGATIONS: &[A] = &[
    A::Count,
    A::DistinctCount,
    A::Sum,
    A::Average,
    A::Min,
    A::Max,
    A::Values,
    A::List,
    A::First,
    A::Last,
    A::Earliest,
    A::Latest,
    A::EarliestTime,
    A::LatestTime,
    A::StandardDeviation(Spread::Sample),
    A::Variance(Spread::Population),
    A::Range,
    A::Median,
    A::Mode,
    A::SumOfSquares,
    A::Rate,
    A::Percentile {
        p: 95.0,
        kind: Percentile::Exact,
    },
    A::Percentile {
        p: 5.0,
        kind: Percentile::Upper,
    },
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_function_panics(
        function in prop::sample::select(Function::ALL),
        arguments in prop::collection::vec(value(), 0..5),
        now in any::<f64>(),
    ) {
        let _ = call(function, &arguments, &CallContext::at(now));
    }

    #[test]
    fn no_aggregation_panics(
        aggregation in prop::sample::select(AGGREGATIONS),
        values in prop::collection::vec((value(), prop::option::of(any::<f64>())), 0..20),
    ) {
        let mut accumulator = Accumulator::new(&aggregation);
        for (value, time) in &values {
            accumulator.add(value, *time);
            let _ = accumulator.finish();
        }
        let _ = accumulator.approximate_size();
    }

    #[test]
    fn no_text_panics(one in text(), other in text(), number in any::<f64>()) {
        let _ = format(number, &one, &TimeZone::UTC);
        let _ = parse(&one, &other, &TimeZone::UTC, number);
        let _ = relative(number, &one, &TimeZone::UTC);
        let _ = Span::parse(&one).map(|span| span.bin(&Value::Float(number)));
        let _ = at_path(&one, &other);
        let _ = (leaves(&one), elements(&one));
    }

    #[test]
    fn what_is_formatted_is_parsed(seconds in 0_i64..3_000_000_000, micros in 0_i32..1_000_000) {
        #[expect(clippy::cast_precision_loss, reason = "it is small")]
        let time = seconds as f64 + f64::from(micros) / 1e6;
        for variables in ["%Y-%m-%d %H:%M:%S.%6N %z", "%s.%6N", "%d %b %y %I:%M:%S.%N %p %Z"] {
            let text = format(time, variables, &TimeZone::UTC).expect("a time");
            let back = parse(&text, variables, &TimeZone::UTC, 0.0).expect("a time");
            prop_assert!((back - time).abs() < 1e-5, "{text}: {back} is not {time}");
        }
    }

    #[test]
    fn no_pattern_panics(pattern in "[\\PC\\\\\\[\\](){}?*+$^a-z<>&~#@\"'-]{0,20}", text in text()) {
        for flavour in [Flavour::Pcre, Flavour::Re2, Flavour::Java, Flavour::Lucene] {
            if let Ok(regex) = Regex::new(&pattern, flavour, Anchoring::Find, Case::Insensitive) {
                let found = regex.is_match(&text);
                if let (Ok(true), Some(literals)) = (found, regex.required_literals()) {
                    let lower = text.to_lowercase();
                    prop_assert!(literals.iter().any(|one| lower.contains(&one.to_lowercase())));
                }
                let _ = regex.named_captures(&text, 3);
                let _ = regex.replace_all(&text, &pattern);
            }
        }
    }

    #[test]
    fn finding_is_matching_with_runs_around(pattern in "[ab*]{0,6}", text in "[abc]{0,10}") {
        let glob = Glob::star(&pattern, Case::Sensitive);
        let around = Glob::star(&format!("*{pattern}*"), Case::Sensitive);
        prop_assert_eq!(glob.finds(&text), around.matches(&text));
        if glob.matches(&text) {
            prop_assert!(glob.finds_between(&text, |_| false));
        }
    }
}
