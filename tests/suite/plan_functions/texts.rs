//! Texts.

use super::{FALSE, NULL, TRUE, check, f, i, l, t};
use misfire::detect::plan::Value;
use misfire::detect::plan::function::Function as F;

const PAGE: &str = "Text functions";

#[test]
fn texts_are_changed() {
    check(&[
        (PAGE, F::Length, vec![t("buttercup")], i(9)),
        (PAGE, F::Length, vec![t("tenderhoof")], i(10)),
        (PAGE, F::Length, vec![t("Zürich")], i(6)),
        (PAGE, F::Length, vec![i(1234)], i(4)),
        (PAGE, F::Length, vec![t("")], i(0)),
        (PAGE, F::Length, vec![NULL], NULL),
        (PAGE, F::Length, vec![l(["a", "b"])], NULL),
        (PAGE, F::Lower, vec![t("Buttercup")], t("buttercup")),
        (PAGE, F::Lower, vec![l(["A", "B"])], l(["a", "b"])),
        (PAGE, F::Lower, vec![NULL], NULL),
        (PAGE, F::Upper, vec![t("rarity")], t("RARITY")),
        (PAGE, F::Upper, vec![i(5)], t("5")),
        (PAGE, F::Upper, vec![NULL], NULL),
        (
            PAGE,
            F::DecodeUrl,
            vec![t("http%3A%2F%2Fwww.splunk.com%2Fdownload%3Fr%3Dheader")],
            t("http://www.splunk.com/download?r=header"),
        ),
        (PAGE, F::DecodeUrl, vec![t("100%, %zz%4")], t("100%, %zz%4")),
        (PAGE, F::DecodeUrl, vec![t("%C3%BC%ff")], t("ü\u{fffd}")),
        (PAGE, F::DecodeUrl, vec![NULL], NULL),
    ]);
}

#[test]
fn texts_are_trimmed() {
    check(&[
        (PAGE, F::Trim, vec![t("  ZZZZabcZZ "), t(" Z")], t("abc")),
        (
            PAGE,
            F::TrimStart,
            vec![t(" ZZZZabcZZ "), t(" Z")],
            t("abcZZ "),
        ),
        (
            PAGE,
            F::TrimEnd,
            vec![t(" ZZZZabcZZ "), t(" Z")],
            t(" ZZZZabc"),
        ),
        (PAGE, F::Trim, vec![t(" \t x y\t ")], t("x y")),
        (PAGE, F::Trim, vec![t("\nx\n")], t("\nx\n")),
        (PAGE, F::TrimStart, vec![t("0x1f4"), t("0x")], t("1f4")),
        (
            PAGE,
            F::Trim,
            vec![l(["(a)", "(b)"]), t("()")],
            l(["a", "b"]),
        ),
        (PAGE, F::Trim, vec![t("x"), NULL], NULL),
        (PAGE, F::Trim, vec![NULL], NULL),
    ]);
}

#[test]
fn texts_are_cut() {
    check(&[
        (PAGE, F::Substring, vec![t("string"), i(1), i(3)], t("str")),
        (PAGE, F::Substring, vec![t("string"), i(-3)], t("ing")),
        (PAGE, F::Substring, vec![t("string"), i(4)], t("ing")),
        (PAGE, F::Substring, vec![t("string"), i(-3), i(2)], t("in")),
        (PAGE, F::Substring, vec![t("string"), i(0), i(3)], t("st")),
        (PAGE, F::Substring, vec![t("string"), i(3), i(-2)], t("st")),
        (PAGE, F::Substring, vec![t("string"), i(-9), i(5)], t("st")),
        (PAGE, F::Substring, vec![t("string"), i(9)], t("")),
        (PAGE, F::Substring, vec![t("äöü"), i(2), i(1)], t("ö")),
        (
            PAGE,
            F::Substring,
            vec![t("ab"), f(1e300), f(-1e300)],
            t("ab"),
        ),
        (PAGE, F::Substring, vec![i(12345), i(2), i(2)], t("23")),
        (PAGE, F::Substring, vec![t("ab"), t("x")], NULL),
        (PAGE, F::Substring, vec![NULL, i(1)], NULL),
    ]);
}

