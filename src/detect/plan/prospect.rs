//! What can be said of a predicate before a record is looked at.

use super::compare::{Case, CompareOp};
use super::evaluate::{Evaluator, Fields};
use super::expression::{Expr, ExprKind};
use super::field::FieldRef;
use super::pattern::{Glob, Piece};
use super::predicate::{Pattern, Predicate, PredicateKind, Truth, Within};
use super::record::Known;
use super::value::Value;

/// The value of an expression of whose fields some are known.
pub(super) fn known(expr: &Expr, field: &dyn Fn(&FieldRef) -> Known) -> Known {
    match &expr.kind {
        ExprKind::Literal(value) => Known::Value(value.clone()),
        ExprKind::Field(name) => field(name),
        ExprKind::Coalesce(parts) => {
            for part in parts {
                match known(part, field) {
                    Known::Value(Value::Null) => {}
                    other => return other,
                }
            }
            Known::Value(Value::Null)
        }
        ExprKind::Case(arms) => {
            for (condition, value) in arms {
                match prospect(condition, field) {
                    Some(Truth::True) => return known(value, field),
                    Some(_) => {}
                    None => return Known::Unsure,
                }
            }
            Known::Value(Value::Null)
        }
        _ => Known::Unsure,
    }
}

/// Whether a predicate holds whatever else a record holds; `None` if that depends.
pub(super) fn prospect(predicate: &Predicate, field: &dyn Fn(&FieldRef) -> Known) -> Option<Truth> {
    match &predicate.kind {
        PredicateKind::Constant(truth) => Some(*truth),
        PredicateKind::All(parts) => {
            let mut all = Some(Truth::True);
            for part in parts {
                match (prospect(part, field), all) {
                    (Some(Truth::False), _) => return Some(Truth::False),
                    (None, _) | (_, None) => all = None,
                    (Some(truth), Some(before)) => all = Some(before.min(truth)),
                }
            }
            all
        }
        PredicateKind::Any(parts) => {
            let mut any = Some(Truth::False);
            for part in parts {
                match (prospect(part, field), any) {
                    (Some(Truth::True), _) => return Some(Truth::True),
                    (None, _) | (_, None) => any = None,
                    (Some(truth), Some(before)) => any = Some(before.max(truth)),
                }
            }
            any
        }
        PredicateKind::Not(part) => prospect(part, field).map(Truth::contrary),
        PredicateKind::Exists(subject) => match known(subject, field) {
            Known::Value(value) => Some(Truth::from(!value.is_null())),
            Known::Begins(_) => Some(Truth::True),
            Known::Unsure => None,
        },
        PredicateKind::Compare {
            left,
            operator,
            right,
            modes,
        } => match (known(left, field), known(right, field)) {
            (Known::Value(left), Known::Value(right)) => settled(predicate, &[left, right]),
            (Known::Begins(begin), Known::Value(Value::Text(text)))
                if *operator == CompareOp::Equal && modes.case == Case::Sensitive =>
            {
                (!text.starts_with(&begin)).then_some(Truth::False)
            }
            _ => None,
        },
        PredicateKind::Matches {
            subject, pattern, ..
        } => match (known(subject, field), pattern) {
            (Known::Value(value), _) => settled(predicate, &[value]),
            (Known::Begins(begin), Pattern::Globs(globs)) => {
                let may_match = globs.iter().any(|glob| may_begin(glob, &begin));
                (!may_match).then_some(Truth::False)
            }
            _ => None,
        },
        PredicateKind::Holds(subject) => match known(subject, field) {
            Known::Value(value) => settled(predicate, &[value]),
            Known::Begins(_) | Known::Unsure => None,
        },
        PredicateKind::Keyword(_) => None,
    }
}

/// Whether a pattern may match a text that begins so.
fn may_begin(glob: &Glob, begin: &str) -> bool {
    match glob.pieces().first() {
        Some(Piece::Literal(text)) if glob.case() == Case::Sensitive => {
            text.starts_with(begin) || (glob.exact().is_none() && begin.starts_with(text.as_str()))
        }
        _ => true,
    }
}

/// A leaf whose operands are known; `None` if that takes too many steps.
fn settled(predicate: &Predicate, operands: &[Value]) -> Option<Truth> {
    let mut predicate = predicate.clone();
    let replaced = |expr: &mut Expr, value: &Value| expr.kind = ExprKind::Literal(value.clone());
    match &mut predicate.kind {
        PredicateKind::Compare { left, right, .. } => {
            if let [first, second] = operands {
                replaced(left, first);
                replaced(right, second);
            }
        }
        PredicateKind::Matches { subject, .. } | PredicateKind::Holds(subject) => {
            if let [first] = operands {
                replaced(subject, first);
            }
        }
        _ => {}
    }
    // Only constants are left, so that the time and the row do not matter.
    let context = super::function::CallContext::default();
    let evaluator = Evaluator::new(&context);
    let truth = evaluator.truth(&predicate, &Empty);
    evaluator.gave_up().is_never().then_some(truth)
}

/// A row without a field.
pub(super) struct Empty;

impl Fields for Empty {
    fn get(&self, _: &FieldRef) -> Value {
        Value::Null
    }

    fn any_text(&self, _: Within, _: &mut dyn FnMut(&str) -> bool) -> bool {
        false
    }
}
