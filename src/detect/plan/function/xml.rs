//! XML texts.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::document::MOST_VALUES;

/// Elements may be so deep.
const DEEPEST: usize = 128;

/// The texts and attributes of an XML text with their paths: `a.b`, `a.b{@id}`. What
/// follows an error is not read.
pub(super) fn leaves(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    each_text(text, |path, attributes, text| {
        let path = path.join(".");
        for (name, value) in attributes {
            found.push((format!("{path}{{@{name}}}"), value.clone()));
        }
        if !text.is_empty() {
            found.push((path, text.to_owned()));
        }
        found.len() < MOST_VALUES
    });
    found
}

/// The texts of the elements that hold no other, by their names.
pub(super) fn elements(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    each_text(text, |path, _, text| {
        if let Some(name) = path.last()
            && !text.is_empty()
        {
            found.push((name.clone(), text.to_owned()));
        }
        found.len() < MOST_VALUES
    });
    found
}

/// An element that is open.
struct Open {
    attributes: Vec<(String, String)>,
    text: String,
}

/// Tells the path, the attributes, and the text of every element at its end, until the
/// listener has enough.
fn each_text(text: &str, mut tell: impl FnMut(&[String], &[(String, String)], &str) -> bool) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut path: Vec<String> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    while let Ok(event) = reader.read_event() {
        let mut is_over = false;
        match event {
            Event::Start(start) => {
                if path.len() == DEEPEST {
                    return;
                }
                path.push(name_of(&start));
                open.push(Open::new(&start));
            }
            Event::Empty(start) => {
                path.push(name_of(&start));
                open.push(Open::new(&start));
                is_over = true;
            }
            Event::End(_) => is_over = true,
            Event::Text(part) => {
                if let Some(open) = open.last_mut() {
                    open.text.push_str(&part);
                }
            }
            Event::CData(part) => {
                if let Some(open) = open.last_mut() {
                    open.text.push_str(&part);
                }
            }
            Event::GeneralRef(entity) => {
                if let Some(open) = open.last_mut() {
                    open.text.push_str(&resolved(&entity));
                }
            }
            Event::Eof => return,
            _ => {}
        }
        if is_over {
            let Some(element) = open.pop() else { return };
            if !tell(&path, &element.attributes, element.text.trim()) {
                return;
            }
            path.pop();
        }
    }
}

pub(super) fn name_of(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// The attributes of an element, by their names.
pub(super) fn attributes_of(start: &BytesStart<'_>) -> Vec<(String, String)> {
    let attributes = start.attributes().flatten().map(|attribute| {
        let name = attribute.key.as_ref().to_owned();
        (name, unescaped(&attribute.value))
    });
    attributes.collect()
}

impl Open {
    fn new(start: &BytesStart<'_>) -> Self {
        Self {
            attributes: attributes_of(start),
            text: String::new(),
        }
    }
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

/// What an entity stands for; itself if it is unknown.
pub(super) fn resolved(name: &str) -> String {
    unescaped(&format!("&{name};"))
}
