//! JSON and XML.

use super::{FALSE, NULL, TRUE, check, f, i, l, t};
use misfire::detect::plan::Value;
use misfire::detect::plan::function::Function as F;
use misfire::detect::plan::function::document::{at_path, elements, leaves};

const PAGE: &str = "JSON functions";

const CITIES: &str = r#"{"cities":[{"name":"London","bridges":[{"name":"Tower Bridge","length":801},
{"name":"Millennium Bridge","length":1066.5}]},{"name":"Venice","bridges":[{"name":"Rialto","length":157}]}]}"#;

#[test]
fn json_is_made() {
    check(&[
        (
            PAGE,
            F::JsonObject,
            vec![t("name"), t("maria")],
            t(r#"{"name":"maria"}"#),
        ),
        (
            PAGE,
            F::JsonObject,
            vec![t("city"), t(r#"{"name":"London"}"#), t("n"), i(1)],
            t(r#"{"city":{"name":"London"},"n":1}"#),
        ),
        (PAGE, F::JsonObject, vec![t("a"), NULL], t(r#"{"a":null}"#)),
        (PAGE, F::JsonObject, vec![t("a")], NULL),
        (PAGE, F::JsonObject, vec![], t("{}")),
        (
            PAGE,
            F::JsonArray,
            vec![t("dubois"), i(22), TRUE, NULL],
            t(r#"["dubois",22,true,null]"#),
        ),
        (
            PAGE,
            F::JsonArray,
            vec![l(["a", "b"]), f(f64::NAN)],
            t(r#"[["a","b"],null]"#),
        ),
        (PAGE, F::JsonArray, vec![], t("[]")),
        (PAGE, F::JsonValid, vec![t(CITIES)], TRUE),
        (PAGE, F::JsonValid, vec![t("{\"a\":")], FALSE),
        (PAGE, F::JsonValid, vec![t(&"[".repeat(100_000))], FALSE),
        (PAGE, F::JsonValid, vec![NULL], NULL),
    ]);
}

#[test]
fn json_is_taken_apart() {
    let lengths = t(r#"["London","Venice"]"#);
    check(&[
        (
            PAGE,
            F::JsonExtract,
            vec![t(CITIES), t("cities{0}.name")],
            t("London"),
        ),
        (
            PAGE,
            F::JsonExtract,
            vec![t(CITIES), t("cities{}.name")],
            lengths.clone(),
        ),
        (
            PAGE,
            F::JsonExtract,
            vec![t(CITIES), t("cities[].name")],
            lengths,
        ),
        (
            PAGE,
            F::JsonExtract,
            vec![t(CITIES), t("cities{0}.bridges{1}.length")],
            f(1066.5),
        ),
        (
            PAGE,
            F::JsonExtract,
            vec![t(CITIES), t("cities{1}.name"), t("cities{9}.name")],
            t(r#"["Venice",null]"#),
        ),
        (
            PAGE,
            F::JsonExtract,
            vec![t(r#"{ "a": 1 }"#)],
            t(r#"{"a":1}"#),
        ),
        (PAGE, F::JsonExtract, vec![t(CITIES), t("x.y")], NULL),
        (PAGE, F::JsonExtract, vec![t("no"), t("x")], NULL),
        (PAGE, F::JsonExtract, vec![NULL, t("x")], NULL),
        (
            "spath",
            F::PathOf,
            vec![t(CITIES), t("cities{}.name")],
            l(["London", "Venice"]),
        ),
        (
            "spath",
            F::PathOf,
            vec![t(CITIES), t("cities{1}.bridges{0}.length")],
            i(157),
        ),
        (
            "spath",
            F::PathOf,
            vec![t(r#"{"a":[true,null]}"#), t("a{}")],
            l(["true", "null"]),
        ),
        ("spath", F::PathOf, vec![t(CITIES), NULL], NULL),
        ("spath", F::PathOf, vec![NULL, t("a")], NULL),
    ]);
    assert_eq!(
        leaves(r#"{"a":{"b":[1,2]},"c":"x","d":[[1],[2]]}"#),
        [
            ("a.b{}".to_owned(), Value::list(vec![i(1), i(2)])),
            ("c".to_owned(), t("x")),
            ("d{}{}".to_owned(), Value::list(vec![i(1), i(2)])),
        ]
    );
    assert!(leaves("plain text").is_empty());
    assert!(leaves(&"[".repeat(1_000_000)).is_empty());
}

#[test]
fn xml_is_taken_apart() {
    // Source: Splunk, "Search Reference: spath".
    let catalogue = r#"<vendorProductSet vendorID="2"><product productID="17" units="mm">
        <prodName nameGroup="custom"><locName locale="all">APLI 01209</locName></prodName>
        <desc><locDesc locale="es">Precios &amp; m&#225;s</locDesc><locDesc locale="en">Prices</locDesc>
        </desc></product></vendorProductSet>"#;
    assert_eq!(
        at_path(catalogue, "vendorProductSet.product.desc.locDesc"),
        l(["Precios & más", "Prices"])
    );
    assert_eq!(
        at_path(catalogue, "vendorProductSet.product.desc.locDesc{@locale}"),
        l(["es", "en"])
    );
    assert_eq!(at_path(catalogue, "product"), NULL);
    assert_eq!(
        elements(
            "<Task><Exec><Command>a.exe</Command><Command/></Exec><X><![CDATA[y]]></X></Task>"
        ),
        [("Command".to_owned(), t("a.exe")), ("X".to_owned(), t("y"))]
    );
    assert!(elements("a < b > c & d").is_empty());
    assert!(elements(&"<a>".repeat(1_000_000)).is_empty());
    assert_eq!(
        elements("<a>1</a><a>2</a>"),
        [("a".to_owned(), l(["1", "2"]))]
    );
}
