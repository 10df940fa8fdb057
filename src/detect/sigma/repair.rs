//! Rules rewritten so that `rsigma-eval` 0.23 does with them what the Sigma
//! specification says.
//!
//! Each rewriting keeps a rule's meaning and undoes one difference, shown by a
//! test in `tests/sigma_semantics.rs`:
//!
//! - a wildcard inside a `startswith` or `endswith` value swaps the anchor;
//! - a wildcard does not match a line break, and `windash` takes wildcards for
//!   literal asterisks;
//! - a keyword with a wildcard must match a whole field;
//! - a number among keywords never matches;
//! - `null` in a list with other values does not match an absent field;
//! - `windash` leaves `/` alone and replaces hyphens inside words.

use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{Detection, DetectionItem, FieldSpec, Modifier, SigmaString, SigmaValue};

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

/// The characters that `windash` takes for one another.
///
/// Source: Sigma specification 2.1.0, appendix "Modifiers", `windash`.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// More dashes than this in one value would make too many spellings.
const MOST_DASHES: usize = 3;

/// Rewrites one detection.
pub(super) fn repaired(detection: &Detection, nulls: Nulls) -> Detection {
    match detection {
        Detection::AllOf(items) => all_of(items, nulls),
        Detection::AnyOf(parts) => {
            Detection::AnyOf(parts.iter().map(|part| repaired(part, nulls)).collect())
        }
        Detection::And(parts) => {
            Detection::And(parts.iter().map(|part| repaired(part, nulls)).collect())
        }
        Detection::Keywords(values) => keywords(values),
        Detection::ArrayMatch {
            field,
            quantifier,
            body,
        } => Detection::ArrayMatch {
            field: field.clone(),
            quantifier: *quantifier,
            body: Box::new(repaired(body, nulls)),
        },
        Detection::Conditional { named, condition } => Detection::Conditional {
            named: named
                .iter()
                .map(|(name, part)| (name.clone(), repaired(part, nulls)))
                .collect(),
            condition: condition.clone(),
        },
    }
}

fn all_of(items: &[DetectionItem], nulls: Nulls) -> Detection {
    let mut plain = Vec::with_capacity(items.len());
    let mut split = Vec::new();
    for item in items {
        let mut alternatives = alternatives(item, nulls);
        if alternatives.len() == 1 {
            plain.append(&mut alternatives);
        } else {
            let parts = alternatives
                .into_iter()
                .map(|item| Detection::AllOf(vec![item]));
            split.push(Detection::AnyOf(parts.collect()));
        }
    }
    if split.is_empty() {
        return Detection::AllOf(plain);
    }
    if !plain.is_empty() {
        split.insert(0, Detection::AllOf(plain));
    }
    Detection::And(split)
}

/// The items of which one must match where `item` asks for a match.
fn alternatives(item: &DetectionItem, nulls: Nulls) -> Vec<DetectionItem> {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    if item.field.name.is_none() {
        return vec![keyword_item(item)];
    }
    let encodes = item.field.modifiers.iter().any(|modifier| {
        matches!(
            modifier,
            Modifier::Re
                | Modifier::Cidr
                | Modifier::Base64
                | Modifier::Base64Offset
                | Modifier::Wide
                | Modifier::Utf16
                | Modifier::Utf16be
                | Modifier::FieldRef
                | Modifier::Exists
                | Modifier::Expand
                | Modifier::Neq
        )
    });
    if encodes {
        return vec![item.clone()];
    }
    let (nulls_asked, values): (Vec<_>, Vec<_>) = item
        .values
        .iter()
        .cloned()
        .partition(|value| matches!(value, SigmaValue::Null));
    let (regexes, mut values): (Vec<_>, Vec<_>) = values
        .into_iter()
        .partition(|value| needs_regex(value, item));
    let with = |modifiers: Vec<Modifier>, values: Vec<SigmaValue>| DetectionItem {
        field: FieldSpec::new(item.field.name.clone(), modifiers),
        values,
    };
    if has(Modifier::All) {
        // All of them must match, so the item stays in one piece.
        if regexes.is_empty() {
            return vec![item.clone()];
        }
        let all = regexes.iter().chain(&values);
        return vec![with(
            regex_modifiers(item, true),
            all.map(|value| as_regex(value, item)).collect(),
        )];
    }
    let mut modifiers = item.field.modifiers.clone();
    if has(Modifier::WindAsh) && !values.is_empty() {
        modifiers.retain(|modifier| *modifier != Modifier::WindAsh);
        values = values.iter().flat_map(spellings).collect();
    }
    let mut alternatives = Vec::new();
    if !nulls_asked.is_empty() {
        alternatives.push(with(Vec::new(), vec![SigmaValue::Null]));
        if nulls == Nulls::SameAsEmpty {
            alternatives.push(with(
                Vec::new(),
                vec![SigmaValue::String(SigmaString::from_raw(""))],
            ));
        }
    }
    if !values.is_empty() {
        alternatives.push(with(modifiers, values));
    }
    if !regexes.is_empty() {
        alternatives.push(with(
            regex_modifiers(item, false),
            regexes.iter().map(|value| as_regex(value, item)).collect(),
        ));
    }
    if alternatives.is_empty() {
        alternatives.push(item.clone());
    }
    alternatives
}

