//! Sigma filters, folded into the rules that they name.
//!
//! Source: Sigma filters specification 2.1.0: the filter's condition is joined
//! to the rule's by `and`.

use rsigma_parser::{ConditionExpr, FilterRule, FilterRuleTarget, SigmaRule};

use crate::event::LogSource;

/// Whether a filter is meant for a rule: it names the rule by id, name, or
/// title, or names none; and every part of its log source is the rule's.
pub(super) fn applies(filter: &FilterRule, rule: &SigmaRule) -> bool {
    let named = match &filter.rules {
        FilterRuleTarget::Any => true,
        FilterRuleTarget::Specific(names) => names.iter().any(|name| is_called(rule, name)),
    };
    named
        && filter
            .logsource
            .as_ref()
            .is_none_or(|wanted| log_source(wanted).includes(&log_source(&rule.logsource)))
}

/// Whether a rule goes by that id, name, or title.
pub(super) fn is_called(rule: &SigmaRule, name: &str) -> bool {
    rule.id.as_deref() == Some(name) || rule.name.as_deref() == Some(name) || rule.title == name
}

/// A rule's log source in our terms.
pub(super) fn log_source(parsed: &rsigma_parser::LogSource) -> LogSource {
    LogSource::new(
        parsed.product.as_deref(),
        parsed.category.as_deref(),
        parsed.service.as_deref(),
    )
}

/// Joins a filter to a rule. `number` tells the filters of one rule apart.
pub(super) fn join(rule: &mut SigmaRule, filter: &FilterRule, number: usize) {
    // A leading underscore keeps the parts out of `1 of them`.
    let rename = |name: &str| format!("_filter_{number}_{name}");
    for (name, detection) in &filter.detection.named {
        rule.detection.named.insert(rename(name), detection.clone());
    }
    let conditions: Vec<_> = filter
        .detection
        .conditions
        .iter()
        .map(|condition| renamed(condition, filter, &rename))
        .collect();
    let joined = match conditions.len() {
        0 => return,
        1 => conditions[0].clone(),
        _ => ConditionExpr::Or(conditions),
    };
    for condition in &mut rule.detection.conditions {
        *condition = ConditionExpr::And(vec![condition.clone(), joined.clone()]);
    }
}

fn renamed(
    condition: &ConditionExpr,
    filter: &FilterRule,
    rename: &impl Fn(&str) -> String,
) -> ConditionExpr {
    let all = |parts: &[ConditionExpr]| {
        parts
            .iter()
            .map(|part| renamed(part, filter, rename))
            .collect::<Vec<_>>()
    };
    match condition {
        ConditionExpr::Identifier(name) => ConditionExpr::Identifier(rename(name)),
        ConditionExpr::And(parts) => ConditionExpr::And(all(parts)),
        ConditionExpr::Or(parts) => ConditionExpr::Or(all(parts)),
        ConditionExpr::Not(part) => ConditionExpr::Not(Box::new(renamed(part, filter, rename))),
        // A selector looks through the filter's own parts only, so it is
        // written out before the parts stand among the rule's.
        ConditionExpr::Selector {
            quantifier,
            pattern,
        } => {
            let mut names: Vec<_> = filter
                .detection
                .named
                .keys()
                .filter(|name| pattern.matches_detection_name(name))
                .collect();
            names.sort();
            let parts: Vec<_> = names
                .into_iter()
                .map(|name| ConditionExpr::Identifier(rename(name)))
                .collect();
            match quantifier {
                rsigma_parser::Quantifier::Any | rsigma_parser::Quantifier::Count(1) => {
                    ConditionExpr::Or(parts)
                }
                rsigma_parser::Quantifier::All => ConditionExpr::And(parts),
                rsigma_parser::Quantifier::Count(count) => at_least(*count, &parts),
            }
        }
    }
}

/// At least `count` of the parts, written out as alternatives.
fn at_least(count: u64, parts: &[ConditionExpr]) -> ConditionExpr {
    match parts.split_first() {
        _ if count == 0 => ConditionExpr::And(Vec::new()),
        None => ConditionExpr::Or(Vec::new()),
        Some((first, rest)) => ConditionExpr::Or(vec![
            ConditionExpr::And(vec![first.clone(), at_least(count - 1, rest)]),
            at_least(count, rest),
        ]),
    }
}
