//! Which sources a scope looks at.

use super::Deployment;
use crate::detect::plan::compare::Case;
use crate::detect::plan::pattern::Glob;
use crate::detect::plan::{Definition, RecordKind};
use crate::detect::sumo::syntax::{Field, Scope, ScopeKind, ScopeOperator, Value};

impl Deployment {
    /// Whether a scope may look at some of the deployment's sources. A wildcard in quotes
    /// is taken as one.
    pub(in crate::detect::sumo) fn may_be_of(&self, scope: &Scope) -> bool {
        let mut kinds = self.records.kinds.iter();
        self.messages_are_whole || kinds.any(|kind| holds(scope, kind) != Some(false))
    }
}

/// Whether a scope holds for the records of a source; none if for some of them, or if it
/// is not known.
fn holds(scope: &Scope, kind: &RecordKind) -> Option<bool> {
    match &scope.node {
        ScopeKind::Everything => Some(true),
        ScopeKind::And(parts) => {
            let each: Vec<_> = parts.iter().map(|part| holds(part, kind)).collect();
            match each.contains(&Some(false)) {
                true => Some(false),
                false => each.into_iter().collect::<Option<Vec<_>>>().map(|_| true),
            }
        }
        ScopeKind::Or(parts) => {
            let each: Vec<_> = parts.iter().map(|part| holds(part, kind)).collect();
            match each.contains(&Some(true)) {
                true => Some(true),
                false => each.into_iter().collect::<Option<Vec<_>>>().map(|_| false),
            }
        }
        ScopeKind::Not(part) => holds(part, kind).map(|holds| !holds),
        ScopeKind::Comparison {
            field,
            operator,
            value,
        } => {
            let is_same = is_one_of(field, std::iter::once(value), kind)?;
            Some(is_same == (*operator == ScopeOperator::Equal))
        }
        ScopeKind::In { field, values } => {
            is_one_of(field, values.iter().map(|value| &value.node), kind)
        }
        ScopeKind::Keyword(_) | ScopeKind::Subquery(_) | ScopeKind::Macro(_) => None,
    }
}

fn is_one_of<'v>(
    field: &Field,
    values: impl Iterator<Item = &'v Value>,
    kind: &RecordKind,
) -> Option<bool> {
    let mut base = kind.base.iter();
    let found = base.find(|(name, _)| name.eq_ignore_ascii_case(&field.node.text));
    let text = match found {
        Some((_, Definition::Template(text))) if !text.contains('{') => text,
        // Only streams that are collected otherwise have no category.
        None if field.node.text.eq_ignore_ascii_case("_sourceCategory") => return Some(false),
        _ => return None,
    };
    let mut values = values.map(|value| match value {
        Value::Bare(text) => text.clone(),
        Value::Quoted(text) => text.text(),
    });
    Some(values.any(|value| Glob::star(&value, Case::Insensitive).matches(text)))
}