/// Whether the engine would get this value wrong unless it is written as a
/// regular expression.
fn needs_regex(value: &SigmaValue, item: &DetectionItem) -> bool {
    let SigmaValue::String(text) = value else {
        return false;
    };
    if !text.is_plain() {
        return true;
    }
    item.field.modifiers.contains(&Modifier::WindAsh) && {
        let dashes = flag_dashes(text).len();
        let all = item.field.modifiers.contains(&Modifier::All);
        dashes > MOST_DASHES || (all && dashes > 0)
    }
}

fn regex_modifiers(item: &DetectionItem, all: bool) -> Vec<Modifier> {
    let mut modifiers = vec![Modifier::Re, Modifier::DotAll];
    if !item.field.modifiers.contains(&Modifier::Cased) {
        modifiers.push(Modifier::IgnoreCase);
    }
    if all {
        modifiers.push(Modifier::All);
    }
    modifiers
}

fn as_regex(value: &SigmaValue, item: &DetectionItem) -> SigmaValue {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    let text = match value {
        SigmaValue::String(text) => text.clone(),
        SigmaValue::Integer(number) => SigmaString::from_raw(&number.to_string()),
        SigmaValue::Float(number) => SigmaString::from_raw(&number.to_string()),
        SigmaValue::Bool(truth) => SigmaString::from_raw(&truth.to_string()),
        SigmaValue::Null => return value.clone(),
    };
    let mut text = text;
    let multi = |part: Option<&StringPart>| {
        matches!(part, Some(StringPart::Special(SpecialChar::WildcardMulti)))
    };
    let mut open_start = has(Modifier::Contains) || has(Modifier::EndsWith);
    let mut open_end = has(Modifier::Contains) || has(Modifier::StartsWith);
    // `*x` is `x` with an open start, which is faster to look for.
    while multi(text.parts.first()) {
        text.parts.remove(0);
        open_start = true;
    }
    while multi(text.parts.last()) {
        text.parts.pop();
        open_end = true;
    }
    let mut regex = String::new();
    if !open_start {
        regex.push_str(r"\A");
    }
    regex.push_str(&body(&text, has(Modifier::WindAsh)));
    if !open_end {
        regex.push_str(r"\z");
    }
    SigmaValue::String(SigmaString::from_raw(&regex))
}

/// A value as a regular expression without anchors.
fn body(text: &SigmaString, windash: bool) -> String {
    let dashes = if windash {
        flag_dashes(text)
    } else {
        Vec::new()
    };
    let mut regex = String::new();
    let mut place = 0;
    for part in &text.parts {
        match part {
            StringPart::Special(SpecialChar::WildcardMulti) => regex.push_str(".*"),
            StringPart::Special(SpecialChar::WildcardSingle) => regex.push('.'),
            StringPart::Plain(plain) => {
                for character in plain.chars() {
                    if dashes.contains(&place) {
                        regex.push('[');
                        regex.push_str(r"\-/");
                        regex.extend(&DASHES[2..]);
                        regex.push(']');
                    } else {
                        let mut buffer = [0; 4];
                        regex.push_str(&regex::escape(character.encode_utf8(&mut buffer)));
                    }
                    place += 1;
                }
            }
        }
    }
    regex
}

