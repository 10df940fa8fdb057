//! Masking inside the strings of JSON.

use super::{Secrets, mask, masked};
use crate::secret::{is_secret_name, is_trivial, kind};

/// What a line leaves for the next.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The kind of the key whose list is open, if its values are secret.
    list: Option<&'static str>,
}

impl State {
    pub(super) fn is_idle(&self) -> bool {
        self.list.is_none()
    }

    /// Masks one line of JSON.
    pub(super) fn mask(&mut self, line: &str, secrets: &Secrets) -> String {
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        // The kind of the key that stands before, if its value is secret.
        let mut key: Option<&'static str> = None;
        while let Some(character) = rest.chars().next() {
            let kind = key.or(self.list);
            match character {
                '"' => {
                    let (literal, behind) = rest.split_at(literal_end(rest));
                    rest = behind;
                    if behind.trim_start().starts_with(':') {
                        let name: Option<String> = serde_json::from_str(literal).ok();
                        key = name
                            .filter(|name| is_secret_name(name))
                            .map(|name| self::kind(&name));
                        // A key is a name; only a shape tells a secret in it.
                        out.push_str(&string(literal, None, &Secrets::default()));
                    } else {
                        out.push_str(&string(literal, kind, secrets));
                        key = None;
                    }
                    continue;
                }
                '0'..='9' | '-' if kind.is_some() => {
                    let is_part = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
                    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                    let (number, behind) = rest.split_at(end);
                    rest = behind;
                    match kind {
                        Some(kind) if number.len() > 3 => {
                            out.push_str(&format!("\"{}\"", masked(kind)));
                        }
                        _ => out.push_str(number),
                    }
                    key = None;
                    continue;
                }
                '[' => self.list = key.take().or(self.list),
                ']' | '{' | '}' => {
                    self.list = None;
                    key = None;
                }
                ',' => key = None,
                _ => {}
            }
            out.push(character);
            rest = &rest[character.len_utf8()..];
        }
        out
    }
}

/// Where the string that a text starts with ends, quotes included.
fn literal_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn string(literal: &str, kind: Option<&'static str>, secrets: &Secrets) -> String {
    let Ok(text) = serde_json::from_str::<String>(literal) else {
        // No JSON after all; it is masked all the same.
        return mask(literal, secrets).into_owned();
    };
    let known = mask(&text, secrets);
    let shown = match kind {
        Some(kind) if !is_trivial(&text) && !is_covered(&known) => masked(kind),
        _ if known == text => return literal.to_owned(),
        _ => known.into_owned(),
    };
    serde_json::Value::from(shown).to_string()
}

/// Whether a text is masked but for a few characters that tell its kind.
fn is_covered(text: &str) -> bool {
    match (text.find("[masked "), text.ends_with(']')) {
        (Some(start), true) => start <= 12 && text.matches("[masked ").count() == 1,
        _ => false,
    }
}
