//! What the filters of a plan ask of records, told.

use super::compare::CompareOp;
use super::describe::{Leaf, name_of};
use super::engine::PlanEngine;
use super::explain::{filter_of, subject_of};
use super::expression::{Expr, ExprKind};
use super::predicate::{Predicate, PredicateKind};
use super::reads::{Trail, value_of};
use super::walk;
use crate::detect::tree::{Standing, leaves};
use crate::detect::{self, ProgramId};

/// See [`Engine::predicates`](crate::detect::Engine::predicates).
pub(super) fn predicates(engine: &PlanEngine, program: ProgramId) -> Vec<detect::Predicate> {
    let mut found = Vec::new();
    let Some(plan) = engine
        .program(program)
        .and_then(|program| program.plan.as_ref().ok())
    else {
        return found;
    };
    for pipeline in walk::all_pipelines(&plan.pipeline) {
        let mut heads = engine.heads_of(program);
        let head = heads.find(|head| head.part == pipeline.part);
        let of_record =
            |name: &str| head.map_or_else(Vec::new, |head| engine.reads(head, Some(name)));
        let mut trail = Trail::default();
        for stage in &pipeline.stages {
            if let Some(tree) = filter_of(stage) {
                leaves(&tree, Standing::default(), &mut |leaf, standing| {
                    found.extend(told(leaf, standing, &trail, &of_record));
                });
            }
            trail.pass(stage, &of_record);
        }
    }
    found
}

/// A leaf in the words of all languages; none for one that asks nothing of a record.
fn told(
    leaf: &Leaf,
    standing: Standing,
    trail: &Trail,
    of_record: &dyn Fn(&str) -> Vec<String>,
) -> Option<detect::Predicate> {
    let mut predicate = detect::Predicate {
        negated: standing.negated,
        nested: standing.nested,
        ..leaf.told.clone()
    };
    if matches!(leaf.predicate.kind, PredicateKind::Constant(_)) {
        return None;
    }
    let Some(subject) = asked_of(&leaf.predicate) else {
        return Some(predicate);
    };
    if !has_field(&leaf.predicate) {
        return None;
    }
    let traced = trail.trace_expr(subject, of_record);
    predicate.field = Some(name_of(value_of(subject)));
    predicate.reads = traced.names.into_iter().collect();
    predicate.origin = traced.origin;
    if let PredicateKind::Compare { left, right, .. } = &leaf.predicate.kind {
        let other = if std::ptr::eq(subject, left) {
            right
        } else {
            left
        };
        predicate.values = vec![name_of(other)];
        if other.as_literal().is_none() {
            let what = match &value_of(other).kind {
                ExprKind::Field(_) => "field",
                _ => "expression",
            };
            predicate.operator = format!("{} {what}", predicate.operator);
        }
    }
    Some(predicate)
}

/// The expression that a predicate is about: of two sides that are compared for
/// equality, the one that is no constant.
fn asked_of(predicate: &Predicate) -> Option<&Expr> {
    match &predicate.kind {
        PredicateKind::Compare {
            left,
            right,
            operator: CompareOp::Equal | CompareOp::NotEqual,
            ..
        } if left.as_literal().is_some() => Some(right),
        _ => subject_of(predicate),
    }
}

fn has_field(predicate: &Predicate) -> bool {
    let mut predicate = predicate.clone();
    let mut found = false;
    walk::fields_of_predicate(&mut predicate, &mut |_| found = true);
    found
}
