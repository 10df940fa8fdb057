//! Rows of a group that lie close together in time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::aggregate::{Accumulator, Aggregation};
use super::super::correlate::Correlate;
use super::super::evaluate::Evaluator;
use super::super::expression::ExprKind;
use super::super::row::{Row, TIME};
use super::super::stage::{Argument, Output};
use super::super::value::Value;
use super::Exhausted;

/// Rows are looked at so often at most, in all windows together. More than that is a log
/// on which a rule with a long window would take minutes.
const MOST_STEPS: usize = 100_000_000;

/// A row that is kept takes as long as so many that are looked at.
const KEPT: usize = 8;

/// Runs the stage.
pub(super) fn run(
    evaluator: &Evaluator<'_>,
    correlate: &Correlate,
    rows: Vec<Row>,
) -> Result<Vec<Row>, Exhausted> {
    let mut timed: Vec<(f64, Row)> = rows
        .into_iter()
        .filter_map(|row| Some((row.time()?, row)))
        .collect();
    timed.sort_by(|(left, one), (right, other)| {
        let origins = || one.origins.first().cmp(&other.origins.first());
        left.total_cmp(right).then_with(origins)
    });
    let looked: Vec<Looked> = timed
        .iter()
        .map(|(time, row)| Looked::at(evaluator, correlate, *time, row))
        .collect();
    let mut steps = 0;
    let mut found: Vec<(usize, Row)> = Vec::new();
    for grouping in &correlate.groupings {
        let mut groups: HashMap<Vec<Box<str>>, Group> = HashMap::new();
        for (place, (_, row)) in timed.iter().enumerate() {
            let values: Vec<Value> = grouping
                .iter()
                .map(|key| evaluator.value(key, row))
                .collect();
            if values.iter().any(Value::is_null) {
                continue;
            }
            let name = values.iter().map(|value| value.to_text().into()).collect();
            let group = groups
                .entry(name)
                .or_insert_with(|| Group::new(correlate, values));
            group.take(evaluator, correlate, &looked, place, &mut steps);
            if steps > MOST_STEPS {
                return Err(Exhausted);
            }
        }
        for group in groups.into_values() {
            for window in group.windows {
                let rows = group.members.get(window.members.clone());
                let rows = rows.unwrap_or_default();
                // Every firing keeps its records.
                steps += KEPT * rows.len();
                if steps > MOST_STEPS {
                    return Err(Exhausted);
                }
                let keys = grouping.iter().zip(&group.values);
                let names = keys.filter_map(|(key, value)| match &key.kind {
                    ExprKind::Field(field) => Some((&field.name, value)),
                    _ => None,
                });
                found.push((window.last, window.into_row(names, rows, &timed)));
            }
        }
    }
    found.sort_by(|(left, one), (right, other)| {
        let origins = || one.origins.cmp(&other.origins);
        left.cmp(right).then_with(origins)
    });
    // Two groupings may find the same rows.
    found.dedup_by(|(_, one), (_, other)| !one.origins.is_empty() && one.origins == other.origins);
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

/// What a row adds to the windows that it is in.
struct Looked {
    time: f64,
    /// For each output, the value that counts; null for none.
    values: Vec<Value>,
    /// The steps that the row may be of.
    steps: Vec<bool>,
}

impl Looked {
    fn at(evaluator: &Evaluator<'_>, correlate: &Correlate, time: f64, row: &Row) -> Self {
        let value = |output: &Output| match &output.argument {
            Argument::Rows => Value::Integer(1),
            Argument::RowsWhere(predicate) => {
                if evaluator.truth(predicate, row).is_true() {
                    Value::Integer(1)
                } else {
                    Value::Null
                }
            }
            Argument::Values(expr) => evaluator.value(expr, row),
            Argument::Fields(_) => Value::Null,
        };
        let steps = correlate.in_order.iter();
        Self {
            time,
            values: correlate.outputs.iter().map(value).collect(),
            steps: steps
                .map(|step| evaluator.truth(&step.predicate, row).is_true())
                .collect(),
        }
    }
}

/// The rows of a group that the next window may take in, and what was found of it.
struct Group {
    values: Vec<Value>,
    /// The places of its rows so far.
    members: Vec<usize>,
    /// The first of them that is in the last window.
    first: usize,
    running: Vec<Running>,
    /// Whether the last window was as asked.
    state: State,
    windows: Vec<Window>,
}

/// What is known of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// No window was as asked; the one that is kept came so close.
    Closest(f64),
    /// The last window was as asked.
    Within,
    /// One was, but not the last.
    Outside,
}

/// What is computed of the rows of a window, as they come and go.
enum Running {
    Count(u64),
    Distinct(HashMap<Box<str>, u64>),
    /// What cannot be taken back is computed anew.
    Other(Aggregation),
}

/// A window that is told of.
struct Window {
    /// Which rows of its group it takes in.
    members: Range<usize>,
    /// The place of the last one.
    last: usize,
    results: Vec<(Arc<str>, Value)>,
}

