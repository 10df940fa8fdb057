//! Any tree of elements, attributes and typed values survives.

use std::io::Cursor;

use misfire::event::catalogue::WireType;
use misfire::log::evtx::copy::copy_evtx;
use misfire::log::evtx::write::MAX_TIME;
use misfire::log::xml::{
    Element, FileTime, Guid, Leaf, Node, Sid, SystemTime, Whitespace, parse, to_xml,
};
use proptest::prelude::*;
use proptest::{collection, option};

use crate::evtx_write::support::{assert_equal, assert_survive, read, written};

fn text() -> impl Strategy<Value = String> {
    let xml_character = prop_oneof![
        8 => prop::char::range(' ', '~'),
        2 => prop::sample::select(vec!['<', '>', '&', '"', '\'', ']', '\t', '\n', '\r', ' ', '%']),
        2 => prop::char::range('\u{a0}', '\u{d7ff}'),
        1 => prop::char::range('\u{e000}', '\u{fffd}'),
        1 => prop::char::range('\u{10000}', '\u{10ffff}'),
    ];
    collection::vec(xml_character, 0..40).prop_map(String::from_iter)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["Data", "EventData", "System", "a", "b", "ns:c", "é", "𠀀"])
            .prop_map(str::to_owned),
        1 => "[A-Za-z_:][A-Za-z0-9_.:-]{0,30}",
    ]
}

fn wire_types() -> impl Strategy<Value = WireType> {
    use WireType::*;
    prop::sample::select(vec![
        UnicodeString,
        AnsiString,
        Int8,
        UInt8,
        Int16,
        UInt16,
        Int32,
        UInt32,
        Int64,
        UInt64,
        Float,
        Double,
        Boolean,
        Binary,
        Guid,
        Pointer,
        FileTime,
        SystemTime,
        Sid,
        HexInt32,
        HexInt64,
    ])
}

fn sid() -> impl Strategy<Value = Sid> {
    (any::<u32>(), collection::vec(any::<u32>(), 0..=15)).prop_map(|(authority, parts)| {
        let parts: String = parts.iter().map(|part| format!("-{part}")).collect();
        Sid::parse(&format!("S-1-{authority}{parts}")).expect("a SID")
    })
}

fn leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        1 => wire_types().prop_map(Leaf::Null),
        6 => text().prop_map(Leaf::Text),
        1 => text().prop_map(Leaf::Ansi),
        1 => any::<i8>().prop_map(Leaf::Int8),
        1 => any::<u8>().prop_map(Leaf::UInt8),
        1 => any::<i16>().prop_map(Leaf::Int16),
        1 => any::<u16>().prop_map(Leaf::UInt16),
        1 => any::<i32>().prop_map(Leaf::Int32),
        1 => any::<u32>().prop_map(Leaf::UInt32),
        1 => any::<i64>().prop_map(Leaf::Int64),
        1 => any::<u64>().prop_map(Leaf::UInt64),
        1 => any::<u32>().prop_map(|bits| Leaf::Float(f32::from_bits(bits))),
        1 => any::<u64>().prop_map(|bits| Leaf::Double(f64::from_bits(bits))),
        1 => any::<bool>().prop_map(Leaf::Boolean),
        1 => collection::vec(any::<u8>(), 0..50).prop_map(Leaf::Binary),
        1 => any::<[u8; 16]>().prop_map(|bytes| Leaf::Guid(Guid(bytes))),
        1 => any::<u64>().prop_map(Leaf::Pointer),
        1 => any::<u64>().prop_map(|ticks| Leaf::FileTime(FileTime(ticks))),
        1 => (0..=MAX_TIME).prop_map(|ticks| Leaf::FileTime(FileTime(ticks))),
        1 => any::<[u16; 8]>().prop_map(|fields| Leaf::SystemTime(SystemTime(fields))),
        1 => sid().prop_map(Leaf::Sid),
        1 => any::<u32>().prop_map(Leaf::HexInt32),
        1 => any::<u64>().prop_map(Leaf::HexInt64),
    ]
}

fn start_tag() -> impl Strategy<Value = Element> {
    let attributes = collection::vec((name(), leaf()), 0..4);
    let named = option::weighted(0.3, text().prop_map(Leaf::Text));
    (name(), attributes, named).prop_map(|(name, attributes, named)| {
        let mut element = Element::new(name);
        let named = named.map(|value| ("Name".to_owned(), value));
        for (name, value) in attributes.into_iter().chain(named) {
            if element.attribute(&name).is_none() {
                element.attributes.push((name, value));
            }
        }
        element
    })
}

fn tree() -> impl Strategy<Value = Element> {
    let childless = (start_tag(), collection::vec(leaf(), 0..3))
        .prop_map(|(element, values)| values.into_iter().fold(element, Element::with_value));
    childless.prop_recursive(5, 60, 6, |inner| {
        let child = prop_oneof![
            4 => inner.prop_map(Node::Element),
            1 => leaf().prop_map(Node::Text),
        ];
        (start_tag(), collection::vec(child, 0..6)).prop_map(|(mut element, children)| {
            element.children = children;
            element
        })
    })
}

