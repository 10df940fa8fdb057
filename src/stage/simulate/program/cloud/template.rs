//! Answers of clouds as data: values whose texts have placeholders.
//!
//! `${p.UserName}` is a parameter of the call, `${now}` and `${now+3600}` are times,
//! `${guid}`, `${hex.17}`, `${upper.16}`, `${base64.40}` look random, `${unknown}` is what
//! nobody can know; the rest is what the caller of [`fill`] names. `${a|b}` is the first
//! that stands for something; a member that stands for nothing is left out.

use serde_json::{Map, Value};

use crate::stage::simulate::world::World;

/// What stands for something that is not known.
pub(super) const UNKNOWN: &str = "\u{fffd}unknown\u{fffd}";

/// Whether a text has something in it that is not known.
pub(super) fn is_unknown(text: &str) -> bool {
    text.contains(UNKNOWN)
}

/// What placeholders stand for.
pub(super) struct Names<'n> {
    /// The call's parameters.
    pub(super) parameters: &'n Map<String, Value>,
    /// Other names.
    pub(super) others: &'n [(&'n str, String)],
}

/// Fills a template; `None` if it stands for nothing.
pub(super) fn fill(template: &Value, names: &Names<'_>, world: &mut World) -> Option<Value> {
    match template {
        Value::String(text) => fill_text(text, names, world),
        Value::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| fill(item, names, world))
                .collect(),
        ),
        Value::Object(members) => Some(
            members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), fill(value, names, world)?)))
                .collect::<Map<_, _>>()
                .into(),
        ),
        other => Some(other.clone()),
    }
}

/// A text that is one placeholder is its value; else it is a text.
fn fill_text(text: &str, names: &Names<'_>, world: &mut World) -> Option<Value> {
    if let Some(only) = text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .filter(|only| !only.contains('}'))
    {
        return value(only, names, world);
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let (name, after) = after.split_once('}')?;
        match value(name, names, world)? {
            Value::String(text) => filled.push_str(&text),
            other => filled.push_str(&other.to_string()),
        }
        rest = after;
    }
    filled.push_str(rest);
    Some(filled.into())
}

fn value(expression: &str, names: &Names<'_>, world: &mut World) -> Option<Value> {
    expression
        .split('|')
        .find_map(|name| one(name.trim(), names, world))
}

fn one(name: &str, names: &Names<'_>, world: &mut World) -> Option<Value> {
    if let Some(literal) = name
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Some(literal.into());
    }
    if let Some(parameter) = name.strip_prefix("p.") {
        return names.parameters.get(parameter).cloned();
    }
    if let Some(after) = name.strip_prefix("now") {
        let seconds = match after.strip_prefix('+') {
            Some(seconds) => seconds.parse().ok()?,
            None if after.is_empty() => 0,
            None => return None,
        };
        let time = world.now();
        let time = time
            .checked_add(jiff::SignedDuration::from_secs(seconds))
            .unwrap_or(time);
        return Some(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into());
    }
    if let Some((alphabet, count)) = name.split_once('.') {
        let signs: Option<&[u8]> = match alphabet {
            "hex" => Some(b"0123456789abcdef"),
            "upper" => Some(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
            "lower" => Some(b"abcdefghijklmnopqrstuvwxyz0123456789"),
            "digits" => Some(b"0123456789"),
            "base64" => Some(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
            _ => None,
        };
        if let (Some(signs), Ok(count)) = (signs, count.parse::<usize>()) {
            return Some(world.numbers.pick(count.min(1_024), signs).into());
        }
    }
    match name {
        "guid" => Some(world.numbers.guid().into()),
        "unknown" => Some(UNKNOWN.into()),
        name => {
            let known = names.others.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| value.as_str().into())
        }
    }
}
