//! Rules counted once a row.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::Sense;

/// The places of the rules that ask for a thing, and of those that exclude it. Each
/// rule counts once.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    pub(super) asking: BTreeSet<usize>,
    pub(super) excluding: BTreeSet<usize>,
}

impl Counted {
    pub(super) fn add(&mut self, rule: usize, sense: Sense) {
        match sense {
            Sense::Asked => self.asking.insert(rule),
            Sense::Excluded | Sense::ExcludedInside => self.excluding.insert(rule),
        };
    }

    /// How many rules do either.
    pub(super) fn naming(&self) -> usize {
        self.asking.union(&self.excluding).count()
    }
}

/// Spellings of one thing, each with how often it occurs.
#[derive(Debug, Clone, Default)]
pub(super) struct Spellings(BTreeMap<String, usize>);

impl Spellings {
    pub(super) fn add(&mut self, spelling: &str) {
        *self.0.entry(spelling.to_owned()).or_default() += 1;
    }

    /// The most frequent one; of several, the first in the order of texts.
    pub(super) fn usual(&self) -> &str {
        let most = self.0.iter().rev().max_by_key(|(_, count)| **count);
        most.map_or("", |(spelling, _)| spelling)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
