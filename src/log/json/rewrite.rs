//! A record's own JSON on one line, with its times moved.
//!
//! The text is copied token by token, so that nothing that our values cannot
//! hold is lost: member order, repeated members, numbers of any length.

use std::borrow::Cow;

use memchr::memchr2;

use crate::event::Origin;
use crate::log::shift::{OutOfRange, Shift, is_time_member};

/// What to change on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'c> {
    pub(super) shift: Shift,
    pub(super) origin: &'c Origin,
    /// `System/Version` of a Windows event.
    pub(super) version: u8,
}

/// Copies the JSON value in `json` without blanks between its tokens.
///
/// # Errors
///
/// A time cannot be moved.
pub(super) fn rewrite(
    json: &str,
    change: Option<Change<'_>>,
    out: &mut String,
) -> Result<(), OutOfRange> {
    let mut rewriter = Rewriter {
        change,
        path: String::new(),
        levels: Vec::new(),
        is_key: false,
    };
    let mut rest = json;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b' ' | b'\t' | b'\r' | b'\n' => {
                rest = &rest[1..];
                continue;
            }
            b'"' => string_length(rest),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => rest
                .find(['{', '}', '[', ']', ',', ':', '"', ' ', '\t', '\r', '\n'])
                .unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rewriter.token(first, token, out)?;
        rest = after;
    }
    Ok(())
}

struct Rewriter<'c> {
    change: Option<Change<'c>>,
    /// The names of the members that are open, joined by dots.
    path: String,
    levels: Vec<Level>,
    /// Whether the next string is a key.
    is_key: bool,
}

/// An open list or object.
struct Level {
    is_object: bool,
    /// How long the path was outside of its members.
    path: usize,
}

impl Rewriter<'_> {
    fn token(&mut self, first: u8, token: &str, out: &mut String) -> Result<(), OutOfRange> {
        match first {
            b'{' | b'[' => {
                self.levels.push(Level {
                    is_object: first == b'{',
                    path: self.path.len(),
                });
                self.is_key = first == b'{';
            }
            b'}' | b']' => {
                if let Some(level) = self.levels.pop() {
                    self.path.truncate(level.path);
                }
                self.is_key = false;
            }
            b',' => {
                if let Some(level) = self.levels.last() {
                    self.is_key = level.is_object;
                    if level.is_object {
                        self.path.truncate(level.path);
                    }
                }
            }
            b':' => self.is_key = false,
            b'"' if self.is_key => {
                if self.change.is_some() {
                    self.enter(token);
                }
            }
            _ => {
                if let Some(moved) = self.moved(first, token)? {
                    out.push_str(&moved);
                    return Ok(());
                }
            }
        }
        out.push_str(token);
        Ok(())
    }

    fn enter(&mut self, key: &str) {
        let base = self.levels.last().map_or(0, |level| level.path);
        self.path.truncate(base);
        let name = decoded(key);
        let separator = match &*name {
            "#attributes" | "#text" => return,
            _ if base == 0 => "",
            _ => ".",
        };
        self.path.push_str(separator);
        self.path.push_str(&name);
    }

    fn moved(&self, first: u8, token: &str) -> Result<Option<String>, OutOfRange> {
        let Some(change) = self.change else {
            return Ok(None);
        };
        if !is_time_member(change.origin, change.version, &self.path) {
            return Ok(None);
        }
        if first == b'"' {
            let moved = change.shift.text(&decoded(token))?;
            Ok(moved.map(|moved| serde_json::Value::from(moved).to_string()))
        } else {
            change.shift.text(token)
        }
    }
}

/// How long the string at the start of `text` is, quotes included.
fn string_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

fn decoded(string: &str) -> Cow<'_, str> {
    if string.contains('\\') {
        serde_json::from_str(string)
            .map_or_else(|_| Cow::Borrowed(string), |text: String| Cow::Owned(text))
    } else {
        Cow::Borrowed(string.trim_matches('"'))
    }
}
