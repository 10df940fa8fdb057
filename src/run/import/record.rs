//! One record of a capture, as far as a draft is interested in it.

use super::kinds::{Kind, Kinds, Noise, Take};
use super::stable::{Names, signature};
use crate::event::catalogue::{Catalogue, Source};
use crate::event::{Event, Origin, Value};

/// A part of a kind's key that is longer than this is cut and marked by its hash.
const LONGEST: usize = 160;

/// The source of a record, and its event id where it has one.
pub(super) fn source_of(origin: &Origin) -> (Option<&'static Source>, Option<u32>) {
    let source = Catalogue::bundled().source_of(origin.borrowed());
    let event_id = match origin {
        Origin::EventLog { event_id, .. } => *event_id,
        Origin::Stream(_) => None,
    };
    (source, event_id)
}

/// The kind of a source's records that have no kind of their own.
pub(super) fn row(source: &Source, event_id: Option<u32>) -> Option<&'static Kind> {
    Kinds::bundled().of(source.id.as_str(), event_id)
}

/// The value of a field of a record's own data.
pub(super) fn value<'b>(event: Event<'b>, name: &str) -> Option<Value<'b>> {
    event
        .fields()
        .find(|field| field.section.is_payload() && field.name == name)
        .map(|field| field.value)
}

/// The same as text; nothing for what stands for nothing.
pub(super) fn text(event: Event<'_>, name: &str) -> Option<String> {
    said(value(event, name)?)
}

/// A value as text; nothing for what stands for nothing.
pub(super) fn said(value: Value<'_>) -> Option<String> {
    let text = match value {
        Value::Text(text) => text.to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Float(_) | Value::Null | Value::List(_) | Value::Node(_) => return None,
    };
    (!text.is_empty() && text != "-").then_some(text)
}

/// The value of a field that a signal asks for, and the field's name there.
pub(super) fn taken<'t>(event: Event<'_>, take: &'t Take) -> Option<(&'t str, String)> {
    let mut names = take.names().iter();
    names.find_map(|name| Some((name.as_str(), text(event, name)?)))
}

/// The file name of a program, in lower case.
pub(super) fn program(path: &str) -> String {
    let name = path.rsplit(['\\', '/']).next().unwrap_or(path);
    name.chars()
        .take(LONGEST)
        .collect::<String>()
        .to_lowercase()
}

/// What can be told of a record at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signs {
    /// It holds the value of an argument.
    pub(super) argument: bool,
    /// It is marked as someone else's doing, or as one that changes nothing.
    pub(super) background: bool,
    /// It is what every host does.
    pub(super) noise: bool,
}

/// What two records of a kind have in common.
pub(super) fn key(
    event: Event<'_>,
    source: &Source,
    event_id: Option<u32>,
    names: &Names,
) -> String {
    let mut key = source.id.to_string();
    if let Some(id) = event_id {
        key.push('/');
        key.push_str(&id.to_string());
    }
    for take in row(source, event_id).iter().flat_map(|kind| &kind.takes) {
        key.push('\u{1f}');
        let Some((_, text)) = taken(event, take) else {
            continue;
        };
        let part = part_of_key(&text, take, names);
        match part.char_indices().nth(LONGEST) {
            Some((end, _)) => {
                key.push_str(&part[..end]);
                key.push_str(&format!("{:016x}", hash(&part)));
            }
            None => key.push_str(&part),
        }
    }
    key
}

fn part_of_key(text: &str, take: &Take, names: &Names) -> String {
    use super::kinds::How;
    match take.how {
        How::Program => program(text),
        How::Port if super::value::port(text).is_none() => String::new(),
        _ => signature(&names.parts(text)),
    }
}

fn hash(text: &str) -> u64 {
    // The same in every run, so that drafts do not change.
    ahash::RandomState::with_seeds(1, 2, 3, 4).hash_one(text)
}

/// What can be told of a record at once.
pub(super) fn signs(event: Event<'_>, kind: Option<&Kind>, names: &Names) -> Signs {
    let Some(kind) = kind else {
        return Signs::default();
    };
    let holds = |text: &str| names.is_in(text);
    let argument = kind
        .takes
        .iter()
        .any(|take| taken(event, take).is_some_and(|(_, text)| holds(&text)))
        || event
            .fields()
            .filter(|field| field.section.is_payload() && kind.may_hold_argument(field.name))
            .any(|field| texts(field.value).any(holds));
    let marked = kind.background.iter().any(|(field, values)| {
        text(event, field).is_some_and(|text| {
            values.iter().any(|value| {
                if value.len() < 3 {
                    text == *value
                } else {
                    text.contains(value.as_str())
                }
            })
        })
    });
    let noise = &Kinds::bundled().noise;
    Signs {
        argument,
        background: marked,
        noise: is_noise(event, kind, noise),
    }
}

fn is_noise(event: Event<'_>, kind: &Kind, noise: &Noise) -> bool {
    let names_noise = |field: &Option<String>, known: &dyn Fn(&str) -> bool| {
        field
            .as_ref()
            .and_then(|field| text(event, field))
            .is_some_and(|text| known(&text))
    };
    names_noise(&kind.actor, &|path| noise.programs.contains(&program(path)))
        || names_noise(&kind.named_by, &|path| {
            let lower = path.to_lowercase();
            noise.paths.iter().any(|part| lower.contains(part.as_str()))
        })
}

/// The texts in a value.
pub(super) fn texts(value: Value<'_>) -> impl Iterator<Item = &str> {
    let (one, many) = match value {
        Value::Text(text) => (Some(text), None),
        Value::List(list) => (None, Some(list)),
        _ => (None, None),
    };
    one.into_iter().chain(
        many.into_iter()
            .flat_map(|list| list.iter())
            .filter_map(|item| item.as_text()),
    )
}
