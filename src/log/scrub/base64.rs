//! Base64 (RFC 4648), and texts that are hidden in it.

/// Which signs stand for 62 and 63.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// `+` and `/`.
    Standard,
    /// `-` and `_`.
    Url,
}

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Alphabet {
    fn signs(self) -> [u8; 2] {
        match self {
            Self::Standard => *b"+/",
            Self::Url => *b"-_",
        }
    }

    fn number(self, sign: u8) -> Option<u32> {
        let [plus, slash] = self.signs();
        Some(match sign {
            b'A'..=b'Z' => u32::from(sign - b'A'),
            b'a'..=b'z' => u32::from(sign - b'a') + 26,
            b'0'..=b'9' => u32::from(sign - b'0') + 52,
            _ if sign == plus => 62,
            _ if sign == slash => 63,
            _ => return None,
        })
    }

    fn sign(self, number: u32) -> char {
        let place = (number & 63) as usize;
        let signs = self.signs();
        let sign = LETTERS
            .get(place)
            .or_else(|| signs.get(place - LETTERS.len()));
        char::from(sign.copied().unwrap_or(b'='))
    }
}

/// The bytes that a text stands for; with or without `=` at its end.
pub(super) fn decode(text: &str, alphabet: Alphabet) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        let mut number = 0;
        for sign in group {
            number = (number << 6) | alphabet.number(*sign)?;
        }
        number <<= 6 * (4 - group.len());
        let [_, first, second, third] = number.to_be_bytes();
        bytes.extend_from_slice(&[first, second, third][..group.len() - 1]);
    }
    Some(bytes)
}

/// The text that stands for bytes.
pub(super) fn encode(bytes: &[u8], alphabet: Alphabet, is_padded: bool) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut whole = [0; 4];
        whole[1..=group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes(whole);
        for place in 0..=group.len() {
            text.push(alphabet.sign(number >> (18 - 6 * place)));
        }
        if is_padded {
            text.extend(std::iter::repeat_n('=', 3 - group.len()));
        }
    }
    text
}

/// A text that was hidden in base64, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hidden {
    pub(super) text: String,
    is_wide: bool,
    is_padded: bool,
}

impl Hidden {
    /// The text that some base64 stands for, as UTF-8 or, as PowerShell's
    /// `-EncodedCommand` wants it, UTF-16.
    pub(super) fn of(encoded: &str) -> Option<Self> {
        let bytes = decode(encoded, Alphabet::Standard)?;
        let is_padded = encoded.ends_with('=') || encoded.len().is_multiple_of(4);
        let readable = |text: &str| {
            let is_odd = |sign: char| sign.is_control() && !sign.is_whitespace();
            text.len() >= 8 && !text.contains(is_odd) && !text.contains('\u{fffd}')
        };
        let (pairs, odd) = bytes.as_chunks::<2>();
        let latin = pairs.iter().filter(|[_, high]| *high == 0).count();
        if odd.is_empty() && latin * 4 > pairs.len() * 3 {
            let units: Vec<_> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            let text = String::from_utf16(&units)
                .ok()
                .filter(|text| readable(text))?;
            return Some(Self {
                text,
                is_wide: true,
                is_padded,
            });
        }
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| readable(text))?;
        Some(Self {
            text,
            is_wide: false,
            is_padded,
        })
    }

    /// Hides another text in the same way.
    pub(super) fn hide(&self, text: &str) -> String {
        let bytes = if self.is_wide {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        } else {
            text.as_bytes().to_vec()
        };
        encode(&bytes, Alphabet::Standard, self.is_padded)
    }
}

/// Where base64 may stand in a text.
pub(super) fn runs(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    const SHORTEST: usize = 20;
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let bytes = text.as_bytes();
    let mut place = 0;
    std::iter::from_fn(move || {
        while place < bytes.len() {
            let start = place;
            while place < bytes.len() && is_sign(bytes[place]) {
                place += 1;
            }
            let mut end = place;
            while end < bytes.len() && bytes[end] == b'=' && end < place + 2 {
                end += 1;
            }
            place = end.max(start + 1);
            if end - start >= SHORTEST {
                return Some(start..end);
            }
        }
        None
    })
}
