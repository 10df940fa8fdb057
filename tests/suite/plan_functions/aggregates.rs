//! Aggregations.

use misfire::detect::plan::Value;
use misfire::detect::plan::aggregate::{Accumulator, Aggregation as A, Percentile, Spread};

use super::{NULL, f, i, l, t};

fn of(aggregation: A, values: &[Value]) -> Value {
    let timed: Vec<_> = values.iter().cloned().zip((0..).map(f64::from)).collect();
    timed_of(aggregation, &timed)
}

fn timed_of(aggregation: A, values: &[(Value, f64)]) -> Value {
    let mut accumulator = Accumulator::new(&aggregation);
    let start = accumulator.approximate_size();
    for (value, time) in values {
        accumulator.add(value, Some(*time));
    }
    assert!(accumulator.approximate_size() >= start);
    accumulator.finish()
}

fn numbers<const N: usize>(numbers: [i64; N]) -> Vec<Value> {
    numbers.map(i).to_vec()
}

const TEN: [i64; 10] = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

#[test]
fn values_are_counted() {
    // Source: "Aggregate functions: count", "distinct_count".
    let some = [t("a"), NULL, l(["a", "b"])];
    assert_eq!(of(A::Count, &some), i(3));
    assert_eq!(of(A::DistinctCount, &some), i(2));
    assert_eq!(of(A::DistinctCount, &[t("A"), t("a"), i(1), t("1")]), i(3));
    for aggregation in [A::Count, A::DistinctCount] {
        assert_eq!(of(aggregation, &[]), i(0));
        assert_eq!(of(aggregation, &[NULL]), i(0));
    }
}

#[test]
fn numbers_are_summed() {
    // Source: "Aggregate functions: sum", "avg", "range", "sumsq".
    let mixed = [i(1), t("2"), t("x"), l(["3", "4"]), NULL];
    assert_eq!(of(A::Sum, &mixed), i(10));
    assert_eq!(of(A::Sum, &[i(i64::MAX), i(1), i(-1)]), i(i64::MAX));
    assert_eq!(of(A::Sum, &[f(0.5), i(1)]), f(1.5));
    assert_eq!(of(A::Average, &mixed), f(2.5));
    assert_eq!(of(A::Average, &numbers(TEN)), f(5.5));
    assert_eq!(of(A::Range, &mixed), i(3));
    assert_eq!(of(A::Range, &[i(5)]), i(0));
    assert_eq!(of(A::SumOfSquares, &mixed), i(30));
    assert_eq!(of(A::SumOfSquares, &numbers([3, 4])), i(25));
    for aggregation in [A::Sum, A::Average, A::Range, A::SumOfSquares] {
        assert_eq!(of(aggregation, &[]), NULL);
        assert_eq!(of(aggregation, &[t("x"), NULL]), NULL);
    }
}

