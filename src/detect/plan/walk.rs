//! Walks over plans.

use super::expression::{Expr, ExprKind};
use super::field::FieldRef;
use super::predicate::{Predicate, PredicateKind};
use super::stage::{
    Aggregate, Argument, Limit, Membership, OfNothing, Output, Parse, Pipeline, Source, Stage,
    StageKind, Target, Window,
};
use super::table::Table;
use super::value::Value;

/// Visits every field that an expression names.
pub(super) fn fields_of_expr(expr: &mut Expr, visit: &mut dyn FnMut(&mut FieldRef)) {
    match &mut expr.kind {
        ExprKind::Literal(_) => {}
        ExprKind::Field(field) => visit(field),
        ExprKind::Call { arguments, .. } => each(arguments, visit),
        ExprKind::Arithmetic { left, right, .. } => {
            fields_of_expr(left, visit);
            fields_of_expr(right, visit);
        }
        ExprKind::Concat(parts) | ExprKind::Coalesce(parts) => each(parts, visit),
        ExprKind::Test(predicate) => fields_of_predicate(predicate, visit),
        ExprKind::Case(arms) | ExprKind::Unless(arms) => {
            for (condition, value) in arms {
                fields_of_predicate(condition, visit);
                fields_of_expr(value, visit);
            }
        }
        ExprKind::EachItem { item, list, body } => {
            visit(item);
            fields_of_expr(list, visit);
            fields_of_expr(body, visit);
        }
        ExprKind::ItemsWhere { item, predicate } => {
            visit(item);
            fields_of_predicate(predicate, visit);
        }
        ExprKind::FindItem { list, .. } => fields_of_expr(list, visit),
        ExprKind::Bucket { subject, .. } => fields_of_expr(subject, visit),
        ExprKind::Substitute {
            subject,
            replacement,
            ..
        } => {
            fields_of_expr(subject, visit);
            fields_of_expr(replacement, visit);
        }
        ExprKind::Capture { subject, .. } => fields_of_expr(subject, visit),
    }
}

fn each(exprs: &mut [Expr], visit: &mut dyn FnMut(&mut FieldRef)) {
    for expr in exprs {
        fields_of_expr(expr, visit);
    }
}

/// Visits every field that a predicate names.
pub(super) fn fields_of_predicate(predicate: &mut Predicate, visit: &mut dyn FnMut(&mut FieldRef)) {
    match &mut predicate.kind {
        PredicateKind::Constant(_) | PredicateKind::Keyword(_) => {}
        PredicateKind::All(parts) | PredicateKind::Any(parts) => {
            for part in parts {
                fields_of_predicate(part, visit);
            }
        }
        PredicateKind::Not(part) => fields_of_predicate(part, visit),
        PredicateKind::Compare { left, right, .. } => {
            fields_of_expr(left, visit);
            fields_of_expr(right, visit);
        }
        PredicateKind::Matches { subject, .. } => fields_of_expr(subject, visit),
        PredicateKind::Exists(expr) | PredicateKind::Holds(expr) => fields_of_expr(expr, visit),
    }
}

/// Visits every field that a pipeline names, those inside it included.
pub(super) fn fields_of_pipeline(pipeline: &mut Pipeline, visit: &mut dyn FnMut(&mut FieldRef)) {
    for stage in &mut pipeline.stages {
        fields_of_stage(stage, visit);
        for inner in inner_pipelines(stage) {
            fields_of_pipeline(inner, visit);
        }
    }
}

/// Visits every field that a stage itself names.
pub(super) fn fields_of_stage(stage: &mut Stage, visit: &mut dyn FnMut(&mut FieldRef)) {
    match &mut stage.kind {
        StageKind::Filter(filter) => fields_of_predicate(&mut filter.predicate, visit),
        StageKind::Extend(assignments) => {
            for assignment in assignments {
                match &mut assignment.target {
                    Target::Field(field) | Target::NamedBy(field) => visit(field),
                }
                fields_of_expr(&mut assignment.value, visit);
            }
        }
        StageKind::Parse(parse) => match parse {
            Parse::Regex { field, .. } | Parse::Leaves { field } | Parse::Elements { field } => {
                visit(field);
            }
            Parse::Path { field, output, .. } => {
                visit(field);
                visit(output);
            }
        },
        StageKind::Aggregate(aggregate) => {
            for key in &mut aggregate.keys {
                visit(&mut key.field);
            }
            outputs(&mut aggregate.outputs, visit);
        }
        StageKind::Window(window) => {
            window.keys.iter_mut().for_each(&mut *visit);
            outputs(&mut window.outputs, visit);
        }
        StageKind::Dedup(dedup) => dedup.keys.iter_mut().for_each(visit),
        StageKind::Sort(sort) => {
            for key in &mut sort.keys {
                visit(&mut key.field);
            }
        }
        StageKind::Limit(Limit::While(predicate)) => fields_of_predicate(predicate, visit),
        StageKind::Expand { field, .. } => visit(field),
        StageKind::Lookup(lookup) => {
            for (_, field) in lookup.matches.iter_mut().chain(&mut lookup.outputs) {
                visit(field);
            }
        }
        StageKind::Join(join) => join.keys.iter_mut().for_each(visit),
        StageKind::Fill { fields, .. } => fields.iter_mut().for_each(visit),
        StageKind::Totals { output, .. } => visit(output),
        StageKind::ForEach { body, .. } => {
            for stage in body {
                fields_of_stage(stage, visit);
            }
        }
        StageKind::Sequence(sequence) => {
            sequence.keys.iter_mut().for_each(&mut *visit);
            for predicate in [&mut sequence.starts, &mut sequence.ends]
                .into_iter()
                .flatten()
            {
                fields_of_predicate(predicate, visit);
            }
        }
        StageKind::Correlate(correlate) => {
            for key in correlate.groupings.iter_mut().flatten() {
                fields_of_expr(key, visit);
            }
            outputs(&mut correlate.outputs, visit);
            for step in &mut correlate.in_order {
                fields_of_predicate(&mut step.predicate, visit);
            }
            fields_of_predicate(&mut correlate.condition, visit);
        }
        StageKind::Connect(connect) => {
            connect.keys.iter_mut().for_each(&mut *visit);
            visit(&mut connect.number);
        }
        StageKind::Project(_)
        | StageKind::Rename(_)
        | StageKind::Limit(_)
        | StageKind::Append(_)
        | StageKind::AppendResults(_)
        | StageKind::Replace { .. } => {}
    }
}

