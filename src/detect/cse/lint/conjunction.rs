//! Conditions that have to hold together, and cannot.

use std::collections::BTreeMap;

use super::rules::CONTRADICTION;
use super::{Linter, as_warning};
use crate::detect::cse::fields;
use crate::detect::cse::syntax::{
    ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Sense, Span, Test,
};
use crate::detect::lint::Finding;

/// The only values that attributes may have.
type Allowed = BTreeMap<String, Vec<String>>;

/// Attributes of which a record may hold several values.
const LISTS: [&str; 3] = ["dns_replyIp", "listMatches", "fieldTags"];

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A record has to meet it.
    Required,
    /// It is one of several possibilities.
    Possible,
}

impl Linter<'_> {
    /// Tells what cannot hold beside the rest.
    pub(super) fn conjunction(&mut self, tree: &Expression) {
        self.required(tree, &mut Allowed::new(), Place::Required);
    }

    fn required(&mut self, tree: &Expression, allowed: &mut Allowed, place: Place) {
        match &tree.node {
            ExpressionKind::Piped(piped) => self.required(&piped.condition, allowed, place),
            ExpressionKind::Logical { operator, operands } => {
                for operand in operands {
                    match operator {
                        LogicalOperator::And => self.required(operand, allowed, place),
                        LogicalOperator::Or => {
                            self.required(operand, &mut allowed.clone(), Place::Possible);
                        }
                    }
                }
            }
            ExpressionKind::Comparison {
                left,
                operator: ComparisonOperator::Equal,
                right,
            } => {
                let pair = match (scalar(left), scalar(right)) {
                    (Some(name), None) => literal(right).map(|value| (name, value)),
                    (None, Some(name)) => literal(left).map(|value| (name, value)),
                    _ => None,
                };
                let span = Span::new(left.span.start, right.span.end);
                if let Some((name, value)) = pair {
                    self.allow(allowed, name, vec![value], span, place);
                }
            }
            ExpressionKind::Predicate {
                operand,
                sense: Sense::Affirmed,
                test: Test::In(values),
            } => {
                let values: Option<Vec<_>> = values.iter().map(literal).collect();
                if let (Some(name), Some(values)) = (scalar(operand), values) {
                    self.allow(allowed, name, values, tree.span, place);
                }
            }
            _ => {}
        }
    }

    fn allow(
        &mut self,
        allowed: &mut Allowed,
        name: &str,
        values: Vec<String>,
        span: Span,
        place: Place,
    ) {
        let before = allowed.insert(name.to_owned(), values.clone());
        let Some(before) = before else {
            return;
        };
        let left: Vec<_> = values
            .into_iter()
            .filter(|value| before.contains(value))
            .collect();
        if !left.is_empty() {
            allowed.insert(name.to_owned(), left);
            return;
        }
        let told: Vec<_> = before.iter().map(|value| format!("`{value}`")).collect();
        let finding = Finding::new(
            &CONTRADICTION,
            format!("this never holds: `{name}` is {} here", told.join(" or ")),
            self.query.place(span),
        );
        self.tell(match place {
            Place::Required => finding,
            Place::Possible => as_warning(finding),
        });
    }
}

/// An attribute with one value.
fn scalar(tree: &Expression) -> Option<&str> {
    match &tree.node {
        ExpressionKind::Field(path) if path.keys.is_empty() => {
            let name = path.name.as_str();
            (fields::names().contains(name) && !LISTS.contains(&name)).then_some(name)
        }
        _ => None,
    }
}

/// A constant as text.
fn literal(tree: &Expression) -> Option<String> {
    match &tree.node {
        ExpressionKind::Text(text) => Some(text.value().into_owned()),
        ExpressionKind::Number(number) => Some(number.text().to_owned()),
        ExpressionKind::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}
