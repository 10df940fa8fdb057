//! Predicates of a plan in the words in which all languages are told.

use super::compare::CompareOp;
use super::expression::{Expr, ExprKind};
use super::field::written;
use super::function::Function;
use super::pattern::{Glob, Piece};
use super::predicate::{Pattern, Predicate, PredicateKind};
use crate::detect::tree::Tree;
use crate::detect::{self, Quantity};

/// A part of a predicate that is asked by itself.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) predicate: Predicate,
    pub(super) told: detect::Predicate,
}

/// A predicate as a tree; `part` is the query's word for the stage.
pub(super) fn tree_of(predicate: &Predicate, part: &str) -> Tree<Leaf> {
    match &predicate.kind {
        PredicateKind::All(parts) => {
            Tree::All(parts.iter().map(|inner| tree_of(inner, part)).collect())
        }
        PredicateKind::Any(parts) => {
            Tree::Any(parts.iter().map(|inner| tree_of(inner, part)).collect())
        }
        PredicateKind::Not(inner) => Tree::Not(Box::new(tree_of(inner, part))),
        // A condition on a field that was computed by conditions.
        PredicateKind::Holds(Expr {
            kind: ExprKind::Test(inner),
            ..
        }) => tree_of(inner, part),
        _ => Tree::Leaf(Leaf {
            told: told(predicate, part),
            predicate: predicate.clone(),
        }),
    }
}

fn told(predicate: &Predicate, part: &str) -> detect::Predicate {
    let (field, operator, values) = match &predicate.kind {
        PredicateKind::Compare {
            left,
            operator,
            right,
            ..
        } => (
            Some(name_of(left)),
            operator_word(*operator).to_owned(),
            vec![name_of(right)],
        ),
        PredicateKind::Matches {
            subject, pattern, ..
        } => {
            let (operator, values) = match pattern {
                Pattern::Globs(globs) => of_globs(globs),
                Pattern::Regex(regex) => ("matches", vec![regex.as_str().to_owned()]),
                Pattern::Networks(networks) => (
                    "in network",
                    networks.iter().map(ToString::to_string).collect(),
                ),
            };
            (Some(name_of(subject)), operator.to_owned(), values)
        }
        PredicateKind::Exists(expr) => (Some(name_of(expr)), "exists".to_owned(), Vec::new()),
        PredicateKind::Holds(expr) => (Some(name_of(expr)), "is true".to_owned(), Vec::new()),
        PredicateKind::Keyword(keyword) => {
            (None, "contains".to_owned(), vec![keyword.glob.to_string()])
        }
        _ => (None, "holds".to_owned(), Vec::new()),
    };
    detect::Predicate {
        part: part.to_owned(),
        field,
        reads: Vec::new(),
        operator,
        values,
        quantity: Quantity::Any,
        negated: false,
        nested: false,
        origin: detect::FieldOrigin::Record,
        span: Some(predicate.span.range()),
    }
}

fn operator_word(operator: CompareOp) -> &'static str {
    match operator {
        CompareOp::Equal => "equals",
        CompareOp::NotEqual => "differs from",
        CompareOp::Less => "less than",
        CompareOp::LessOrEqual => "at most",
        CompareOp::Greater => "greater than",
        CompareOp::GreaterOrEqual => "at least",
    }
}

/// The operator that all patterns share, and their values without the wildcards that
/// it stands for.
fn of_globs(globs: &[Glob]) -> (&'static str, Vec<String>) {
    let shape = |glob: &Glob| match glob.pieces() {
        [Piece::Literal(text)] => Some(("equals", text.clone())),
        [Piece::AnyRun, Piece::Literal(text)] => Some(("endswith", text.clone())),
        [Piece::Literal(text), Piece::AnyRun] => Some(("startswith", text.clone())),
        [Piece::AnyRun, Piece::Literal(text), Piece::AnyRun] => Some(("contains", text.clone())),
        [] => Some(("equals", String::new())),
        _ => None,
    };
    let shapes: Option<Vec<_>> = globs.iter().map(shape).collect();
    if let Some(shapes) = shapes
        && let Some((first, _)) = shapes.first()
        && shapes.iter().all(|(operator, _)| operator == first)
    {
        return (*first, shapes.into_iter().map(|(_, text)| text).collect());
    }
    ("like", globs.iter().map(ToString::to_string).collect())
}

/// How an expression is told in a few words.
pub(super) fn name_of(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(value) => value.to_text().into_owned(),
        ExprKind::Field(field) => written(&field.name).unwrap_or(&field.name).to_owned(),
        // Nobody wrote it.
        ExprKind::Call {
            function: Function::TruthToText,
            arguments,
        } => arguments.first().map(name_of).unwrap_or_default(),
        ExprKind::Call {
            function,
            arguments,
        } => {
            let arguments: Vec<_> = arguments.iter().map(name_of).collect();
            format!("{}({})", function.name(), arguments.join(", "))
        }
        ExprKind::Coalesce(parts) => {
            let parts: Vec<_> = parts.iter().map(name_of).collect();
            format!("coalesce({})", parts.join(", "))
        }
        ExprKind::Concat(parts) => {
            let parts: Vec<_> = parts.iter().map(name_of).collect();
            parts.join(" . ")
        }
        ExprKind::Arithmetic {
            operator,
            left,
            right,
            ..
        } => {
            use super::expression::Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
            let sign = match operator {
                Add => '+',
                Subtract => '-',
                Multiply => '*',
                Divide => '/',
                Remainder => '%',
            };
            format!("{} {sign} {}", name_of(left), name_of(right))
        }
        ExprKind::Case(_) | ExprKind::Unless(_) => "case(…)".to_owned(),
        ExprKind::Test(_) => "a condition".to_owned(),
        ExprKind::EachItem { list, .. } | ExprKind::FindItem { list, .. } => {
            format!("items of {}", name_of(list))
        }
        ExprKind::ItemsWhere { item, .. } => format!("items of {item}"),
        ExprKind::Bucket { subject, .. } => format!("bin({})", name_of(subject)),
        ExprKind::Substitute { subject, .. } => format!("replace({})", name_of(subject)),
        ExprKind::Capture { subject, .. } => format!("parts of {}", name_of(subject)),
    }
}
