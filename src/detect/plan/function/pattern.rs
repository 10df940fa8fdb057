//! Regular expressions and patterns that are computed.
//!
//! Source: Splunk, "Comparison and Conditional functions", "Text functions", "Multivalue
//! eval functions".

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::compare::Case;
use super::super::pattern::{Glob, Piece};
use super::super::regex::{Anchoring, Flavour, Regex, TooManySteps};
use super::super::value::Value;
use super::CallContext;
use crate::detect::Limit;

/// So many compiled expressions a thread remembers.
const MOST_REMEMBERED: usize = 64;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Option<Rc<Regex>>>> = RefCell::default();
}

/// A computed regular expression; `None` if it is none.
fn compiled(pattern: &Value) -> Option<Rc<Regex>> {
    if pattern.is_null() {
        return None;
    }
    let text = pattern.to_text();
    COMPILED.with_borrow_mut(|known| {
        if let Some(regex) = known.get(&*text) {
            return regex.clone();
        }
        let regex = Regex::new(&text, Flavour::Pcre, Anchoring::Find, Case::Sensitive);
        let regex = regex.ok().map(Rc::new);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(text.into_owned(), regex.clone());
        regex
    })
}

/// Whether a regular expression finds something in any item of a value; `None` of
/// nothing.
///
/// # Errors
///
/// It takes too many steps.
pub fn match_regex(regex: &Regex, value: &Value) -> Result<Option<bool>, TooManySteps> {
    if value.is_null() {
        return Ok(None);
    }
    for item in value.items() {
        if regex.is_match(&item.to_text())? {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}

/// A value in whose items everything that a regular expression finds is replaced.
///
/// # Errors
///
/// It takes too many steps.
pub fn replace_regex(
    regex: &Regex,
    value: &Value,
    replacement: &str,
) -> Result<Value, TooManySteps> {
    let items = value.items().map(|item| {
        let replaced = regex.replace_all(&item.to_text(), replacement)?;
        Ok(Value::text(&replaced))
    });
    Ok(Value::list(items.collect::<Result<_, _>>()?))
}

/// Whether a regular expression finds something in a value.
pub(super) fn finds(value: &Value, pattern: &Value, context: &CallContext) -> Value {
    let Some(regex) = compiled(pattern) else {
        return Value::Null;
    };
    match match_regex(&regex, value) {
        Ok(Some(truth)) => Value::Bool(truth),
        Ok(None) => Value::Null,
        Err(TooManySteps) => gave_up(context),
    }
}

/// The place of the first item that a regular expression finds something in.
pub(super) fn place_of(value: &Value, pattern: &Value, context: &CallContext) -> Value {
    let Some(regex) = compiled(pattern) else {
        return Value::Null;
    };
    for (item, place) in value.items().zip(0..) {
        match regex.is_match(&item.to_text()) {
            Ok(true) => return Value::Integer(place),
            Ok(false) => {}
            Err(TooManySteps) => return gave_up(context),
        }
    }
    Value::Null
}

/// A value in which what a regular expression finds is replaced.
pub(super) fn replace(
    value: &Value,
    pattern: &Value,
    replacement: &Value,
    context: &CallContext,
) -> Value {
    match compiled(pattern) {
        Some(regex) if !replacement.is_null() => {
            replace_regex(&regex, value, &replacement.to_text())
                .unwrap_or_else(|TooManySteps| gave_up(context))
        }
        _ => Value::Null,
    }
}

fn gave_up(context: &CallContext) -> Value {
    context.give_up(Limit::Steps);
    Value::Null
}

/// Whether any item of a value is like a pattern; null if either is null.
pub(super) fn is_like(value: &Value, pattern: &Value) -> Value {
    if value.is_null() || pattern.is_null() {
        return Value::Null;
    }
    let glob = like(&pattern.to_text());
    Value::Bool(value.items().any(|item| glob.matches(&item.to_text())))
}

/// A pattern in which `%` is any run and `_` any character; nothing takes these meanings
/// from them.
#[must_use]
pub fn like(pattern: &str) -> Glob {
    let pieces = pattern.chars().map(|character| match character {
        '%' => Piece::AnyRun,
        '_' => Piece::AnyOne,
        other => Piece::Literal(other.to_string()),
    });
    Glob::new(pieces.collect(), Case::Sensitive)
}
