//! Running the stages of a plan.
//!
//! Stages that look at one row at a time run wherever the row is; the others need
//! all rows, in the order of time.

mod aggregate;
mod connect;
mod correlate;
mod dedup;
mod join;
mod lookup;
mod parse;
mod project;
mod sequence;
mod streaming;
mod window;

use std::collections::HashMap;

use super::evaluate::Evaluator;
use super::row::{Row, TIME};
use super::stage::{Direction, Limit, Membership, Pipeline, SortKey, Source, Stage, StageKind};
use super::value::Value;

pub(super) use streaming::{asks_the_time, is_streaming, stream};

/// The rows that were found for each pipeline of a plan, by its number.
pub(super) type Found = HashMap<u32, Vec<Row>>;

/// What stages are run with.
pub(super) struct Run<'r> {
    pub(super) evaluator: &'r Evaluator<'r>,
    /// What the heads of the pipelines have found.
    pub(super) found: &'r Found,
    /// How many bytes rows may take.
    pub(super) budget: usize,
    /// The rows of pipelines inside that bring no records of their own.
    pub(super) given: &'r [Row],
}

/// The rows took more memory than they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

/// What happened at a stage.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    /// The stage's place in its pipeline.
    pub(super) stage: usize,
    pub(super) before: usize,
    pub(super) after: usize,
}

/// Who wants to know what happened.
pub(super) trait Witness {
    /// A stage of the outermost pipeline is about to run on these rows.
    fn before(&mut self, stage: usize, rows: &[Row]);
    /// It has run.
    fn after(&mut self, passed: Passed);
    /// Whether stages must run although the result does not depend on them.
    fn watches(&self) -> bool {
        true
    }
}

/// Nobody.
pub(super) struct Nobody;

impl Witness for Nobody {
    fn before(&mut self, _: usize, _: &[Row]) {}
    fn after(&mut self, _: Passed) {}
    fn watches(&self) -> bool {
        false
    }
}

