//! Names of hosts, domains, and accounts in their notations.

use super::Kind;
use super::known::{
    is_common_domain, is_common_host, is_common_user, is_public_domain, is_reserved_domain,
};
use super::spans::{Span, Spans};

/// A host's name, alone or with its domain, at a place of a text.
pub(super) fn host(text: &str, start: usize, found: &mut Spans) {
    let name = text.trim_start_matches('\\').trim_end_matches('$');
    let start = start + (text.len() - text.trim_start_matches('\\').len());
    let is_name = |name: &str| {
        name.chars()
            .all(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '_'))
    };
    let is_other = name.parse::<std::net::IpAddr>().is_ok()
        || uuid::Uuid::try_parse(name).is_ok()
        || name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit());
    if is_other || is_public_domain(name) {
        return;
    }
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    if is_common_host(first) || !is_name(first) || is_address_label(first) {
        return;
    }
    found.add(Span::name(start..start + first.len(), Kind::Host, first));
    if !rest.is_empty() {
        domain_labels(rest, start + first.len() + 1, found);
    }
}

/// The labels of a domain name, but for the last one and those that say nothing.
pub(super) fn domain_labels(name: &str, start: usize, found: &mut Spans) {
    if is_public_domain(name) {
        return public_labels(name, start, found);
    }
    if is_reserved_domain(name) {
        return;
    }
    let Some((labels, _)) = name.trim_end_matches('.').rsplit_once('.') else {
        return;
    };
    let mut place = start;
    for label in labels.split('.') {
        let is_number = label.bytes().all(|byte| byte.is_ascii_digit());
        if !is_common_domain(label) && !is_number && !is_address_label(label) {
            found.add(Span::name(place..place + label.len(), Kind::Domain, label));
        }
        place += label.len() + 1;
    }
}

/// In `contoso.onmicrosoft.com`, the first label is the directory's own.
fn public_labels(name: &str, start: usize, found: &mut Spans) {
    let lower = name.to_lowercase();
    let own = [
        ".onmicrosoft.com",
        ".mail.onmicrosoft.com",
        ".sharepoint.com",
    ]
    .iter()
    .find_map(|end| lower.strip_suffix(end));
    if let Some(own) = own
        && !own.contains('.')
        && !is_common_domain(own)
    {
        found.add(Span::name(start..start + own.len(), Kind::Domain, own));
    }
}

/// `ip-10-0-0-5` is an address, and read as one.
fn is_address_label(label: &str) -> bool {
    let lower = label.to_lowercase();
    lower.starts_with("ip-") || lower.starts_with("ec2-")
}

/// An account's name as a whole value: alone, `DOMAIN\name`, `name@domain`, or a
/// machine's with `$`.
pub(super) fn account(text: &str, found: &mut Spans) {
    if text.starts_with("S-1-") || text.starts_with("arn:") || text.starts_with("%%") {
        return;
    }
    if let Some((domain, name)) = text.split_once('\\') {
        let name = name.trim_start_matches('\\');
        let start = text.len() - name.len();
        if is_service(domain) {
            return;
        }
        if !is_common_domain(domain) && !domain.contains(' ') {
            if domain.contains('.') {
                domain_labels(domain, 0, found);
            } else {
                found.add(Span::name(0..domain.len(), Kind::Domain, domain));
            }
        }
        user(name, start, found);
    } else if !text.contains('@') {
        user(text, 0, found);
    }
    // Those with an `@` are known by their shape.
}

/// Whether the accounts of a domain are the system's own.
fn is_service(domain: &str) -> bool {
    let lower = domain.to_lowercase();
    [
        "nt authority",
        "nt service",
        "nt-autorität",
        "autorite nt",
        "window manager",
        "font driver host",
        "builtin",
        "iis apppool",
        "nt virtual machine",
        "application package authority",
    ]
    .contains(&lower.as_str())
}

fn user(name: &str, start: usize, found: &mut Spans) {
    let bytes = start..start + name.len();
    if let Some(machine) = name.strip_suffix('$') {
        return host(machine, start, found);
    }
    if is_user_name(name) {
        found.add(Span::name(bytes, Kind::User, name));
    }
}

/// Whether something can be the name of a user of whom others know nothing.
pub(super) fn is_user_name(name: &str) -> bool {
    let is_sign = |sign: char| {
        sign.is_alphanumeric() || matches!(sign, '-' | '_' | '.' | '~' | '+' | '\'') || sign == ' '
    };
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let is_guid = name.len() == 36 && name.matches('-').count() == 4;
    !is_common_user(name)
        && !is_number
        && !is_guid
        && name.len() <= 64
        && name.chars().all(is_sign)
        && name.chars().any(char::is_alphanumeric)
}
