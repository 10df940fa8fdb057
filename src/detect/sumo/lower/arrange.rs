//! Operators that bring groups, columns, and times in.
//!
//! Source: Sumo Logic, "fillmissing Search Operator", "transpose Search Operator",
//! "withtime", of "most_recent, least_recent Grouping Operators".

use std::sync::Arc;

use super::super::syntax::{
    Carry, Field, FillMissing, Generator, Span, Transpose, TransposeOutput,
};
use super::function::called;
use super::operator::{key_of, set};
use super::{Fault, Lowerer};
use crate::detect::plan::aggregate::Aggregation;
use crate::detect::plan::function::Function;
use crate::detect::plan::{
    Aggregate, Among, Argument, Assignment, Dedup, Expr, FieldRef, Internal, Membership,
    NamePattern, OfNothing, Output, Pipeline, Projection, Source, Stage, StageKind, Target, Value,
    WithoutKey,
};

impl Lowerer<'_> {
    /// `withtime field`: its value, of which `most_recent` knows the time.
    pub(super) fn with_time(&mut self, field: &Field, span: Span) -> Result<Vec<StageKind>, Fault> {
        if !self.names.are_of_messages() {
            return Err(Fault::unsupported(
                "`withtime` behind an aggregation, which leaves no time of a message,",
                span,
            ));
        }
        let value = self.field(&field.node, field.span)?;
        let name = self.make_named(&format!("{}_withtime", field.node.text));
        Ok(vec![set(&name, value)])
    }

    /// `fillmissing`: adds a row for each combination of values that there is none for.
    pub(super) fn fill_missing(
        &mut self,
        fill: &FillMissing,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        if fill.carry == Carry::Last {
            return Err(Fault::unsupported("`fillmissing` with `takeLast`", span));
        }
        let at = self.span(span);
        let mut keys: Vec<Arc<str>> = Vec::new();
        let mut outputs = Vec::new();
        let mut given = Vec::new();
        for generator in &fill.generators {
            match generator {
                Generator::Timeslice { .. } => {
                    return Err(Fault::unsupported(
                        "`fillmissing` by the time range of the search",
                        span,
                    ));
                }
                Generator::Values { values, field } => {
                    let name = self.read(&field.node, field.span)?;
                    let values = values.iter();
                    let values = values.map(|value| {
                        Expr::literal(Value::text(&value.node.text()), self.span(value.span))
                    });
                    let all = called(Function::ListOf, values.collect(), at);
                    given.push(set(&name, all));
                    keys.push(name);
                }
                Generator::All { field } => {
                    let name = self.read(&field.node, field.span)?;
                    outputs.push(Output {
                        aggregation: Aggregation::Values,
                        argument: Argument::Values(Expr::field(&name, at)),
                        name: NamePattern::new(&name),
                        span: at,
                    });
                    keys.push(name);
                }
            }
        }
        let mut stages = vec![StageKind::Aggregate(Aggregate {
            keys: Vec::new(),
            outputs,
            without_key: WithoutKey::LeftOut,
            of_nothing: OfNothing::Row,
        })];
        stages.extend(given);
        stages.extend(keys.iter().map(|key| StageKind::Expand {
            field: FieldRef::new(key),
            most: None,
        }));
        let numbers = self.names.numbers();
        let numbers = numbers.iter().filter(|name| !keys.contains(name));
        stages.extend(numbers.map(|name| set(name, Expr::literal(Value::Integer(0), at))));
        for value in &fill.values {
            let name = self.read(&value.field.node, value.field.span)?;
            stages.push(set(&name, self.value(&value.value)?));
        }
        let stages = stages
            .into_iter()
            .map(|kind| Stage::new(kind, "fillmissing", at));
        let missing = Pipeline::new(Source::Given, stages.collect());
        Ok(vec![
            StageKind::AppendResults(Box::new(missing)),
            StageKind::Dedup(Dedup {
                keys: keys.iter().map(|key| FieldRef::new(key)).collect(),
                keep: 1,
                among: Among::All,
                without_key: Membership::In,
            }),
        ])
    }

    /// `transpose`: the values of a field become columns.
    pub(super) fn transpose(
        &mut self,
        transpose: &Transpose,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let at = self.span(span);
        let mut rows = Vec::with_capacity(transpose.rows.len());
        for field in &transpose.rows {
            rows.push(self.read(&field.node, field.span)?);
        }
        let [column] = transpose.columns.as_slice() else {
            return Err(Fault::unsupported("`transpose` of several columns", span));
        };
        let column = self.read(&column.node, column.span)?;
        let Some(results) = self.names.results() else {
            return Err(Fault::unsupported(
                "`transpose` without an aggregation before it",
                span,
            ));
        };
        let mut values = results
            .iter()
            .filter(|name| !rows.contains(name) && **name != column);
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Fault::unsupported("`transpose` of several values", span));
        };
        let named = StageKind::Extend(vec![Assignment {
            target: Target::NamedBy(FieldRef::new(&column)),
            value: Expr::field(value, at),
        }]);
        let dropped = [&column, value].map(|name| NamePattern::new(name));
        let mut stages = vec![
            named,
            StageKind::Project(Projection::Drop(dropped.to_vec())),
            StageKind::Aggregate(Aggregate {
                keys: rows.iter().map(|key| key_of(key)).collect(),
                outputs: vec![Output {
                    aggregation: Aggregation::First,
                    argument: Argument::Fields(NamePattern::new("*")),
                    name: NamePattern::new("*"),
                    span: at,
                }],
                without_key: WithoutKey::Filled(Value::Null),
                of_nothing: OfNothing::NoRow,
            }),
        ];
        let mut columns = Vec::new();
        let mut others = transpose.outputs.is_empty();
        for output in &transpose.outputs {
            match output {
                TransposeOutput::Column(name) => columns.push(name.node.text.as_str().into()),
                TransposeOutput::Others => others = true,
            }
        }
        if others {
            self.names.open();
            return Ok(stages);
        }
        let kept: Vec<Arc<str>> = rows.iter().cloned().chain(columns).collect();
        self.names.aggregate(&kept);
        for name in &kept {
            self.make_named(name);
        }
        stages.push(StageKind::Project(Projection::Keep {
            patterns: kept.iter().map(|name| NamePattern::new(name)).collect(),
            internal: Internal::Same,
        }));
        Ok(stages)
    }
}
