//! From which records a rule can fire, as far as their event ids tell.

use super::tree::{Made, Tree, tree_of};
use crate::detect::sigma::engine::SigmaEngine;
use crate::detect::{Engine, Predicate, ProgramId};
use crate::event::Origin;

/// See [`Engine::origins_asked`].
pub(in crate::detect::sigma) fn origins_asked(
    engine: &SigmaEngine,
    program: ProgramId,
    origins: &[Origin],
) -> Vec<usize> {
    if let Some(bases) = engine.correlations.bases(program) {
        let mut asked: Vec<_> = bases
            .iter()
            .flat_map(|base| origins_asked(engine, *base, origins))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        return asked;
    }
    let Some(rule) = engine.rules.get(program.0 as usize) else {
        return Vec::new();
    };
    let tree = tree_of(rule, Made::Told);
    let places = origins.iter().enumerate();
    places
        .filter(|(_, origin)| engine.looks_at(program, origin))
        .filter(|(_, origin)| may_hold(&tree, event_id_of(origin)) != Some(false))
        .map(|(place, _)| place)
        .collect()
}

fn event_id_of(origin: &Origin) -> Option<u32> {
    match origin {
        Origin::EventLog { event_id, .. } => *event_id,
        Origin::Stream(_) => None,
    }
}

/// What a tree comes out as for records of an event id; `None` if that alone does not
/// tell.
fn may_hold(tree: &Tree, event_id: Option<u32>) -> Option<bool> {
    match tree {
        Tree::Leaf(leaf) => is_id(&leaf.predicate, event_id?),
        Tree::Not(part) => may_hold(part, event_id).map(|holds| !holds),
        Tree::All(parts) => {
            let mut all = Some(true);
            for part in parts {
                match may_hold(part, event_id) {
                    Some(false) => return Some(false),
                    Some(true) => {}
                    None => all = None,
                }
            }
            all
        }
        Tree::Any(parts) => at_least(1, parts, event_id),
        Tree::AtLeast(count, parts) => at_least(*count, parts, event_id),
    }
}

fn at_least(count: usize, parts: &[Tree], event_id: Option<u32>) -> Option<bool> {
    let outcomes = || parts.iter().map(|part| may_hold(part, event_id));
    let certain = outcomes().filter(|holds| *holds == Some(true)).count();
    let possible = outcomes().filter(|holds| *holds != Some(false)).count();
    if certain >= count {
        Some(true)
    } else if possible < count {
        Some(false)
    } else {
        None
    }
}

/// Whether a predicate on the event id holds; `None` for any other predicate.
fn is_id(predicate: &Predicate, event_id: u32) -> Option<bool> {
    if predicate.field.as_deref() != Some("EventID") || predicate.operator != "equals" {
        return None;
    }
    // What is no number, such as one with wildcards, may be any.
    let wanted: Option<Vec<u32>> = predicate.values.iter().map(|id| id.parse().ok()).collect();
    Some(wanted?.contains(&event_id))
}
