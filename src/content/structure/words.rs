//! Faults of a structure as their user reads them.

use serde_json::Value;

use super::faults::{Fault, FaultKind, Need};
use crate::diagnostic::{Code, Diagnostic, Place, YamlNode, did_you_mean};

/// A value that is quoted in a message is cut after so many characters.
const QUOTED: usize = 60;

/// The known key that an unknown one was likely meant to be.
pub(super) fn meant_by<'k>(key: &str, known: &'k [String]) -> Option<&'k str> {
    did_you_mean(key, known.iter().map(String::as_str))
}

/// Where a path leads in a file.
pub(super) trait Spot {
    /// The value; the key's place for one that is not written.
    fn of_value(&self) -> Place;

    /// The value's first line.
    fn first_line(&self) -> Place;

    /// A key of the value.
    fn of_key_inside(&self, name: &str) -> Place;
}

/// What is said of a fault, and where.
pub(super) fn diagnostic(spot: &dyn Spot, instance: &Value, fault: &Fault) -> Diagnostic {
    let value = at(instance, &fault.path);
    let name = name_of(&fault.path);
    let bad =
        |message: String| Diagnostic::error(Code::CONTENT_BAD_VALUE, message).at(spot.of_value());
    match &fault.kind {
        FaultKind::UnknownKey { key, known } => {
            let help = match meant_by(key, known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if known.is_empty() => "remove it".to_owned(),
                None => format!("what can be added here: {}", listed(known)),
            };
            Diagnostic::error(
                Code::CONTENT_UNKNOWN_FIELD,
                format!("there is no key `{}` here", shortened(key)),
            )
            .at(spot.of_key_inside(key))
            .help(help)
        }
        FaultKind::MissingKey {
            key,
            meaning,
            options,
        } => {
            let help = match (options.is_empty(), meaning) {
                (false, _) => format!("add `{key}`, which is {}", one_of(options)),
                (true, Some(meaning)) => format!("add `{key}`: {meaning}"),
                (true, None) => format!("add `{key}`"),
            };
            Diagnostic::error(
                Code::CONTENT_MISSING_FIELD,
                format!("the key `{key}` is missing"),
            )
            .at(spot.first_line())
            .help(help)
        }
        FaultKind::Type { wanted, need } => wrong_type(value, &name, wanted, *need, bad),
        FaultKind::Choice { options, need } => {
            let text = value.and_then(Value::as_str);
            let names: Vec<_> = options.iter().filter_map(Value::as_str).collect();
            let meant = text.and_then(|text| did_you_mean(text, names.iter().copied()));
            let allowed = one_of(options);
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`? It is {allowed}"),
                None if value.is_none_or(Value::is_null) && *need == Need::Optional => {
                    format!("it is {allowed}; or remove the key")
                }
                None => format!("it is {allowed}"),
            };
            bad(format!("{name} cannot be {}", quoted(value))).help(help)
        }
        FaultKind::TooShort(1) => bad(format!("{name} is empty")).help("write a text there"),
        FaultKind::TooShort(limit) => {
            bad(format!("{name} is shorter than {limit} characters")).help("say it in more words")
        }
        FaultKind::TooLong(limit) => {
            bad(format!("{name} is longer than {limit} characters")).help("say it in fewer words")
        }
        FaultKind::TooFew { limit: 1, need } => {
            bad(format!("{name} has no entry")).help(if *need == Need::Optional {
                "add an entry, or remove the key"
            } else {
                "add an entry"
            })
        }
        FaultKind::TooFew { limit, .. } => bad(format!("{name} has fewer than {limit} entries"))
            .help(format!("add entries until there are {limit}")),
        FaultKind::TooMany(limit) => bad(format!("{name} has more than {limit} entries"))
            .help(format!("keep at most {limit} of them")),
        FaultKind::Repeated => {
            bad(format!("{name} has the same entry twice")).help("remove one of the two")
        }
        FaultKind::Pattern { meaning } => {
            let help = match meaning {
                Some(meaning) => format!("what belongs here: {meaning}"),
                None => "compare it with an entry that is accepted".to_owned(),
            };
            bad(format!("{name} cannot be {}", quoted(value))).help(help)
        }
        FaultKind::Range(range) => bad(format!("{name} cannot be {}", quoted(value)))
            .help(format!("write a number of {range}")),
        FaultKind::BadKey { key, meaning } => Diagnostic::error(
            Code::CONTENT_BAD_VALUE,
            format!("the key cannot be `{}`", shortened(key)),
        )
        .at(spot.of_key_inside(key))
        .help(match meaning {
            Some(meaning) => format!("what belongs here: {meaning}"),
            None => "choose another name".to_owned(),
        }),
        FaultKind::Other(message) => bad(format!("{name} is not allowed: {message}"))
            .help("compare it with an entry that is accepted"),
    }
}

fn wrong_type(
    value: Option<&Value>,
    name: &str,
    wanted: &[String],
    need: Need,
    bad: impl Fn(String) -> Diagnostic,
) -> Diagnostic {
    let wanted: Vec<_> = wanted
        .iter()
        .map(String::as_str)
        .filter(|kind| *kind != "null" || wanted.len() == 1)
        .collect();
    let words = wanted.iter().map(|kind| type_word(kind));
    let words = words.collect::<Vec<_>>().join(" or ");
    let wants = |kind: &str| wanted.contains(&kind);
    let help = match value {
        Some(Value::Number(_) | Value::Bool(_)) if wants("string") => {
            "put the value in quotes".to_owned()
        }
        Some(Value::String(_)) if wants("integer") || wants("number") => {
            "write a number, without quotes".to_owned()
        }
        Some(Value::String(_)) if wants("boolean") => {
            "write `true` or `false`, without quotes".to_owned()
        }
        Some(Value::String(_) | Value::Number(_)) if wants("array") => {
            "put it in brackets, or on a line of its own behind a dash".to_owned()
        }
        None | Some(Value::Null) if need == Need::Optional => {
            format!("write {words} there, or remove the key")
        }
        _ => format!("write {words} there"),
    };
    let message = match value {
        None | Some(Value::Null) => format!("{name} is empty and must be {words}"),
        Some(value) => format!("{name} is {} and must be {words}", what(value)),
    };
    bad(message).help(help)
}

fn type_word(kind: &str) -> &str {
    match kind {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a mapping",
        "null" => "empty",
        other => other,
    }
}

fn what(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// The value that a path leads to.
pub(super) fn at<'v>(instance: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter()
        .try_fold(instance, |value, segment| match value {
            Value::Array(list) => list.get(segment.parse::<usize>().ok()?),
            other => other.get(segment),
        })
}

/// What a value is called in a sentence.
fn name_of(path: &[String]) -> String {
    let is_position = |text: &String| text.parse::<usize>().is_ok();
    match path {
        [] => "the file".to_owned(),
        [.., list, position] if is_position(position) && !is_position(list) => {
            format!("an entry of `{}`", shortened(list))
        }
        [.., last] if is_position(last) => "an entry".to_owned(),
        [.., last] => format!("`{}`", shortened(last)),
    }
}

fn shortened(text: &str) -> String {
    let line: String = text
        .chars()
        .take(QUOTED)
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    if text.chars().count() > QUOTED {
        format!("{line}...")
    } else {
        line
    }
}

fn quoted(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "empty".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "empty".to_owned(),
        Some(Value::String(text)) => format!("`{}`", shortened(text)),
        Some(value @ (Value::Array(_) | Value::Object(_))) => what(value).to_owned(),
        Some(value) => format!("`{value}`"),
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn one_of(options: &[Value]) -> String {
    let mut words: Vec<_> = options
        .iter()
        .map(|option| match option {
            Value::Null => "empty".to_owned(),
            Value::String(text) => format!("`{text}`"),
            other => format!("`{other}`"),
        })
        .collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        return last;
    }
    format!("one of {}, or {last}", words.join(", "))
}

/// Where a path leads in a YAML file.
pub(super) struct YamlSpot<'y> {
    /// The key of the last pair on the way, for values that have no place.
    key: Option<YamlNode<'y>>,
    /// The value, or the closest around it.
    value: YamlNode<'y>,
}

impl<'y> YamlSpot<'y> {
    pub(super) fn find(root: YamlNode<'y>, path: &[String]) -> Self {
        let mut spot = Self {
            key: None,
            value: root,
        };
        for segment in path {
            let found = if spot.value.is_list() {
                let position = segment.parse::<usize>().ok();
                let element = position.and_then(|position| spot.value.elements().nth(position));
                element.map(|value| (None, value))
            } else {
                let pair = spot.value.pair(segment);
                pair.map(|(key, value)| (Some(key), value))
            };
            let Some((key, value)) = found else {
                break;
            };
            spot = Self { key, value };
        }
        spot
    }
}

impl Spot for YamlSpot<'_> {
    fn of_value(&self) -> Place {
        match self.key {
            Some(key) if self.value.is_null() || self.value.bytes().is_empty() => key.place(),
            _ => self.value.first_line(),
        }
    }

    fn first_line(&self) -> Place {
        self.value.first_line()
    }

    fn of_key_inside(&self, name: &str) -> Place {
        match self.value.pair(name) {
            Some((key, _)) => key.place(),
            None => self.value.first_line(),
        }
    }
}