/// Pieces that documents, whole and broken, are made of.
fn markup() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<a>",
        "</a>",
        "<b c=\"d\">",
        "</b>",
        "<e/>",
        "<f g='&lt;' h='1'/>",
        "&amp;",
        "&#10;",
        "&#x1F600;",
        "&unknown;",
        "&",
        "<",
        ">",
        "\"",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?x?>",
        "<?xml version=\"1.0\"?>",
        "<!DOCTYPE a>",
        " ",
        "\r\n",
        "text",
        "\u{feff}",
        "\u{1}",
    ];
    prop_oneof![
        5 => prop::sample::select(pieces).prop_map(str::to_owned),
        1 => text(),
    ]
}

/// What the text of an event becomes in XML: forbidden characters are replaced.
fn as_xml_shows(mut event: Element) -> Element {
    let replace = |leaf: &mut Leaf| {
        *leaf = Leaf::from(
            leaf.text()
                .chars()
                .map(misfire::log::xml::shown)
                .collect::<String>(),
        );
    };
    event
        .attributes
        .iter_mut()
        .for_each(|(_, leaf)| replace(leaf));
    for child in &mut event.children {
        match child {
            Node::Element(child) => *child = as_xml_shows(std::mem::take(child)),
            Node::Text(leaf) => replace(leaf),
        }
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_events_survive(events in collection::vec(tree(), 1..8)) {
        assert_survive(&events);
    }

    #[test]
    fn any_events_survive_a_copy(events in collection::vec(tree(), 1..4)) {
        let file = Cursor::new(written(&events));
        let (report, copy) = copy_evtx(file, Cursor::new(Vec::new()), |_| {}).expect("a copy");
        prop_assert_eq!((report.records, report.lost), (events.len() as u64, 0));
        for (event, (_, _, seen)) in events.iter().zip(read(copy.into_inner())) {
            assert_equal(event, &seen);
        }
    }

    #[test]
    fn damage_is_survived(
        events in collection::vec(tree(), 1..6),
        bytes in collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut file = written(&events);
        // Where the records are: damage beyond would change nothing.
        let used = 4_096 + u32::from_le_bytes(file[4_144..4_148].try_into().expect("four bytes")) as usize;
        for (place, byte) in bytes {
            let place = 4_096 + place.index(used - 4_096);
            file[place] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(4_096 + cut.index(file.len() - 4_096));
        }
        let (report, copy) = copy_evtx(Cursor::new(file), Cursor::new(Vec::new()), |_| {})
            .expect("a copy");
        prop_assert_eq!(read(copy.into_inner()).len() as u64, report.records);
        prop_assert!(report.records <= events.len() as u64);
    }

    #[test]
    fn any_text_is_xml_or_an_error(parts in collection::vec(markup(), 0..30)) {
        let text = parts.concat();
        for whitespace in [Whitespace::Keep, Whitespace::Drop] {
            if let Ok(event) = parse(&text, whitespace) {
                let again = parse(&to_xml(&event), Whitespace::Keep).expect("XML");
                assert_equal(&as_xml_shows(event), &again);
            }
        }
    }

    #[test]
    fn values_show_what_the_reader_shows(leaves in collection::vec(leaf(), 1..20)) {
        let event = leaves.iter().fold(Element::new("Event"), |event, leaf| {
            event.with_child(Element::new("Data").with_value(leaf.clone()))
        });
        let records = read(written(std::slice::from_ref(&event)));
        for (leaf, seen) in leaves.iter().zip(records[0].2.elements()) {
            prop_assert_eq!(leaf.text(), seen.text());
        }
    }

    #[test]
    fn typed_values_keep_their_text(text in text(), leaf in leaf(), wire in wire_types()) {
        for text in [text.as_str(), &leaf.text()] {
            if let Some(typed) = Leaf::typed(text, wire) {
                prop_assert_eq!(typed.text(), text);
                prop_assert_eq!(typed.wire_type(), wire);
            }
        }
    }

    #[test]
    fn values_are_typed_again(leaf in leaf()) {
        let shown = leaf.text();
        let dated = !matches!(leaf, Leaf::FileTime(FileTime(ticks)) if ticks > MAX_TIME);
        let ascii = !matches!(leaf, Leaf::Ansi(_)) || shown.is_ascii();
        if dated && ascii {
            prop_assert!(Leaf::typed(&shown, leaf.wire_type()).is_some(), "{:?}", leaf);
        }
    }

    #[test]
    fn xml_text_survives(event in tree()) {
        let again = parse(&to_xml(&event), Whitespace::Keep).expect("XML");
        assert_equal(&event, &again);
    }
}
