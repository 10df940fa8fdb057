//! The strings of JSON, changed where they stand: whatever else the text has, down
//! to its blanks, stays.

use serde_json::value::RawValue;

/// Whether a text is one JSON document.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Where the reader of a document is.
enum Level {
    /// In an object, with the name of the member whose value follows.
    Object(Option<String>),
    Array,
}

/// Changes the strings of JSON, one document or several; `None` if none changes.
/// Each is told with the names of the members that lead to it, with `.` between them
/// and behind `path`.
pub(super) fn rewrite(
    path: &str,
    text: &str,
    change: &mut dyn FnMut(&str, &str) -> Option<String>,
) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    let mut levels: Vec<Level> = Vec::new();
    let mut place = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(place) {
        match byte {
            b'{' => levels.push(Level::Object(None)),
            b'[' => levels.push(Level::Array),
            b'}' | b']' => {
                levels.pop();
            }
            b',' => {
                if let Some(Level::Object(name)) = levels.last_mut() {
                    *name = None;
                }
            }
            b'"' => {
                let end = literal_end(bytes, place);
                let literal = &text[place..end];
                let is_name = matches!(levels.last(), Some(Level::Object(None)));
                let said: Option<String> = serde_json::from_str(literal).ok();
                if let Some(said) = said {
                    let changed = if is_name {
                        let changed = name_change(&said, change);
                        if let Some(Level::Object(name)) = levels.last_mut() {
                            *name = Some(said);
                        }
                        changed
                    } else {
                        change(&joined(path, &levels), &said)
                    };
                    if let Some(changed) = changed {
                        out.push_str(&text[copied..place]);
                        out.push_str(&serde_json::Value::from(changed).to_string());
                        copied = end;
                    }
                }
                place = end;
                continue;
            }
            _ => {}
        }
        place += 1;
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// A member's name of letters alone is a word of its format.
fn name_change(name: &str, change: &mut dyn FnMut(&str, &str) -> Option<String>) -> Option<String> {
    let is_word = name
        .chars()
        .all(|sign| sign.is_ascii_alphabetic() || sign == '_');
    if is_word { None } else { change("", name) }
}

fn joined(path: &str, levels: &[Level]) -> String {
    let mut joined = path.to_owned();
    for level in levels {
        if let Level::Object(Some(name)) = level {
            if !joined.is_empty() {
                joined.push('.');
            }
            joined.push_str(name);
        }
    }
    joined
}

/// Where the string that starts here ends, its quotes included.
fn literal_end(bytes: &[u8], start: usize) -> usize {
    let mut is_escaped = false;
    for (place, byte) in bytes.iter().enumerate().skip(start + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    bytes.len()
}
