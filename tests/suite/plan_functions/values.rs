//! Values and their order.

use std::cmp::Ordering;

use misfire::detect::plan::Value;
use misfire::detect::plan::compare::{Case, Coercion, CompareOp, SortBy, compare, order};
use rstest::rstest;

use super::{NULL, TRUE, f, i, l, t};

#[test]
fn values_are_shown_as_products_show_them() {
    assert_eq!(f(0.1 + 0.2).to_text(), "0.3");
    assert_eq!(f(1.5).to_text(), "1.5");
    assert_eq!(Value::number(3.0).to_text(), "3");
    assert_eq!(TRUE.to_text(), "True");
    assert_eq!(NULL.to_text(), "");
    assert_eq!(l(["a", "b"]).to_text(), "a\nb");
    assert_eq!(
        Value::list(vec![NULL, l(["a", "b"]), t("c")]),
        l(["a", "b", "c"])
    );
    assert_eq!(Value::list(vec![t("a")]), t("a"));
    assert_eq!(Value::list(vec![NULL]), NULL);
    assert_eq!(Value::number(f64::NAN), NULL);
    assert_eq!(l(["a", "b"]).as_number(), None);
    assert!(t("abc").size() > t("").size());
}

#[rstest]
#[case(t("10"), CompareOp::Greater, i(9), Coercion::NumberFirst, Some(true))]
#[case(t("10"), CompareOp::Greater, t("9"), Coercion::NumberFirst, Some(true))]
#[case(t("10"), CompareOp::Greater, t("9"), Coercion::Text, Some(false))]
#[case(t("10"), CompareOp::Equal, i(10), Coercion::Typed, Some(false))]
#[case(t("-0"), CompareOp::Equal, i(0), Coercion::NumberFirst, Some(true))]
#[case(t("1.0"), CompareOp::Equal, t("1"), Coercion::NumberFirst, Some(true))]
#[case(t("1.0"), CompareOp::Equal, t("1"), Coercion::Typed, Some(false))]
#[case(t("a"), CompareOp::Less, t("b"), Coercion::NumberFirst, Some(true))]
#[case(NULL, CompareOp::NotEqual, t("b"), Coercion::NumberFirst, None)]
fn values_compare(
    #[case] left: Value,
    #[case] operator: CompareOp,
    #[case] right: Value,
    #[case] coercion: Coercion,
    #[case] expected: Option<bool>,
) {
    assert_eq!(
        compare(&left, operator, &right, coercion, Case::Sensitive),
        expected
    );
}

#[test]
fn values_are_ordered() {
    assert_eq!(order(&t("9"), &t("10"), SortBy::Auto), Ordering::Less);
    assert_eq!(order(&t("9"), &t("a"), SortBy::Auto), Ordering::Less);
    assert_eq!(order(&t("9"), &t("10"), SortBy::Text), Ordering::Greater);
    assert_eq!(
        order(&t("10.0.0.9"), &t("10.0.0.10"), SortBy::Address),
        Ordering::Less
    );
    assert_eq!(order(&t("x"), &t("10"), SortBy::Number), Ordering::Greater);
}
