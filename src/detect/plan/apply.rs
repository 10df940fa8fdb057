//! A plan on rows that are at hand.

use std::sync::Arc;

use super::evaluate::Evaluator;
use super::execute::{Found, Nobody, Run};
use super::function::CallContext;
use super::row::{Row, owned};
use super::stage::{Pipeline, Source};
use super::{Plan, Value, walk};
use crate::detect::SearchTime;
use crate::event::OwnedValue;

/// Rows take so much memory at most, in bytes.
const MOST: usize = 64 << 20;

/// What a plan makes of rows, which stand for the records that it would search; those
/// of pipelines inside it as well. Rows come newest first, as products hand them out.
/// None if that takes too much memory.
#[must_use]
pub fn apply(
    plan: &Plan,
    rows: &[Vec<(String, Value)>],
    now: SearchTime,
) -> Option<Vec<Vec<(String, OwnedValue)>>> {
    let mut plan = plan.clone();
    given(&mut plan.pipeline);
    let mut next = 0;
    walk::number(&mut plan.pipeline, &mut next);
    let given: Vec<Row> = rows
        .iter()
        .map(|fields| {
            let mut row = Row::default();
            for (name, value) in fields {
                row.set(&Arc::from(name.as_str()), value.clone());
            }
            row
        })
        .collect();
    let context = CallContext::at(now.seconds());
    let evaluator = Evaluator::new(&context);
    let found = Found::new();
    let run = Run {
        evaluator: &evaluator,
        found: &found,
        budget: MOST,
        given: &given,
    };
    let rows = run.pipeline(&plan.pipeline, &given, &mut Nobody).ok()?;
    let told = |row: Row| {
        let values = row.values();
        values
            .map(|(name, value)| (name.to_string(), owned(value)))
            .collect()
    };
    Some(rows.into_iter().map(told).collect())
}

/// Takes the given rows in the place of records.
fn given(pipeline: &mut Pipeline) {
    if matches!(pipeline.source, Source::Records(_)) {
        pipeline.source = Source::Given;
    }
    for stage in &mut pipeline.stages {
        for inner in walk::inner_pipelines(stage) {
            given(inner);
        }
    }
}
