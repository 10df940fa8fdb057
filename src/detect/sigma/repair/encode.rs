//! `wide`, `base64`, and their kin: values encoded once, when a rule is
//! compiled.
//!
//! Source: Sigma specification 2.1.0, appendix "Modifiers", and RFC 4648,
//! section 4, for the alphabet.

use rsigma_parser::{DetectionItem, Modifier, SigmaValue};

use super::{text, with};
use crate::event::base64;

/// The item with its values encoded and the modifiers for that gone; the same
/// item where it has none.
pub(super) fn encoded(item: &DetectionItem) -> DetectionItem {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    let is_encoding = |modifier: &Modifier| {
        matches!(
            modifier,
            Modifier::Wide
                | Modifier::Utf16
                | Modifier::Utf16be
                | Modifier::Base64
                | Modifier::Base64Offset
        )
    };
    if !item.field.modifiers.iter().any(is_encoding) {
        return item.clone();
    }
    let mut values = Vec::new();
    for value in &item.values {
        let SigmaValue::String(string) = value else {
            values.push(value.clone());
            continue;
        };
        let Some(plain) = string.as_plain() else {
            // Refused when the rule is compiled.
            values.push(value.clone());
            continue;
        };
        let bytes = in_bytes(&plain, &item.field.modifiers);
        if has(Modifier::Base64Offset) {
            values.extend(offsets(&bytes).iter().map(|encoded| text(encoded)));
        } else if has(Modifier::Base64) {
            values.push(text(&base64(&bytes)));
        } else {
            values.push(text(&String::from_utf8_lossy(&bytes)));
        }
    }
    let mut modifiers = item.field.modifiers.clone();
    modifiers.retain(|modifier| !is_encoding(modifier));
    // A shifted encoding is a part of a longer one by its nature.
    if has(Modifier::Base64Offset) && !modifiers.contains(&Modifier::Contains) {
        modifiers.retain(|modifier| !matches!(modifier, Modifier::StartsWith | Modifier::EndsWith));
        modifiers.push(Modifier::Contains);
    }
    with(item.field.name.as_deref(), modifiers, values)
}

fn in_bytes(plain: &str, modifiers: &[Modifier]) -> Vec<u8> {
    let units = plain.encode_utf16();
    if modifiers.contains(&Modifier::Wide) {
        units.flat_map(u16::to_le_bytes).collect()
    } else if modifiers.contains(&Modifier::Utf16be) {
        units.flat_map(u16::to_be_bytes).collect()
    } else if modifiers.contains(&Modifier::Utf16) {
        let mark = [0xff, 0xfe];
        mark.into_iter()
            .chain(units.flat_map(u16::to_le_bytes))
            .collect()
    } else {
        plain.as_bytes().to_vec()
    }
}

/// The three ways in which bytes can stand inside something longer, without
/// the characters at either end that depend on their neighbours.
fn offsets(bytes: &[u8]) -> Vec<String> {
    let encodings = (0..3).filter_map(|shift| {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(bytes);
        let encoded = base64(&shifted);
        let start = [0, 2, 3][shift];
        let end = encoded.len() - [0, 3, 2][shifted.len() % 3];
        let kept = encoded.get(start..end)?;
        (!kept.is_empty()).then(|| kept.to_owned())
    });
    encodings.collect()
}
