//! What stands for an identity.

use std::net::IpAddr;

use super::Kind;
use super::address::{other, other_hardware};
use super::key::Key;
use super::keys::{other_public, other_secret};
use super::shapes::guid_of_sid;

const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
/// Without signs that are easily taken for others.
const NAME: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const AWS_ID: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PASSWORD: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";

/// How many signs behind the prefix of a name differ.
const NAME_LENGTH: usize = 6;

/// Another identity of that kind, in its canonical notation.
pub(super) fn derive(key: &Key, kind: Kind, canonical: &str, attempt: u32) -> String {
    let mut numbers = key.stream(kind, canonical, attempt);
    match kind {
        Kind::Account => numbers.text(12, DIGITS),
        Kind::Address => match canonical.parse::<IpAddr>() {
            Ok(address) => other(key, address, attempt).to_string(),
            Err(_) => canonical.to_owned(),
        },
        Kind::HardwareAddress => other_hardware(key, canonical, attempt),
        Kind::Host => format!("host-{}", numbers.text(NAME_LENGTH, NAME)),
        Kind::Domain => format!("dom-{}", numbers.text(NAME_LENGTH, NAME)),
        // A short name, as file systems of old want it.
        Kind::User if is_short_name(canonical) => {
            format!("us{}~1", numbers.text(4, NAME))
        }
        Kind::User => {
            // What an account is for says nothing about whose it is, and is read.
            let prefix = ["admin", "svc"]
                .into_iter()
                .find(|prefix| canonical.starts_with(prefix));
            let prefix = prefix.unwrap_or("user");
            format!("{prefix}-{}", numbers.text(NAME_LENGTH, NAME))
        }
        Kind::Bucket => format!("bucket-{}", numbers.text(NAME_LENGTH, NAME)),
        Kind::Group => format!("group-{}", numbers.text(NAME_LENGTH, NAME)),
        Kind::Sid => {
            let mut part = || numbers.number().max(1).to_string();
            [part(), part(), part()].join("-")
        }
        Kind::Principal | Kind::AccessKey => {
            let (prefix, rest) = canonical.split_at_checked(4).unwrap_or((canonical, ""));
            format!("{prefix}{}", numbers.text(rest.len(), AWS_ID))
        }
        Kind::Password => numbers.text(12, PASSWORD),
        Kind::Secret => other_secret(key, canonical, attempt),
        Kind::PublicKey => other_public(key, canonical, attempt),
        Kind::Directory => {
            let hex = canonical.char_indices().map(|(place, digit)| match place {
                // The version and the variant make it a GUID of its kind.
                12 | 16 => digit,
                _ => numbers.pick(HEX),
            });
            hex.collect()
        }
        Kind::Machine => numbers.text(8, HEX),
        Kind::Resource => {
            let (prefix, hex) = canonical.rsplit_once('-').unwrap_or(("i", canonical));
            format!("{prefix}-{}", numbers.text(hex.len(), HEX))
        }
    }
}

fn is_short_name(name: &str) -> bool {
    name.len() <= 8 && name.as_bytes().iter().rev().nth(1) == Some(&b'~')
}

/// A pseudonym in the notation that the identity was written in.
pub(super) fn written(kind: Kind, pseudonym: &str, original: &str) -> String {
    match kind {
        Kind::Directory => directory(pseudonym, original),
        Kind::Address => address(pseudonym, original),
        Kind::HardwareAddress => {
            let mut digits = pseudonym.chars();
            let spelled: String = original
                .chars()
                .map(|sign| match sign {
                    ':' | '-' => sign,
                    _ => digits.next().unwrap_or('0'),
                })
                .collect();
            cased(&spelled, original)
        }
        Kind::Machine => cased(pseudonym, original),
        kind if kind.is_name() => cased(pseudonym, original),
        _ => pseudonym.to_owned(),
    }
}

fn directory(pseudonym: &str, original: &str) -> String {
    let is_sid = original
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
        && guid_of_sid(original).is_some()
        && original.matches('-').count() == 3;
    if is_sid {
        let Ok(guid) = uuid::Uuid::try_parse(pseudonym) else {
            return pseudonym.to_owned();
        };
        let bytes = guid.to_bytes_le();
        let (parts, _) = bytes.as_chunks::<4>();
        let parts: Vec<_> = parts
            .iter()
            .map(|part| u32::from_le_bytes(*part).to_string())
            .collect();
        return parts.join("-");
    }
    let mut digits = pseudonym.chars();
    let spelled: String = original
        .chars()
        .map(|sign| match sign {
            '-' => '-',
            _ => digits.next().unwrap_or('0'),
        })
        .collect();
    cased(&spelled, original)
}

fn address(pseudonym: &str, original: &str) -> String {
    if !original.contains([':', '.']) {
        return pseudonym.replace('.', "-");
    }
    let is_long = original.matches(':').count() == 7 && !original.contains("::");
    match pseudonym.parse::<IpAddr>() {
        // Sysmon writes all eight groups.
        Ok(IpAddr::V6(address)) if is_long => {
            let groups = address.segments().map(|group| format!("{group:x}"));
            cased(&groups.join(":"), original)
        }
        _ => cased(pseudonym, original),
    }
}

/// A text in capitals where another one is.
fn cased(text: &str, like: &str) -> String {
    let has_lower = like.contains(|sign: char| sign.is_lowercase());
    let has_upper = like.contains(|sign: char| sign.is_uppercase());
    match (has_lower, has_upper) {
        (false, true) => text.to_uppercase(),
        (true, true) if like.starts_with(|sign: char| sign.is_uppercase()) => {
            let mut signs = text.chars();
            let first = signs.next().map(|first| first.to_uppercase().to_string());
            first.unwrap_or_default() + signs.as_str()
        }
        _ => text.to_owned(),
    }
}
