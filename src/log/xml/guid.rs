//! Globally unique identifiers, as Windows stores and shows them.

use std::fmt;

/// A GUID in its stored byte order: the first three groups are little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

/// Where each shown byte is stored.
const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
/// The shown bytes that a hyphen precedes.
const GROUPS: [usize; 4] = [4, 6, 8, 10];

impl Guid {
    /// Reads the form that [`fmt::Display`] writes, in either case of letters.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('{')?.strip_suffix('}')?.as_bytes();
        if digits.len() != 36 {
            return None;
        }
        let mut stored = [0; 16];
        let mut at = 0;
        for (shown, &place) in ORDER.iter().enumerate() {
            if GROUPS.contains(&shown) {
                if digits[at] != b'-' {
                    return None;
                }
                at += 1;
            }
            stored[place] = (hex(digits[at])? << 4) | hex(digits[at + 1])?;
            at += 2;
        }
        Some(Self(stored))
    }
}

/// The value of one hexadecimal digit.
pub(super) fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (shown, &place) in ORDER.iter().enumerate() {
            if GROUPS.contains(&shown) {
                f.write_str("-")?;
            }
            write!(f, "{:02x}", self.0[place])?;
        }
        f.write_str("}")
    }
}
