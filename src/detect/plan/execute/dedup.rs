//! The first rows of each combination of keys.

use std::collections::HashMap;

use super::super::row::Row;
use super::super::stage::{Among, Dedup, Membership};

/// Runs the stage.
pub(super) fn run(dedup: &Dedup, rows: Vec<Row>) -> Vec<Row> {
    let mut seen: HashMap<Vec<Box<str>>, usize> = HashMap::new();
    let mut last = None;
    let mut kept = Vec::new();
    for row in rows {
        let keys = dedup.keys.iter();
        let key: Option<Vec<Box<str>>> = keys
            .map(|key| row.get(&key.name).map(|value| value.to_text().into()))
            .collect();
        let Some(key) = key else {
            if dedup.without_key == Membership::In {
                kept.push(row);
            }
            continue;
        };
        if dedup.among == Among::Consecutive && last.as_ref() != Some(&key) {
            seen.clear();
        }
        last = Some(key.clone());
        let count = seen.entry(key).or_default();
        *count += 1;
        if *count <= dedup.keep {
            kept.push(row);
        }
    }
    kept
}
