//! Public keys, and secrets that are built of parts.
//!
//! An SSH public key is its type, and in base64 the same type and the numbers, each
//! behind its length (RFC 4253, section 6.6); a JWT is three parts in base64url with
//! dots between (RFC 7519).

use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use super::base64::{Alphabet, decode, encode};
use super::key::{Key, Stream};
use super::known::is_common_host;
use super::names::is_user_name;
use super::spans::{Span, Spans};

static SSH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-[a-z0-9]+|sk-[a-z0-9\-]+@openssh\.com)(?:\s|%20|\+)+(?P<key>AAAA[A-Za-z0-9+/]{16,}={0,2})(?:[ \t]+(?P<user>[A-Za-z0-9._\-]+)@(?P<host>[A-Za-z0-9._\-]+))?",
    )
    .ok()
});
static FINGERPRINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"SHA256:(?P<hash>[A-Za-z0-9+/]{43})\b|(?i)\b(?P<md5>[0-9a-f]{2}(?::[0-9a-f]{2}){15}(?::[0-9a-f]{2}){0,16})\b").ok()
});
static PUBLIC: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"-----BEGIN (?:RSA |SSH2 )?(?:PUBLIC KEY|CERTIFICATE)-----(?P<key>[^\-]{32,}?)-----END",
    )
    .ok()
});

/// Finds public keys, and who stands behind them.
pub(super) fn find(text: &str, found: &mut Spans) {
    if let Some(ssh) = SSH.as_ref() {
        for matched in ssh.captures_iter(text) {
            if let Some(key) = matched.name("key") {
                found.add(Span::new(key.range(), Kind::PublicKey, key.as_str()));
            }
            if let Some(user) = matched.name("user")
                && is_user_name(user.as_str())
            {
                found.add(Span::name(user.range(), Kind::User, user.as_str()));
            }
            if let Some(host) = matched.name("host")
                && !is_common_host(host.as_str())
            {
                super::names::host(host.as_str(), host.start(), found);
            }
        }
    }
    for (pattern, names) in [(&FINGERPRINT, ["hash", "md5"]), (&PUBLIC, ["key", "key"])] {
        let Some(pattern) = pattern.as_ref() else {
            continue;
        };
        for matched in pattern.captures_iter(text) {
            let key = matched
                .name(names[0])
                .or_else(|| names.get(1).and_then(|name| matched.name(name)));
            if let Some(key) = key {
                found.add(Span::new(key.range(), Kind::PublicKey, key.as_str()));
            }
        }
    }
}

/// Another public key of the same type, or another fingerprint.
pub(super) fn other_public(key: &Key, text: &str, attempt: u32) -> String {
    let mut numbers = key.stream(Kind::PublicKey, text, attempt);
    if text.contains(':') {
        return text
            .chars()
            .map(|sign| match sign {
                ':' => ':',
                _ => numbers.pick(b"0123456789abcdef"),
            })
            .collect();
    }
    let Some(bytes) = decode(text, Alphabet::Standard) else {
        return other_base64(text, &mut numbers);
    };
    match other_blob(&bytes, &mut numbers) {
        Some(bytes) => encode(&bytes, Alphabet::Standard, text.ends_with('=')),
        None => {
            let (start, rest) = text.split_at(start_of_key(&bytes).min(text.len()));
            start.to_owned() + &other_base64(rest, &mut numbers)
        }
    }
}

/// How many signs say what type a key is of whose numbers have no right length.
fn start_of_key(bytes: &[u8]) -> usize {
    let named = bytes.split_first_chunk::<4>().and_then(|(length, rest)| {
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let name = rest.get(..length)?;
        name.is_ascii().then_some(length)
    });
    // The length of the name, the name, and the zeros of the next length.
    named.map_or(0, |length| (4 + length + 3) * 4 / 3)
}

/// The parts of an SSH key with other numbers of the same lengths.
fn other_blob(bytes: &[u8], numbers: &mut Stream) -> Option<Vec<u8>> {
    let mut other = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut parts = 0;
    while !rest.is_empty() {
        let (length, behind) = rest.split_at_checked(4)?;
        let size = u32::from_be_bytes(length.try_into().ok()?);
        let (part, behind) = behind.split_at_checked(usize::try_from(size).ok()?)?;
        other.extend_from_slice(length);
        // The type, the curve, and the usual exponent say nothing.
        let is_public = parts == 0 || part.starts_with(b"nistp") || part == [1, 0, 1];
        if is_public {
            other.extend_from_slice(part);
        } else {
            for (place, byte) in part.iter().enumerate() {
                // A number that starts with zero or with a high bit goes on doing so.
                let kept = if place == 0 { byte & 0x80 } else { 0 };
                let is_sign = place == 0 && *byte == 0;
                other.push(if is_sign {
                    0
                } else {
                    (numbers.byte() & 0x7f) | kept
                });
            }
        }
        rest = behind;
        parts += 1;
    }
    (parts > 1).then_some(other)
}

/// Base64 of other bytes, broken into lines at the same places.
fn other_base64(text: &str, numbers: &mut Stream) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut is_escaped = false;
    text.chars()
        .map(|sign| {
            let is_break = std::mem::replace(&mut is_escaped, sign == '\\');
            match sign {
                'n' | 'r' | 't' if is_break => sign,
                _ if sign.is_ascii_alphanumeric() => numbers.pick(SIGNS),
                _ => sign,
            }
        })
        .collect()
}

/// Another secret of the same shape.
pub(super) fn other_secret(key: &Key, text: &str, attempt: u32) -> String {
    let mut numbers = key.stream(Kind::Secret, text, attempt);
    if text.starts_with("eyJ") && text.contains('.') {
        let subject = numbers.text(16, b"0123456789abcdef");
        let payload = format!("{{\"sub\":\"{subject}\"}}");
        let signature: Vec<u8> = (0..32).map(|_| numbers.byte()).collect();
        let url = |bytes: &[u8]| encode(bytes, Alphabet::Url, false);
        return format!(
            "{}.{}.{}",
            url(br#"{"alg":"RS256","typ":"JWT"}"#),
            url(payload.as_bytes()),
            url(&signature)
        );
    }
    if text.len() > 200 && text.contains(['\n', '\\']) {
        return other_base64(text, &mut numbers);
    }
    text.chars()
        .map(|sign| match sign {
            'a'..='z' => numbers.pick(b"abcdefghijklmnopqrstuvwxyz"),
            'A'..='Z' => numbers.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            '0'..='9' => numbers.pick(b"0123456789"),
            _ if sign.is_ascii() => sign,
            _ => numbers.pick(b"abcdefghijklmnopqrstuvwxyz"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::SSH.is_some() && super::FINGERPRINT.is_some() && super::PUBLIC.is_some());
    }
}
