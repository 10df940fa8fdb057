//! Why a Sigma rule fired or stayed silent, in its own words.
//!
//! Every item of the rule is compiled on its own and evaluated by the same
//! engine. How far an event is from a firing is the least number of items that
//! would have to turn out otherwise.

mod measure;
mod origins;
mod tree;

use rsigma_eval::{CompiledRule, evaluate_rule};

use super::compile::Group;
use super::engine::{SigmaEngine, held_of, table_for};
use super::view::Seen as View;
use crate::detect::tree::{lacking as lacking_in, outcomes, score};
use crate::detect::{EventSource, Explanation, Firing, NearMiss, Predicate, ProgramId};
use crate::event::Event;
use crate::event::EventId;
use measure::Subject;
pub(super) use origins::origins_asked;
use tree::{Made, Tree, collect, tree_of};

/// See [`Engine::explain`](crate::detect::Engine::explain).
pub(super) fn explain(
    engine: &SigmaEngine,
    program: ProgramId,
    events: &mut EventSource<'_>,
) -> Explanation {
    match engine.correlations.bases(program) {
        Some(bases) => explain_correlation(engine, program, bases, events),
        None => explain_rule(engine, program, events),
    }
}

fn explain_rule(
    engine: &SigmaEngine,
    program: ProgramId,
    events: &mut EventSource<'_>,
) -> Explanation {
    let tree = engine
        .rules
        .get(program.0 as usize)
        .map(|rule| tree_of(rule, Made::Compiled));
    let tree = tree.unwrap_or(Tree::Any(Vec::new()));
    let mut explanation = Explanation::default();
    let mut best = None;
    events(&mut |event| {
        explanation.records += 1;
        let Some(table) = table_for(engine, program, event) else {
            return;
        };
        explanation.searched += 1;
        let view = View::new(event, table);
        let subject = Subject { event, table, view };
        let score = score(&tree, true, &subject);
        if score.changes == 0 {
            explanation.fired.push(event.id());
        }
        if best.is_some_and(|best| best <= score) {
            return;
        }
        best = Some(score);
        let mut outcomes = outcomes(&tree, true, &subject);
        outcomes.sort_by_key(|outcome| {
            let span = outcome.predicate.span.as_ref();
            span.map_or(usize::MAX, |span| span.start)
        });
        explanation.nearest = Some(NearMiss {
            event: event.id(),
            time: event.time(),
            distance: score.changes,
            outcomes,
        });
    });
    explanation
}

fn explain_correlation(
    engine: &SigmaEngine,
    program: ProgramId,
    bases: &[ProgramId],
    events: &mut EventSource<'_>,
) -> Explanation {
    let compiled: Vec<(ProgramId, &CompiledRule)> = bases
        .iter()
        .filter_map(|base| Some((*base, compiled(engine, *base)?)))
        .collect();
    let (mut records, mut searched) = (0, 0);
    let mut held = Vec::new();
    events(&mut |event| {
        records += 1;
        let mut is_searched = false;
        for (base, rule) in &compiled {
            let Some(table) = table_for(engine, *base, event) else {
                continue;
            };
            is_searched = true;
            if evaluate_rule(rule, &View::new(event, table)).is_some() {
                held.extend(held_of(engine, *base, event, table));
            }
        }
        searched += u64::from(is_searched);
    });
    let (firings, groups) = engine.correlations.explain(program, held);
    let fired: Vec<EventId> = firings.iter().filter_map(Firing::event).collect();
    Explanation {
        records,
        searched,
        fired,
        groups,
        ..Explanation::default()
    }
}

/// A rule as its group holds it.
fn compiled(engine: &SigmaEngine, program: ProgramId) -> Option<&CompiledRule> {
    let group = engine.group_of.get(program.0 as usize).copied().flatten()?;
    let Group { indexed, large, .. } = &engine.groups[group];
    let number = program.0.to_string();
    indexed
        .rules()
        .iter()
        .find(|rule| rule.id.as_deref() == Some(number.as_str()))
        .or_else(|| {
            let found = large.iter().find(|(known, _)| *known == program);
            found.map(|(_, rule)| rule)
        })
}

/// See [`Engine::lacking`](crate::detect::Engine::lacking).
pub(super) fn lacking(engine: &SigmaEngine, program: ProgramId, event: Event<'_>) -> Vec<String> {
    let Some(table) = table_for(engine, program, event) else {
        return Vec::new();
    };
    let Some(rule) = engine.rules.get(program.0 as usize) else {
        return Vec::new();
    };
    let view = View::new(event, table);
    let mut fields = lacking_in(
        &tree_of(rule, Made::Compiled),
        true,
        &Subject { event, table, view },
    );
    fields.sort();
    fields.dedup();
    fields
}

/// See [`Engine::predicates`](crate::detect::Engine::predicates).
pub(super) fn predicates(engine: &SigmaEngine, program: ProgramId) -> Vec<Predicate> {
    if let Some(bases) = engine.correlations.bases(program) {
        return bases
            .iter()
            .flat_map(|base| predicates(engine, *base))
            .collect();
    }
    let mut found = Vec::new();
    if let Some(rule) = engine.rules.get(program.0 as usize) {
        collect(&tree_of(rule, Made::Told), &mut found);
    }
    found
}
