//! Stages that look at one row at a time.

use std::sync::Arc;

use super::super::evaluate::Evaluator;
use super::super::field::FieldRef;
use super::super::function::Function;
use super::super::row::Row;
use super::super::stage::{Assignment, EACH_FIELD, EACH_MATCH, Stage, StageKind, Target};
use super::super::value::Value;
use super::super::{ExprKind, walk};
use super::{lookup, parse, project};

/// Whether a stage looks at one row at a time, and at nothing else but the row.
pub(in super::super) fn is_streaming(stage: &Stage) -> bool {
    is_row_wise(stage) && !asks_the_time(stage)
}

/// Whether a stage looks at one row at a time.
pub(super) fn is_row_wise(stage: &Stage) -> bool {
    match &stage.kind {
        StageKind::Filter(filter) => filter.rows.is_empty(),
        StageKind::Extend(_)
        | StageKind::Parse(_)
        | StageKind::Project(_)
        | StageKind::Rename(_)
        | StageKind::Expand { .. }
        | StageKind::Lookup(_)
        | StageKind::Replace { .. }
        | StageKind::Totals { .. }
        | StageKind::ForEach { .. } => true,
        StageKind::Fill { fields, .. } => !fields.is_empty(),
        StageKind::Aggregate(_)
        | StageKind::Window(_)
        | StageKind::Dedup(_)
        | StageKind::Sort(_)
        | StageKind::Limit(_)
        | StageKind::Join(_)
        | StageKind::Append(_)
        | StageKind::AppendResults(_)
        | StageKind::Sequence(_)
        | StageKind::Correlate(_)
        | StageKind::Connect(_) => false,
    }
}

/// Whether a stage depends on what "now" is, which is known only when all records
/// have been read.
pub(in super::super) fn asks_the_time(stage: &Stage) -> bool {
    walk::any_expr(stage, &mut |expr| {
        matches!(
            &expr.kind,
            ExprKind::Call {
                function: Function::Now | Function::Time,
                ..
            }
        )
    })
}

/// Runs such a stage on a row.
pub(in super::super) fn stream(
    evaluator: &Evaluator<'_>,
    stage: &Stage,
    mut row: Row,
    out: &mut Vec<Row>,
) {
    match &stage.kind {
        StageKind::Filter(filter) => {
            if evaluator.truth(&filter.predicate, &row).is_true() {
                out.push(row);
            }
            return;
        }
        StageKind::Extend(assignments) => extend(evaluator, assignments, &mut row),
        StageKind::Parse(parse) => parse::run(evaluator, parse, &mut row),
        StageKind::Project(projection) => project::run(projection, &mut row),
        StageKind::Rename(pairs) => project::rename(pairs, &mut row),
        StageKind::Expand { field, most } => {
            let Some(value) = row.get(&field.name).cloned() else {
                out.push(row);
                return;
            };
            let items = value.items().take(most.unwrap_or(usize::MAX));
            out.extend(items.map(|item| {
                let mut one = row.clone();
                one.set(&field.name, item.clone());
                one
            }));
            return;
        }
        StageKind::Lookup(lookup) => lookup::run(lookup, &mut row),
        StageKind::Fill { fields, value } => {
            for field in fields {
                if row.get(&field.name).is_none() {
                    row.set(&field.name, value.clone());
                }
            }
        }
        StageKind::Replace { pairs, fields } => {
            for (name, value) in row.values_mut() {
                if fields.is_empty() || fields.iter().any(|field| field.matches(name)) {
                    let text = value.to_text();
                    let new = pairs.iter().find_map(|pair| pair.apply(&text));
                    if let Some(new) = new {
                        *value = new;
                    }
                }
            }
        }
        StageKind::Totals { fields, output } => {
            let numbers = row.values().filter(|(name, _)| {
                (fields.is_empty() && !name.starts_with('_'))
                    || fields.iter().any(|field| field.matches(name))
            });
            let sum: f64 = numbers.filter_map(|(_, value)| value.as_number()).sum();
            row.set(&output.name, Value::number(sum));
        }
        StageKind::ForEach {
            fields,
            except,
            body,
        } => {
            let is_taken = |name: &Arc<str>| !except.iter().any(|field| field.matches(name));
            let names: Vec<Arc<str>> = row.names().filter(|name| is_taken(name)).cloned().collect();
            for field in fields {
                for name in &names {
                    if let Some(captures) = field.captures(name) {
                        let first = captures.first().copied().unwrap_or_default();
                        each(evaluator, body, name, first, &mut row);
                    }
                }
                // A name without `*` is taken even if no row has it.
                if let Some(exact) = field.exact()
                    && !names.iter().any(|name| &**name == exact)
                {
                    each(evaluator, body, exact, "", &mut row);
                }
            }
        }
        _ => {}
    }
    out.push(row);
}

fn extend(evaluator: &Evaluator<'_>, assignments: &[Assignment], row: &mut Row) {
    for assignment in assignments {
        let value = evaluator.value(&assignment.value, row);
        match &assignment.target {
            Target::Field(field) => row.set(&field.name, value),
            Target::NamedBy(field) => {
                if let Some(name) = row.get(&field.name) {
                    let name: Arc<str> = name.to_text().as_ref().into();
                    row.set(&name, value);
                }
            }
        }
    }
}

/// Runs the body of a [`StageKind::ForEach`] for one field.
fn each(evaluator: &Evaluator<'_>, body: &[Stage], name: &str, matched: &str, row: &mut Row) {
    let filled = |text: &str| text.replace(EACH_FIELD, name).replace(EACH_MATCH, matched);
    for stage in body {
        let mut stage = stage.clone();
        walk::fields_of_stage(&mut stage, &mut |field: &mut FieldRef| {
            if field.name.contains("<<") {
                field.name = filled(&field.name).into();
            }
        });
        walk::literals_of_stage(&mut stage, &mut |value: &mut Value| {
            if let Value::Text(text) = value
                && text.contains("<<")
            {
                *value = Value::text(&filled(text));
            }
        });
        let mut out = Vec::new();
        stream(evaluator, &stage, row.clone(), &mut out);
        if let Some(changed) = out.into_iter().next() {
            *row = changed;
        }
    }
}
