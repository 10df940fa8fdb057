//! Texts in other writings: base 64, URLs, hexadecimal digits.
//!
//! Source: RFC 4648; RFC 3986, section 2.

use std::fmt::Write;

use super::super::value::Value;
use super::text::{each, each_item};
use crate::event::base64;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes of a text in base 64.
pub(super) fn encode_base64(text: &str) -> Value {
    Value::text(&base64(text.as_bytes()))
}

/// A text of base 64 decoded; what is none stays.
pub(super) fn decode_base64(value: &Value, encoding: Option<&Value>) -> Value {
    let encoding = encoding.map(|name| name.to_text().to_ascii_uppercase());
    let encoding = encoding.as_deref().unwrap_or("UTF-8");
    each(value, |text| {
        let decoded = bytes_of_base64(text).and_then(|bytes| decoded(&bytes, encoding));
        Value::text(decoded.as_deref().unwrap_or(text))
    })
}

fn bytes_of_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if padding > 2 || digits.len() % 4 == 1 || padding > 0 && !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for part in digits.as_bytes().chunks(4) {
        let mut bits = 0;
        for place in 0..4 {
            let digit = match part.get(place) {
                Some(digit) => DIGITS.iter().position(|known| known == digit)?,
                None => 0,
            };
            bits = bits << 6 | digit;
        }
        let [_, .., first, second, third] = bits.to_be_bytes();
        bytes.extend([first, second, third].iter().take(part.len() - 1));
    }
    Some(bytes)
}

/// The text that bytes are in an encoding; what is no character is replaced.
fn decoded(bytes: &[u8], encoding: &str) -> Option<String> {
    let units = |from: fn([u8; 2]) -> u16| {
        let units = bytes.chunks(2).map(|unit| match unit {
            [first, second] => from([*first, *second]),
            _ => 0xfffd,
        });
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    let characters = |from: fn([u8; 4]) -> u32| {
        let characters = bytes.chunks(4).map(|character| {
            let code = <[u8; 4]>::try_from(character).ok().map(from);
            code.and_then(char::from_u32)
                .unwrap_or(char::REPLACEMENT_CHARACTER)
        });
        characters.collect()
    };
    Some(match encoding {
        "UTF-8" => String::from_utf8_lossy(bytes).into_owned(),
        "US-ASCII" => bytes
            .iter()
            .map(|byte| match byte.is_ascii() {
                true => char::from(*byte),
                false => char::REPLACEMENT_CHARACTER,
            })
            .collect(),
        // Without a mark the large end comes first (RFC 2781, section 4.3).
        "UTF-16" => match bytes {
            [0xff, 0xfe, rest @ ..] => return decoded(rest, "UTF-16LE"),
            [0xfe, 0xff, rest @ ..] => return decoded(rest, "UTF-16BE"),
            _ => units(u16::from_be_bytes),
        },
        "UTF-16BE" => units(u16::from_be_bytes),
        "UTF-16LE" => units(u16::from_le_bytes),
        "UTF-32" | "UTF-32BE" => characters(u32::from_be_bytes),
        "UTF-32LE" => characters(u32::from_le_bytes),
        _ => return None,
    })
}

/// A text with `%` sequences for all that has a meaning in a URL.
pub(super) fn encode_url(text: &str) -> Value {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => {
                // Writing to a string does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Value::text(&out)
}

/// The number of hexadecimal digits, `0x` before them or not: 64 bits, of which the first
/// is the sign. Null if there are none, or too many.
pub(super) fn hex_to_number(text: &str) -> Value {
    let text = text.trim();
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_hexdigit()) {
        return Value::Null;
    }
    let bits = u64::from_str_radix(digits, 16);
    bits.map_or(Value::Null, |bits| Value::Integer(bits.cast_signed()))
}

/// The hexadecimal digits of a whole number, the complement of two if it is negative.
pub(super) fn number_to_hex(value: &Value) -> Value {
    each_item(value, |item| {
        let number = match item {
            Value::Integer(number) => Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Float(number) if number.fract() == 0.0 =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "no float is exact there")]
                Some(*number as i64)
            }
            _ => None,
        };
        number.map_or(Value::Null, |number| Value::text(&format!("{number:X}")))
    })
}

/// The text whose bytes hexadecimal digits are; null if they are none.
pub(super) fn hex_to_text(text: &str) -> Value {
    let text = text.trim();
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            let is_pair = pair.len() == 2 && !pair.starts_with('+');
            u8::from_str_radix(pair, 16).ok().filter(|_| is_pair)
        })
        .collect();
    bytes.map_or(Value::Null, |bytes| {
        Value::text(&String::from_utf8_lossy(&bytes))
    })
}

/// Whether the last digit of a number is what the other ones make it by Luhn's algorithm;
/// all that is no digit is left out.
pub(super) fn passes_luhn(text: &str) -> Value {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|letter| letter.to_digit(10))
        .collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double @ 10..) => double - 9,
            (_, double) => double,
        })
        .sum();
    Value::Bool(digits.len() > 1 && sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_back_whatever_its_length() {
        for text in ["", "a", "ab", "abc", "abcd", "\u{fffd}\u{10ffff}"] {
            let encoded = encode_base64(text);
            assert_eq!(decode_base64(&encoded, None), Value::text(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_base64_stays() {
        for text in ["a", "ab=", "a===", "ab c", "=", "abcde"] {
            let value = Value::text(text);
            assert_eq!(decode_base64(&value, None), value, "{text}");
        }
    }

    #[test]
    fn digits_that_are_none_are_null() {
        for text in ["", "0x", "+1", "1g", "11112222333344445"] {
            assert_eq!(hex_to_number(text), Value::Null, "{text}");
        }
        for text in ["4", "+4", "zz"] {
            assert_eq!(hex_to_text(text), Value::Null, "{text}");
        }
    }
}
