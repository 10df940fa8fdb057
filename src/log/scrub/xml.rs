//! The texts and attributes of XML, changed where they stand.

use std::borrow::Cow;

use quick_xml::escape::{escape, unescape};

/// Changes one text, which is told with its path.
type Change<'c> = dyn FnMut(&str, &str) -> Option<String> + 'c;

/// Changes the texts and attributes of XML, or of a text with XML in it; `None` if
/// none changes. Each is told with the name of its element, or of the field that the
/// element's `Name` says, behind `path`.
pub(super) fn rewrite(path: &str, text: &str, change: &mut Change<'_>) -> Option<String> {
    let mut walk = Walk {
        path,
        out: String::with_capacity(text.len()),
        changed: false,
        name: String::new(),
        change,
    };
    let mut rest = text;
    while !rest.is_empty() {
        let end = tag_start(rest).unwrap_or(rest.len());
        let (said, behind) = rest.split_at(end);
        walk.said(said);
        let Some(end) = tag_end(behind) else {
            walk.said(behind);
            break;
        };
        let (tag, behind) = behind.split_at(end);
        walk.tag(tag);
        rest = behind;
    }
    walk.changed.then_some(walk.out)
}

/// Where the first tag of a text starts.
fn tag_start(text: &str) -> Option<usize> {
    text.match_indices('<')
        .map(|(place, _)| place)
        .find(|place| {
            let next = text[place + 1..].chars().next();
            next.is_some_and(|next| next.is_alphabetic() || matches!(next, '/' | '!' | '?'))
        })
}

/// Where the tag ends that a text starts with; nothing if there is none.
fn tag_end(text: &str) -> Option<usize> {
    if text.starts_with("<![CDATA[") {
        return text.find("]]>").map(|end| end + 3);
    }
    let mut quote = None;
    for (place, sign) in text.char_indices() {
        match (quote, sign) {
            (None, '>') => return Some(place + 1),
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            _ => {}
        }
    }
    None
}

struct Walk<'w, 'c> {
    path: &'w str,
    out: String,
    changed: bool,
    /// The element whose text follows, or the field that it is of.
    name: String,
    change: &'w mut Change<'c>,
}

impl Walk<'_, '_> {
    fn said(&mut self, said: &str) {
        let path = joined(self.path, &self.name);
        self.value(&path, said);
    }

    fn value(&mut self, path: &str, written: &str) {
        if written.trim().is_empty() {
            self.out.push_str(written);
            return;
        }
        let plain = unescape(written).unwrap_or(Cow::Borrowed(written));
        match (self.change)(path, &plain) {
            Some(other) => {
                self.changed = true;
                self.out.push_str(&escape(other.as_str()));
            }
            None => self.out.push_str(written),
        }
    }

    fn tag(&mut self, tag: &str) {
        if let Some(raw) = tag
            .strip_prefix("<![CDATA[")
            .and_then(|raw| raw.strip_suffix("]]>"))
        {
            let path = joined(self.path, &self.name);
            match (self.change)(&path, raw) {
                Some(other) if !other.contains("]]>") => {
                    self.changed = true;
                    self.out.push_str(&format!("<![CDATA[{other}]]>"));
                }
                _ => self.out.push_str(tag),
            }
            return;
        }
        if !tag[1..].starts_with(char::is_alphabetic) {
            self.name.clear();
            self.out.push_str(tag);
            return;
        }
        let end = tag.find(|sign: char| sign.is_whitespace() || matches!(sign, '/' | '>'));
        let element = tag.get(1..end.unwrap_or(tag.len())).unwrap_or_default();
        let element = element.rsplit(':').next().unwrap_or(element);
        let mut name = element.to_owned();
        let mut rest = tag;
        while let Some(start) = rest.find(['"', '\'']) {
            let quote = rest[start..].chars().next().unwrap_or('"');
            let (before, behind) = rest.split_at(start + 1);
            let end = behind.find(quote).unwrap_or(behind.len());
            let (value, behind) = behind.split_at(end);
            let attribute = before
                .trim_end_matches(['"', '\''])
                .trim_end_matches(|sign: char| sign == '=' || sign.is_whitespace());
            let attribute = attribute
                .rsplit(|sign: char| !sign.is_alphanumeric())
                .next();
            self.out.push_str(before);
            match attribute {
                // A field's name is never an identity.
                Some("Name") if element == "Data" => {
                    value.clone_into(&mut name);
                    self.out.push_str(value);
                }
                Some(attribute) if !attribute.starts_with("xmlns") => {
                    let path = joined(self.path, &format!("{element}.{attribute}"));
                    self.value(&path, value);
                }
                _ => self.out.push_str(value),
            }
            rest = behind;
            // The quote that ends the value.
            if rest.starts_with(quote) {
                self.out.push(quote);
                rest = &rest[1..];
            }
        }
        self.out.push_str(rest);
        if rest.ends_with("/>") {
            name.clear();
        }
        self.name = name;
    }
}

fn joined(path: &str, name: &str) -> String {
    match (path.is_empty(), name.is_empty()) {
        (_, true) => path.to_owned(),
        (true, false) => name.to_owned(),
        (false, false) => format!("{path}.{name}"),
    }
}
