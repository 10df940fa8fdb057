//! Operators with their names.

use std::fmt::{self, Display};

use super::{alias, separated};
use crate::detect::sumo::syntax::documented::documented_operator;
use crate::detect::sumo::syntax::expression::ExpressionKind;
use crate::detect::sumo::syntax::operator::{Assignment, FieldsMode, Operator, SaveMode};
use crate::detect::sumo::syntax::span::Spanned;

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operator::Where(condition) => write!(f, "where {condition}"),
            Operator::Assignment(assignment) => assigned(f, assignment),
            Operator::Parse(parse) => parse.fmt(f),
            Operator::ParseRegex(parse) => parse.fmt(f),
            Operator::ParseXml(parse) => parse.fmt(f),
            Operator::Json(json) => json.fmt(f),
            Operator::KeyValue(pairs) => pairs.fmt(f),
            Operator::Split(split) => split.fmt(f),
            Operator::Fields { mode, fields } => {
                f.write_str(match mode {
                    FieldsMode::Keep => "fields ",
                    FieldsMode::Remove => "fields - ",
                })?;
                separated(f, fields, ", ")
            }
            Operator::Aggregate(aggregate) => aggregate.fmt(f),
            Operator::CountFrequent(fields) => {
                f.write_str("count_frequent ")?;
                separated(f, fields, ", ")
            }
            Operator::WithTime(field) => write!(f, "withtime {field}"),
            Operator::Timeslice(timeslice) => timeslice.fmt(f),
            Operator::Sort(sort) => {
                f.write_str("sort by ")?;
                separated(f, &sort.keys, ", ")
            }
            Operator::Top(top) => top.fmt(f),
            Operator::TopK(top) => top.fmt(f),
            Operator::Limit(count) => write!(f, "limit {count}"),
            Operator::Dedup(dedup) => dedup.fmt(f),
            Operator::Running(running) => running.fmt(f),
            Operator::Transaction(transaction) => transaction.fmt(f),
            Operator::Transactionize(transactionize) => transactionize.fmt(f),
            Operator::Merge(fields) => {
                f.write_str(if fields.is_empty() { "merge" } else { "merge " })?;
                separated(f, fields, ", ")
            }
            Operator::Join(join) => join.fmt(f),
            Operator::Lookup(lookup) => lookup.fmt(f),
            Operator::Cat(table) => write!(f, "cat {table}"),
            Operator::Save { mode, table } => match mode {
                SaveMode::Replace => write!(f, "save {table}"),
                SaveMode::Append => write!(f, "save append {table}"),
            },
            Operator::FillMissing(fill) => fill.fmt(f),
            Operator::Transpose(transpose) => transpose.fmt(f),
            Operator::Compare(compare) => compare.fmt(f),
            Operator::Outlier(outlier) => outlier.fmt(f),
            Operator::Predict(predict) => predict.fmt(f),
            Operator::GeoIp(geo_ip) => geo_ip.fmt(f),
            Operator::Compose(compose) => compose.fmt(f),
            Operator::Macro(call) => write!(f, "`{call}`"),
            Operator::Other(other) => raw(f, &other.name, &other.arguments),
            Operator::Unknown(unknown) => raw(f, &unknown.name, &unknown.arguments),
        }
    }
}

/// Prints an assignment, with parentheses if it would look like another
/// operator.
fn assigned(f: &mut fmt::Formatter<'_>, assignment: &Assignment) -> fmt::Result {
    let value = assignment.value.to_string();
    let end = value
        .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .unwrap_or(value.len());
    let looks_else = value
        .get(..end)
        .is_some_and(|word| documented_operator(word).is_some());
    if looks_else && !is_function_of_row(&assignment.value.node) {
        write!(f, "({value})")?;
    } else {
        f.write_str(&value)?;
    }
    alias(f, assignment.name.as_ref())
}

/// `min` and `max` of two values.
fn is_function_of_row(value: &ExpressionKind) -> bool {
    matches!(
        value,
        ExpressionKind::Call { function, arguments }
            if arguments.len() > 1 && matches!(function.as_str(), "min" | "max")
    )
}

fn raw(
    f: &mut fmt::Formatter<'_>,
    name: &Spanned<String>,
    arguments: &Spanned<String>,
) -> fmt::Result {
    name.fmt(f)?;
    if !arguments.node.is_empty() {
        write!(f, " {arguments}")?;
    }
    Ok(())
}
