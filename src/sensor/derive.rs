//! Numbers that nobody can know, made from what is known: equal things have equal
//! ones, and the same run gives the same ones again.

use sha2::{Digest, Sha256};

/// The digest of several texts; where one ends and the next begins counts.
pub(super) fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

/// A number below `limit`; zero if that is zero.
pub(super) fn below(limit: u64, parts: &[&str]) -> u64 {
    let bytes = digest(parts);
    let number = bytes
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    number.checked_rem(limit).unwrap_or(0)
}

/// A GUID of the random kind (version 4), without braces.
pub(super) fn guid(parts: &[&str]) -> String {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest(parts)) {
        *to = from;
    }
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// That many hexadecimal digits in upper case, at most 64.
pub(super) fn hex(digits: usize, parts: &[&str]) -> String {
    let text: String = digest(parts).iter().map(|b| format!("{b:02X}")).collect();
    text.chars().take(digits).collect()
}
