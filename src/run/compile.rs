//! From loaded rules to an engine.

use std::sync::Arc;

use crate::detect::JointEngine;
use crate::detect::plan::{PlanEngine, PlanSet};
use crate::detect::sigma::{SigmaEngine, SigmaRuleSet};
use crate::diagnostic::Diagnostic;
use crate::event::Names;
use crate::event::catalogue::Catalogue;

/// Compiles rules and plans, with a table of names that holds theirs and the
/// catalogue's; what cannot be compiled becomes a problem.
#[must_use]
pub fn compile(rules: SigmaRuleSet, plans: PlanSet) -> (JointEngine, Arc<Names>, Vec<Diagnostic>) {
    compile_with(rules, plans, [], |engine| engine)
}

/// The same, with a table of names that also holds those of other sets.
pub(super) fn compile_with<'s>(
    rules: SigmaRuleSet,
    mut plans: PlanSet,
    others: impl IntoIterator<Item = &'s SigmaRuleSet>,
    adjust: impl FnOnce(SigmaEngine) -> SigmaEngine,
) -> (JointEngine, Arc<Names>, Vec<Diagnostic>) {
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    rules.intern(&mut names);
    for other in others {
        other.intern(&mut names);
    }
    plans.intern(&mut names);
    let names = Arc::new(names.freeze());
    let (engine, problems) = SigmaEngine::new(rules, &names);
    let plans = PlanEngine::new(plans, &names);
    (JointEngine::new(adjust(engine), plans), names, problems)
}
