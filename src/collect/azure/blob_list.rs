//! What a container holds, as the Blob service lists it (Microsoft, "List Blobs").

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct BlobPage {
    /// The names of the blobs.
    pub(super) names: Vec<String>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<String>,
}

/// Reads a page; the reason why it is none.
pub(super) fn read_page(bytes: &[u8]) -> Result<BlobPage, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut path: Vec<String> = Vec::new();
    let mut page = BlobPage::default();
    let mut value = String::new();
    let mut is_list = false;
    loop {
        match reader.read_event() {
            Err(_) => return Err("it is not well-formed XML".to_owned()),
            Ok(Event::Eof) if !path.is_empty() => return Err("it is cut short".to_owned()),
            Ok(Event::Eof) if !is_list => return Err("it is no list of blobs".to_owned()),
            Ok(Event::Eof) => return Ok(page),
            Ok(Event::Start(element)) => {
                path.push(element.local_name().as_ref().to_owned());
                is_list |= is_at(&path, &["EnumerationResults", "Blobs"]);
                value.clear();
            }
            Ok(Event::Empty(element)) => {
                path.push(element.local_name().as_ref().to_owned());
                is_list |= is_at(&path, &["EnumerationResults", "Blobs"]);
                path.pop();
            }
            Ok(Event::Text(text)) => value.push_str(&text),
            Ok(Event::GeneralRef(name)) => {
                value.push_str(&referred(&name).ok_or("it has an entity that is not known")?);
            }
            Ok(Event::End(_)) => {
                if is_at(&path, &["EnumerationResults", "Blobs", "Blob", "Name"]) {
                    page.names.push(std::mem::take(&mut value));
                } else if is_at(&path, &["EnumerationResults", "NextMarker"]) {
                    page.next = Some(value.trim().to_owned()).filter(|next| !next.is_empty());
                }
                value.clear();
                path.pop();
            }
            Ok(_) => {}
        }
    }
}

fn is_at(path: &[String], wanted: &[&str]) -> bool {
    path.len() == wanted.len() && path.iter().zip(wanted).all(|(name, wanted)| name == wanted)
}

/// What an entity of XML itself, or a character reference, stands for.
fn referred(name: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(sign)) = name.resolve_char_ref() {
        return Some(sign.to_string());
    }
    resolve_predefined_entity(name).map(str::to_owned)
}
