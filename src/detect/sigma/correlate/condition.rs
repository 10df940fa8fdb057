//! What a correlation asks of the events of a group.

use std::collections::HashMap;

use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType,
};

use super::window::Window;

/// What a correlation asks for, ready to be compared.
#[derive(Debug)]
pub(super) struct Wanted {
    kind: CorrelationType,
    /// All of them must hold.
    predicates: Vec<(ConditionOperator, f64)>,
    percentile: f64,
    /// A condition over the rules, as places in the list of references.
    expression: Option<Expression>,
    references: usize,
    /// The same for people.
    text: String,
}

#[derive(Debug)]
enum Expression {
    Rule(usize),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
}

/// What a group of events amounts to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// What was counted, summed, or matched.
    pub(super) got: f64,
    /// How much is missing or too much; zero where the condition is met.
    pub(super) distance: f64,
}

impl Amount {
    pub(super) fn is_met(self) -> bool {
        self.distance == 0.0
    }
}

impl Wanted {
    /// What a correlation asks for; an error names what it cannot ask for.
    pub(super) fn of(rule: &CorrelationRule) -> Result<Self, Refusal> {
        let kind = rule.correlation_type;
        let mut wanted = Self {
            kind,
            predicates: Vec::new(),
            percentile: 50.0,
            expression: None,
            references: rule.rules.len(),
            text: String::new(),
        };
        match &rule.condition {
            CorrelationCondition::Extended(condition) if is_temporal(kind) => {
                let places: HashMap<&str, usize> = rule
                    .rules
                    .iter()
                    .enumerate()
                    .map(|(place, name)| (name.as_str(), place))
                    .collect();
                wanted.expression = Some(expression(condition, &places)?);
                wanted.text = condition.to_string();
            }
            CorrelationCondition::Extended(_) => return Err(Refusal::NoThreshold),
            CorrelationCondition::Threshold {
                predicates,
                field,
                percentile,
            } => {
                if counts_values(kind) && field.is_none() {
                    return Err(Refusal::NoField);
                }
                if let Some(fields) = field
                    && fields.len() > 1
                    && kind != CorrelationType::ValueCount
                {
                    return Err(Refusal::ManyFields);
                }
                wanted.percentile = match *percentile {
                    None => 50.0,
                    Some(percentile) if percentile <= 100 => percentile as f64,
                    Some(_) => return Err(Refusal::Percentile),
                };
                let predicates = predicates
                    .iter()
                    .map(|(operator, number)| (*operator, *number as f64));
                wanted.predicates = predicates.collect();
                // The parser writes this where there is no condition.
                if is_temporal(kind) && wanted.predicates == [(ConditionOperator::Gte, 1.0)] {
                    wanted.predicates.clear();
                }
                wanted.text = wanted.threshold_text();
            }
        }
        Ok(wanted)
    }

    fn threshold_text(&self) -> String {
        if self.predicates.is_empty() {
            return match self.kind {
                CorrelationType::TemporalOrdered => "all rules in order".to_owned(),
                _ => "all rules".to_owned(),
            };
        }
        let predicates = self.predicates.iter().map(|(operator, number)| {
            let sign = match operator {
                ConditionOperator::Lt => "<",
                ConditionOperator::Lte => "<=",
                ConditionOperator::Gt => ">",
                ConditionOperator::Gte => ">=",
                ConditionOperator::Eq => "==",
                ConditionOperator::Neq => "!=",
            };
            format!("{sign} {number}")
        });
        predicates.collect::<Vec<_>>().join(" and ")
    }

    /// The same for people.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether every rule of the list must fire.
    pub(super) fn needs_all_rules(&self) -> bool {
        is_temporal(self.kind) && self.expression.is_none() && self.predicates.is_empty()
    }

