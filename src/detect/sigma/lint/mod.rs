//! What Sigma's specification forbids, and what cannot match as it was meant.

use std::sync::Arc;

use crate::detect::lint::{Finding, Rule};
use crate::diagnostic::SourceText;

/// Every rule.
#[must_use]
pub fn rules() -> &'static [&'static Rule] {
    &[]
}

/// Looks a file of Sigma rules over.
#[must_use]
pub fn lint(source: &Arc<SourceText>) -> Vec<Finding> {
    let _ = source;
    Vec::new()
}
