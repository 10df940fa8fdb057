//! Functions, aggregations, patterns, and times of plans, against what the vendor's
//! reference says. Rows name the page they come from; rows without one say what the
//! pages leave open.

mod aggregates;
mod conversions;
mod documents;
mod globs;
mod lists;
mod numbers;
mod patterns;
mod properties;
mod regexes;
mod texts;
mod times;
mod values;

use misfire::detect::plan::Value;
use misfire::detect::plan::function::{CallContext, Function, call};

/// The page, the function, its arguments, and what it yields.
type Row = (&'static str, Function, Vec<Value>, Value);

fn check(rows: &[Row]) {
    let context = CallContext::at(NOW);
    for (page, function, arguments, expected) in rows {
        assert!(
            function.arity().contains(&arguments.len()),
            "{page}: {function:?} takes {:?} arguments",
            function.arity()
        );
        let got = call(*function, arguments, &context);
        assert_eq!(&got, expected, "{page}: {function:?}{arguments:?}");
    }
}

/// Tuesday, 14 January 2020, 13:45:30.25 in Greenwich.
const NOW: f64 = 1_579_009_530.25;

fn t(text: &str) -> Value {
    Value::text(text)
}

fn i(number: i64) -> Value {
    Value::Integer(number)
}

fn f(number: f64) -> Value {
    Value::Float(number)
}

fn l<const N: usize>(texts: [&str; N]) -> Value {
    Value::list(texts.iter().map(|text| t(text)).collect())
}

const TRUE: Value = Value::Bool(true);
const FALSE: Value = Value::Bool(false);
const NULL: Value = Value::Null;
