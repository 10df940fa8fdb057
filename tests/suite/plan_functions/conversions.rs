//! Conversions and addresses.

use super::{FALSE, NULL, TRUE, check, f, i, l, t};
use misfire::detect::plan::Value;
use misfire::detect::plan::function::Function as F;

const PAGE: &str = "Conversion functions";
const CONVERT: &str = "Search Reference: convert";

#[test]
fn texts_become_numbers() {
    check(&[
        (PAGE, F::ToNumber, vec![t("0A4"), i(16)], i(164)),
        (PAGE, F::ToNumber, vec![t("244"), i(8)], i(164)),
        (PAGE, F::ToNumber, vec![t("0xFfFf"), i(16)], i(65_535)),
        (
            PAGE,
            F::ToNumber,
            vec![t("FFFFFFFFFFFFFFFF"), i(16)],
            f(18_446_744_073_709_551_615.0),
        ),
        (PAGE, F::ToNumber, vec![t("101"), i(2)], i(5)),
        (PAGE, F::ToNumber, vec![t("zz"), i(36)], i(1295)),
        (PAGE, F::ToNumber, vec![t("12.5")], f(12.5)),
        (PAGE, F::ToNumber, vec![t("1,000")], NULL),
        (PAGE, F::ToNumber, vec![t("-"), i(16)], NULL),
        (PAGE, F::ToNumber, vec![t("9"), i(8)], NULL),
        (PAGE, F::ToNumber, vec![t("9"), i(99)], NULL),
        (PAGE, F::ToNumber, vec![t("9"), NULL], NULL),
        (
            PAGE,
            F::ToNumber,
            vec![l(["1", "x", "3"])],
            Value::list(vec![i(1), i(3)]),
        ),
        (PAGE, F::ToNumber, vec![NULL], NULL),
    ]);
}

#[test]
fn numbers_become_texts() {
    check(&[
        (PAGE, F::ToText, vec![i(15), t("hex")], t("0xF")),
        (
            PAGE,
            F::ToText,
            vec![f(12_345.678_9), t("commas")],
            t("12,345.68"),
        ),
        (PAGE, F::ToText, vec![i(615), t("duration")], t("00:10:15")),
        (PAGE, F::ToText, vec![TRUE], t("True")),
        (PAGE, F::ToText, vec![i(9), t("binary")], t("1001")),
        (PAGE, F::ToText, vec![i(12_345), t("commas")], t("12,345")),
        (PAGE, F::ToText, vec![i(-1000), t("commas")], t("-1,000")),
        (
            PAGE,
            F::ToText,
            vec![i(90_061), t("duration")],
            t("1+01:01:01"),
        ),
        (PAGE, F::ToText, vec![t("x"), t("hex")], t("x")),
        (PAGE, F::ToText, vec![i(7)], t("7")),
        (
            PAGE,
            F::ToText,
            vec![l(["1", "16"]), t("hex")],
            l(["0x1", "0x10"]),
        ),
        (PAGE, F::ToText, vec![NULL, t("hex")], NULL),
    ]);
}

