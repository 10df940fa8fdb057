//! Lists.
//!
//! Source: Splunk, "Multivalue eval functions".

use std::collections::HashSet;

use super::super::time;
use super::super::value::Value;
use super::CallContext;

/// A range makes so many items at most.
const MOST_ITEMS: usize = 65_536;

/// How many items there are; null of nothing.
pub(super) fn count(value: &Value) -> Value {
    match i64::try_from(value.items().count()) {
        Ok(count) if count > 0 => Value::Integer(count),
        _ => Value::Null,
    }
}

/// The items without those that were there before.
pub(super) fn distinct(value: &Value) -> Value {
    let mut seen = HashSet::new();
    let kept = value
        .items()
        .filter(|item| seen.insert(item.to_text().into_owned()));
    Value::list(kept.cloned().collect())
}

/// The items in the order of their texts.
pub(super) fn sort(value: &Value) -> Value {
    let mut items: Vec<Value> = value.items().cloned().collect();
    items.sort_by_cached_key(|item| item.to_text().into_owned());
    Value::list(items)
}

/// An item, or those from one place up to another; null if there are none.
pub(super) fn item_at(value: &Value, first: &Value, last: Option<&Value>) -> Value {
    let items: Vec<&Value> = value.items().collect();
    let place = |index: &Value| {
        let index = index.as_number()?;
        #[expect(clippy::cast_possible_truncation, reason = "lists are shorter")]
        let index = index as i64;
        let count = i64::try_from(items.len()).ok()?;
        usize::try_from(if index < 0 {
            index.checked_add(count)?
        } else {
            index
        })
        .ok()
    };
    let Some(first) = place(first) else {
        return Value::Null;
    };
    let last = match last {
        None => Some(first),
        Some(last) => place(last),
    };
    let Some(last) = last.map(|last| last.min(items.len().saturating_sub(1))) else {
        return Value::Null;
    };
    let Some(part) = items.get(first..last.saturating_add(1)) else {
        return Value::Null;
    };
    Value::list(part.iter().copied().cloned().collect())
}

/// The items joined to one text.
pub(super) fn join(value: &Value, delimiter: &Value) -> Value {
    if value.is_null() || delimiter.is_null() {
        return Value::Null;
    }
    let texts: Vec<_> = value.items().map(Value::to_text).collect();
    Value::text(&texts.join(&*delimiter.to_text()))
}

/// The items of two lists joined in pairs, as far as both go.
pub(super) fn zip(left: &Value, right: &Value, delimiter: Option<&Value>) -> Value {
    let delimiter = delimiter.map_or_else(|| ",".into(), Value::to_text);
    let pairs = left.items().zip(right.items());
    let texts = pairs.map(|(left, right)| {
        Value::text(&format!("{}{delimiter}{}", left.to_text(), right.to_text()))
    });
    Value::list(texts.collect())
}

/// The numbers, or times, from one up to before another; null if there are too many.
pub(super) fn range(
    from: &Value,
    to: &Value,
    step: Option<&Value>,
    context: &CallContext,
) -> Value {
    let (Some(from), Some(to)) = (from.as_number(), to.as_number()) else {
        return Value::Null;
    };
    let step = match step {
        None => Step::Number(1.0),
        Some(step) => match step.as_number() {
            Some(number) => Step::Number(number),
            None => Step::Span(format!("+{}", step.to_text().trim_start_matches('+'))),
        },
    };
    let mut items = Vec::new();
    let mut next = from;
    while next < to {
        items.push(Value::number(next));
        if items.len() > MOST_ITEMS {
            return Value::Null;
        }
        let after = match &step {
            Step::Number(step) => Some(next + step),
            Step::Span(span) => time::relative(next, span, &context.zone),
        };
        next = match after {
            Some(after) if after > next => after,
            _ => return Value::Null,
        };
    }
    Value::list(items)
}

enum Step {
    Number(f64),
    Span(String),
}

/// The names of the commands of a search; the first one is `search` if it has none.
pub(super) fn commands(search: &str) -> Value {
    let mut parts = vec![String::new()];
    let mut quote = None;
    let mut depth = 0_usize;
    for character in search.chars() {
        match (character, quote) {
            ('"' | '\'', None) => quote = Some(character),
            (same, Some(open)) if same == open => quote = None,
            ('[', None) => depth += 1,
            (']', None) => depth = depth.saturating_sub(1),
            ('|', None) if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    let mut names = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let name = part.split_whitespace().next();
        match name {
            Some(name) if index > 0 || name == "search" => names.push(Value::text(name)),
            Some(_) => names.push(Value::text("search")),
            None => {}
        }
    }
    Value::list(names)
}
