//! Sigma filters, folded into the rules that they name.
//!
//! Source: Sigma filters specification 2.1.0: the filter's condition is joined
//! to the rule's by `and`.

use rsigma_parser::{
    ConditionExpr, Detections, FilterRule, FilterRuleTarget, Quantifier, SelectorPattern, SigmaRule,
};

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

/// What marks the name of a filter's part among a rule's own; no name that is
/// written in a condition can hold it. The underscore in front keeps the part
/// out of `1 of them`.
const START: &str = "_\u{1f}";
const MARK: char = '\u{1f}';

/// A selector over more parts than this, with a number in front, is not written
/// out.
const MOST_WRITTEN_OUT: usize = 10;

/// A part's name as its author wrote it.
pub(super) fn name_of_part(name: &str) -> &str {
    let Some(marked) = name.strip_prefix(START) else {
        return name;
    };
    let own = marked.split_once(MARK).map_or(marked, |(_, name)| name);
    own.strip_suffix(MARK).unwrap_or(own)
}

/// A selector asks for so many parts that it cannot be joined.
#[derive(Debug)]
pub(super) struct TooManyParts;

/// Joins a filter to a rule. `number` tells the filters of one rule apart.
pub(super) fn join(
    rule: &mut SigmaRule,
    filter: &FilterRule,
    number: usize,
) -> Result<(), TooManyParts> {
    let rename = |name: &str| format!("{START}{number}{MARK}{name}{MARK}");
    // A selector looks through the filter's own parts only, and a rule's
    // through the rule's.
    let of_filter = WriteOut {
        names: sorted_names(&filter.detection),
        rename: &rename,
        is_meant: &|_| true,
    };
    let of_rule = WriteOut {
        names: sorted_names(&rule.detection),
        rename: &str::to_owned,
        is_meant: &|pattern| pattern.matches_detection_name(&rename("")),
    };
    let wanted = filter
        .detection
        .conditions
        .iter()
        .map(|condition| of_filter.condition(condition))
        .collect::<Result<Vec<_>, _>>()?;
    let own = rule
        .detection
        .conditions
        .iter()
        .map(|condition| of_rule.condition(condition))
        .collect::<Result<Vec<_>, _>>()?;
    let wanted = ConditionExpr::Or(wanted);
    rule.detection.conditions = own
        .into_iter()
        .map(|own| ConditionExpr::And(vec![own, wanted.clone()]))
        .collect();
    for (name, detection) in &filter.detection.named {
        rule.detection.named.insert(rename(name), detection.clone());
    }
    Ok(())
}

fn sorted_names(detection: &Detections) -> Vec<&str> {
    let mut names: Vec<_> = detection.named.keys().map(String::as_str).collect();
    names.sort_unstable();
    names.retain(|name| !name.starts_with(START));
    names
}

/// Writes selectors out as the parts that they mean.
struct WriteOut<'w> {
    names: Vec<&'w str>,
    rename: &'w dyn Fn(&str) -> String,
    /// Which patterns are to be written out.
    is_meant: &'w dyn Fn(&SelectorPattern) -> bool,
}

impl WriteOut<'_> {
    fn condition(&self, condition: &ConditionExpr) -> Result<ConditionExpr, TooManyParts> {
        let all = |parts: &[ConditionExpr]| {
            parts
                .iter()
                .map(|part| self.condition(part))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            ConditionExpr::Identifier(name) => ConditionExpr::Identifier((self.rename)(name)),
            ConditionExpr::And(parts) => ConditionExpr::And(all(parts)?),
            ConditionExpr::Or(parts) => ConditionExpr::Or(all(parts)?),
            ConditionExpr::Not(part) => ConditionExpr::Not(Box::new(self.condition(part)?)),
            ConditionExpr::Selector {
                quantifier,
                pattern,
            } if (self.is_meant)(pattern) => {
                let parts: Vec<_> = self
                    .names
                    .iter()
                    .filter(|name| pattern.matches_detection_name(name))
                    .map(|name| ConditionExpr::Identifier((self.rename)(name)))
                    .collect();
                match quantifier {
                    Quantifier::Any => ConditionExpr::Or(parts),
                    Quantifier::All => ConditionExpr::And(parts),
                    Quantifier::Count(_) if parts.len() > MOST_WRITTEN_OUT => {
                        return Err(TooManyParts);
                    }
                    Quantifier::Count(count) => at_least(*count, &parts),
                }
            }
            ConditionExpr::Selector { .. } => condition.clone(),
        })
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
