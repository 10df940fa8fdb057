//! Correlations.

use rsigma_parser::Timespan;

use super::{check_references, invalid, missing, suggestion};
use crate::diagnostic::{Diagnostic, YamlNode};

/// Every type of correlation.
///
/// Source: Sigma correlation rules specification 2.1.0, and `value_median`.
const TYPES: [&str; 8] = [
    "event_count",
    "temporal",
    "temporal_ordered",
    "value_avg",
    "value_count",
    "value_median",
    "value_percentile",
    "value_sum",
];

const KEYS: [&str; 7] = [
    "aliases",
    "condition",
    "group-by",
    "rules",
    "timespan",
    "type",
    "generate",
];

const OPERATORS: [&str; 6] = ["gt", "gte", "lt", "lte", "eq", "neq"];

pub(super) fn check(correlation: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    if !correlation.is_mapping() {
        findings.push(
            invalid(format!(
                "`correlation` is {}, not a mapping",
                correlation.what()
            ))
            .at(correlation.first_line())
            .help("write `type:`, `rules:`, and `timespan:` below it"),
        );
        return;
    }
    let kind = check_type(correlation, findings);
    match correlation.get("rules") {
        None => findings.push(missing(correlation, "rules", "correlation")),
        Some(rules) => check_references(rules, "correlation", findings),
    }
    check_time_span(correlation, findings);
    if let Some(group_by) = correlation.get("group-by") {
        check_group_by(group_by, findings);
    }
    if let Some(aliases) = correlation.get("aliases") {
        check_aliases(aliases, findings);
    }
    check_condition(correlation, kind, findings);
    for (key, _) in correlation.pairs() {
        let Some(name) = key.as_str() else { continue };
        let known = KEYS.contains(&name) || ["timeframe", "window", "gap"].contains(&name);
        if known {
            continue;
        }
        if let Some(meant) = crate::diagnostic::did_you_mean(name, KEYS)
            && correlation.get(meant).is_none()
        {
            findings.push(
                invalid(format!("`{name}` is not a key of a correlation"))
                    .at(key.place())
                    .help(format!("did you mean `{meant}`?")),
            );
        }
    }
}

fn check_type<'y>(correlation: YamlNode<'y>, findings: &mut Vec<Diagnostic>) -> Option<&'y str> {
    let Some(kind) = correlation.get("type") else {
        findings.push(missing(correlation, "type", "correlation"));
        return None;
    };
    match kind.as_str() {
        Some(name) if TYPES.contains(&name) => Some(name),
        Some(name) => {
            findings.push(
                invalid(format!("`{name}` is not a type of correlation"))
                    .at(kind.place())
                    .help(suggestion(name, TYPES.into_iter())),
            );
            None
        }
        None => {
            findings.push(
                invalid(format!(
                    "the correlation's `type` is {}, not text",
                    kind.what()
                ))
                .at(kind.first_line())
                .help(suggestion("", TYPES.into_iter())),
            );
            None
        }
    }
}

fn check_time_span(correlation: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    let span = correlation
        .get("timespan")
        .or_else(|| correlation.get("timeframe"));
    let Some(span) = span else {
        findings.push(missing(correlation, "timespan", "correlation"));
        return;
    };
    let is_span = span
        .as_str()
        .is_some_and(|text| Timespan::parse(text).is_ok());
    if !is_span {
        findings.push(
            invalid("the time span is none")
                .at(span.first_line())
                .help("write a number and a unit (s, m, h, d), as in `15m`"),
        );
    }
}

fn check_group_by(group_by: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    let is_list = group_by.is_list() || group_by.as_str().is_some();
    let fields = group_by.elements();
    if !is_list || fields.into_iter().any(|field| field.as_str().is_none()) {
        findings.push(
            invalid("`group-by` is not a list of fields")
                .at(group_by.first_line())
                .help("write a list of their names"),
        );
    }
}

fn check_aliases(aliases: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    let is_right = aliases.is_mapping()
        && aliases.pairs().all(|(_, mapping)| {
            mapping.is_mapping()
                && mapping
                    .pairs()
                    .all(|(rule, field)| rule.as_str().is_some() && field.as_str().is_some())
        });
    if !is_right {
        findings.push(
            invalid("the aliases do not say which field of which rule they mean")
                .at(aliases.first_line())
                .help("write below each alias the rules, each with its field"),
        );
    }
}

fn check_condition(correlation: YamlNode<'_>, kind: Option<&str>, findings: &mut Vec<Diagnostic>) {
    let is_temporal = kind.is_some_and(|kind| kind.starts_with("temporal"));
    let Some(condition) = correlation.get("condition") else {
        if kind.is_some() && !is_temporal {
            findings.push(missing(correlation, "condition", "correlation"));
        }
        return;
    };
    if let Some(text) = condition.as_str() {
        if is_temporal && rsigma_parser::parse_condition(text).is_err() {
            findings.push(
                invalid("the correlation's condition cannot be read")
                    .at(condition.first_line())
                    .help("join the names of rules by `and`, `or`, and `not`"),
            );
        }
        return;
    }
    if !condition.is_mapping() {
        findings.push(
            invalid(format!(
                "the correlation's condition is {}",
                condition.what()
            ))
            .at(condition.first_line())
            .help("write a comparison below it, such as `gte: 5`"),
        );
        return;
    }
    let mut compares = false;
    for (key, value) in condition.pairs() {
        let Some(name) = key.as_str() else { continue };
        if OPERATORS.contains(&name) {
            compares = true;
            if value.as_integer().is_none_or(|number| number < 0) {
                findings.push(
                    invalid(format!("`{name}` is not compared with a whole number"))
                        .at(value.first_line())
                        .help("write a whole number that is not negative"),
                );
            }
        } else if !["field", "percentile"].contains(&name) {
            let known = OPERATORS.into_iter().chain(["field", "percentile"]);
            findings.push(
                invalid(format!("`{name}` is not part of a correlation's condition"))
                    .at(key.place())
                    .help(suggestion(name, known)),
            );
        }
    }
    if !compares && !is_temporal {
        findings.push(
            invalid("the correlation's condition compares with nothing")
                .at(condition.first_line())
                .help("add a comparison, such as `gte: 5`"),
        );
    }
}
