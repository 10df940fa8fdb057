//! Base64 and the encoded commands of `powershell -EncodedCommand`.

/// What an encoded command says: Base64 of UTF-16 in little endian (about_PowerShell_exe).
#[must_use]
pub fn decode_encoded_command(encoded: &str) -> Option<String> {
    let bytes = decode(encoded)?;
    utf16(&bytes)
}

/// UTF-16 in little endian as text.
pub(super) fn utf16(bytes: &[u8]) -> Option<String> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let units = bytes.chunks_exact(2).filter_map(|pair| match pair {
        [low, high] => Some(u16::from_le_bytes([*low, *high])),
        _ => None,
    });
    char::decode_utf16(units)
        .collect::<Result<String, _>>()
        .ok()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of Base64 (RFC 4648); blanks within are skipped, and missing padding is fine.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut count = 0_u32;
    for sign in text.bytes() {
        if sign == b'=' || sign.is_ascii_whitespace() {
            continue;
        }
        let value = ALPHABET.iter().position(|known| *known == sign)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}
