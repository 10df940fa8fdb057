//! The arguments of a performance, and selections that hold them.

use std::collections::BTreeMap;

use serde_yaml::Value;

use crate::content::atomic::{Atomic, resolve_arguments};
use crate::content::fixture::{Fixture, Subject};

/// The arguments of a recorded performance: those that were given, and the
/// atomic's defaults for the others. Arguments that the atomic does not have are
/// told when the content is joined.
pub(super) fn arguments_of(atomic: &Atomic, fixture: Option<&Fixture>) -> BTreeMap<String, String> {
    let given = match fixture.map(|fixture| &fixture.subject) {
        Some(Subject::Atomic { arguments, .. }) => arguments.clone(),
        Some(Subject::Control { .. }) | None => BTreeMap::new(),
    };
    resolve_arguments(atomic, &given).unwrap_or_else(|_| {
        let defaults = atomic.arguments.iter();
        let defaults =
            defaults.filter_map(|(name, argument)| Some((name.clone(), argument.default.clone()?)));
        defaults.chain(given).collect()
    })
}

/// Puts arguments and what is known of the host into a selection, as literals.
///
/// # Errors
///
/// The name of the first argument or fact that is not known.
pub(super) fn substituted(
    fields: &Value,
    arguments: &BTreeMap<String, String>,
    facts: &BTreeMap<String, String>,
) -> Result<Value, String> {
    let known = Known { arguments, facts };
    match fields {
        Value::Mapping(mapping) => mapping
            .iter()
            .map(|(key, value)| {
                let written = Written::of(key.as_str().unwrap_or_default());
                Ok((key.clone(), known.value(value, written)?))
            })
            .collect::<Result<_, _>>()
            .map(Value::Mapping),
        Value::Sequence(parts) => parts
            .iter()
            .map(|part| match part {
                Value::String(_) => known.value(part, Written::Literal),
                _ => substituted(part, arguments, facts),
            })
            .collect::<Result<_, _>>()
            .map(Value::Sequence),
        other => Ok(other.clone()),
    }
}

/// How a value of a selection is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// As text with Sigma's wildcards.
    Literal,
    /// As a regular expression.
    Regex,
    /// As it is.
    Plain,
}

impl Written {
    fn of(key: &str) -> Self {
        let modifiers: Vec<_> = key.split('|').skip(1).collect();
        let has = |wanted: &[&str]| modifiers.iter().any(|modifier| wanted.contains(modifier));
        if has(&["re"]) {
            Self::Regex
        } else if has(&["cidr", "lt", "lte", "gt", "gte", "fieldref"]) {
            Self::Plain
        } else {
            Self::Literal
        }
    }

    fn escaped(self, text: &str) -> String {
        match self {
            Self::Regex => regex::escape(text),
            Self::Plain => text.to_owned(),
            Self::Literal => {
                let mut escaped = String::with_capacity(text.len());
                for character in text.chars() {
                    if matches!(character, '\\' | '*' | '?') {
                        escaped.push('\\');
                    }
                    escaped.push(character);
                }
                escaped
            }
        }
    }
}

struct Known<'k> {
    arguments: &'k BTreeMap<String, String>,
    facts: &'k BTreeMap<String, String>,
}

impl Known<'_> {
    fn value(&self, value: &Value, written: Written) -> Result<Value, String> {
        match value {
            Value::String(text) => self.text(text, written).map(Value::String),
            Value::Sequence(values) => values
                .iter()
                .map(|value| self.value(value, written))
                .collect::<Result<_, _>>()
                .map(Value::Sequence),
            other => Ok(other.clone()),
        }
    }

    fn text(&self, text: &str, written: Written) -> Result<String, String> {
        let mut done = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("#{") {
            let Some((name, after)) = behind.split_once('}') else {
                break;
            };
            done.push_str(before);
            let value = match name.strip_prefix("host.") {
                Some(key) => self.facts.get(key),
                None => self.arguments.get(name),
            };
            let value = value.ok_or_else(|| name.to_owned())?;
            let value = written.escaped(value);
            // A backslash in front would take the escape for its own.
            let slashes = done.len() - done.trim_end_matches('\\').len();
            if written == Written::Literal && slashes % 2 == 1 && value.starts_with('\\') {
                done.push('\\');
            }
            done.push_str(&value);
            rest = after;
        }
        done.push_str(rest);
        Ok(done)
    }
}