fn outputs(outputs: &mut [Output], visit: &mut dyn FnMut(&mut FieldRef)) {
    for output in outputs {
        match &mut output.argument {
            Argument::Values(expr) => fields_of_expr(expr, visit),
            Argument::RowsWhere(predicate) => fields_of_predicate(predicate, visit),
            Argument::Rows | Argument::Fields(_) => {}
        }
    }
}

/// The pipelines inside a stage.
pub(super) fn inner_pipelines(stage: &mut Stage) -> Vec<&mut Pipeline> {
    match &mut stage.kind {
        StageKind::Filter(filter) => {
            let rows = filter.rows.iter_mut();
            rows.map(|rows| &mut rows.pipeline).collect()
        }
        StageKind::Join(join) => vec![&mut join.pipeline],
        StageKind::Append(pipeline) | StageKind::AppendResults(pipeline) => vec![pipeline],
        _ => Vec::new(),
    }
}

/// A pipeline and all those inside it.
pub(super) fn all_pipelines(pipeline: &Pipeline) -> Vec<&Pipeline> {
    let mut all = vec![pipeline];
    for stage in &pipeline.stages {
        for inner in inner_of(stage) {
            all.extend(all_pipelines(inner));
        }
    }
    all
}

/// The pipelines directly inside a stage.
fn inner_of(stage: &Stage) -> Vec<&Pipeline> {
    match &stage.kind {
        StageKind::Filter(filter) => filter.rows.iter().map(|rows| &rows.pipeline).collect(),
        StageKind::Join(join) => vec![&join.pipeline],
        StageKind::Append(inner) | StageKind::AppendResults(inner) => vec![inner],
        _ => Vec::new(),
    }
}

/// The tables that a pipeline itself names.
pub(super) fn tables_of(pipeline: &Pipeline) -> Vec<&Table> {
    let mut tables = Vec::new();
    if let Source::Table(table) = &pipeline.source {
        tables.push(&**table);
    }
    for stage in &pipeline.stages {
        if let StageKind::Lookup(lookup) = &stage.kind {
            tables.push(&*lookup.table);
        }
    }
    tables
}

/// Numbers the pipelines of a plan, its own first.
pub(super) fn number(pipeline: &mut Pipeline, next: &mut u32) {
    pipeline.part = *next;
    *next += 1;
    for stage in &mut pipeline.stages {
        for inner in inner_pipelines(stage) {
            number(inner, next);
        }
    }
}

/// Whether an expression of a stage, or one inside it, is of some kind.
pub(super) fn any_expr(stage: &Stage, is: &mut dyn FnMut(&Expr) -> bool) -> bool {
    let mut stage = stage.clone();
    let mut found = false;
    exprs_of_stage(&mut stage, &mut |expr: &mut Expr| found |= is(expr));
    found
}

/// Visits every constant of a stage.
pub(super) fn literals_of_stage(stage: &mut Stage, visit: &mut dyn FnMut(&mut Value)) {
    exprs_of_stage(stage, &mut |expr: &mut Expr| {
        if let ExprKind::Literal(value) = &mut expr.kind {
            visit(value);
        }
    });
}

