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

use super::Reading;

/// What queries refer to, and how they are read.
#[derive(Debug, Clone)]
pub struct Environment {
    /// How records are taken in.
    pub deployment: Deployment,
    /// How queries are read.
    pub reading: Reading,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            deployment: Deployment::default(),
            reading: Reading::Strict,
        }
    }
}
