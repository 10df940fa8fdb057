//! Sumo Logic's log search.
//!
//! A query is parsed by [`syntax`], lowered to a plan by `lower`, and sees records as a
//! [`Deployment`] shows them. What is evaluated, and with which semantics, is in
//! `docs/sumo.md`.

mod deployment;
pub mod lint;
mod lower;
pub mod syntax;

pub use deployment::{Deployment, SourceCategory};
pub use lower::lower;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Reading;
use super::plan::Table;

/// What queries refer to, and how they are read.
#[derive(Debug, Clone)]
pub struct Environment {
    /// How records are taken in.
    pub deployment: Deployment,
    /// The lookup tables, by the ends of their paths: `shared/hosts`, or only `hosts`.
    pub tables: BTreeMap<String, Arc<Table>>,
    /// How queries are read.
    pub reading: Reading,
}

impl Environment {
    /// The lookup table of a path: the one that is known by the longest end of it.
    #[must_use]
    pub fn table(&self, path: &str) -> Option<&Arc<Table>> {
        let mut rest = Some(path.trim_start_matches('/'));
        while let Some(end) = rest {
            if let Some(known) = self.tables.get(end) {
                return Some(known);
            }
            rest = end.split_once('/').map(|(_, end)| end);
        }
        None
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            deployment: Deployment::default(),
            tables: BTreeMap::new(),
            reading: Reading::Strict,
        }
    }
}
