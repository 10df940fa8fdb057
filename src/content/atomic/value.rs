//! Values of arguments, and whether they are of the argument's type.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;
use serde_yaml::Value;

use super::model::ArgumentKind;

/// A domain's name, as the public schema has it.
static DOMAIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$")
        .unwrap_or_else(|error| panic!("the pattern of domains is invalid: {error}"))
});

/// The default of an argument as text, or what it should have been.
pub(super) fn default_of(kind: ArgumentKind, value: &Value) -> Result<Option<String>, String> {
    if value.is_null() {
        return Ok(None);
    }
    let text = match kind {
        ArgumentKind::String | ArgumentKind::Path => text(value),
        ArgumentKind::Integer => integer(value),
        ArgumentKind::Float => value.as_f64().map(|_| plain(value)),
        ArgumentKind::Url => text(value).filter(|text| is_address(text)),
    };
    text.map(Some).ok_or_else(|| wanted(kind, value).to_owned())
}

fn wanted(kind: ArgumentKind, value: &Value) -> &'static str {
    match kind {
        ArgumentKind::String | ArgumentKind::Path if value.is_number() || value.is_bool() => {
            "put the value in quotes, since the argument is text"
        }
        ArgumentKind::String | ArgumentKind::Path => "write text",
        ArgumentKind::Integer => "write a whole number, or make the argument a `string`",
        ArgumentKind::Float => "write a number without quotes, or make the argument a `string`",
        ArgumentKind::Url => {
            "write an address with its scheme, a domain in lower case, or an IP address, or make the argument a `string`"
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A whole number, also one in quotes or one such as `4.0`.
fn integer(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let digits = text.trim();
            digits.parse::<i128>().ok().map(|_| digits.to_owned())
        }
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64()?;
            (number.fract() == 0.0).then(|| format!("{number:.0}"))
        }
        Value::Number(_) => Some(plain(value)),
        _ => None,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Whether a text is an address with a scheme, a domain, or an IP address.
fn is_address(text: &str) -> bool {
    DOMAIN.is_match(text) || text.parse::<IpAddr>().is_ok() || has_scheme(text)
}

fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let is_special = ["http", "https", "ws", "wss", "ftp"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    if !is_special {
        return is_scheme;
    }
    let host = rest.trim_start_matches(['/', '\\']);
    let host = host.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    !host.is_empty() && !host.contains(char::is_whitespace)
}
