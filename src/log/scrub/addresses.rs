//! IP addresses in texts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use super::address::{is_identity, is_public};
use super::fields::is_version;
use super::shapes::is_apart;
use super::spans::{Span, Spans};

static V4: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}").ok());
static V6: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}").ok());
static LABEL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:ip|ec2)-(?P<v4>[0-9]{1,3}(?:-[0-9]{1,3}){3})").ok());
static BEFORE_VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:[a-z0-9)]/|\bv|ver(?:sion)?\.?["']?\s*[:=]?\s*["']?)$"#).ok()
});

/// Finds addresses. In a field of another kind than addresses, what may be a version
/// is only one if it is known as an address from elsewhere.
pub(super) fn find(path: &str, is_address: bool, text: &str, found: &mut Spans) {
    if let Some(pattern) = LABEL.as_ref() {
        for matched in pattern.captures_iter(text) {
            let Some(label) = matched.name("v4") else {
                continue;
            };
            if let Ok(address) = label.as_str().replace('-', ".").parse::<Ipv4Addr>()
                && is_identity(address.into())
                && is_apart(text, &label.range(), "")
            {
                found.add(Span::new(label.range(), Kind::Address, address.to_string()));
            }
        }
    }
    if let Some(pattern) = V6.as_ref() {
        for matched in pattern.find_iter(text) {
            if let Ok(address) = matched.as_str().parse::<Ipv6Addr>()
                && is_identity(address.into())
                && is_apart(text, &matched.range(), ":.")
                && (is_address || looks_like_v6(matched.as_str()))
            {
                found.add(Span::new(
                    matched.range(),
                    Kind::Address,
                    address.to_string(),
                ));
            }
        }
    }
    if let Some(pattern) = V4.as_ref() {
        for matched in pattern.find_iter(text) {
            let Ok(address) = matched.as_str().parse::<Ipv4Addr>() else {
                continue;
            };
            let bytes = matched.range();
            if !is_identity(address.into())
                || !is_apart(text, &bytes, ".")
                || is_wide(address, &text[bytes.end..])
                || !is_address && may_be_version(path, address, text, bytes.start)
            {
                continue;
            }
            found.add(Span::new(bytes, Kind::Address, address.to_string()));
        }
    }
}

/// Two colons stand in many languages; an address has more than that.
fn looks_like_v6(text: &str) -> bool {
    let groups = text.split(':').filter(|group| !group.is_empty());
    let is_usual = ["fe80", "fd", "fc", "2"]
        .iter()
        .any(|start| text.to_lowercase().starts_with(start))
        && text.split(':').next().is_some_and(|first| first.len() == 4);
    groups.count() >= 4 || is_usual
}

/// Whether that is a public network of many, which is a provider's.
fn is_wide(address: Ipv4Addr, behind: &str) -> bool {
    let Some(length) = behind.strip_prefix('/') else {
        return false;
    };
    let digits: String = length.chars().take_while(char::is_ascii_digit).collect();
    is_public(IpAddr::V4(address)) && digits.parse::<u8>().is_ok_and(|length| length < 24)
}

fn may_be_version(path: &str, address: Ipv4Addr, text: &str, start: usize) -> bool {
    let before = &text[..start];
    let is_url = before.ends_with("//");
    let is_behind = BEFORE_VERSION
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(before));
    let is_round = address.octets()[1..] == [0, 0, 0] && !text[start..].contains('/');
    is_version(path) || is_behind && !is_url || is_round
}

/// The addresses in a text that are nobody's, such as those for documentation.
pub(super) fn nobodys(text: &str) -> Vec<String> {
    let Some(pattern) = V4.as_ref() else {
        return Vec::new();
    };
    let found = pattern.find_iter(text);
    let found = found.filter_map(|matched| matched.as_str().parse::<Ipv4Addr>().ok());
    let nobodys = found.filter(|address| !is_identity(IpAddr::V4(*address)));
    nobodys.map(|address| address.to_string()).collect()
}

/// What has the shape of an address in a field of addresses, and is none.
pub(super) fn broken(text: &str) -> bool {
    let Some(pattern) = V4.as_ref() else {
        return false;
    };
    let mut found = pattern.find_iter(text);
    found.any(|matched| {
        is_apart(text, &matched.range(), ".") && matched.as_str().parse::<Ipv4Addr>().is_err()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::V4.is_some() && super::V6.is_some());
        assert!(super::LABEL.is_some() && super::BEFORE_VERSION.is_some());
    }
}
