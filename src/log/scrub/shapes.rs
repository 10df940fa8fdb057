//! Identities that are known by their shape.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Kind;
use super::fields::{Role, roles};
use super::known::{is_common_domain, is_known_account, is_known_application, is_public_domain};
use super::names::{domain_labels, is_user_name};
use super::spans::{Span, Spans, ends_with_escape};
use super::{addresses, keys};
use crate::secret;

/// Compiles a pattern once; one that does not compile finds nothing, and a test of
/// this file compiles them all.
macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(
    ARN,
    r#"arn:aws[a-z\-]*:(?P<service>[a-z0-9\-]*):[A-Za-z0-9\-]*:(?P<account>[0-9]{12}|aws)?:(?P<resource>[^\s"'<>,;\\)\]}]+)"#
);
pattern!(
    MAIL,
    r"(?P<local>[A-Za-z0-9][A-Za-z0-9._%+\-]*)(?:@|%40)(?P<domain>[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z][A-Za-z0-9\-]*)"
);
pattern!(
    HOME,
    r#"(?i)(?:[a-z]:|[\\/]|%2f)(?:[\\/]+|%2f)?(?:users|documents and settings|home)(?:[\\/]+|%2f|%5c)(?P<name>[^\\/:*?"<>|%\r\n\t',;]+)(?P<end>[\\/%"']|$)?"#
);
pattern!(
    SID,
    r"(?i)S-1-5-21-(?P<machine>[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10})(?:-[0-9]+)?"
);
pattern!(
    CLOUD_SID,
    r"(?i)S-1-12-1-(?P<object>[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10})"
);
pattern!(
    HARDWARE,
    r"(?i)[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}"
);
pattern!(
    PRINCIPAL,
    r"(?:AIDA|AROA|AGPA|ANPA|ANVA|AIPA|APKA|ASCA|ACCA)[A-Z0-9]{12,}"
);
pattern!(ACCESS_KEY, r"(?:AKIA|ASIA|ABIA)[A-Z0-9]{12,}");
pattern!(
    RESOURCE,
    r"(?i)(?:i|mi|eni|vpc|subnet|sg|sgr|vol|snap|ami|rtb|igw|nat|eipalloc|eipassoc|acl|lt|vpce|fs|tgw|pcx|eice|r|lb|key|dopt|cgw|vgw|fl|eigw)-(?P<hex>[0-9a-f]{17}|[0-9a-f]{8})"
);
pattern!(
    GUID,
    r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}"
);
pattern!(
    DIRECTORY_PATH,
    r"(?i)(?:subscriptions|sts\.windows\.net|login\.microsoftonline\.com|login\.windows\.net|managementgroups|tenants|roleassignments|servicePrincipals)(?:/|%2f)(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
);
pattern!(
    VOLUME,
    r"(?i)volume\{(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}"
);
pattern!(
    AZURE_NAME,
    r"(?i)/(?:(?P<group>resourcegroups)|providers/[a-z.]+/(?:(?P<host>virtualmachines)|vaults|storageaccounts|managedclusters|networkinterfaces|disks|virtualnetworks|publicipaddresses|networksecuritygroups|virtualmachinescalesets|sites))/(?P<name>[A-Za-z0-9_.()\-]+)"
);
pattern!(
    BUCKET,
    r"(?:s3://|\b)(?P<name>[a-z0-9][a-z0-9.\-]{2,62})\.s3(?:[.\-][a-z0-9\-]+)?\.amazonaws\.com"
);
pattern!(BUCKET_URL, r"s3://(?P<name>[a-z0-9][a-z0-9.\-]{2,62})");
pattern!(TWELVE, r"[0-9]{12}");
pattern!(
    MESSAGE,
    r"(?i)encoded authorization failure message:\s*(?P<secret>[A-Za-z0-9_\-]{20,})"
);

/// Buckets that are AWS's own.
const OWN_BUCKETS: [&str; 5] = ["aws-", "amazon-", "amzn-", "packages.", "ec2-"];

