//! From loaded rules to an engine.

use std::sync::Arc;

use crate::detect::sigma::{SigmaEngine, SigmaRuleSet};
use crate::diagnostic::Diagnostic;
use crate::event::Names;
use crate::event::catalogue::Catalogue;

/// Compiles rules, with a table of names that holds theirs and the catalogue's;
/// what cannot be compiled becomes a problem.
pub(super) fn compile(rules: SigmaRuleSet) -> (SigmaEngine, Arc<Names>, Vec<Diagnostic>) {
    compile_with(rules, [])
}

/// The same, with a table of names that also holds those of other sets.
pub(super) fn compile_with<'s>(
    rules: SigmaRuleSet,
    others: impl IntoIterator<Item = &'s SigmaRuleSet>,
) -> (SigmaEngine, Arc<Names>, Vec<Diagnostic>) {
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    rules.intern(&mut names);
    for other in others {
        other.intern(&mut names);
    }
    let names = Arc::new(names.freeze());
    let (engine, problems) = SigmaEngine::new(rules, &names);
    (engine, names, problems)
}
