//! Conditions that have to hold together, and cannot.

use std::collections::BTreeMap;

use super::rules::CONTRADICTION;
use super::{Linter, as_warning};
use crate::detect::lint::Finding;
use crate::detect::sumo::syntax::{
    ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Negation, Span, UnaryOperator,
};

/// What holds of a field.
#[derive(Debug, Clone, Default)]
pub(super) struct Fact {
    /// The only values that it may still have.
    allowed: Option<Vec<String>>,
    /// Values that it does not have.
    excluded: Vec<String>,
}

/// What holds of the messages that come so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    by_field: BTreeMap<String, Fact>,
    /// Fields that conditions need, and where.
    pub(super) needed: Vec<(String, Span)>,
}

impl Facts {
    pub(super) fn forget(&mut self, name: &str) {
        self.by_field.remove(&name.to_lowercase());
    }

    /// The only values that a field may have.
    pub(super) fn values(&self, name: &str) -> Option<&[String]> {
        self.by_field.get(name)?.allowed.as_deref()
    }
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// All that comes has to meet it.
    Required,
    /// It is one of several possibilities.
    Possible,
}

impl Linter<'_> {
    /// Takes in what has to hold, and tells what then cannot.
    pub(super) fn conjunction(&mut self, condition: &Expression) {
        let mut facts = std::mem::take(&mut self.facts);
        self.required(condition, &mut facts, Place::Required);
        self.facts = facts;
    }

    fn required(&mut self, tree: &Expression, facts: &mut Facts, place: Place) {
        match &tree.node {
            ExpressionKind::Logical {
                operator: LogicalOperator::And,
                operands,
            } => {
                for operand in operands {
                    self.required(operand, facts, place);
                }
            }
            ExpressionKind::Logical {
                operator: LogicalOperator::Or,
                operands,
            } => {
                let doubted: Vec<_> = operands.iter().filter_map(asked_for).collect();
                for operand in operands {
                    let mut own = facts.clone();
                    own.needed.clear();
                    self.required(operand, &mut own, Place::Possible);
                    // Whoever asks whether it is there knows that it may not be.
                    own.needed.retain(|(name, _)| !doubted.contains(name));
                    self.absent_of(&own, Place::Possible);
                }
                one_of_values(operands, facts);
            }
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => self.compared_fact(left, *operator, right, facts, place),
            ExpressionKind::Membership {
                operand,
                negation,
                values,
            } => {
                let literals: Option<Vec<_>> = values.iter().map(literal).collect();
                let (Some(name), Some(values)) = (field(operand), literals) else {
                    return;
                };
                match negation {
                    Negation::Plain => {
                        need(facts, &name, operand.span);
                        self.allow(facts, &name, values, tree.span, place);
                    }
                    Negation::Negated => self.exclude(facts, &name, values, tree.span, place),
                }
            }
            _ => {}
        }
    }

    fn compared_fact(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        facts: &mut Facts,
        place: Place,
    ) {
        let (subject, other) = match (field(left), field(right)) {
            (Some(name), None) => ((name, left.span), right),
            (None, Some(name)) => ((name, right.span), left),
            _ => return,
        };
        let (name, at) = subject;
        let span = Span::new(left.span.start, right.span.end);
        match (operator, literal(other)) {
            (ComparisonOperator::Equal, Some(value)) => {
                need(facts, &name, at);
                self.allow(facts, &name, vec![value], span, place);
            }
            (ComparisonOperator::NotEqual, Some(value)) => {
                self.exclude(facts, &name, vec![value], span, place);
            }
            (ComparisonOperator::Matches | ComparisonOperator::Contains, _) => {
                need(facts, &name, at);
            }
            _ => {}
        }
    }

    fn allow(
        &mut self,
        facts: &mut Facts,
        name: &str,
        values: Vec<String>,
        span: Span,
        place: Place,
    ) {
        let fact = facts.by_field.entry(name.to_owned()).or_default();
        let is_possible = |value: &String| {
            !fact.excluded.contains(value)
                && fact
                    .allowed
                    .as_ref()
                    .is_none_or(|allowed| allowed.contains(value))
        };
        let left: Vec<_> = values
            .iter()
            .filter(|value| is_possible(value))
            .cloned()
            .collect();
        if left.is_empty() {
            let message = match &fact.allowed {
                Some(allowed) => format!("this never holds: `{name}` is {} here", told(allowed)),
                None => format!("this never holds: `{name}` is not {} here", told(&values)),
            };
            // What is told once is enough.
            fact.allowed = None;
            fact.excluded.clear();
            self.tell_contradiction(message, span, place);
        } else {
            fact.allowed = Some(left);
        }
    }

    fn exclude(
        &mut self,
        facts: &mut Facts,
        name: &str,
        values: Vec<String>,
        span: Span,
        place: Place,
    ) {
        let fact = facts.by_field.entry(name.to_owned()).or_default();
        if let Some(allowed) = &mut fact.allowed {
            let before = allowed.clone();
            allowed.retain(|value| !values.contains(value));
            if allowed.is_empty() {
                fact.allowed = None;
                let message = format!("this never holds: `{name}` is {} here", told(&before));
                self.tell_contradiction(message, span, place);
                return;
            }
        }
        fact.excluded.extend(values);
    }

    fn tell_contradiction(&mut self, message: String, span: Span, place: Place) {
        let finding = Finding::new(&CONTRADICTION, message, self.query.place(span));
        self.tell(match place {
            Place::Required => finding,
            Place::Possible => as_warning(finding),
        });
    }
}

fn told(values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
    values.join(" or ")
}

fn need(facts: &mut Facts, name: &str, span: Span) {
    facts.needed.push((name.to_owned(), span));
}

fn field(tree: &Expression) -> Option<String> {
    match &tree.node {
        ExpressionKind::Field(name) => Some(name.text.to_lowercase()),
        _ => None,
    }
}

/// The field of which a condition asks whether it is there.
fn asked_for(tree: &Expression) -> Option<String> {
    match &tree.node {
        ExpressionKind::Call {
            function,
            arguments,
        } if ["isnull", "isempty", "isblank"].contains(&function.as_str()) => {
            arguments.first().and_then(field)
        }
        ExpressionKind::Unary {
            operator: UnaryOperator::Not,
            operand,
        } => asked_for(operand),
        _ => None,
    }
}

/// A constant as text: a number counts as the text of it.
fn literal(tree: &Expression) -> Option<String> {
    match &tree.node {
        ExpressionKind::Text(text) => Some(text.text()),
        ExpressionKind::Number { text, .. } => Some(text.clone()),
        _ => None,
    }
}

/// `x = "1" or x = "2"`: one of the values.
fn one_of_values(operands: &[Expression], facts: &mut Facts) {
    let mut name = None;
    let mut values = Vec::new();
    for operand in operands {
        let ExpressionKind::Comparison {
            left,
            operator: ComparisonOperator::Equal,
            right,
        } = &operand.node
        else {
            return;
        };
        let (Some(own), Some(value)) = (field(left), literal(right)) else {
            return;
        };
        if name.get_or_insert_with(|| own.clone()) != &own {
            return;
        }
        values.push(value);
    }
    let Some(name) = name else {
        return;
    };
    let fact = facts.by_field.entry(name).or_default();
    match &mut fact.allowed {
        Some(allowed) => allowed.retain(|value| values.contains(value)),
        None => fact.allowed = Some(values),
    }
    if fact.allowed.as_ref().is_some_and(Vec::is_empty) {
        fact.allowed = None;
    }
}