#[test]
fn texts_are_put_into_a_format() {
    const PRINTF: &str = "Conversion functions: printf";
    check(&[
        (PRINTF, F::Format, vec![t("%04d"), i(10)], t("0010")),
        (PRINTF, F::Format, vec![t("%-4d"), i(1)], t("1   ")),
        (PRINTF, F::Format, vec![t("%+4d"), i(1)], t("  +1")),
        (PRINTF, F::Format, vec![t("% -4d"), i(1)], t(" 1  ")),
        (PRINTF, F::Format, vec![t("%'d"), i(12345)], t("12,345")),
        (PRINTF, F::Format, vec![t("%s%%"), i(100)], t("100%")),
        (PRINTF, F::Format, vec![t("%c"), i(65)], t("A")),
        (PRINTF, F::Format, vec![t("%#x"), i(1)], t("0x1")),
        (
            PRINTF,
            F::Format,
            vec![t("%x/%X/%o"), i(255), i(255), i(8)],
            t("ff/FF/10"),
        ),
        (PRINTF, F::Format, vec![t("%.2f"), f(2.555)], t("2.56")),
        (PRINTF, F::Format, vec![t("%f"), i(1)], t("1.000000")),
        (PRINTF, F::Format, vec![t("%e"), i(1500)], t("1.500000e+03")),
        (
            PRINTF,
            F::Format,
            vec![t("%g %g"), f(0.0001), i(1_000_000)],
            t("0.0001 1e+06"),
        ),
        (
            PRINTF,
            F::Format,
            vec![t("%5s|%-5s|%.2s"), t("a"), t("b"), t("xyz")],
            t("    a|b    |xy"),
        ),
        (PRINTF, F::Format, vec![t("%*d"), i(5), i(42)], t("   42")),
        (PRINTF, F::Format, vec![t("%05d"), i(-42)], t("-0042")),
        (PRINTF, F::Format, vec![t("%d"), t("x")], NULL),
        (PRINTF, F::Format, vec![t("%s")], t("")),
        (PRINTF, F::Format, vec![t("100%")], NULL),
        (
            PRINTF,
            F::Format,
            vec![t("%99999999999999999999d"), i(1)],
            t(&format!("{:>1000}", 1)),
        ),
        (PRINTF, F::Format, vec![NULL, i(1)], NULL),
    ]);
}

#[test]
fn computed_patterns_are_compiled() {
    const COMPARISON: &str = "Comparison and Conditional functions";
    check(&[
        (
            COMPARISON,
            F::FindsRegex,
            vec![t("127.0.0.1"), t(r"^\d{1,3}\.\d{1,3}\.")],
            TRUE,
        ),
        (
            COMPARISON,
            F::FindsRegex,
            vec![t("host"), t("^HOST$")],
            FALSE,
        ),
        (COMPARISON, F::FindsRegex, vec![l(["a", "b"]), t("b")], TRUE),
        (COMPARISON, F::FindsRegex, vec![t("a"), t("(")], NULL),
        (COMPARISON, F::FindsRegex, vec![NULL, t("a")], NULL),
        (COMPARISON, F::IsLike, vec![t("foobar"), t("foo%")], TRUE),
        (COMPARISON, F::IsLike, vec![t("foobar"), t("foo_")], FALSE),
        (COMPARISON, F::IsLike, vec![t("foobar"), t("fo_bar")], TRUE),
        (
            COMPARISON,
            F::IsLike,
            vec![t(r"C:\Scripts\x"), t(r"%\Scripts\%")],
            TRUE,
        ),
        (COMPARISON, F::IsLike, vec![l(["x", "foo"]), t("f%")], TRUE),
        (COMPARISON, F::IsLike, vec![NULL, t("%")], NULL),
        (
            PAGE,
            F::ReplaceRegex,
            vec![t("1/14/2020"), t(r"^(\d{1,2})/(\d{1,2})/"), t(r"\2/\1/")],
            t("14/1/2020"),
        ),
        (
            PAGE,
            F::ReplaceRegex,
            vec![l(["ab", "b"]), t("b"), t("c")],
            l(["ac", "c"]),
        ),
        (PAGE, F::ReplaceRegex, vec![t("x"), t("x"), NULL], NULL),
        (PAGE, F::ReplaceRegex, vec![NULL, t("x"), t("y")], NULL),
        (
            "Multivalue eval functions",
            F::PlaceOf,
            vec![l(["ok", "err12"]), t(r"err\d+")],
            i(1),
        ),
        (
            "Multivalue eval functions",
            F::PlaceOf,
            vec![t("err7"), t(r"err\d+")],
            i(0),
        ),
        (
            "Multivalue eval functions",
            F::PlaceOf,
            vec![l(["a", "b"]), t("c")],
            NULL,
        ),
        (
            "Multivalue eval functions",
            F::PlaceOf,
            vec![NULL, t("c")],
            NULL,
        ),
    ]);
}

#[test]
fn digests_are_hexadecimal() {
    const CRYPTO: &str = "Cryptographic functions";
    let empty_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let abc_sha512 = concat!(
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a",
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    );
    let abc_md5 = "900150983cd24fb0d6963f7d28e17f72";
    check(&[
        (CRYPTO, F::Md5, vec![t("abc")], t(abc_md5)),
        (CRYPTO, F::Md5, vec![NULL], NULL),
        (
            CRYPTO,
            F::Md5,
            vec![Value::list(vec![t("abc"), t("abc")])],
            l([abc_md5, abc_md5]),
        ),
        (
            CRYPTO,
            F::Sha1,
            vec![t("abc")],
            t("a9993e364706816aba3e25717850c26c9cd0d89d"),
        ),
        (CRYPTO, F::Sha1, vec![NULL], NULL),
        (CRYPTO, F::Sha256, vec![t("")], t(empty_sha256)),
        (CRYPTO, F::Sha256, vec![NULL], NULL),
        (CRYPTO, F::Sha512, vec![t("abc")], t(abc_sha512)),
        (CRYPTO, F::Sha512, vec![NULL], NULL),
    ]);
}