impl Group {
    fn new(correlate: &Correlate, values: Vec<Value>) -> Self {
        let outputs = correlate.outputs.iter();
        Self {
            values,
            members: Vec::new(),
            first: 0,
            running: outputs
                .map(|output| match output.aggregation {
                    Aggregation::Count => Running::Count(0),
                    Aggregation::DistinctCount => Running::Distinct(HashMap::new()),
                    other => Running::Other(other),
                })
                .collect(),
            state: State::Closest(f64::NEG_INFINITY),
            windows: Vec::new(),
        }
    }

    /// The window that ends with a row.
    fn take(
        &mut self,
        evaluator: &Evaluator<'_>,
        correlate: &Correlate,
        looked: &[Looked],
        place: usize,
        steps: &mut usize,
    ) {
        let now = looked[place].time;
        while let Some(first) = self.members.get(self.first).copied()
            && now - looked[first].time > correlate.span
        {
            self.first += 1;
            for (running, value) in self.running.iter_mut().zip(&looked[first].values) {
                running.leave(value);
            }
        }
        self.members.push(place);
        for (running, value) in self.running.iter_mut().zip(&looked[place].values) {
            running.enter(value);
        }
        let open = self.members.get(self.first..).unwrap_or_default();
        *steps += 1;
        let mut results = Vec::new();
        for (index, (running, output)) in self.running.iter().zip(&correlate.outputs).enumerate() {
            let value = running.result(|aggregation| {
                *steps += open.len();
                let mut all = Accumulator::new(&aggregation);
                for row in open {
                    all.add(&looked[*row].values[index], Some(looked[*row].time));
                }
                all.finish()
            });
            results.push((Arc::from(output.name.as_str()), value));
        }
        if !correlate.in_order.is_empty() {
            *steps += open.len();
            let taken = in_order(correlate, open.iter().map(|row| &looked[*row]));
            results.push((Arc::clone(&correlate.in_order_name), whole(taken)));
        }
        let mut told = Row::default();
        for (name, value) in &results {
            told.set(name, value.clone());
        }
        let window = || Window {
            members: self.first..self.members.len(),
            last: place,
            results: results.clone(),
        };
        if evaluator.truth(&correlate.condition, &told).is_true() {
            match self.state {
                State::Within => {}
                State::Closest(_) => self.windows = vec![window()],
                State::Outside => self.windows.push(window()),
            }
            self.state = State::Within;
            return;
        }
        match self.state {
            State::Within => self.state = State::Outside,
            State::Outside => {}
            State::Closest(known) => {
                let own: f64 = results
                    .iter()
                    .filter_map(|(_, value)| value.as_number())
                    .sum();
                if own > known {
                    self.state = State::Closest(own);
                    self.windows = vec![window()];
                }
            }
        }
    }
}

/// How many rows come in the order of the steps: each takes as many as it asks for before
/// the next one takes any.
fn in_order<'r>(correlate: &Correlate, rows: impl Iterator<Item = &'r Looked>) -> u64 {
    let mut step = 0;
    let mut taken = 0;
    let mut all = 0;
    for row in rows {
        let Some(wanted) = correlate.in_order.get(step) else {
            break;
        };
        if row.steps.get(step) == Some(&true) {
            taken += 1;
            all += 1;
        }
        if taken >= wanted.count {
            step += 1;
            taken = 0;
        }
    }
    all
}

impl Running {
    fn enter(&mut self, value: &Value) {
        match self {
            Self::Count(count) => *count += u64::from(!value.is_null()),
            Self::Distinct(texts) => {
                for item in value.items().filter(|item| !item.is_null()) {
                    *texts.entry(item.to_text().into()).or_default() += 1;
                }
            }
            Self::Other(_) => {}
        }
    }

    fn leave(&mut self, value: &Value) {
        match self {
            Self::Count(count) => *count -= u64::from(!value.is_null()),
            Self::Distinct(texts) => {
                for item in value.items().filter(|item| !item.is_null()) {
                    let text = item.to_text();
                    if let Some(count) = texts.get_mut(&*text) {
                        *count -= 1;
                        if *count == 0 {
                            texts.remove(&*text);
                        }
                    }
                }
            }
            Self::Other(_) => {}
        }
    }

    fn result(&self, anew: impl FnOnce(Aggregation) -> Value) -> Value {
        match self {
            Self::Count(count) => whole(*count),
            Self::Distinct(texts) => whole(texts.len() as u64),
            Self::Other(aggregation) => anew(*aggregation),
        }
    }
}

fn whole(count: u64) -> Value {
    i64::try_from(count).map_or(Value::Null, Value::Integer)
}

impl Window {
    /// The window as a row: its keys, what was computed, and the time of its last row.
    fn into_row<'k>(
        self,
        keys: impl Iterator<Item = (&'k Arc<str>, &'k Value)>,
        rows: &[usize],
        timed: &[(f64, Row)],
    ) -> Row {
        let mut row = Row::default();
        for (name, value) in keys {
            row.set(name, value.clone());
        }
        for (name, value) in self.results {
            row.set(&name, value);
        }
        if let Some((time, _)) = timed.get(self.last) {
            row.set(&TIME.into(), Value::number(*time));
        }
        for (_, own) in rows.iter().filter_map(|place| timed.get(*place)) {
            row.adopt(own);
        }
        row
    }
}
