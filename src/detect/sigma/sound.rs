//! Faults that the parser lets pass.

use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SigmaRule,
    SigmaValue,
};

use super::check::misspelled_key;
use super::compile::visit_items;

/// Whether a rule that was parsed says what its author can have meant. Where it
/// does not, the file's text is looked over for the reason.
pub(super) fn is_sound(rule: &SigmaRule) -> bool {
    is_sound_detection(&rule.detection)
        && rule
            .custom_attributes
            .keys()
            .all(|key| misspelled_key(key).is_none())
        && rule.logsource.custom.is_empty()
}

/// The same for the parts and the condition alone.
pub(super) fn is_sound_detection(detection: &Detections) -> bool {
    !detection.conditions.is_empty()
        && detection
            .named
            .iter()
            .all(|(name, part)| !name.is_empty() && is_sound_part(part))
        && detection
            .conditions
            .iter()
            .all(|condition| is_sound_condition(condition, detection))
}

fn is_sound_part(part: &Detection) -> bool {
    let mut is_sound = true;
    visit_items(part, &mut |item| is_sound &= is_sound_item(item));
    is_sound
        && match part {
            Detection::Keywords(values) => {
                !values.is_empty() && values.iter().all(is_sound_keyword)
            }
            Detection::AllOf(items) => !items.is_empty(),
            Detection::AnyOf(parts) => !parts.is_empty() && parts.iter().all(is_sound_part),
            _ => true,
        }
}

fn is_sound_item(item: &DetectionItem) -> bool {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    let encodes = [
        Modifier::Base64,
        Modifier::Base64Offset,
        Modifier::Wide,
        Modifier::Utf16,
        Modifier::Utf16be,
    ]
    .into_iter()
    .any(has);
    let compares = [Modifier::Gt, Modifier::Gte, Modifier::Lt, Modifier::Lte]
        .into_iter()
        .any(has);
    let times = [
        Modifier::Minute,
        Modifier::Hour,
        Modifier::Day,
        Modifier::Week,
        Modifier::Month,
        Modifier::Year,
    ]
    .into_iter()
    .any(has);
    let has_field = item.field.name.is_some() || !item.field.modifiers.is_empty();
    has_field
        && go_together(&item.field.modifiers)
        && !item.values.is_empty()
        && item.values.iter().all(is_sound_value)
        && item.values.iter().all(|value| match value {
            SigmaValue::String(text) if encodes => text.is_plain(),
            SigmaValue::String(text) if compares => {
                text.original.parse::<f64>().is_ok_and(f64::is_finite)
            }
            SigmaValue::String(text) if times => text.original.parse::<u32>().is_ok(),
            SigmaValue::String(text) if has(Modifier::Exists) => {
                ["true", "false", "yes", "no"].contains(&text.original.as_str())
            }
            SigmaValue::Bool(_) => true,
            SigmaValue::Integer(_) => !has(Modifier::Exists),
            _ => !times && !has(Modifier::Exists) || matches!(value, SigmaValue::String(_)),
        })
}

/// Whether modifiers make sense beside each other; see `check::modifiers`, which
/// has the words for where they do not.
fn go_together(modifiers: &[Modifier]) -> bool {
    use Modifier::{
        All, Base64, Base64Offset, Cased, Cidr, Contains, Day, DotAll, EndsWith, Exists, Expand,
        FieldRef, Gt, Gte, Hour, IgnoreCase, Lt, Lte, Minute, Month, Multiline, Neq, Re,
        StartsWith, Utf16, Utf16be, Week, Wide, WindAsh, Year,
    };
    let (mut operators, mut texts, mut encodings, mut base64, mut flags, mut transforms) =
        (0, 0, 0, 0, 0, 0);
    for modifier in modifiers {
        match modifier {
            Contains | StartsWith | EndsWith => {
                operators += 1;
                texts += 1;
            }
            Re | Cidr | Exists | FieldRef | Gt | Gte | Lt | Lte | Minute | Hour | Day | Week
            | Month | Year => operators += 1,
            Wide | Utf16 | Utf16be => encodings += 1,
            Base64 | Base64Offset => base64 += 1,
            WindAsh | Expand => transforms += 1,
            IgnoreCase | Multiline | DotAll => flags += 1,
            All | Cased | Neq => {}
        }
    }
    let is_field_text = operators == 2 && texts == 1 && modifiers.first() == Some(&FieldRef);
    (operators < 2 || is_field_text)
        && encodings < 2
        && base64 < 2
        && (operators == texts || encodings + base64 + transforms == 0)
        && (flags == 0 || modifiers.contains(&Re))
}

/// The parser turns a mapping or a list into the text by which a programmer
/// would look at it.
fn is_sound_value(value: &SigmaValue) -> bool {
    match value {
        SigmaValue::String(text) => !["Mapping {", "Sequence [", "TaggedValue {"]
            .iter()
            .any(|start| text.original.starts_with(start)),
        SigmaValue::Float(number) => number.is_finite(),
        _ => true,
    }
}

fn is_sound_keyword(value: &SigmaValue) -> bool {
    !matches!(value, SigmaValue::Null) && is_sound_value(value)
}

fn is_sound_condition(condition: &ConditionExpr, detection: &Detections) -> bool {
    match condition {
        ConditionExpr::Identifier(name) => detection.named.contains_key(name),
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            parts.iter().all(|part| is_sound_condition(part, detection))
        }
        ConditionExpr::Not(part) => is_sound_condition(part, detection),
        ConditionExpr::Selector {
            quantifier,
            pattern,
        } => {
            !matches!(quantifier, Quantifier::Count(0))
                && detection
                    .named
                    .keys()
                    .any(|name| pattern.matches_detection_name(name))
        }
    }
}
