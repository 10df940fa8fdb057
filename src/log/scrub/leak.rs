//! Looking for what must not be left, in whatever it may be written.

use super::Kind;
use super::base64::{Hidden, runs};
use super::words::Words;

/// Escapes are resolved so often: a text may be inside of another one's text.
const ESCAPES: usize = 3;

/// The kind of an identity that is left in a text: as it is, behind escapes of JSON
/// and of addresses, or in base64.
pub(super) fn in_text(words: &Words, text: &str) -> Option<Kind> {
    let mut text = std::borrow::Cow::Borrowed(text);
    for _ in 0..ESCAPES {
        if let Some(word) = words.first(&text) {
            return Some(word.kind);
        }
        if let Some(kind) = in_base64(words, &text) {
            return Some(kind);
        }
        let plain = unescaped(&text);
        if plain == text {
            return None;
        }
        text = plain.into();
    }
    words.first(&text).map(|word| word.kind)
}

/// The kind of an identity that is left in bytes, as UTF-8 or as UTF-16 that starts
/// anywhere.
pub(super) fn in_bytes(words: &Words, bytes: &[u8]) -> Option<Kind> {
    if let Some(kind) = in_text(words, &String::from_utf8_lossy(bytes)) {
        return Some(kind);
    }
    (0..2).find_map(|start| {
        let (pairs, _) = bytes.get(start..)?.as_chunks::<2>();
        let units: Vec<_> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        in_text(words, &String::from_utf16_lossy(&units))
    })
}

fn in_base64(words: &Words, text: &str) -> Option<Kind> {
    runs(text).find_map(|bytes| {
        let hidden = Hidden::of(&text[bytes])?;
        words.first(&hidden.text).map(|word| word.kind)
    })
}

/// A text without one layer of escapes: `\uXXXX`, `\\`, `\/`, and `%XX`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let hex = |start: usize, length: usize| {
            let digits = rest.get(start..start + length)?;
            let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            is_hex
                .then(|| u32::from_str_radix(digits, 16).ok())
                .flatten()
        };
        let mut taken = sign.len_utf8();
        let mut buffer = [0; 4];
        if sign == '%'
            && let Some(byte) = hex(1, 2).and_then(|byte| u8::try_from(byte).ok())
        {
            bytes.push(byte);
            taken = 3;
        } else if rest.starts_with("\\u")
            && let Some(other) = hex(2, 4).and_then(char::from_u32)
        {
            bytes.extend_from_slice(other.encode_utf8(&mut buffer).as_bytes());
            taken = 6;
        } else if rest.starts_with("\\\\") || rest.starts_with("\\/") || rest.starts_with("\\\"") {
            bytes.push(rest.as_bytes()[1]);
            taken = 2;
        } else {
            bytes.extend_from_slice(sign.encode_utf8(&mut buffer).as_bytes());
        }
        rest = &rest[taken..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