#[test]
fn fields_are_converted() {
    check(&[
        (
            CONVERT,
            F::DurationToSeconds,
            vec![t("1+02:03:04")],
            i(93_784),
        ),
        (CONVERT, F::DurationToSeconds, vec![t("00:10:15")], i(615)),
        (CONVERT, F::DurationToSeconds, vec![t("10:15")], t("10:15")),
        (CONVERT, F::DurationToSeconds, vec![NULL], NULL),
        (CONVERT, F::MinutesToSeconds, vec![t("01:02.500")], f(62.5)),
        (CONVERT, F::MinutesToSeconds, vec![t("2.5")], f(2.5)),
        (CONVERT, F::MinutesToSeconds, vec![t("x:1")], t("x:1")),
        (CONVERT, F::MinutesToSeconds, vec![NULL], NULL),
        (CONVERT, F::MemoryToKilobytes, vec![t("5m")], i(5120)),
        (CONVERT, F::MemoryToKilobytes, vec![t("2G")], i(2_097_152)),
        (CONVERT, F::MemoryToKilobytes, vec![t("10k")], i(10)),
        (CONVERT, F::MemoryToKilobytes, vec![t("7")], i(7)),
        (CONVERT, F::MemoryToKilobytes, vec![t("é")], t("é")),
        (CONVERT, F::MemoryToKilobytes, vec![NULL], NULL),
        (
            CONVERT,
            F::WithoutCommas,
            vec![t("1,000,000.00")],
            i(1_000_000),
        ),
        (CONVERT, F::WithoutCommas, vec![t("a,b")], t("ab")),
        (CONVERT, F::WithoutCommas, vec![NULL], NULL),
        (CONVERT, F::WithoutUnit, vec![t("12.5kb")], f(12.5)),
        (CONVERT, F::WithoutUnit, vec![t("-3 sec")], i(-3)),
        (CONVERT, F::WithoutUnit, vec![t("kb")], t("kb")),
        (CONVERT, F::WithoutUnit, vec![NULL], NULL),
        (CONVERT, F::NumberOrNull, vec![t("12")], i(12)),
        (CONVERT, F::NumberOrNull, vec![t("x")], NULL),
        (CONVERT, F::NumberOrNull, vec![l(["1", "x"])], i(1)),
        (CONVERT, F::NumberOrNull, vec![NULL], NULL),
        (CONVERT, F::NumberOrText, vec![t("12")], i(12)),
        (CONVERT, F::NumberOrText, vec![l(["1", "x"])], l(["1", "x"])),
        (CONVERT, F::NumberOrText, vec![t("x")], t("x")),
        (CONVERT, F::NumberOrText, vec![NULL], NULL),
        (CONVERT, F::Unchanged, vec![t("x")], t("x")),
        (CONVERT, F::Unchanged, vec![l(["x", "y"])], l(["x", "y"])),
        (CONVERT, F::Unchanged, vec![NULL], NULL),
    ]);
}

#[test]
fn addresses_are_masked_and_held() {
    const COMPARISON: &str = "Comparison and Conditional functions";
    check(&[
        (
            PAGE,
            F::MaskAddress,
            vec![t("255.255.255.0"), t("10.20.30.120")],
            t("10.20.30.0"),
        ),
        (
            PAGE,
            F::MaskAddress,
            vec![t("0.255.0.244"), t("10.20.30.120")],
            t("0.20.0.112"),
        ),
        (PAGE, F::MaskAddress, vec![t("255.0.0.0"), t("::1")], NULL),
        (PAGE, F::MaskAddress, vec![t("255.0.0.0"), NULL], NULL),
        (PAGE, F::MaskAddress, vec![NULL, t("1.1.1.1")], NULL),
        (
            COMPARISON,
            F::InNetwork,
            vec![t("123.132.32.0/25"), t("123.132.32.127")],
            TRUE,
        ),
        (
            COMPARISON,
            F::InNetwork,
            vec![t("123.132.32.0/25"), t("123.132.32.128")],
            FALSE,
        ),
        (
            COMPARISON,
            F::InNetwork,
            vec![t("0.0.0.0/0"), t("8.8.8.8")],
            TRUE,
        ),
        (
            COMPARISON,
            F::InNetwork,
            vec![t("fe80::/10"), t("fe80::1")],
            TRUE,
        ),
        (
            COMPARISON,
            F::InNetwork,
            vec![t("10.0.0.0/8"), t("host")],
            FALSE,
        ),
        (
            COMPARISON,
            F::InNetwork,
            vec![t("10.0.0.0/33"), t("10.0.0.1")],
            NULL,
        ),
        (
            COMPARISON,
            F::InNetwork,
            vec![t("10.0.0.0/8"), l(["1.1.1.1", "10.1.1.1"])],
            TRUE,
        ),
        (COMPARISON, F::InNetwork, vec![t("10.0.0.0/8"), NULL], NULL),
    ]);
}
