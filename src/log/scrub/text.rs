//! Whole logs that are texts.

use super::{Changes, Identities, Pseudonyms, json, xml};

/// Shows everything that a text log says; JSON in any layout, or XML.
pub fn note_text(text: &str, identities: &mut Identities) {
    let _ = rewrite(text, &mut |path, said| {
        identities.note(path, said);
        None
    });
}

/// A text log with pseudonyms in the place of identities; `None` if it has none.
#[must_use]
pub fn rewrite_text(text: &str, pseudonyms: &Pseudonyms, changes: &mut Changes) -> Option<String> {
    rewrite(text, &mut |path, said| {
        pseudonyms.rewrite(path, said, changes)
    })
}

fn rewrite(text: &str, change: &mut dyn FnMut(&str, &str) -> Option<String>) -> Option<String> {
    if text.trim_start().starts_with(['{', '[']) {
        json::rewrite("", text, change)
    } else {
        xml::rewrite("", text, change)
    }
}