/// The places, counted in plain characters, of the dashes that introduce a
/// command's flag: not behind a word's character, and in front of one.
fn flag_dashes(text: &SigmaString) -> Vec<usize> {
    let mut characters = Vec::new();
    for part in &text.parts {
        match part {
            StringPart::Plain(plain) => characters.extend(plain.chars().map(Some)),
            StringPart::Special(_) => characters.push(None),
        }
    }
    let is_word = |character: Option<&Option<char>>| {
        character
            .copied()
            .flatten()
            .is_some_and(|character| character.is_alphanumeric() || character == '_')
    };
    let mut place = 0;
    let mut places = Vec::new();
    for (index, character) in characters.iter().enumerate() {
        let Some(character) = character else { continue };
        let behind_word = index > 0 && is_word(characters.get(index - 1));
        if matches!(character, '-' | '/') && !behind_word && is_word(characters.get(index + 1)) {
            places.push(place);
        }
        place += 1;
    }
    places
}

/// Every spelling of a plain value under `windash`.
fn spellings(value: &SigmaValue) -> Vec<SigmaValue> {
    let SigmaValue::String(text) = value else {
        return vec![value.clone()];
    };
    let Some(plain) = text.as_plain() else {
        return vec![value.clone()];
    };
    let mut spelled = vec![plain.chars().collect::<Vec<_>>()];
    for place in flag_dashes(text) {
        spelled = spelled
            .into_iter()
            .flat_map(|characters| {
                DASHES.into_iter().map(move |dash| {
                    let mut characters = characters.clone();
                    characters[place] = dash;
                    characters
                })
            })
            .collect();
    }
    spelled
        .into_iter()
        .map(|characters| {
            let text: String = characters.into_iter().collect();
            SigmaValue::String(SigmaString::from_raw(&text))
        })
        .collect()
}

/// Keywords look for text anywhere in the event, so numbers are text there.
fn keyword_text(value: &SigmaValue) -> SigmaValue {
    match value {
        SigmaValue::Integer(number) => {
            SigmaValue::String(SigmaString::from_raw(&number.to_string()))
        }
        SigmaValue::Float(number) => SigmaValue::String(SigmaString::from_raw(&number.to_string())),
        other => other.clone(),
    }
}

fn has_wildcard(value: &SigmaValue) -> bool {
    matches!(value, SigmaValue::String(text) if !text.is_plain())
}

fn keywords(values: &[SigmaValue]) -> Detection {
    let values: Vec<_> = values.iter().map(keyword_text).collect();
    let (wild, plain): (Vec<_>, Vec<_>) = values.into_iter().partition(has_wildcard);
    if wild.is_empty() {
        return Detection::Keywords(plain);
    }
    let wild = Detection::AllOf(vec![keyword_regexes(&wild, Vec::new())]);
    if plain.is_empty() {
        return wild;
    }
    Detection::AnyOf(vec![Detection::Keywords(plain), wild])
}

fn keyword_regexes(values: &[SigmaValue], extra: Vec<Modifier>) -> DetectionItem {
    let mut modifiers = vec![Modifier::Re, Modifier::IgnoreCase, Modifier::DotAll];
    modifiers.extend(extra);
    let regexes = values.iter().map(|value| match value {
        SigmaValue::String(text) => SigmaValue::String(SigmaString::from_raw(&body(text, false))),
        other => other.clone(),
    });
    DetectionItem {
        field: FieldSpec::new(None, modifiers),
        values: regexes.collect(),
    }
}

/// `'|all': […]`: every keyword must be somewhere in the event.
fn keyword_item(item: &DetectionItem) -> DetectionItem {
    let values: Vec<_> = item.values.iter().map(keyword_text).collect();
    let only_all = item
        .field
        .modifiers
        .iter()
        .all(|modifier| *modifier == Modifier::All);
    if only_all && values.iter().any(has_wildcard) {
        return keyword_regexes(&values, item.field.modifiers.clone());
    }
    DetectionItem {
        field: item.field.clone(),
        values,
    }
}
