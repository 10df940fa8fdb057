//! Rules rewritten so that `rsigma-eval` 0.23 does with them what the Sigma
//! specification says.
//!
//! Each rewriting keeps a rule's meaning and undoes one difference, shown by a
//! test in `tests/suite/sigma_semantics.rs`:
//!
//! - a wildcard inside a `startswith` or `endswith` value swaps the anchor, and
//!   a wildcard does not match a line break ([`wildcard`]);
//! - `windash` leaves `/` alone, replaces hyphens inside words, and takes
//!   wildcards for literal asterisks ([`dash`]);
//! - `base64offset` keeps the last character of each encoding, which depends on
//!   what follows the value, and `wide` alone does nothing ([`encode`]);
//! - a number among keywords never matches, and `all` wants every keyword in
//!   one field ([`keyword`]);
//! - `null` in a list with other values does not match an absent field;
//! - whole numbers are compared as floating-point numbers, so that those beyond
//!   2^53 equal their neighbours, and texts such as `1e0` equal `1`;
//! - `true` equals the texts `1` and `yes`;
//! - a list of case-insensitive expressions is matched against lower-cased
//!   text, which an expression with `(?-i)` inside does not survive;
//! - a value with `${source.` in it, as scripts have, is refused;
//! - `exists` takes a field that holds a null for an absent one, and times
//!   with a blank and a fraction, as Sysmon writes them, have no parts
//!   ([`super::derived`]).

mod dash;
mod encode;
mod keyword;
mod wildcard;

use rsigma_parser::{Detection, DetectionItem, FieldSpec, Modifier, SigmaString, SigmaValue};

use super::derived::{self, Derive};
use dash::Dashes;

/// Whether null and empty are one in the logs that a rule searches.
///
/// The binary event log stores both as nothing, so a rule that asks for `null`
/// there means an absent or an empty field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    /// As in the Windows event log.
    SameAsEmpty,
    /// As in JSON.
    Distinct,
}

/// Rewrites one detection.
pub(super) fn repaired(detection: &Detection, nulls: Nulls) -> Detection {
    let mut repaired = rewritten_part(detection, nulls);
    hide_placeholders(&mut repaired);
    repaired
}

/// Keeps the engine from taking a script's text for a placeholder of its own;
/// it looks for those in the text as written, and compares the parts.
fn hide_placeholders(detection: &mut Detection) {
    match detection {
        Detection::AllOf(items) => {
            for value in items.iter_mut().flat_map(|item| &mut item.values) {
                if let SigmaValue::String(text) = value
                    && text.original.contains("${source.")
                {
                    text.original.clear();
                }
            }
        }
        Detection::AnyOf(parts) | Detection::And(parts) => {
            parts.iter_mut().for_each(hide_placeholders);
        }
        Detection::Keywords(_) | Detection::ArrayMatch { .. } | Detection::Conditional { .. } => {}
    }
}

fn rewritten_part(detection: &Detection, nulls: Nulls) -> Detection {
    let all = |parts: &[Detection]| {
        parts
            .iter()
            .map(|part| rewritten_part(part, nulls))
            .collect()
    };
    match detection {
        Detection::AllOf(items) => all_of(items, nulls),
        Detection::AnyOf(parts) => Detection::AnyOf(all(parts)),
        Detection::And(parts) => Detection::And(all(parts)),
        Detection::Keywords(values) => keyword::any_of(values),
        // In the members of an array, an item without a field is the member
        // itself; no format that is read here has such arrays.
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => detection.clone(),
    }
}

fn all_of(items: &[DetectionItem], nulls: Nulls) -> Detection {
    let mut plain = Vec::with_capacity(items.len());
    let mut parts = Vec::new();
    for item in items {
        match rewritten(item, nulls) {
            Detection::AllOf(mut items) => plain.append(&mut items),
            Detection::And(mut split) => parts.append(&mut split),
            other => parts.push(other),
        }
    }
    if parts.is_empty() {
        return Detection::AllOf(plain);
    }
    if !plain.is_empty() {
        parts.insert(0, Detection::AllOf(plain));
    }
    if parts.len() == 1 {
        return parts.remove(0);
    }
    Detection::And(parts)
}

/// What must hold where `item` is asked for.
fn rewritten(item: &DetectionItem, nulls: Nulls) -> Detection {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    if item.field.name.is_none() {
        return keyword::item(item);
    }
    if let Some(derived) = derived_item(item) {
        return Detection::AllOf(vec![derived]);
    }
    if has(Modifier::Re) {
        return Detection::AllOf(vec![guarded_regex(item)]);
    }
    let kept = [
        Modifier::Cidr,
        Modifier::FieldRef,
        Modifier::Expand,
        Modifier::Gt,
        Modifier::Gte,
        Modifier::Lt,
        Modifier::Lte,
    ];
    if kept.into_iter().any(has) {
        return Detection::AllOf(vec![item.clone()]);
    }
    let item = encode::encoded(&DetectionItem {
        field: item.field.clone(),
        values: item.values.iter().map(as_text).collect(),
    });
    if has(Modifier::Neq) {
        return Detection::AllOf(vec![wildcard::without_faults(&item)]);
    }
    if has(Modifier::All) {
        return all_values(&item);
    }
    let mut alternatives = alternatives(&item, nulls);
    if alternatives.len() == 1 {
        return alternatives.remove(0);
    }
    Detection::AnyOf(alternatives)
}

