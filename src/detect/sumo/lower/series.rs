//! Operators that look along the rows, or choose rows by their neighbours.
//!
//! Source: Sumo Logic, "accum", "backshift", "diff", "rollingstd", "smooth", "total", "top",
//! and "topk Search Operator".

use super::super::syntax::{
    AggregateFunction, ExpressionKind, Field, Running, RunningFunction, Span, Top, TopK,
};
use super::expression::compared;
use super::function::calculated;
use super::operator::{key_of, set};
use super::{Fault, Lowerer, filter};
use crate::detect::plan::aggregate::{Aggregation, Spread};
use crate::detect::plan::compare::{CompareOp, SortBy};
use crate::detect::plan::{
    Aggregate, Among, Argument, Arithmetic, Direction, Expr, ExprKind, FieldRef, Frame, Limit,
    Membership, NamePattern, OfNothing, Output, Projection, Sort, SortKey, StageKind, Value,
    Window, WithoutKey,
};

/// How many rows there were before, where that counts.
const ROWS: &str = "__rows";

/// The value of an earlier row.
const EARLIER: &str = "__earlier";

impl Lowerer<'_> {
    /// What runs along the rows.
    pub(super) fn running(
        &mut self,
        running: &Running,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let window = running
            .window
            .map_or(10, |window| usize::try_from(window).unwrap_or(usize::MAX));
        let frame = |last| Frame::Running {
            current: Membership::In,
            last,
            among: Among::All,
        };
        let field = self.field(&running.field.node, running.field.span)?;
        let keys = self.keys(&running.by)?;
        let name = |this: &mut Self| match &running.name {
            Some(name) => this.make(name),
            None => this.make_named(&format!("_{}", running.function.name())),
        };
        let (aggregation, frame) = match running.function {
            RunningFunction::Total => (Aggregation::Sum, Frame::Whole),
            RunningFunction::Accum => (Aggregation::Sum, frame(None)),
            RunningFunction::Smooth => (Aggregation::Average, frame(Some(window))),
            RunningFunction::RollingStd => (
                Aggregation::StandardDeviation(Spread::Sample),
                frame(Some(window)),
            ),
            RunningFunction::Backshift => {
                let back = running.window.unwrap_or(1);
                let (mut stages, earlier) = self.earlier(field, keys, back, span);
                stages.push(set(&name(self), earlier));
                stages.push(forgotten());
                return Ok(stages);
            }
            RunningFunction::Diff => {
                let at = self.span(span);
                let (mut stages, earlier) = self.earlier(field.clone(), keys, 1, span);
                let added = calculated(Arithmetic::Subtract, field, earlier, at);
                stages.push(set(&name(self), added));
                stages.push(forgotten());
                return Ok(stages);
            }
        };
        let name = name(self);
        Ok(vec![StageKind::Window(Window {
            keys,
            outputs: vec![self.output(aggregation, Argument::Values(field), &name, span)],
            frame,
        })])
    }

    /// The value of the row so many rows before; null where there is none.
    fn earlier(
        &self,
        field: Expr,
        keys: Vec<FieldRef>,
        back: u64,
        span: Span,
    ) -> (Vec<StageKind>, Expr) {
        let at = self.span(span);
        let window = StageKind::Window(Window {
            keys,
            outputs: vec![
                self.output(
                    Aggregation::Count,
                    Argument::Values(field.clone()),
                    ROWS,
                    span,
                ),
                self.output(Aggregation::First, Argument::Values(field), EARLIER, span),
            ],
            frame: Frame::Running {
                current: Membership::NotIn,
                last: Some(usize::try_from(back).unwrap_or(usize::MAX)),
                among: Among::All,
            },
        });
        let wanted = Expr::literal(i64::try_from(back).map_or(Value::Null, Value::Integer), at);
        let are_there = compared(Expr::field(ROWS, at), CompareOp::Equal, wanted, at);
        let value = ExprKind::Case(vec![(are_there, Expr::field(EARLIER, at))]);
        (vec![window], Expr::new(value, at))
    }

    /// The rows with the largest values, with their rank.
    pub(super) fn topk(&mut self, top: &TopK, span: Span) -> Result<Vec<StageKind>, Fault> {
        let at = self.span(span);
        let by = self.keys(&top.fields)?;
        let keys = self.keys(&top.by)?;
        let rank = self.make_named("_rank");
        let most = Expr::literal(
            i64::try_from(top.count).map_or(Value::Null, Value::Integer),
            at,
        );
        let is_among = compared(Expr::field(&rank, at), CompareOp::LessOrEqual, most, at);
        Ok(vec![
            StageKind::Sort(Sort {
                keys: by.into_iter().map(largest_first).collect(),
                most: None,
            }),
            StageKind::Window(Window {
                keys,
                outputs: vec![self.output(Aggregation::Count, Argument::Rows, &rank, span)],
                frame: Frame::Running {
                    current: Membership::In,
                    last: None,
                    among: Among::All,
                },
            }),
            filter(is_among),
        ])
    }

    /// The most frequent values, or those with the largest results of an aggregation.
    pub(super) fn top(&mut self, top: &Top, span: Span) -> Result<Vec<StageKind>, Fault> {
        let most = usize::try_from(top.count).unwrap_or(usize::MAX);
        let is_count = |name: &str| AggregateFunction::Count.name().eq_ignore_ascii_case(name);
        let by_count = match top.by.as_slice() {
            [] => true,
            [by] => match &by.node {
                ExpressionKind::Field(name) => {
                    is_count(&name.text) && !self.names.is_made(&name.text)
                }
                ExpressionKind::Call {
                    function,
                    arguments,
                } => is_count(function) && arguments.is_empty(),
                _ => false,
            },
            _ => false,
        };
        if !by_count {
            return self.top_by(top, most);
        }
        self.most_frequent(&top.fields, "_count", Some(most), span)
    }

    /// `count_frequent`. The product's count is approximate.
    pub(super) fn count_frequent(
        &mut self,
        fields: &[Field],
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        self.most_frequent(fields, "_approxcount", None, span)
    }

    /// How often each combination of values is there, the most frequent first.
    fn most_frequent(
        &mut self,
        fields: &[Field],
        count: &str,
        most: Option<usize>,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let mut keys = Vec::with_capacity(fields.len());
        for field in fields {
            keys.push(self.read(&field.node, field.span)?);
        }
        self.names.aggregate(&keys);
        let count = self.make_named(count);
        Ok(vec![
            StageKind::Aggregate(Aggregate {
                keys: keys.iter().map(|key| key_of(key)).collect(),
                outputs: vec![self.output(Aggregation::Count, Argument::Rows, &count, span)],
                without_key: WithoutKey::Filled(Value::Null),
                of_nothing: OfNothing::NoRow,
            }),
            StageKind::Sort(Sort {
                keys: vec![largest_first(FieldRef::new(&count))],
                most,
            }),
        ])
    }

    /// `top … by` of what an aggregation has made.
    fn top_by(&mut self, top: &Top, most: usize) -> Result<Vec<StageKind>, Fault> {
        let mut keys = Vec::with_capacity(top.by.len());
        for by in &top.by {
            match &by.node {
                ExpressionKind::Field(name) if !self.names.are_of_messages() => {
                    keys.push(largest_first(FieldRef::new(&self.read(name, by.span)?)));
                }
                _ => {
                    return Err(Fault::unsupported(
                        "`top … by` of what no aggregation before has made",
                        by.span,
                    ));
                }
            }
        }
        for field in &top.fields {
            self.read(&field.node, field.span)?;
        }
        Ok(vec![
            StageKind::Sort(Sort { keys, most: None }),
            StageKind::Limit(Limit::First(most)),
        ])
    }

    fn keys(&mut self, fields: &[Field]) -> Result<Vec<FieldRef>, Fault> {
        let keys = fields
            .iter()
            .map(|key| Ok(FieldRef::new(&self.read(&key.node, key.span)?)));
        keys.collect()
    }

    fn output(
        &self,
        aggregation: Aggregation,
        argument: Argument,
        name: &str,
        span: Span,
    ) -> Output {
        Output {
            aggregation,
            argument,
            name: NamePattern::new(name),
            span: self.span(span),
        }
    }
}

fn largest_first(field: FieldRef) -> SortKey {
    SortKey {
        field,
        direction: Direction::Descending,
        by: SortBy::Number,
    }
}

/// What was needed for a while only.
fn forgotten() -> StageKind {
    let names = [ROWS, EARLIER];
    StageKind::Project(Projection::Drop(names.map(NamePattern::new).to_vec()))
}
