//! Texts inside of texts: JSON, XML, and base64 in the value of a field.

use super::base64::{Hidden, runs};
use super::{json, xml};

/// Texts are looked for inside of others down to this depth.
const DEEPEST: usize = 4;

/// Shows every text in a value, the innermost ones.
pub(super) fn each(path: &str, text: &str, show: &mut dyn FnMut(&str, &str)) {
    let _ = rewrite(path, text, &mut |path, text, _| {
        show(path, text);
        None
    });
}

/// What a text becomes; `None` if it stays. It is told which parts are hidden texts,
/// with what they become.
pub(super) type Change<'c> =
    dyn FnMut(&str, &str, Vec<(std::ops::Range<usize>, String)>) -> Option<String> + 'c;

/// Changes the texts in a value; `None` if nothing changes.
pub(super) fn rewrite(path: &str, text: &str, change: &mut Change<'_>) -> Option<String> {
    rewrite_at(path, text, change, 0)
}

fn rewrite_at(path: &str, text: &str, change: &mut Change<'_>, depth: usize) -> Option<String> {
    if depth < DEEPEST {
        let inner = text.trim_start_matches('\u{feff}').trim();
        if inner.len() > 2
            && (inner.starts_with('{') || inner.starts_with('['))
            && json::is_json(inner)
        {
            return json::rewrite(path, text, &mut |path, text| {
                rewrite_at(path, text, change, depth + 1)
            });
        }
        if inner.starts_with('<') && inner.ends_with('>') && inner.contains("</") {
            return xml::rewrite(path, text, &mut |path, text| {
                rewrite_at(path, text, change, depth + 1)
            });
        }
    }
    let mut hidden = Vec::new();
    if depth < DEEPEST {
        for bytes in runs(text) {
            let Some(found) = Hidden::of(&text[bytes.clone()]) else {
                continue;
            };
            if let Some(other) = rewrite_at("", &found.text, change, depth + 1) {
                hidden.push((bytes, found.hide(&other)));
            }
        }
    }
    change(path, text, hidden)
}