/// Visits every expression of a stage, and those inside them.
fn exprs_of_stage(stage: &mut Stage, visit: &mut dyn FnMut(&mut Expr)) {
    match &mut stage.kind {
        StageKind::Filter(filter) => exprs_of_predicate(&mut filter.predicate, visit),
        StageKind::Extend(assignments) => {
            for assignment in assignments {
                exprs_of_expr(&mut assignment.value, visit);
            }
        }
        StageKind::Aggregate(Aggregate { outputs, .. })
        | StageKind::Window(Window { outputs, .. }) => {
            exprs_of_outputs(outputs, visit);
        }
        StageKind::Correlate(correlate) => {
            for key in correlate.groupings.iter_mut().flatten() {
                exprs_of_expr(key, visit);
            }
            exprs_of_outputs(&mut correlate.outputs, visit);
            for step in &mut correlate.in_order {
                exprs_of_predicate(&mut step.predicate, visit);
            }
            exprs_of_predicate(&mut correlate.condition, visit);
        }
        StageKind::Limit(Limit::While(predicate)) => exprs_of_predicate(predicate, visit),
        StageKind::ForEach { body, .. } => {
            for stage in body {
                exprs_of_stage(stage, visit);
            }
        }
        StageKind::Sequence(sequence) => {
            for predicate in [&mut sequence.starts, &mut sequence.ends]
                .into_iter()
                .flatten()
            {
                exprs_of_predicate(predicate, visit);
            }
        }
        _ => {}
    }
}

fn exprs_of_outputs(outputs: &mut [Output], visit: &mut dyn FnMut(&mut Expr)) {
    for output in outputs {
        match &mut output.argument {
            Argument::Values(expr) => exprs_of_expr(expr, visit),
            Argument::RowsWhere(predicate) => exprs_of_predicate(predicate, visit),
            Argument::Rows | Argument::Fields(_) => {}
        }
    }
}

fn exprs_of_predicate(predicate: &mut Predicate, visit: &mut dyn FnMut(&mut Expr)) {
    match &mut predicate.kind {
        PredicateKind::Constant(_) | PredicateKind::Keyword(_) => {}
        PredicateKind::All(parts) | PredicateKind::Any(parts) => {
            for part in parts {
                exprs_of_predicate(part, visit);
            }
        }
        PredicateKind::Not(part) => exprs_of_predicate(part, visit),
        PredicateKind::Compare { left, right, .. } => {
            exprs_of_expr(left, visit);
            exprs_of_expr(right, visit);
        }
        PredicateKind::Matches { subject, .. } => exprs_of_expr(subject, visit),
        PredicateKind::Exists(expr) | PredicateKind::Holds(expr) => exprs_of_expr(expr, visit),
    }
}

fn exprs_of_expr(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    visit(expr);
    match &mut expr.kind {
        ExprKind::Literal(_) | ExprKind::Field(_) => {}
        ExprKind::Call { arguments, .. } => {
            for argument in arguments {
                exprs_of_expr(argument, visit);
            }
        }
        ExprKind::Arithmetic { left, right, .. } => {
            exprs_of_expr(left, visit);
            exprs_of_expr(right, visit);
        }
        ExprKind::Concat(parts) | ExprKind::Coalesce(parts) => {
            for part in parts {
                exprs_of_expr(part, visit);
            }
        }
        ExprKind::Test(predicate) => exprs_of_predicate(predicate, visit),
        ExprKind::Case(arms) | ExprKind::Unless(arms) => {
            for (condition, value) in arms {
                exprs_of_predicate(condition, visit);
                exprs_of_expr(value, visit);
            }
        }
        ExprKind::EachItem { list, body, .. } => {
            exprs_of_expr(list, visit);
            exprs_of_expr(body, visit);
        }
        ExprKind::ItemsWhere { predicate, .. } => exprs_of_predicate(predicate, visit),
        ExprKind::FindItem { list, .. } => exprs_of_expr(list, visit),
        ExprKind::Bucket { subject, .. } => exprs_of_expr(subject, visit),
        ExprKind::Substitute {
            subject,
            replacement,
            ..
        } => {
            exprs_of_expr(subject, visit);
            exprs_of_expr(replacement, visit);
        }
        ExprKind::Capture { subject, .. } => exprs_of_expr(subject, visit),
    }
}

/// The parts inside a pipeline that must each find a row before it can yield one.
pub(super) fn partners_of(pipeline: &Pipeline, parts: &mut Vec<u32>) {
    let adds_rows = |stage: &Stage| {
        matches!(
            stage.kind,
            StageKind::Append(_) | StageKind::AppendResults(_)
        )
    };
    if pipeline.stages.iter().any(adds_rows) || pipeline.stages.iter().any(makes_a_row) {
        return;
    }
    for stage in &pipeline.stages {
        let inner: Vec<&Pipeline> = match &stage.kind {
            StageKind::Filter(filter) => filter
                .rows
                .iter()
                .filter(|rows| rows.wanted == Membership::In)
                .map(|rows| &rows.pipeline)
                .collect(),
            StageKind::Join(join) if join.unmatched == Membership::NotIn => vec![&join.pipeline],
            _ => Vec::new(),
        };
        for inner in inner {
            let is_of_records = matches!(inner.source, Source::Records(_));
            if is_of_records && !inner.stages.iter().any(makes_a_row) {
                parts.push(inner.part);
                partners_of(inner, parts);
            }
        }
    }
}

/// Whether a stage yields a row of nothing.
pub(super) fn makes_a_row(stage: &Stage) -> bool {
    matches!(
        &stage.kind,
        StageKind::Aggregate(aggregate)
            if aggregate.keys.is_empty() && aggregate.of_nothing == OfNothing::Row
    )
}
