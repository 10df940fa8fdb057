//! Masking inside the texts of a page in HTML.

use std::borrow::Cow;

use quick_xml::escape::{escape, unescape};

use super::key_block::KeyBlock;
use super::{Secrets, might_hold};

/// Elements whose content is not text, but a program or a style: ours, word for word,
/// since the page names their hashes.
const VERBATIM: [&str; 2] = ["script", "style"];

/// Where in a page a line begins.
#[derive(Debug, Default, Clone, Copy)]
pub(super) enum State {
    /// In what is said.
    #[default]
    Text,
    /// In a tag; of an element whose content is not text, its name.
    Tag(Option<&'static str>),
    /// In such an element.
    Verbatim(&'static str),
}

impl State {
    /// Masks one line. Tags are left as they are: no attribute of a page of ours holds
    /// a text from outside.
    pub(super) fn mask(&mut self, line: &str, secrets: &Secrets, key: &mut KeyBlock) -> String {
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        while !rest.is_empty() {
            let (taken, next) = match *self {
                Self::Verbatim(name) => match rest.find(&format!("</{name}")) {
                    Some(end) => (end, Self::Tag(None)),
                    None => (rest.len(), *self),
                },
                Self::Tag(of) => match rest.find('>') {
                    Some(end) => (end + 1, of.map_or(Self::Text, Self::Verbatim)),
                    None => (rest.len(), *self),
                },
                Self::Text => match rest.find('<') {
                    Some(end) => (end, Self::Tag(verbatim(&rest[end + 1..]))),
                    None => (rest.len(), *self),
                },
            };
            let (piece, behind) = rest.split_at(taken);
            match *self {
                Self::Text => out.push_str(&text(piece, secrets, key)),
                _ => out.push_str(piece),
            }
            *self = next;
            rest = behind;
        }
        out
    }
}

/// The name of an element whose content is not text, if a tag begins one.
fn verbatim(tag: &str) -> Option<&'static str> {
    VERBATIM.into_iter().find(|name| {
        let behind = tag.strip_prefix(name);
        behind.is_some_and(|behind| behind.starts_with([' ', '>']))
    })
}

fn text<'t>(piece: &'t str, secrets: &Secrets, key: &mut KeyBlock) -> Cow<'t, str> {
    if secrets.is_empty() && !might_hold(piece) && key.is_idle() {
        return Cow::Borrowed(piece);
    }
    let plain = unescape(piece).unwrap_or(Cow::Borrowed(piece));
    let masked = key.mask(&plain, super::mask(&plain, secrets));
    if masked == plain {
        Cow::Borrowed(piece)
    } else {
        Cow::Owned(escape(masked.as_ref()).into_owned())
    }
}
