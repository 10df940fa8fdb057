//! JSON texts as products show them that keep lists and objects as text.
//!
//! Source: Sumo Logic, "Parse JSON Formatted Logs"; S. Gössner, "JSONPath".

use serde_json::Value as Json;

use super::super::value::Value;
use super::document::MOST_VALUES;
use super::text::each;

/// In a text so many places are tried where an object may begin.
const MOST_BEGINNINGS: usize = 1000;

/// A step of a path.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    Every,
}

/// The steps of `$.a.b[0]`, `a[*].c`, `['a.b']`; `None` if there is more to it.
fn steps_of(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (step, after) = match inner.chars().next()? {
                quote @ ('\'' | '"') => {
                    let (name, after) = inner.get(1..)?.split_once(quote)?;
                    (Step::Member(name.to_owned()), after.strip_prefix(']')?)
                }
                _ => {
                    let (place, after) = inner.split_once(']')?;
                    let step = match place.trim() {
                        "*" => Step::Every,
                        place => Step::Item(place.parse().ok()?),
                    };
                    (step, after)
                }
            };
            steps.push(step);
            rest = after;
            continue;
        }
        let name = match rest.strip_prefix('.') {
            Some(name) => name,
            None if steps.is_empty() => rest,
            None => return None,
        };
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (name, after) = name.split_at_checked(end)?;
        let is_plain = |letter: char| !matches!(letter, '?' | '@' | '(' | ',' | ':' | ']' | '*');
        match name {
            "*" => steps.push(Step::Every),
            name if !name.is_empty() && name.chars().all(is_plain) => {
                steps.push(Step::Member(name.to_owned()));
            }
            _ => return None,
        }
        rest = after;
    }
    (!steps.is_empty()).then_some(steps)
}

/// Whether a path is one that `text_at` goes.
#[must_use]
pub fn is_path(path: &str) -> bool {
    steps_of(path).is_some()
}

/// What is at a path of a JSON text, as text; a list of what is at all ends of a path with
/// a wildcard. Null if there is nothing.
pub(super) fn text_at(value: &Value, path: &Value) -> Value {
    let Some(steps) = steps_of(&path.to_text()) else {
        return Value::Null;
    };
    each(value, |text| {
        let Ok(document) = serde_json::from_str::<Json>(text) else {
            return Value::Null;
        };
        let mut here = vec![&document];
        for step in &steps {
            let mut next = Vec::new();
            for json in here {
                match (step, json) {
                    (Step::Member(name), Json::Object(members)) => next.extend(members.get(name)),
                    (Step::Item(place), Json::Array(items)) => next.extend(items.get(*place)),
                    (Step::Every, Json::Array(items)) => next.extend(items),
                    (Step::Every, Json::Object(members)) => next.extend(members.values()),
                    _ => {}
                }
            }
            next.truncate(MOST_VALUES);
            here = next;
        }
        let is_list = steps.contains(&Step::Every);
        match here.as_slice() {
            [] => Value::Null,
            found if is_list => {
                let items = found.iter().map(|item| (*item).clone());
                Value::text(&Json::Array(items.collect()).to_string())
            }
            [found, ..] => shown(found),
        }
    })
}

/// JSON as the text of a field; null is none.
fn shown(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::String(text) => Value::text(text),
        other => Value::text(&other.to_string()),
    }
}

/// The value of a field of the last object in a text, taken apart to some depth: whatever
/// the case of its name, in which `_` stands for a blank. Null if there is none.
pub(super) fn field_of(value: &Value, name: &Value, depth: &Value, lists: &Value) -> Value {
    let name = name.to_text();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "nothing is deeper"
    )]
    let depth = depth.as_number().map_or(usize::MAX, |depth| depth as usize);
    let lists = match lists {
        Value::Bool(true) => Lists::TakenApart,
        _ => Lists::Whole,
    };
    each(value, |text| {
        let Some(document) = last_object(text) else {
            return Value::Null;
        };
        let mut found = None;
        let mut left = MOST_VALUES;
        walk(
            &document,
            &mut String::new(),
            depth,
            lists,
            &mut |path, json| {
                if found.is_none() && path.eq_ignore_ascii_case(&name) {
                    found = Some(shown(json));
                }
                left -= 1;
                found.is_none() && left > 0
            },
        );
        found.unwrap_or_default()
    })
}

/// What becomes of lists that hold neither objects nor lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lists {
    Whole,
    TakenApart,
}

/// The last object that is written out in a text.
fn last_object(text: &str) -> Option<Json> {
    let mut found = None;
    let mut after = 0;
    let beginnings = text.match_indices('{').map(|(place, _)| place);
    for place in beginnings.take(MOST_BEGINNINGS) {
        if place < after {
            continue;
        }
        let Some(rest) = text.get(place..) else {
            continue;
        };
        let mut objects = serde_json::Deserializer::from_str(rest).into_iter::<Json>();
        if let Some(Ok(object)) = objects.next() {
            after = place + objects.byte_offset();
            found = Some(object);
        }
    }
    found
}

/// Tells every leaf with its path, until the listener has enough; whether it has not.
fn walk(
    json: &Json,
    path: &mut String,
    depth: usize,
    lists: Lists,
    tell: &mut dyn FnMut(&str, &Json) -> bool,
) -> bool {
    let length = path.len();
    let is_flat = |items: &[Json]| !items.iter().any(|item| item.is_object() || item.is_array());
    match json {
        Json::Object(members) if depth > 0 => {
            for (name, member) in members {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(&name.replace(' ', "_"));
                let goes_on = walk(member, path, depth - 1, lists, tell);
                path.truncate(length);
                if !goes_on {
                    return false;
                }
            }
            true
        }
        Json::Array(items) if depth > 0 && (lists == Lists::TakenApart || !is_flat(items)) => {
            for (place, item) in items.iter().enumerate() {
                path.push_str(&format!("[{place}]"));
                let goes_on = walk(item, path, depth - 1, lists, tell);
                path.truncate(length);
                if !goes_on {
                    return false;
                }
            }
            true
        }
        leaf => tell(path, leaf),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_more_to_them_are_none() {
        for path in [
            "",
            "$",
            "a..b",
            "a[1:2]",
            "a[?(@.b)]",
            "a[",
            "a[1]b",
            "a[0,1]",
        ] {
            assert!(!is_path(path), "{path}");
        }
        for path in [
            "a",
            "$.a.b",
            "a[0].b",
            "['a.b']",
            "a[\"b c\"]",
            "a[*]",
            "$['a'].b",
        ] {
            assert!(is_path(path), "{path}");
        }
    }

    #[test]
    fn a_text_without_an_object_has_no_field() {
        let field = |text: &str| {
            let null = Value::Null;
            field_of(&Value::text(text), &Value::text("a"), &null, &null)
        };
        assert_eq!(field("{{{{ no"), Value::Null);
        assert_eq!(field(r#"x {"a":1} y {"a":2} z"#), Value::text("2"));
    }
}
