//! The rows of other pipelines.

use std::collections::HashMap;

use super::super::compare::Case;
use super::super::field::FieldRef;
use super::super::pattern::{Glob, Piece};
use super::super::row::Row;
use super::super::stage::{AmongRows, Comparing, Existing, Join, Membership};
use super::Exhausted;

/// Runs the stage.
pub(super) fn run(
    join: &Join,
    rows: Vec<Row>,
    others: &[Row],
    budget: usize,
) -> Result<Vec<Row>, Exhausted> {
    let common: Vec<FieldRef>;
    let keys: &[FieldRef] = if join.keys.is_empty() {
        common = common_names(&rows, others);
        &common
    } else {
        &join.keys
    };
    let mut by_key: HashMap<Vec<Box<str>>, Vec<&Row>> = HashMap::new();
    for other in others {
        if let Some(key) = key_of(keys, other) {
            by_key.entry(key).or_default().push(other);
        }
    }
    let mut joined = Vec::new();
    let mut size = 0;
    for row in rows {
        let partners = key_of(keys, &row).and_then(|key| by_key.get(&key));
        let Some(partners) = partners else {
            if join.unmatched == Membership::In {
                joined.push(row);
            }
            continue;
        };
        for partner in partners.iter().take(join.most.unwrap_or(usize::MAX)) {
            let mut both = row.clone();
            for (name, value) in partner.values() {
                if join.existing == Existing::Replaced || both.get(name).is_none() {
                    both.set(name, value.clone());
                }
            }
            both.adopt(partner);
            size += both.size();
            if size > budget {
                return Err(Exhausted);
            }
            joined.push(both);
        }
    }
    Ok(joined)
}

fn key_of(keys: &[FieldRef], row: &Row) -> Option<Vec<Box<str>>> {
    let keys = keys.iter();
    keys.map(|key| row.get(&key.name).map(|value| value.to_text().into()))
        .collect()
}

fn common_names(rows: &[Row], others: &[Row]) -> Vec<FieldRef> {
    let (Some(row), Some(other)) = (rows.first(), others.first()) else {
        return Vec::new();
    };
    let names = row.names().filter(|name| other.get(name).is_some());
    let names = names.filter(|name| !name.starts_with('_'));
    names.map(|name| FieldRef::new(name)).collect()
}

/// Keeps the rows that match, or do not match, one of others.
pub(super) fn keep(rows: &mut Vec<Row>, others: &[Row], among: &AmongRows) {
    let glob = |text: &str| match among.comparing {
        Comparing::AsPatterns => Glob::star(text, Case::Insensitive),
        Comparing::Exactly => Glob::new(vec![Piece::Literal(text.to_owned())], Case::Sensitive),
    };
    let patterns: Vec<Vec<(&str, Vec<Glob>)>> = others
        .iter()
        .map(|other| {
            let values = other.values().filter(|(name, _)| !name.starts_with('_'));
            values
                .map(|(name, value)| {
                    let globs = value.items();
                    let globs = globs.map(|item| glob(&item.to_text()));
                    (&**name, globs.collect())
                })
                .collect()
        })
        .filter(|fields: &Vec<_>| !fields.is_empty())
        .collect();
    rows.retain(|row| {
        let is_among = patterns.iter().any(|fields| {
            fields.iter().all(|(name, globs)| {
                row.get(name).is_some_and(|value| {
                    value
                        .items()
                        .any(|item| globs.iter().any(|glob| glob.matches(&item.to_text())))
                })
            })
        });
        is_among == (among.wanted == Membership::In)
    });
}
