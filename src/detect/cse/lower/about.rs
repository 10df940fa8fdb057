//! Which records an expression is about, for people.

use super::super::syntax::{
    ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Sense, Test,
};

/// What an expression says of the fields that tell logs apart; none if nothing.
pub(super) fn of(tree: &Expression) -> Option<String> {
    match &tree.node {
        ExpressionKind::Piped(piped) => of(&piped.condition),
        ExpressionKind::Logical { operator, operands } => match operator {
            LogicalOperator::And => {
                let told: Vec<_> = operands.iter().filter_map(of).collect();
                (!told.is_empty()).then(|| told.join(" "))
            }
            LogicalOperator::Or => {
                let told: Option<Vec<_>> = operands.iter().map(of).collect();
                told.map(|told| told.join(" OR "))
            }
        },
        ExpressionKind::Comparison {
            left,
            operator: ComparisonOperator::Equal,
            right,
        } => Some(format!("{}={}", telling(left)?, text(right)?)),
        ExpressionKind::Predicate {
            operand,
            sense: Sense::Affirmed,
            test,
        } => {
            let name = telling(operand)?;
            match test {
                Test::In(values) => {
                    let values: Option<Vec<_>> = values.iter().map(text).collect();
                    Some(format!("{name} IN ({})", values?.join(", ")))
                }
                Test::Like { pattern, .. } => Some(format!("{name} LIKE {}", text(pattern)?)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The name of a field that tells logs apart.
fn telling(tree: &Expression) -> Option<&str> {
    const NAMES: [&str; 4] = [
        "metadata_vendor",
        "metadata_product",
        "metadata_deviceEventId",
        "objectType",
    ];
    match &tree.node {
        ExpressionKind::Field(field) if field.keys.is_empty() => {
            NAMES.into_iter().find(|name| *name == field.name)
        }
        _ => None,
    }
}

fn text(tree: &Expression) -> Option<String> {
    match &tree.node {
        ExpressionKind::Text(text) => Some(text.value().into_owned()),
        _ => None,
    }
}
