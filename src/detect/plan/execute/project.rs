//! Which fields rows have, and under which names.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::field::NamePattern;
use super::super::row::Row;
use super::super::stage::{Internal, Projection};
use super::super::value::Value;

/// Keeps and drops fields.
pub(super) fn run(projection: &Projection, row: &mut Row) {
    let is_of =
        |patterns: &[NamePattern], name: &str| patterns.iter().any(|pattern| pattern.matches(name));
    match projection {
        Projection::Keep { patterns, internal } => row.retain(|name| {
            is_of(patterns, name) || (*internal == Internal::Kept && name.starts_with('_'))
        }),
        Projection::Drop(patterns) => row.retain(|name| !is_of(patterns, name)),
    }
}

/// Renames fields. What a new name stood for before is lost.
pub(super) fn rename(pairs: &[(NamePattern, NamePattern)], row: &mut Row) {
    for (old, new) in pairs {
        let renamed: Vec<(Arc<str>, Arc<str>)> = row
            .names()
            .filter_map(|name| {
                let to = new.fill(&old.captures(name)?);
                (*to != **name).then(|| (Arc::clone(name), to.into()))
            })
            .collect();
        let is_missing = renamed.is_empty()
            && old
                .exact()
                .is_some_and(|name| row.get(name).is_none() && Some(name) != new.exact());
        // Renaming a field that is not there removes what had the new name.
        if is_missing && let Some(name) = new.exact() {
            row.set(&name.into(), Value::Null);
        }
        for (from, to) in renamed {
            if let Some(value) = row.get(&from).cloned() {
                row.set(&from, Value::Null);
                row.set(&to, value);
            }
        }
    }
}

/// Gives every row each field that any row has.
pub(super) fn fill_all(rows: &mut [Row], value: &Value) {
    let names: BTreeSet<Arc<str>> = rows
        .iter()
        .flat_map(|row| row.names().cloned().collect::<Vec<_>>())
        .collect();
    for row in rows {
        for name in &names {
            if row.get(name).is_none() {
                row.set(name, value.clone());
            }
        }
    }
}
