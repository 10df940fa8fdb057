//! Hashes, encodings, dashes, and networks.

use std::net::IpAddr;

use super::edits;
use super::rule::{Item, Part, Rule};
use super::rules::{BASE64_OFFSET, BASE64_WHOLE, HASH, HASH_LENGTH, HOST_BITS, WINDASH};
use crate::detect::lint::{Finding, Remedy};
use crate::diagnostic::{Severity, YamlNode};

pub(super) fn check(rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    for (part, item) in rule.items() {
        if rule.is_windows() && ["Hashes", "Hash"].contains(&item.field) {
            hashes(rule, part, item, findings);
        }
        base64(item, findings);
        windash(item, findings);
        if item.has("cidr") {
            for (node, text) in item.texts() {
                network(node, text, findings);
            }
        }
    }
}

/// The kinds of hashes that Sysmon writes, and how many digits they have.
const KINDS: [(&str, usize); 4] = [("MD5", 32), ("SHA1", 40), ("SHA256", 64), ("IMPHASH", 32)];

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hashes(rule: &Rule<'_>, part: &Part<'_>, item: &Item<'_>, findings: &mut Vec<Finding>) {
    let is_whole = item.modifiers.is_empty();
    if !is_whole && item.modifiers != ["contains"] {
        return;
    }
    let can_be_missed =
        item.values.len() > 1 || part.groups.len() > 1 || rule.is_only_excluded(part.name);
    let mut is_told = false;
    for (node, text) in item.texts() {
        let (kind, digits) = match text.split_once('=') {
            Some((kind, digits)) => (kind, digits),
            None => ("", text),
        };
        let known = KINDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(kind));
        let is_hash = known.is_some() || (kind.is_empty() && [32, 40, 64].contains(&digits.len()));
        if !is_hash || text.contains(['*', '?', ',']) {
            continue;
        }
        if let Some((kind, length)) = known
            && let Some(mut finding) = of_length(node, kind, *length, digits)
        {
            if can_be_missed {
                finding.diagnostic.severity = Severity::Warning;
            }
            findings.push(finding);
        } else if is_whole && is_hex(digits) && !is_told {
            is_told = true;
            findings.push(single(item, part, node, kind, can_be_missed));
        }
    }
}

fn of_length(node: YamlNode<'_>, kind: &str, length: usize, digits: &str) -> Option<Finding> {
    let place = edits::place_in(node, kind.len() + 1..kind.len() + 1 + digits.len());
    if digits.is_empty() || (is_hex(digits) && digits.len() == length) {
        return None;
    }
    if !is_hex(digits) {
        return Some(
            Finding::new(
                &HASH_LENGTH,
                format!("`{digits}` is no hash: it has characters that are no hexadecimal digits"),
                place,
            )
            .help("correct it"),
        );
    }
    // The start of a hash is something that can be asked for.
    let other = KINDS.iter().find(|(_, other)| *other == digits.len());
    if digits.len() < length && other.is_none() {
        return None;
    }
    let help = other.map_or_else(
        || "correct it".to_owned(),
        |(other, _)| format!("{} digits are of {other}", digits.len()),
    );
    Some(
        Finding::new(
            &HASH_LENGTH,
            format!("{kind} has {length} digits, and this has {}", digits.len()),
            place,
        )
        .help(help),
    )
}

/// A hash that is compared with the whole field.
fn single(
    item: &Item<'_>,
    part: &Part<'_>,
    node: YamlNode<'_>,
    kind: &str,
    can_be_missed: bool,
) -> Finding {
    let field = item.field;
    let mut finding = Finding::new(
        &HASH,
        format!("`{field}` holds all kinds of hashes in one text, which a single one is not"),
        node.place(),
    );
    // With one kind configured, a hash with its kind is all of it.
    if can_be_missed || !kind.is_empty() {
        finding.diagnostic.severity = Severity::Warning;
    }
    let key = format!("{field}|contains");
    let is_taken = part
        .groups
        .iter()
        .flatten()
        .any(|other| other.key.as_str() == Some(key.as_str()));
    let edit = edits::value(item.key, &key).filter(|_| !is_taken);
    finding.fix(
        Remedy::Proposed,
        format!("write `{key}`"),
        edit.into_iter().collect(),
    )
}

fn base64(item: &Item<'_>, findings: &mut Vec<Finding>) {
    let key = item.key.as_str().unwrap_or_default();
    if item.has("base64") && item.has("contains") {
        let edit = edits::value(item.key, &key.replace("|base64", "|base64offset"));
        findings.push(
            Finding::new(
                &BASE64_OFFSET,
                "`base64` finds the value only where it starts at every third byte",
                item.place_of_modifier("base64"),
            )
            .fix(
                Remedy::Proposed,
                "write `base64offset`, which finds it wherever it stands",
                edit.into_iter().collect(),
            ),
        );
    }
    let is_whole = !item.has_any(&["contains", "startswith", "endswith"]);
    if item.has("base64offset") && is_whole {
        let edit = edits::value(item.key, &format!("{key}|contains"));
        findings.push(
            Finding::new(
                &BASE64_WHOLE,
                "the encoded part is compared with all of the field",
                item.place_of_modifier("base64offset"),
            )
            .fix(
                Remedy::Proposed,
                format!("write `{key}|contains`"),
                edit.into_iter().collect(),
            ),
        );
    }
}

fn windash(item: &Item<'_>, findings: &mut Vec<Finding>) {
    const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];
    let has_dash = item.texts().any(|(_, text)| text.contains(DASHES));
    if !item.has("windash") || has_dash || item.texts().count() < item.values.len() {
        return;
    }
    let key = item.key.as_str().unwrap_or_default();
    let edit = edits::value(item.key, &key.replace("|windash", ""));
    findings.push(
        Finding::new(
            &WINDASH,
            "no value has a dash that `windash` could change",
            item.place_of_modifier("windash"),
        )
        .fix(Remedy::Certain, "remove it", edit.into_iter().collect()),
    );
}

fn network(node: YamlNode<'_>, text: &str, findings: &mut Vec<Finding>) {
    let Some((address, length)) = text.split_once('/') else {
        return;
    };
    let (Ok(address), Ok(length)) = (address.parse::<IpAddr>(), length.parse::<u32>()) else {
        return;
    };
    let network = match address {
        IpAddr::V4(address) if length <= 32 => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            IpAddr::from((u32::from(address) & mask).to_be_bytes())
        }
        IpAddr::V6(address) if length <= 128 => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            IpAddr::from((u128::from(address) & mask).to_be_bytes())
        }
        _ => return,
    };
    if network == address {
        return;
    }
    let meant = format!("{network}/{length}");
    findings.push(
        Finding::new(
            &HOST_BITS,
            format!("`{text}` is an address of a network, not the network"),
            node.place(),
        )
        .fix(
            Remedy::Certain,
            format!("write `{meant}`"),
            edits::value(node, &meant).into_iter().collect(),
        ),
    );
}