impl Run<'_> {
    /// The rows of a pipeline whose head was run already.
    pub(super) fn pipeline(
        &self,
        pipeline: &Pipeline,
        given: &[Row],
        witness: &mut dyn Witness,
    ) -> Result<Vec<Row>, Exhausted> {
        let head = match &pipeline.source {
            Source::Records(_) => head(pipeline),
            Source::Table(_) | Source::Single | Source::Given => 0,
        };
        let mut partners = self.partners(pipeline, head)?;
        // A join with nothing leaves nothing, whatever comes before it.
        let empty = partners.iter().filter(|(_, found)| found.is_empty());
        let empty = empty.map(|(stage, _)| stage + 1).max();
        let empty = empty.filter(|_| !witness.watches());
        let mut rows = match &pipeline.source {
            _ if empty.is_some() => Vec::new(),
            Source::Records(_) => self.found.get(&pipeline.part).cloned().unwrap_or_default(),
            Source::Table(table) => lookup::rows_of(table),
            Source::Single => vec![self.single()],
            Source::Given => given.to_vec(),
        };
        let first = empty.unwrap_or(head);
        for (index, stage) in pipeline.stages.iter().enumerate().skip(first) {
            witness.before(index, &rows);
            let before = rows.len();
            rows = match (&stage.kind, partners.remove(&index)) {
                (StageKind::Join(join), Some(others)) => {
                    join::run(join, rows, &others, self.budget)?
                }
                _ => self.stage(stage, rows)?,
            };
            witness.after(Passed {
                stage: index,
                before,
                after: rows.len(),
            });
            if rows.iter().map(Row::size).sum::<usize>() > self.budget {
                return Err(Exhausted);
            }
        }
        Ok(rows)
    }

    /// What the joins of a pipeline that leave out rows without a partner are with, by
    /// their stages.
    fn partners(
        &self,
        pipeline: &Pipeline,
        first: usize,
    ) -> Result<HashMap<usize, Vec<Row>>, Exhausted> {
        let stages = pipeline.stages.iter().enumerate().skip(first);
        let joins = stages.filter_map(|(index, stage)| match &stage.kind {
            StageKind::Join(join) if join.unmatched == Membership::NotIn => Some((index, join)),
            _ => None,
        });
        joins
            .map(|(index, join)| Ok((index, self.inner(&join.pipeline, self.given)?)))
            .collect()
    }

    fn single(&self) -> Row {
        let mut row = Row::default();
        row.set(&TIME.into(), Value::number(self.evaluator.context().now));
        row
    }

    fn inner(&self, pipeline: &Pipeline, given: &[Row]) -> Result<Vec<Row>, Exhausted> {
        self.pipeline(pipeline, given, &mut Nobody)
    }

    fn stage(&self, stage: &Stage, mut rows: Vec<Row>) -> Result<Vec<Row>, Exhausted> {
        if streaming::is_row_wise(stage) {
            let mut out = Vec::with_capacity(rows.len());
            for row in rows {
                stream(self.evaluator, stage, row, &mut out);
            }
            return Ok(out);
        }
        match &stage.kind {
            StageKind::Filter(filter) => self.filter(filter, rows),
            StageKind::Aggregate(aggregate) => {
                aggregate::run(self.evaluator, aggregate, rows, self.budget)
            }
            StageKind::Window(window) => Ok(window::run(self.evaluator, window, rows)),
            StageKind::Dedup(dedup) => Ok(dedup::run(dedup, rows)),
            StageKind::Sort(sort) => {
                order(&mut rows, &sort.keys);
                if let Some(most) = sort.most {
                    rows.truncate(most);
                }
                Ok(rows)
            }
            StageKind::Limit(limit) => {
                match limit {
                    Limit::First(count) => rows.truncate(*count),
                    Limit::Last(count) => {
                        let first = rows.len().saturating_sub(*count);
                        rows.drain(..first);
                        rows.reverse();
                    }
                    Limit::While(predicate) => {
                        let end = rows
                            .iter()
                            .position(|row| !self.evaluator.truth(predicate, row).is_true());
                        rows.truncate(end.unwrap_or(rows.len()));
                    }
                }
                Ok(rows)
            }
            StageKind::Join(join) => {
                let others = self.inner(&join.pipeline, self.given)?;
                join::run(join, rows, &others, self.budget)
            }
            StageKind::Append(pipeline) => {
                rows.extend(self.inner(pipeline, self.given)?);
                Ok(rows)
            }
            StageKind::AppendResults(pipeline) => {
                let more = self.inner(pipeline, &rows)?;
                rows.extend(more);
                Ok(rows)
            }
            StageKind::Fill { value, .. } => {
                project::fill_all(&mut rows, value);
                Ok(rows)
            }
            StageKind::Connect(connect) => connect::run(connect, rows, self.budget),
            StageKind::Sequence(sequence) => Ok(sequence::run(self.evaluator, sequence, rows)),
            StageKind::Correlate(correlate) => correlate::run(self.evaluator, correlate, rows),
            _ => Ok(rows),
        }
    }

    fn filter(
        &self,
        filter: &super::stage::Filter,
        mut rows: Vec<Row>,
    ) -> Result<Vec<Row>, Exhausted> {
        rows.retain(|row| self.evaluator.truth(&filter.predicate, row).is_true());
        for among in &filter.rows {
            let others = self.inner(&among.pipeline, self.given)?;
            join::keep(&mut rows, &others, among);
        }
        Ok(rows)
    }
}

/// How many stages of a pipeline look at one row at a time, from its start.
pub(super) fn head(pipeline: &Pipeline) -> usize {
    let stages = &pipeline.stages;
    stages
        .iter()
        .take_while(|stage| is_streaming(stage))
        .count()
}

/// Orders rows; rows without a value come last.
fn order(rows: &mut [Row], keys: &[SortKey]) {
    rows.sort_by(|left, right| {
        let mut keys = keys.iter().map(|key| {
            let of = |row: &Row| row.get(&key.field.name).cloned();
            match (of(left), of(right)) {
                (None, None) => std::cmp::Ordering::Equal,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(_), None) => std::cmp::Ordering::Less,
                (Some(left), Some(right)) => {
                    let order = super::compare::order(&left, &right, key.by);
                    match key.direction {
                        Direction::Ascending => order,
                        Direction::Descending => order.reverse(),
                    }
                }
            }
        });
        keys.find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
}
