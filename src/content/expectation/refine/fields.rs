//! The fields of a signal, compared with those that its events have.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, YamlNode, did_you_mean};
use crate::event::catalogue::{Catalogue, Reach, Source};

/// The fields that no event of that kind is known to have and that are nearly one
/// that such events have.
///
/// What is known is not everything, so a field that is like no other is left alone.
pub(super) fn misspelled(
    source: &Source,
    event_ids: &[u32],
    selection: YamlNode<'_>,
) -> Vec<Diagnostic> {
    let known = known(source, event_ids);
    if known.is_empty() {
        return Vec::new();
    }
    let mappings = std::iter::once(selection).chain(selection.elements());
    let keys = mappings.flat_map(YamlNode::pairs).map(|(key, _)| key);
    let misspelled = keys.filter_map(|key| {
        let written = key.as_str()?;
        let field = written.split(['|', '/', '@']).next()?;
        if known.contains(field) {
            return None;
        }
        let meant = did_you_mean(field, known.iter().copied())?;
        Some(
            Diagnostic::warning(
                Code::EXPECTATION_UNKNOWN_FIELD,
                format!(
                    "such events of `{}` are not known to have a field `{field}`",
                    source.id
                ),
            )
            .at(key.place_of(field).unwrap_or_else(|| key.place()))
            .help(format!("did you mean `{meant}`?")),
        )
    });
    misspelled.collect()
}

/// The fields of these events of a source; none, if one of them is not known.
fn known(source: &Source, event_ids: &[u32]) -> BTreeSet<&'static str> {
    let catalogue = Catalogue::bundled();
    let Reach::Channels { providers, .. } = &source.reach else {
        return BTreeSet::new();
    };
    let mut known = BTreeSet::new();
    for id in event_ids {
        let mut is_known = false;
        for name in providers {
            let event = catalogue
                .provider(name)
                .and_then(|provider| provider.events.get(id));
            for schema in event.into_iter().flat_map(|event| &event.schemas) {
                is_known = true;
                known.extend(schema.fields.iter().map(|field| field.name));
            }
        }
        if !is_known {
            return BTreeSet::new();
        }
    }
    if !known.is_empty() {
        let common = catalogue.common().fields.iter();
        known.extend(common.map(|field| field.name));
    }
    known
}
