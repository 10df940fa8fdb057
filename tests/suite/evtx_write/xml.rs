//! XML text to trees: what is kept, what is dropped, what is refused.

use misfire::log::xml::{
    Element, Leaf, MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, ParseError, Whitespace,
    difference, parse, to_xml,
};

fn keep(text: &str) -> Element {
    parse(text, Whitespace::Keep).expect("XML")
}

#[test]
fn line_ends_blanks_and_entities_are_kept() {
    let event = keep(
        "<?xml version=\"1.0\"?>\n<Event a='&lt;&#65;\t\r\n'>x\r\n &amp;&#x42;<![CDATA[<&]]><!-- no -->y </Event>\n",
    );
    assert_eq!(
        event.attribute("a").map(Leaf::text).as_deref(),
        Some("<A\t\r\n")
    );
    assert_eq!(event.text(), "x\r\n &B<&y ");
    assert_eq!(event.children.len(), 1);
    assert!(difference(&event, &keep(&to_xml(&event))).is_none());
}

#[test]
fn empty_elements_and_empty_values_are_told_apart_but_equal() {
    let (empty, value) = (keep("<a><b/></a>"), keep("<a><b></b></a>"));
    let b = |event: &Element| event.child("b").expect("b").children.clone();
    assert!(b(&empty).is_empty());
    assert_eq!(b(&value), [Node::Text(Leaf::from(""))]);
    assert!(difference(&empty, &value).is_none());
}

#[test]
fn layout_between_elements_can_be_dropped_but_values_stay() {
    let text = "<Event>\n  <Data>  </Data>\n  <Data> x </Data>\n  mixed\n</Event>";
    let event = parse(text, Whitespace::Drop).expect("XML");
    let values: Vec<_> = event.elements().map(Element::text).collect();
    assert_eq!(values, ["  ", " x "]);
    assert_eq!(event.children.len(), 3);
    assert_eq!(event.text(), "\n  mixed\n");
    assert_eq!(keep(text).children.len(), 5);
}

#[test]
fn differences_are_named() {
    let cases = [
        ("<a/>", "<b/>", "at a: <a> against <b>"),
        ("<a b='1'/>", "<a b='2'/>", "at a: b=\"1\" against b=\"2\""),
        ("<a b='1'/>", "<a/>", "at a: b=\"1\" against no attribute"),
        (
            "<a><b>1</b></a>",
            "<a><b>2</b></a>",
            "at a/b: \"1\" against \"2\"",
        ),
        (
            "<a><b/></a>",
            "<a><b/><c/></a>",
            "at a: nothing against <c>",
        ),
        (
            "<a><b/><c>x</c></a>",
            "<a><b/>x</a>",
            "at a: <c> against \"x\"",
        ),
    ];
    for (left, right, wanted) in cases {
        let found = difference(&keep(left), &keep(right)).expect(wanted);
        assert_eq!(found.to_string(), wanted);
    }
    assert!(difference(&keep("<a b=''>x<!-- -->y</a>"), &keep("<a>xy</a>")).is_none());
}

#[test]
fn broken_and_hostile_text_is_refused() {
    let refuse = |text: &str| parse(text, Whitespace::Keep).expect_err("an error");
    for text in [
        "",
        "  ",
        "<a>",
        "<a><b></a>",
        "<a",
        "</a>",
        "text",
        "<a></a",
        "<a b></a>",
    ] {
        let _ = refuse(text);
    }
    assert!(matches!(refuse("<a/><b/>"), ParseError::Trailing { .. }));
    assert!(matches!(refuse("<a/>text"), ParseError::Trailing { .. }));
    assert!(matches!(refuse("<a>&who;</a>"), ParseError::UnknownEntity { name } if name == "who"));
    assert!(matches!(
        refuse("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ParseError::DocumentType
    ));
    let limit = |text: String| match refuse(&text) {
        ParseError::TooMuch { limit, .. } => limit,
        other => panic!("{other}"),
    };
    assert_eq!(
        limit(format!("<a>{}</a>", " ".repeat(MAX_BYTES))),
        MAX_BYTES
    );
    assert_eq!(limit("<a>".repeat(1_000_000)), MAX_DEPTH);
    assert_eq!(
        limit(format!("<a>{}</a>", "<b/>".repeat(MAX_NODES))),
        MAX_NODES
    );
    let attributes: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}='1'")).collect();
    assert_eq!(limit(format!("<a{attributes}/>")), MAX_ATTRIBUTES);
}