#[test]
fn numbers_spread() {
    // Source: "Aggregate functions: stdev", "stdevp", "var", "varp".
    let some = numbers([2, 4, 4, 4, 5, 5, 7, 9]);
    assert_eq!(of(A::StandardDeviation(Spread::Population), &some), i(2));
    assert_eq!(of(A::Variance(Spread::Population), &some), i(4));
    let sample = of(A::Variance(Spread::Sample), &some)
        .as_number()
        .expect("a number");
    assert!((sample - 32.0 / 7.0).abs() < 1e-12);
    let sample = of(A::StandardDeviation(Spread::Sample), &some);
    let sample = sample.as_number().expect("a number");
    assert!((sample - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
    let large: Vec<Value> = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]
        .map(f)
        .to_vec();
    assert_eq!(of(A::Variance(Spread::Sample), &large), i(30));
    for spread in [Spread::Sample, Spread::Population] {
        for aggregation in [A::StandardDeviation(spread), A::Variance(spread)] {
            assert_eq!(of(aggregation, &[i(7)]), i(0));
            assert_eq!(of(aggregation, &[]), NULL);
            assert_eq!(of(aggregation, &[l(["1", "1"])]), i(0));
        }
    }
}

#[test]
fn numbers_are_less_than_text() {
    // Source: "Aggregate functions: max", "min".
    assert_eq!(of(A::Max, &[i(9), t("10")]), i(10));
    assert_eq!(of(A::Min, &[t("9"), i(10)]), i(9));
    assert_eq!(of(A::Max, &[t("9"), t("10"), t("x")]), t("x"));
    assert_eq!(of(A::Min, &[t("9"), t("10"), t("x")]), i(9));
    assert_eq!(of(A::Max, &[l(["3", "20"]), NULL]), i(20));
    for aggregation in [A::Max, A::Min] {
        assert_eq!(of(aggregation, &[]), NULL);
        assert_eq!(of(aggregation, &[NULL]), NULL);
    }
}

#[test]
fn values_are_gathered() {
    // Source: "Multivalue stats and chart functions: values", "list".
    let some = [t("b"), t("a"), i(10), i(9), t("b"), NULL, l(["c", "a"])];
    assert_eq!(of(A::Values, &some), l(["10", "9", "a", "b", "c"]));
    assert_eq!(
        of(A::List, &some),
        Value::list(vec![t("b"), t("a"), i(10), i(9), t("b"), t("c"), t("a")])
    );
    let many: Vec<Value> = (0..1000).map(i).collect();
    assert_eq!(of(A::List, &many), Value::list((0..100).map(i).collect()));
    assert_eq!(of(A::Values, &many).items().count(), 1000);
    for aggregation in [A::Values, A::List] {
        assert_eq!(of(aggregation, &[NULL]), NULL);
    }
}

#[test]
fn order_decides() {
    // Source: "Event order functions: first", "last".
    let some = [NULL, t("a"), l(["b", "c"]), NULL];
    assert_eq!(of(A::First, &some), t("a"));
    assert_eq!(of(A::Last, &some), l(["b", "c"]));
    // Source: "Time functions: earliest", "latest", "earliest_time", "latest_time", "rate".
    let timed = [
        (i(4), 20.0),
        (i(1), 10.0),
        (i(2), 10.0),
        (i(9), 20.0),
        (NULL, 5.0),
    ];
    assert_eq!(timed_of(A::Earliest, &timed), i(1));
    assert_eq!(timed_of(A::Latest, &timed), i(9));
    assert_eq!(timed_of(A::EarliestTime, &timed), i(10));
    assert_eq!(timed_of(A::LatestTime, &timed), i(20));
    assert_eq!(timed_of(A::Rate, &timed), f(0.8));
    assert_eq!(timed_of(A::Rate, &[(i(1), 5.0)]), NULL);
    assert_eq!(timed_of(A::Rate, &[(t("x"), 5.0), (i(1), 6.0)]), NULL);
    let mut untimed = Accumulator::new(&A::Earliest);
    untimed.add(&i(1), None);
    assert_eq!(untimed.finish(), NULL);
    for aggregation in [
        A::First,
        A::Last,
        A::Earliest,
        A::Latest,
        A::EarliestTime,
        A::Rate,
    ] {
        assert_eq!(of(aggregation, &[NULL]), NULL);
    }
}

#[test]
fn ranks_decide() {
    // Source: "Aggregate functions: median": of two, the larger one; "perc", "mode".
    let percentile = |p, kind| A::Percentile { p, kind };
    let ten = numbers(TEN);
    assert_eq!(of(A::Median, &ten), i(6));
    assert_eq!(of(A::Median, &numbers([3, 1, 2])), i(2));
    assert_eq!(of(percentile(50.0, Percentile::Nearest), &ten), i(6));
    assert_eq!(of(percentile(95.0, Percentile::Nearest), &ten), i(10));
    assert_eq!(of(percentile(100.0, Percentile::Nearest), &ten), i(10));
    assert_eq!(of(percentile(0.0, Percentile::Nearest), &ten), i(1));
    assert_eq!(of(percentile(50.0, Percentile::Exact), &ten), f(5.5));
    assert_eq!(
        of(percentile(95.0, Percentile::Exact), &ten).to_text(),
        "9.55"
    );
    assert_eq!(of(percentile(50.0, Percentile::Upper), &ten), f(5.5));
    let many: Vec<Value> = (0..1002).map(i).collect();
    assert_eq!(of(percentile(50.0, Percentile::Upper), &many), i(501));
    assert_eq!(of(percentile(f64::NAN, Percentile::Nearest), &ten), i(1));
    assert_eq!(of(A::Median, &[l(["1", "x", "3"]), NULL]), i(3));
    assert_eq!(
        of(A::Mode, &[t("a"), t("b"), l(["b", "a"]), t("c")]),
        t("a")
    );
    assert_eq!(of(A::Mode, &[t("a"), i(1), i(1)]), i(1));
    for aggregation in [A::Median, A::Mode, percentile(99.0, Percentile::Exact)] {
        assert_eq!(of(aggregation, &[NULL]), NULL);
    }
}
