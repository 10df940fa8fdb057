//! Numbers.

use super::{NULL, check, f, i, l, t};
use misfire::detect::plan::Value;
use misfire::detect::plan::function::Function as F;

const PAGE: &str = "Mathematical functions";

#[test]
fn numbers_are_computed() {
    check(&[
        (
            "Mathematical functions",
            F::Absolute,
            vec![f(-10.95)],
            f(10.95),
        ),
        (PAGE, F::Absolute, vec![i(-3)], i(3)),
        (
            PAGE,
            F::Absolute,
            vec![i(i64::MIN)],
            f(9_223_372_036_854_775_808.0),
        ),
        (PAGE, F::Absolute, vec![t("-2")], i(2)),
        (PAGE, F::Absolute, vec![t("x")], NULL),
        (PAGE, F::Absolute, vec![NULL], NULL),
        (
            PAGE,
            F::Absolute,
            vec![l(["-1", "2"])],
            Value::list(vec![i(1), i(2)]),
        ),
        (PAGE, F::Ceiling, vec![f(1.9)], i(2)),
        (PAGE, F::Ceiling, vec![f(-1.9)], i(-1)),
        (PAGE, F::Ceiling, vec![NULL], NULL),
        (PAGE, F::Floor, vec![f(1.9)], i(1)),
        (PAGE, F::Floor, vec![t("-1.1")], i(-2)),
        (PAGE, F::Floor, vec![NULL], NULL),
        (PAGE, F::Exact, vec![f(8.25)], f(8.25)),
        (PAGE, F::Exact, vec![i(7)], i(7)),
        (PAGE, F::Exponential, vec![i(0)], i(1)),
        (PAGE, F::Exponential, vec![i(3)], f(3_f64.exp())),
        (PAGE, F::Exponential, vec![i(1000)], NULL),
        (PAGE, F::NaturalLogarithm, vec![i(1)], i(0)),
        (PAGE, F::NaturalLogarithm, vec![i(0)], NULL),
        (
            PAGE,
            F::NaturalLogarithm,
            vec![f(std::f64::consts::E)],
            i(1),
        ),
        (PAGE, F::Logarithm, vec![i(1000)], i(3)),
        (PAGE, F::Logarithm, vec![i(8), i(2)], i(3)),
        (PAGE, F::Logarithm, vec![i(-1)], NULL),
        (PAGE, F::Logarithm, vec![i(8), NULL], NULL),
        (PAGE, F::Pi, vec![], f(std::f64::consts::PI)),
        (PAGE, F::Power, vec![i(2), i(8)], i(256)),
        (PAGE, F::Power, vec![i(2), f(0.5)], f(2_f64.sqrt())),
        (PAGE, F::Power, vec![NULL, i(8)], NULL),
        (PAGE, F::SquareRoot, vec![i(9)], i(3)),
        (PAGE, F::SquareRoot, vec![i(-9)], NULL),
        (PAGE, F::SquareRoot, vec![NULL], NULL),
        (PAGE, F::Truncate, vec![f(2.9)], i(2)),
        (PAGE, F::Truncate, vec![f(-2.9)], i(-2)),
        (PAGE, F::Truncate, vec![t("7")], i(7)),
        (PAGE, F::Truncate, vec![t("x")], NULL),
    ]);
}

#[test]
fn numbers_are_rounded_as_they_are_written() {
    check(&[
        (PAGE, F::Round, vec![f(3.5)], i(4)),
        (PAGE, F::Round, vec![f(2.555), i(2)], f(2.56)),
        (PAGE, F::Round, vec![f(4.5)], i(5)),
        (PAGE, F::Round, vec![f(-2.5)], i(-3)),
        (PAGE, F::Round, vec![f(0.05), i(1)], f(0.1)),
        (PAGE, F::Round, vec![f(9.96), i(1)], i(10)),
        (PAGE, F::Round, vec![t("1234.5678"), i(3)], f(1234.568)),
        (PAGE, F::Round, vec![i(12), i(2)], i(12)),
        (PAGE, F::Round, vec![f(1e300), i(400)], f(1e300)),
        (PAGE, F::Round, vec![f(5e-324), i(2)], i(0)),
        (PAGE, F::Round, vec![f(1.5), NULL], NULL),
        (PAGE, F::Round, vec![f(1.5), f(-3.0)], i(2)),
        (PAGE, F::Round, vec![NULL], NULL),
    ]);
}

#[test]
fn texts_are_larger_than_numbers() {
    const STATISTICAL: &str = "Statistical eval functions";
    let page = || vec![i(1), i(3), i(6), i(7), t("foo"), NULL];
    check(&[
        (STATISTICAL, F::Greatest, page(), t("foo")),
        (STATISTICAL, F::Least, page(), i(1)),
        (STATISTICAL, F::Greatest, vec![i(9), t("10")], t("10")),
        (STATISTICAL, F::Least, vec![l(["7", "30"]), i(8)], t("7")),
        (STATISTICAL, F::Greatest, vec![t("a"), t("B")], t("a")),
        (STATISTICAL, F::Greatest, vec![NULL], NULL),
        (STATISTICAL, F::Least, vec![NULL, NULL], NULL),
    ]);
}
