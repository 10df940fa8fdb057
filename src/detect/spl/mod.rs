//! Splunk's search processing language.
//!
//! A search is expanded and parsed by [`syntax`], lowered to a plan by `lower`, and
//! sees records as a [`Deployment`] shows them. What is evaluated, and with which
//! semantics, is in `docs/spl.md`.

mod deployment;
pub mod lint;
mod lower;
pub mod syntax;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use deployment::{Deployment, SourceNames};
pub use lower::{Lowered, Query, lower};
pub use syntax::{Macro, Macros};

use super::Reading;
use super::plan::Table;

/// What searches refer to.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The macros.
    pub macros: Macros,
    /// The lookup tables, by the names of their definitions and files.
    pub tables: BTreeMap<String, Arc<Table>>,
    /// How records are taken in.
    pub deployment: Deployment,
    /// How searches are read.
    pub reading: Reading,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            macros: Macros::builtin(),
            tables: BTreeMap::new(),
            deployment: Deployment::default(),
            reading: Reading::Strict,
        }
    }
}
