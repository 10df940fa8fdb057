//! JSON and XML texts as fields.
//!
//! Source: Splunk, "Search Reference: spath", "Search Reference: xmlkv".

use std::collections::HashMap;

use serde_json::Value as Json;

use super::super::value::Value;
use super::xml;

/// So many values are taken from a text at most.
pub(super) const MOST_VALUES: usize = 10_000;

/// A step of a path.
pub(super) enum Step {
    /// To the member of that name.
    Member(String),
    /// To every item.
    EachItem,
    /// To the item at that place, from zero.
    Item(usize),
}

/// The steps of a path: `a.b{}.c`, `a{0}`, `a[0]`.
pub(super) fn steps_of(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut name = String::new();
    let mut rest = path;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        let close = match character {
            '{' => '}',
            '[' => ']',
            '.' => {
                push_member(&mut steps, &mut name);
                continue;
            }
            other => {
                name.push(other);
                continue;
            }
        };
        let place = rest.split_once(close).filter(|(inner, _)| {
            inner.is_empty() || inner.bytes().all(|byte| byte.is_ascii_digit())
        });
        match place {
            Some((inner, after)) => {
                push_member(&mut steps, &mut name);
                steps.push(inner.parse().map_or(Step::EachItem, Step::Item));
                rest = after;
            }
            None => name.push(character),
        }
    }
    push_member(&mut steps, &mut name);
    steps
}

fn push_member(steps: &mut Vec<Step>, name: &mut String) {
    if !name.is_empty() {
        steps.push(Step::Member(std::mem::take(name)));
    }
}

/// Everything at the end of some steps.
pub(super) fn at_steps<'j>(document: &'j Json, steps: &[Step]) -> Vec<&'j Json> {
    let mut here = vec![document];
    for step in steps {
        let mut next = Vec::new();
        for json in here {
            match (step, json) {
                (Step::Member(name), Json::Object(members)) => next.extend(members.get(name)),
                (Step::EachItem, Json::Array(items)) => next.extend(items),
                (Step::Item(place), Json::Array(items)) => next.extend(items.get(*place)),
                _ => {}
            }
        }
        next.truncate(MOST_VALUES);
        here = next;
    }
    here
}

/// What is at a path of a value's text.
pub(super) fn path_of(value: &Value, path: &Value) -> Value {
    if path.is_null() {
        return Value::Null;
    }
    let path = path.to_text();
    super::text::each(value, |text| at_path(text, &path))
}

/// What is at a path of a JSON or XML text; null if there is nothing.
#[must_use]
pub fn at_path(text: &str, path: &str) -> Value {
    match serde_json::from_str::<Json>(text) {
        Ok(document) => {
            let found = at_steps(&document, &steps_of(path));
            Value::list(found.into_iter().map(leaf).collect())
        }
        Err(_) => {
            let path = path.replace("{}", "");
            let values = xml::leaves(text)
                .into_iter()
                .filter(|(name, _)| *name == path);
            Value::list(values.map(|(_, value)| Value::text(&value)).collect())
        }
    }
}

/// All values of a JSON or XML text with their paths, in the order in which the paths come
/// first; none if the text is neither.
#[must_use]
pub fn leaves(text: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    match serde_json::from_str::<Json>(text) {
        Ok(document) => walk(&document, String::new(), &mut found),
        Err(_) => {
            let values = xml::leaves(text).into_iter();
            found.extend(values.map(|(name, value)| (name, Value::text(&value))));
        }
    }
    grouped(found)
}

/// The texts of all elements of an XML text by their names, in the order in which the
/// names come first.
#[must_use]
pub fn elements(text: &str) -> Vec<(String, Value)> {
    let values = xml::elements(text).into_iter();
    grouped(
        values
            .map(|(name, value)| (name, Value::text(&value)))
            .collect(),
    )
}

/// Goes as deep as the JSON reader lets texts be.
fn walk(json: &Json, path: String, found: &mut Vec<(String, Value)>) {
    if found.len() >= MOST_VALUES {
        return;
    }
    match json {
        Json::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                walk(member, path, found);
            }
        }
        Json::Array(items) => {
            for item in items {
                walk(item, format!("{path}{{}}"), found);
            }
        }
        scalar => {
            if !path.is_empty() {
                found.push((path, leaf(scalar)));
            }
        }
    }
}

/// JSON as the value of a field: what it is called there is what is seen.
fn leaf(json: &Json) -> Value {
    match json {
        Json::String(text) => Value::text(text),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::text(&number.to_string()),
        },
        other => Value::text(&other.to_string()),
    }
}

/// Values of the same name in one list.
fn grouped(values: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (name, value) in values {
        let place = *places.entry(name).or_insert_with_key(|name| {
            groups.push((name.clone(), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(place) {
            group.push(value);
        }
    }
    let groups = groups.into_iter();
    groups
        .map(|(name, values)| (name, Value::list(values)))
        .collect()
}