/// Finds what has a shape of its own; `path` is that of the field.
pub(super) fn find(path: &str, text: &str, found: &mut Spans) {
    let roles: Vec<_> = roles(path).collect();
    keys::find(text, found);
    arns(text, found);
    tokens(path, text, found);
    guids(&roles, text, found);
    mails(text, found);
    homes(text, found);
    sids(text, found);
    cloud_names(text, found);
    if roles.contains(&Role::Account) {
        accounts(text, found);
    }
    addresses::find(path, roles.contains(&Role::Address), text, found);
    each(&HARDWARE, text, |matched, whole| {
        let digits: String = whole
            .chars()
            .filter(char::is_ascii_hexdigit)
            .map(|digit| digit.to_ascii_lowercase())
            .collect();
        let is_group = digits
            .get(..2)
            .and_then(|first| u8::from_str_radix(first, 16).ok());
        let is_nobodys = digits.bytes().all(|digit| digit == b'0')
            || is_group.is_some_and(|first| first & 1 == 1);
        if !is_nobodys && is_apart(text, &matched, ":-") {
            found.add(Span::new(matched, Kind::HardwareAddress, digits));
        }
    });
}

type Bytes = std::ops::Range<usize>;

fn captures(pattern: &LazyLock<Option<Regex>>, text: &str, mut take: impl FnMut(&Captures<'_>)) {
    if let Some(pattern) = pattern.as_ref() {
        pattern.captures_iter(text).for_each(|found| take(&found));
    }
}

fn each(pattern: &LazyLock<Option<Regex>>, text: &str, mut take: impl FnMut(Bytes, &str)) {
    if let Some(pattern) = pattern.as_ref() {
        let found = pattern.find_iter(text);
        found.for_each(|found| take(found.range(), found.as_str()));
    }
}

/// Whether nothing before and behind a place continues it: no letter, no digit, and
/// none of these signs with one behind it.
pub(super) fn is_apart(text: &str, bytes: &Bytes, signs: &str) -> bool {
    let mut before = text[..bytes.start].chars().rev();
    let mut behind = text[bytes.end..].chars();
    let continues = |next: Option<char>, over: Option<char>| match next {
        Some(next) if next.is_alphanumeric() => true,
        Some(next) if signs.contains(next) => over.is_some_and(char::is_alphanumeric),
        _ => false,
    };
    let is_behind = ends_with_escape(&text[..bytes.start]);
    (is_behind || !continues(before.next(), before.next()))
        && !continues(behind.next(), behind.next())
}

fn arns(text: &str, found: &mut Spans) {
    captures(&ARN, text, |arn| {
        if let Some(account) = arn.name("account")
            && account.as_str() != "aws"
            && !is_known_account(account.as_str())
        {
            found.add(Span::new(account.range(), Kind::Account, account.as_str()));
        }
        let (Some(service), Some(resource)) = (arn.name("service"), arn.name("resource")) else {
            return;
        };
        let start = resource.start();
        let mut parts = Vec::new();
        let mut place = start;
        for part in resource.as_str().split('/') {
            parts.push((place, part));
            place += part.len() + 1;
        }
        let named = match (service.as_str(), parts.as_slice()) {
            ("iam", [(_, "user"), .., last]) | ("sts", [(_, "federated-user"), last]) => Some(last),
            ("sts", [(_, "assumed-role"), _, last]) => {
                if last.1.contains('@') || !is_user_name(last.1) {
                    None
                } else {
                    let bytes = last.0..last.0 + last.1.len();
                    found.add(Span::name(bytes, Kind::User, last.1).only_here());
                    None
                }
            }
            ("s3", [first, ..]) if !is_own_bucket(first.1) && !first.1.contains('*') => {
                let bytes = first.0..first.0 + first.1.len();
                found.add(Span::name(bytes, Kind::Bucket, first.1));
                None
            }
            _ => None,
        };
        if let Some((start, name)) = named
            && is_user_name(name)
        {
            found.add(Span::name(*start..start + name.len(), Kind::User, name));
        }
    });
}

fn is_own_bucket(name: &str) -> bool {
    OWN_BUCKETS.iter().any(|start| name.starts_with(start))
}

fn tokens(path: &str, text: &str, found: &mut Spans) {
    each(&ACCESS_KEY, text, |bytes, key| {
        if is_apart(text, &bytes, "") && !is_of_documentation(key) {
            found.add(Span::new(bytes, Kind::AccessKey, key));
        }
    });
    each(&PRINCIPAL, text, |bytes, id| {
        if is_apart(text, &bytes, "") && !is_of_documentation(id) {
            found.add(Span::new(bytes, Kind::Principal, id));
        }
    });
    captures(&MESSAGE, text, |message| {
        if let Some(secret) = message.name("secret") {
            found.add(Span::new(secret.range(), Kind::Secret, secret.as_str()));
        }
    });
    if secret::might_hold(text) {
        for secret in secret::find(text) {
            let value = &text[secret.bytes.clone()];
            if is_of_documentation(value) {
                continue;
            }
            let kind = match secret.kind {
                "password" => Kind::Password,
                _ => Kind::Secret,
            };
            let span = Span::new(secret.bytes, kind, value);
            found.add(if is_word(value) {
                span.only_here()
            } else {
                span
            });
        }
    }
    let last = path.rsplit('.').next().unwrap_or(path);
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if secret::is_secret_name(last) && !secret::is_trivial(text) && !is_number {
        let kind = match secret::kind(last) {
            "password" => Kind::Password,
            _ => Kind::Secret,
        };
        let span = Span::new(0..text.len(), kind, text);
        found.add(if is_word(text) {
            span.only_here()
        } else {
            span
        });
    }
}

/// The ids and keys in the documentation of AWS end so.
fn is_of_documentation(id: &str) -> bool {
    id.ends_with("EXAMPLE") || id.ends_with("EXAMPLEKEY")
}

/// Whether a secret could be a word of any text.
fn is_word(value: &str) -> bool {
    value.len() < 8 || value.chars().all(char::is_alphabetic)
}

fn guids(roles: &[Role], text: &str, found: &mut Spans) {
    let mut add = |bytes: Bytes, id: &str| {
        let hex: String = id.chars().filter(|sign| *sign != '-').collect();
        let hex = hex.to_lowercase();
        if !is_known_application(&hex) {
            found.add(Span::new(bytes, Kind::Directory, hex));
        }
    };
    for pattern in [&DIRECTORY_PATH, &VOLUME] {
        captures(pattern, text, |matched| {
            if let Some(id) = matched.name("id") {
                add(id.range(), id.as_str());
            }
        });
    }
    if roles.contains(&Role::Directory) {
        each(&GUID, text, |bytes, id| {
            if is_apart(text, &bytes, "") {
                add(bytes, id);
            }
        });
    }
    if roles.contains(&Role::SysmonGuid) {
        each(&GUID, text, |bytes, id| {
            let first = id.get(..8).unwrap_or_default();
            if id.contains('-') && first != "00000000" {
                let bytes = bytes.start..bytes.start + first.len();
                found.add(Span::new(bytes, Kind::Machine, first.to_lowercase()).only_here());
            }
        });
    }
}

fn mails(text: &str, found: &mut Spans) {
    captures(&MAIL, text, |mail| {
        let (Some(local), Some(domain)) = (mail.name("local"), mail.name("domain")) else {
            return;
        };
        let is_software =
            domain.as_str().ends_with("openssh.com") || domain.as_str().ends_with("libssh.org");
        if is_software {
            return;
        }
        if is_user_name(local.as_str()) {
            found.add(Span::name(local.range(), Kind::User, local.as_str()));
        }
        let is_own =
            !is_public_domain(domain.as_str()) || domain.as_str().contains(".onmicrosoft.");
        if is_own {
            domain_labels(domain.as_str(), domain.start(), found);
        }
    });
}

fn homes(text: &str, found: &mut Spans) {
    captures(&HOME, text, |home| {
        let Some(name) = home.name("name") else {
            return;
        };
        // Only a name inside of a path can have blanks.
        let is_closed = home.name("end").is_some_and(|end| !end.is_empty());
        let mut name_text = name.as_str();
        if !is_closed || name_text.matches(' ').count() > 2 {
            name_text = name_text
                .split([' ', '&', '|', ')', ']', '}', '`'])
                .next()
                .unwrap_or_default();
        }
        // A profile of a domain's account can have the domain behind it.
        let name_text = match name_text.split_once('.') {
            Some((user, rest)) if rest.chars().all(|sign| sign.is_ascii_uppercase()) => user,
            _ => name_text,
        };
        if is_user_name(name_text) {
            let bytes = name.start()..name.start() + name_text.len();
            found.add(Span::name(bytes, Kind::User, name_text));
        }
    });
}

fn sids(text: &str, found: &mut Spans) {
    captures(&SID, text, |sid| {
        if let Some(machine) = sid.name("machine")
            && machine.as_str() != "0-0-0"
        {
            found.add(Span::new(machine.range(), Kind::Sid, machine.as_str()));
        }
    });
    captures(&CLOUD_SID, text, |sid| {
        if let Some(object) = sid.name("object")
            && let Some(hex) = guid_of_sid(object.as_str())
        {
            found.add(Span::new(object.range(), Kind::Directory, hex));
        }
    });
}

/// The GUID of which such a SID is made ("Azure AD SIDs" are four numbers of the
/// object's GUID, each little-endian), without hyphens.
pub(super) fn guid_of_sid(numbers: &str) -> Option<String> {
    let mut bytes = [0; 16];
    let mut parts = numbers.split('-');
    for place in bytes.chunks_mut(4) {
        place.copy_from_slice(&parts.next()?.parse::<u32>().ok()?.to_le_bytes());
    }
    Some(uuid::Uuid::from_bytes_le(bytes).simple().to_string())
}

fn cloud_names(text: &str, found: &mut Spans) {
    captures(&RESOURCE, text, |matched| {
        let (Some(whole), Some(hex)) = (matched.get(0), matched.name("hex")) else {
            return;
        };
        let has_digit = hex.as_str().bytes().any(|digit| digit.is_ascii_digit());
        if has_digit && is_apart(text, &whole.range(), "-") {
            let id = whole.as_str().to_lowercase();
            found.add(Span::new(whole.range(), Kind::Resource, id));
        }
    });
    captures(&AZURE_NAME, text, |matched| {
        if let Some(name) = matched.name("name") {
            let kind = match matched.name("host") {
                Some(_) => Kind::Host,
                None => Kind::Group,
            };
            if !is_common_domain(name.as_str()) {
                found.add(Span::name(name.range(), kind, name.as_str()));
            }
        }
    });
    for pattern in [&BUCKET, &BUCKET_URL] {
        captures(pattern, text, |matched| {
            if let Some(name) = matched.name("name")
                && !is_own_bucket(name.as_str())
            {
                found.add(Span::name(name.range(), Kind::Bucket, name.as_str()));
            }
        });
    }
}

fn accounts(text: &str, found: &mut Spans) {
    each(&TWELVE, text, |bytes, digits| {
        if is_apart(text, &bytes, "") && !is_known_account(digits) {
            found.add(Span::new(bytes, Kind::Account, digits));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        let all = [
            &ARN,
            &MAIL,
            &HOME,
            &SID,
            &CLOUD_SID,
            &HARDWARE,
            &PRINCIPAL,
            &ACCESS_KEY,
            &RESOURCE,
            &GUID,
            &DIRECTORY_PATH,
            &VOLUME,
            &AZURE_NAME,
            &BUCKET,
            &BUCKET_URL,
            &TWELVE,
            &MESSAGE,
        ];
        assert!(all.iter().all(|pattern| pattern.is_some()));
    }
}
