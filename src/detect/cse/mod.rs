//! Rule expressions of Sumo Logic Cloud SIEM.
//!
//! An expression is parsed by [`syntax`], lowered to a plan by `lower`, and sees
//! records under the normalised names of `fields`. What is evaluated, and with which
//! semantics, is in `docs/sumo-cse.md`.

mod fields;
pub mod lint;
mod lower;
pub mod syntax;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use lower::{lower, lower_rule};

use super::plan::View;

/// What expressions refer to.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The records, under their normalised names.
    records: Arc<View>,
    /// Names that no log that is read fills, but that are fields.
    others: BTreeSet<String>,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            records: fields::records(),
            others: BTreeSet::new(),
        }
    }
}

impl Environment {
    /// The same, in which these names are fields as well.
    #[must_use]
    pub fn knowing<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.others.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Whether a bare name is a field of any record.
    fn knows(&self, name: &str) -> bool {
        fields::ALWAYS_EMPTY.contains(&name)
            || self.others.contains(name)
            || fields::names().contains(name)
    }
}
