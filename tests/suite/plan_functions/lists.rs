//! Lists, and what a value is.

use super::{FALSE, NULL, TRUE, check, f, i, l, t};
use misfire::detect::plan::Value;
use misfire::detect::plan::function::Function as F;

const PAGE: &str = "Multivalue eval functions";

#[test]
fn items_are_counted_and_chosen() {
    check(&[
        (PAGE, F::CountItems, vec![l(["a", "b"])], i(2)),
        (PAGE, F::CountItems, vec![t("a")], i(1)),
        (PAGE, F::CountItems, vec![NULL], NULL),
        (PAGE, F::ItemAt, vec![l(["a", "b", "c"]), i(2)], t("c")),
        (PAGE, F::ItemAt, vec![l(["a", "b", "c"]), i(0)], t("a")),
        (PAGE, F::ItemAt, vec![l(["a", "b", "c"]), i(-1)], t("c")),
        (
            PAGE,
            F::ItemAt,
            vec![l(["a", "b", "c"]), i(0), i(1)],
            l(["a", "b"]),
        ),
        (
            PAGE,
            F::ItemAt,
            vec![l(["a", "b", "c"]), i(1), i(-1)],
            l(["b", "c"]),
        ),
        (
            PAGE,
            F::ItemAt,
            vec![l(["a", "b", "c"]), i(1), i(9)],
            l(["b", "c"]),
        ),
        (PAGE, F::ItemAt, vec![l(["a", "b", "c"]), i(2), i(1)], NULL),
        (PAGE, F::ItemAt, vec![l(["a", "b", "c"]), i(3)], NULL),
        (PAGE, F::ItemAt, vec![l(["a", "b", "c"]), i(-4)], NULL),
        (
            PAGE,
            F::ItemAt,
            vec![l(["a", "b"]), i(i64::MIN), i(i64::MAX)],
            NULL,
        ),
        (PAGE, F::ItemAt, vec![t("a"), i(0)], t("a")),
        (PAGE, F::ItemAt, vec![l(["a", "b"]), t("x")], NULL),
        (PAGE, F::ItemAt, vec![NULL, i(0)], NULL),
    ]);
}

#[test]
fn lists_are_made_and_joined() {
    check(&[
        (
            PAGE,
            F::ListOf,
            vec![t("localhost"), l(["a", "b"])],
            l(["localhost", "a", "b"]),
        ),
        (PAGE, F::ListOf, vec![NULL, t("x"), NULL], t("x")),
        (PAGE, F::ListOf, vec![NULL], NULL),
        (PAGE, F::JoinItems, vec![l(["a", "b"]), t(";")], t("a;b")),
        (PAGE, F::JoinItems, vec![t("a"), t(";")], t("a")),
        (PAGE, F::JoinItems, vec![NULL, t(";")], NULL),
        (
            PAGE,
            F::DistinctItems,
            vec![l(["b", "a", "b"])],
            l(["b", "a"]),
        ),
        (PAGE, F::DistinctItems, vec![l(["b", "b"])], t("b")),
        (PAGE, F::DistinctItems, vec![NULL], NULL),
        (
            PAGE,
            F::SortItems,
            vec![l(["b", "10", "9", "A"])],
            l(["10", "9", "A", "b"]),
        ),
        (PAGE, F::SortItems, vec![t("x")], t("x")),
        (PAGE, F::SortItems, vec![NULL], NULL),
        (
            PAGE,
            F::ZipItems,
            vec![l(["h1", "h2"]), l(["80", "443"])],
            l(["h1,80", "h2,443"]),
        ),
        (
            PAGE,
            F::ZipItems,
            vec![l(["a", "b"]), l(["1", "2"]), t("|")],
            l(["a|1", "b|2"]),
        ),
        (PAGE, F::ZipItems, vec![l(["a", "b"]), t("1")], t("a,1")),
        (PAGE, F::ZipItems, vec![l(["a", "b"]), NULL], NULL),
        (
            PAGE,
            F::Split,
            vec![t("a;b;;c"), t(";")],
            l(["a", "b", "", "c"]),
        ),
        (PAGE, F::Split, vec![t("a->b"), t("->")], l(["a", "b"])),
        (PAGE, F::Split, vec![t("abc"), t("")], l(["a", "b", "c"])),
        (PAGE, F::Split, vec![t("abc"), t(";")], t("abc")),
        (
            PAGE,
            F::Split,
            vec![l(["a;b", "c"]), t(";")],
            l(["a", "b", "c"]),
        ),
        (PAGE, F::Split, vec![NULL, t(";")], NULL),
        (
            "makemv",
            F::SplitFull,
            vec![t("a,,b"), t(",")],
            l(["a", "b"]),
        ),
        ("makemv", F::SplitFull, vec![t(",,"), t(",")], NULL),
        ("makemv", F::SplitFull, vec![NULL, t(",")], NULL),
    ]);
}