/// Parts of which one must hold where `item` asks for any of its values.
fn alternatives(item: &DetectionItem, nulls: Nulls) -> Vec<Detection> {
    let field = item.field.name.as_deref();
    let (null, values): (Vec<_>, Vec<_>) = item
        .values
        .iter()
        .cloned()
        .partition(|value| matches!(value, SigmaValue::Null));
    let mut alternatives = Vec::new();
    if !null.is_empty() {
        alternatives.push(one(with(field, Vec::new(), vec![SigmaValue::Null])));
        if nulls == Nulls::SameAsEmpty {
            alternatives.push(one(with(field, Vec::new(), vec![text("")])));
        }
    }
    alternatives.extend(wildcard::any_of(field, &item.field.modifiers, &values));
    if alternatives.is_empty() {
        alternatives.push(one(item.clone()));
    }
    alternatives
}

/// Every value of an item with `all`, each on its own where it needs rewriting.
fn all_values(item: &DetectionItem) -> Detection {
    let field = item.field.name.as_deref();
    let mut modifiers = item.field.modifiers.clone();
    modifiers.retain(|modifier| *modifier != Modifier::All);
    let is_plain = |value: &SigmaValue| {
        matches!(value, SigmaValue::String(text) if text.is_plain()
            && (!modifiers.contains(&Modifier::WindAsh) || Dashes::of(text).is_empty()))
    };
    // The engine's own complaint about a single value is let through.
    if item.values.len() < 2 || item.values.iter().all(is_plain) {
        let mut kept = item.field.modifiers.clone();
        kept.retain(|modifier| *modifier != Modifier::WindAsh);
        return one(with(field, kept, item.values.clone()));
    }
    let mut parts = Vec::new();
    for value in &item.values {
        let mut alternatives = wildcard::any_of(field, &modifiers, std::slice::from_ref(value));
        match alternatives.len() {
            0 => parts.push(one(with(field, Vec::new(), vec![value.clone()]))),
            1 => parts.append(&mut alternatives),
            _ => parts.push(Detection::AnyOf(alternatives)),
        }
    }
    Detection::And(parts)
}

/// An item that asks for something that is made of a field's value.
fn derived_item(item: &DetectionItem) -> Option<DetectionItem> {
    let derive = Derive::of(&item.field.modifiers)?;
    let values = match derive {
        Derive::Exists => vec![text(match item.values.first() {
            Some(SigmaValue::Bool(false)) => "false",
            Some(SigmaValue::String(text)) if matches!(text.original.as_str(), "false" | "no") => {
                "false"
            }
            _ => "true",
        })],
        Derive::Part(_) => item.values.iter().map(as_text).collect(),
    };
    let name = derived::name(item.field.name.as_deref()?, derive);
    Some(with(Some(&name), Vec::new(), values))
}

/// An expression that keeps its own flags in a list.
fn guarded_regex(item: &DetectionItem) -> DetectionItem {
    let patterns: Vec<_> = item.values.iter().map(as_text).collect();
    let turns_off = |value: &SigmaValue| {
        let SigmaValue::String(pattern) = value else {
            return false;
        };
        pattern.original.split("(?").skip(1).any(|group| {
            group
                .trim_start_matches(|flag: char| flag.is_ascii_alphabetic())
                .starts_with('-')
        })
    };
    if !patterns.iter().any(turns_off) {
        return with(
            item.field.name.as_deref(),
            item.field.modifiers.clone(),
            patterns,
        );
    }
    let mut modifiers = item.field.modifiers.clone();
    modifiers.retain(|modifier| *modifier != Modifier::IgnoreCase);
    let flag = if modifiers.len() < item.field.modifiers.len() {
        "(?i)"
    } else {
        ""
    };
    let guarded = patterns.into_iter().map(|value| match value {
        // Inside a group, the engine does not see the flag.
        SigmaValue::String(pattern) => text(&format!("(?:{flag}{})", pattern.original)),
        other => other,
    });
    with(item.field.name.as_deref(), modifiers, guarded.collect())
}

/// Scalars as text, which is what events are compared as.
fn as_text(value: &SigmaValue) -> SigmaValue {
    match value {
        SigmaValue::Integer(number) => text(&number.to_string()),
        // Beyond the integers, the number as it is written is not known.
        SigmaValue::Float(number) if number.abs() < 9.0e15 => text(&number.to_string()),
        SigmaValue::Bool(truth) => text(&truth.to_string()),
        SigmaValue::Float(_) | SigmaValue::String(_) | SigmaValue::Null => value.clone(),
    }
}

fn text(plain: &str) -> SigmaValue {
    SigmaValue::String(SigmaString::from_raw(plain))
}

fn with(field: Option<&str>, modifiers: Vec<Modifier>, values: Vec<SigmaValue>) -> DetectionItem {
    DetectionItem {
        field: FieldSpec::new(field.map(Into::into), modifiers),
        values,
    }
}

fn one(item: DetectionItem) -> Detection {
    Detection::AllOf(vec![item])
}
