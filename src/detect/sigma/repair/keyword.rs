//! Keywords: values that are looked for in the whole event.

use rsigma_parser::{Detection, DetectionItem, Modifier, SigmaString, SigmaValue};

use super::dash::Dashes;
use super::wildcard::{Anchors, expression};
use super::{as_text, encode, guarded_regex, one, text, with};

/// Any of the values, anywhere in the event.
pub(super) fn any_of(values: &[SigmaValue]) -> Detection {
    let mut plain = Vec::new();
    let mut expressions = Vec::new();
    for value in values {
        match as_text(value) {
            SigmaValue::String(string) => match unwrapped(&string) {
                Ok(core) => plain.push(core),
                Err(core) => expressions.push(text(&expression(
                    &core,
                    Anchors::NONE,
                    &Dashes::default(),
                    false,
                ))),
            },
            other => plain.push(other),
        }
    }
    if expressions.is_empty() {
        return Detection::Keywords(plain);
    }
    let expressions = one(with(None, vec![Modifier::Re], expressions));
    if plain.is_empty() {
        return expressions;
    }
    Detection::AnyOf(vec![Detection::Keywords(plain), expressions])
}

/// The keyword without the asterisks at its ends, which mean nothing there;
/// as an error where there are more inside.
fn unwrapped(string: &SigmaString) -> Result<SigmaValue, SigmaString> {
    let (_, core) = Anchors::NONE.unwrapped(string);
    match core.as_plain() {
        Some(plain) => Ok(text(&plain)),
        None => Err(core),
    }
}

/// An item without a field, such as `'|all': […]`.
pub(super) fn item(item: &DetectionItem) -> Detection {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    // The engine's own complaint about a single value is let through.
    if has(Modifier::All) && item.values.len() < 2 {
        return one(item.clone());
    }
    let mut modifiers = item.field.modifiers.clone();
    modifiers.retain(|modifier| *modifier != Modifier::All);
    let asked = |values: &[SigmaValue]| {
        let item = with(None, modifiers.clone(), values.to_vec());
        match modifiers.as_slice() {
            [] | [Modifier::Contains] => any_of(values),
            [Modifier::Re, ..] => one(guarded_regex(&item)),
            _ => one(encode::encoded(&item)),
        }
    };
    if !has(Modifier::All) {
        return asked(&item.values);
    }
    // Each keyword may stand in a field of its own.
    Detection::And(
        item.values
            .iter()
            .map(|value| asked(std::slice::from_ref(value)))
            .collect(),
    )
}