    /// What the events of a window amount to.
    pub(super) fn amount(&self, window: &Window) -> Amount {
        let got = match self.kind {
            CorrelationType::EventCount => Some(window.count()),
            CorrelationType::ValueCount => Some(window.distinct()),
            CorrelationType::Temporal | CorrelationType::TemporalOrdered => {
                return self.temporal(window);
            }
            CorrelationType::ValueSum => window.sum(),
            CorrelationType::ValueAvg => window.average(),
            CorrelationType::ValuePercentile => window.percentile(self.percentile),
            CorrelationType::ValueMedian => window.percentile(50.0),
        };
        // Without a single number there is nothing to compare.
        got.map_or(
            Amount {
                got: 0.0,
                distance: f64::INFINITY,
            },
            |got| Amount {
                got,
                distance: self.distance(got),
            },
        )
    }

    fn temporal(&self, window: &Window) -> Amount {
        let as_number = |count: usize| count as f64;
        let fired = (0..self.references)
            .filter(|place| window.has_fired(*place))
            .count();
        let in_order = match self.kind {
            CorrelationType::TemporalOrdered => window.longest_in_order(self.references),
            _ => fired,
        };
        if let Some(expression) = &self.expression {
            let met = expression.holds(window)
                && (self.kind != CorrelationType::TemporalOrdered || in_order == fired);
            return Amount {
                got: as_number(fired),
                distance: if met { 0.0 } else { 1.0 },
            };
        }
        let got = as_number(in_order);
        let distance = if self.predicates.is_empty() {
            as_number(self.references - in_order)
        } else {
            self.distance(got)
        };
        Amount { got, distance }
    }

    fn distance(&self, got: f64) -> f64 {
        self.predicates
            .iter()
            .map(|(operator, wanted)| {
                let gap = (got - wanted).abs();
                // Where the very number is not enough, one more is asked for.
                match operator {
                    ConditionOperator::Lt if got < *wanted => 0.0,
                    ConditionOperator::Lte if got <= *wanted => 0.0,
                    ConditionOperator::Gt if got > *wanted => 0.0,
                    ConditionOperator::Gte if got >= *wanted => 0.0,
                    ConditionOperator::Eq if gap < f64::EPSILON => 0.0,
                    ConditionOperator::Neq if gap >= f64::EPSILON => 0.0,
                    ConditionOperator::Lt | ConditionOperator::Gt | ConditionOperator::Neq => {
                        gap + 1.0
                    }
                    ConditionOperator::Lte | ConditionOperator::Gte | ConditionOperator::Eq => gap,
                }
            })
            .sum()
    }
}

/// Why a correlation's condition cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It names no numbers, and its type counts.
    NoThreshold,
    /// It names no field, and its type looks at values.
    NoField,
    /// It names several fields, and its type looks at one.
    ManyFields,
    /// Its percentile is beyond a hundred.
    Percentile,
    /// It names a rule that the correlation does not list.
    UnknownRule(String),
    /// It has `1 of …`, which means nothing among rules.
    Selector,
}

pub(super) fn is_temporal(kind: CorrelationType) -> bool {
    matches!(
        kind,
        CorrelationType::Temporal | CorrelationType::TemporalOrdered
    )
}

/// Whether a type looks at the values of a field.
pub(super) fn counts_values(kind: CorrelationType) -> bool {
    !is_temporal(kind) && kind != CorrelationType::EventCount
}

fn expression(
    condition: &ConditionExpr,
    places: &HashMap<&str, usize>,
) -> Result<Expression, Refusal> {
    let all = |parts: &[ConditionExpr]| {
        parts
            .iter()
            .map(|part| expression(part, places))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(match condition {
        ConditionExpr::Identifier(name) => match places.get(name.as_str()) {
            Some(place) => Expression::Rule(*place),
            None => return Err(Refusal::UnknownRule(name.clone())),
        },
        ConditionExpr::And(parts) => Expression::And(all(parts)?),
        ConditionExpr::Or(parts) => Expression::Or(all(parts)?),
        ConditionExpr::Not(part) => Expression::Not(Box::new(expression(part, places)?)),
        ConditionExpr::Selector { .. } => return Err(Refusal::Selector),
    })
}

impl Expression {
    fn holds(&self, window: &Window) -> bool {
        match self {
            Self::Rule(place) => window.has_fired(*place),
            Self::And(parts) => parts.iter().all(|part| part.holds(window)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(window)),
            Self::Not(part) => !part.holds(window),
        }
    }
}