#[test]
fn ranges_are_made() {
    let week = 7.0 * 86_400.0;
    let day = 1_525_564_800.0;
    let weeks = (0..5).map(|number| Value::number(day + f64::from(number) * week));
    check(&[
        (
            PAGE,
            F::RangeItems,
            vec![i(1), i(11), i(2)],
            Value::list([1, 3, 5, 7, 9].map(i).to_vec()),
        ),
        (
            PAGE,
            F::RangeItems,
            vec![f(day), f(day + 5.0 * week), t("7d")],
            Value::list(weeks.collect()),
        ),
        (
            PAGE,
            F::RangeItems,
            vec![i(1), i(3)],
            Value::list(vec![i(1), i(2)]),
        ),
        (PAGE, F::RangeItems, vec![i(3), i(1)], NULL),
        (PAGE, F::RangeItems, vec![i(1), i(3), i(0)], NULL),
        (PAGE, F::RangeItems, vec![i(1), i(3), t("x")], NULL),
        (PAGE, F::RangeItems, vec![i(1), i(i64::MAX)], NULL),
        (PAGE, F::RangeItems, vec![NULL, i(3)], NULL),
    ]);
}

#[test]
fn commands_are_named() {
    check(&[
        (
            PAGE,
            F::Commands,
            vec![t("search foo | stats count | sort count")],
            l(["search", "stats", "sort"]),
        ),
        (
            PAGE,
            F::Commands,
            vec![t("index=a \"x | y\" [search b | head 1] | table c")],
            l(["search", "table"]),
        ),
        (PAGE, F::Commands, vec![t("| tstats count")], t("tstats")),
        (PAGE, F::Commands, vec![NULL], NULL),
    ]);
}

#[test]
fn kinds_are_told() {
    const INFORMATIONAL: &str = "Informational functions";
    const COMPARISON: &str = "Comparison and Conditional functions";
    check(&[
        (INFORMATIONAL, F::TypeOf, vec![i(12)], t("Number")),
        (INFORMATIONAL, F::TypeOf, vec![t("string")], t("String")),
        (INFORMATIONAL, F::TypeOf, vec![FALSE], t("Boolean")),
        (INFORMATIONAL, F::TypeOf, vec![NULL], t("Invalid")),
        (
            INFORMATIONAL,
            F::TypeOf,
            vec![l(["a", "b"])],
            t("Multivalue"),
        ),
        (INFORMATIONAL, F::IsBool, vec![TRUE], TRUE),
        (INFORMATIONAL, F::IsBool, vec![t("true")], FALSE),
        (INFORMATIONAL, F::IsBool, vec![NULL], FALSE),
        (INFORMATIONAL, F::IsInteger, vec![i(4)], TRUE),
        (INFORMATIONAL, F::IsInteger, vec![t("-4")], TRUE),
        (INFORMATIONAL, F::IsInteger, vec![t("4.0")], FALSE),
        (INFORMATIONAL, F::IsInteger, vec![f(4.5)], FALSE),
        (INFORMATIONAL, F::IsInteger, vec![NULL], FALSE),
        (INFORMATIONAL, F::IsNumber, vec![f(4.5)], TRUE),
        (INFORMATIONAL, F::IsNumber, vec![t("4.5")], TRUE),
        (INFORMATIONAL, F::IsNumber, vec![t("infinity")], FALSE),
        (INFORMATIONAL, F::IsNumber, vec![t("0x10")], FALSE),
        (INFORMATIONAL, F::IsNumber, vec![l(["1", "2"])], FALSE),
        (INFORMATIONAL, F::IsNumber, vec![NULL], FALSE),
        (INFORMATIONAL, F::IsText, vec![t("foo")], TRUE),
        (INFORMATIONAL, F::IsText, vec![i(4)], FALSE),
        (INFORMATIONAL, F::IsText, vec![NULL], FALSE),
        (COMPARISON, F::NullIf, vec![t("a"), t("a")], NULL),
        (COMPARISON, F::NullIf, vec![t("a"), t("b")], t("a")),
        (COMPARISON, F::NullIf, vec![i(1), t("1.0")], NULL),
        (COMPARISON, F::NullIf, vec![t("a"), NULL], t("a")),
        (COMPARISON, F::NullIf, vec![NULL, NULL], NULL),
        (
            COMPARISON,
            F::IsOneOf,
            vec![t("404"), t("400"), i(404)],
            TRUE,
        ),
        (
            COMPARISON,
            F::IsOneOf,
            vec![t("error"), t("err*"), t("Error")],
            FALSE,
        ),
        (COMPARISON, F::IsOneOf, vec![l(["a", "b"]), t("b")], TRUE),
        (COMPARISON, F::IsOneOf, vec![NULL, t("b")], NULL),
    ]);
}
