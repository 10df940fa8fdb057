//! Why a query fired or stayed silent.
//!
//! The same evaluation as the search, told: what became of every predicate on the
//! record that came closest, and at which stage the last rows died.

use super::describe::{Leaf, name_of, tree_of};
use super::engine::{Head, PlanEngine};
use super::evaluate::{Evaluator, Fields};
use super::execute::{Passed, Witness, asks_the_time, stream};
use super::expression::{Expr, ExprKind};
use super::function::CallContext;
use super::predicate::{Predicate, PredicateKind, Truth};
use super::reads;
use super::record::{FieldTable, Memory, RecordFields};
use super::row::{Row, owned};
use super::stage::{Stage, StageKind};
use crate::detect::tree::{self, Score, Subject, Tree};
use crate::detect::{
    self, EventSource, Explanation, Held, Limit, NearMiss, Outcome, ProgramId, SearchTime, Seen,
    StageState,
};
use crate::event::Event;

/// A row or record that predicates are held against.
struct Against<'a> {
    evaluator: &'a Evaluator<'a>,
    fields: &'a dyn Fields,
}

impl Subject<Leaf> for Against<'_> {
    fn comes_out(&self, leaf: &Leaf, wanted: bool) -> bool {
        self.evaluator.truth(&leaf.predicate, self.fields) == Truth::from(wanted)
    }

    fn outcome(&self, leaf: &Leaf, wanted: bool) -> Outcome {
        let seen = match subject_of(&leaf.predicate) {
            None => Seen::WholeEvent,
            Some(subject) => match self.evaluator.value(subject, self.fields) {
                super::Value::Null => Seen::Absent,
                value => Seen::Value(owned(&value)),
            },
        };
        let mut predicate = leaf.told.clone();
        predicate.negated = !wanted;
        // What a field is compared with may itself come from the record.
        if let PredicateKind::Compare { right, .. } = &leaf.predicate.kind
            && right.as_literal().is_none()
        {
            let value = self.evaluator.value(right, self.fields);
            if !value.is_null() {
                predicate.values = vec![format!("{} ({})", name_of(right), value.to_text())];
            }
        }
        Outcome {
            predicate,
            seen,
            satisfied: self.comes_out(leaf, wanted),
        }
    }

    fn lacks(&self, leaf: &Leaf) -> Option<String> {
        let subject = subject_of(&leaf.predicate)?;
        let value = self.evaluator.value(subject, self.fields);
        let is_nothing = value.is_null() || value.to_text().is_empty();
        is_nothing.then(|| name_of(subject))
    }
}

pub(super) fn subject_of(predicate: &Predicate) -> Option<&Expr> {
    match &predicate.kind {
        PredicateKind::Compare { left, .. } => Some(left),
        PredicateKind::Matches { subject, .. } => Some(subject),
        PredicateKind::Exists(expr) | PredicateKind::Holds(expr) => Some(expr),
        _ => None,
    }
}

/// A predicate of a stage, as a tree.
pub(super) fn filter_of(stage: &Stage) -> Option<Tree<Leaf>> {
    match &stage.kind {
        StageKind::Filter(filter) => Some(tree_of(&filter.predicate, &stage.name)),
        _ => None,
    }
}

/// What became of one record at the head of a pipeline.
struct Looked {
    score: Score,
    outcomes: Vec<Outcome>,
    /// The rows that passed.
    rows: Vec<Row>,
    /// Whether a regular expression gave up.
    gave_up: Option<Limit>,
}

fn look(
    stages: &[Stage],
    head: &Head,
    table: &FieldTable,
    event: Event<'_>,
    engine: &PlanEngine,
) -> Option<Looked> {
    let context = CallContext::default();
    let evaluator = Evaluator::new(&context);
    let memory = Memory::default();
    memory.turn(engine.slot_count());
    let fields = RecordFields {
        event,
        table,
        memory: &memory,
        evaluator: &evaluator,
    };
    if let Some(condition) = &table.condition
        && !evaluator.truth(condition, &fields).is_true()
    {
        return None;
    }
    let mut score = Score::NOTHING;
    let mut outcomes = Vec::new();
    let hold = |stage: &Stage, fields: &dyn Fields| {
        filter_of(stage).map_or((Score::NOTHING, Vec::new()), |tree| {
            let against = Against {
                evaluator: &evaluator,
                fields,
            };
            let own = tree::score(&tree, true, &against);
            (own, tree::outcomes(&tree, true, &against))
        })
    };
    let mut passes = true;
    // A filter with rows of other pipelines asks something of the record as well.
    let asked = stages.get(..head.filters.max(1)).unwrap_or_default();
    let is_asked = |stage: &&Stage| filter_of(stage).is_some() && !asks_the_time(stage);
    let kind = engine.kind_of(head, event.origin());
    for stage in asked.iter().take_while(is_asked) {
        let (own, mut told) = hold(stage, &fields);
        for outcome in &mut told {
            if let (Some(kind), Some(field)) = (kind, &outcome.predicate.field) {
                outcome.predicate.reads = reads::of(kind, field).into_iter().collect();
            }
        }
        passes &= own.changes == 0;
        score = score.plus(own);
        outcomes.extend(told);
    }
    let mut rows = vec![fields.row(&head.wanted)];
    for stage in stages.get(head.filters..head.stages).unwrap_or_default() {
        if let Some(row) = rows.first()
            && filter_of(stage).is_some()
        {
            // Rows go on, so that later filters are told as well.
            if rows.len() == 1 {
                let (own, told) = hold(stage, row);
                passes &= own.changes == 0;
                score = score.plus(own);
                outcomes.extend(told);
            }
            if rows.len() > 1 {
                rows.retain(|row| holds(&evaluator, stage, row));
                passes &= !rows.is_empty();
            }
            continue;
        }
        let mut next = Vec::new();
        for row in rows {
            stream(&evaluator, stage, row, &mut next);
        }
        rows = next;
    }
    if !passes {
        rows.clear();
    }
    Some(Looked {
        score,
        outcomes,
        rows,
        gave_up: evaluator.gave_up().limit(),
    })
}

fn holds(evaluator: &Evaluator<'_>, stage: &Stage, row: &Row) -> bool {
    match &stage.kind {
        StageKind::Filter(filter) => evaluator.truth(&filter.predicate, row).is_true(),
        _ => true,
    }
}

/// See [`Engine::explain`](crate::detect::Engine::explain).
pub(super) fn explain(
    engine: &PlanEngine,
    program: ProgramId,
    now: Option<SearchTime>,
    events: &mut EventSource<'_>,
) -> Explanation {
    let mut explanation = Explanation::default();
    let is_streaming = engine
        .program(program)
        .is_some_and(|program| program.is_streaming);
    let mut best: Option<Score> = None;
    let mut held = Vec::new();
    let mut latest = None;
    let mut passed_head = 0_usize;
    events(&mut |event| {
        explanation.records += 1;
        latest = latest.max(event.time());
        let mut is_searched = false;
        for head in engine.heads_of(program) {
            let (Some(table), Some(pipeline)) = (
                engine.table_for(head, event.origin()),
                engine.pipeline_of(head),
            ) else {
                continue;
            };
            let Some(looked) = look(&pipeline.stages, head, table, event, engine) else {
                continue;
            };
            is_searched = true;
            explanation.limit = looked.gave_up.or(explanation.limit);
            if is_streaming && !looked.rows.is_empty() {
                explanation.fired.push(event.id());
            }
            if head.part == 0 {
                passed_head += looked.rows.len();
            }
            held.extend(looked.rows.into_iter().map(|row| Held {
                program,
                part: head.part,
                event: event.id(),
                time: event.time(),
                fields: row.into_owned(),
            }));
            // Records of searches inside it do not come close to anything.
            if head.part == 0 && best.is_none_or(|best| looked.score < best) {
                best = Some(looked.score);
                explanation.nearest = Some(NearMiss {
                    event: event.id(),
                    time: event.time(),
                    distance: looked.score.changes,
                    outcomes: looked.outcomes,
                });
            }
        }
        explanation.searched += u64::from(is_searched);
    });
    if is_streaming {
        return explanation;
    }
    let now = now.unwrap_or_else(|| SearchTime::after(latest));
    conclude(engine, program, held, now, passed_head, &mut explanation);
    explanation
}

/// Tells what the later stages made of the rows.
fn conclude(
    engine: &PlanEngine,
    program: ProgramId,
    held: Vec<Held>,
    now: SearchTime,
    passed_head: usize,
    explanation: &mut Explanation,
) {
    let Some(pipeline) = engine
        .program(program)
        .and_then(|program| program.plan.as_ref().ok())
        .map(|plan| &plan.pipeline)
    else {
        return;
    };
    let context = CallContext::at(now.seconds());
    let evaluator = Evaluator::new(&context);
    let mut watch = Watch {
        stages: &pipeline.stages,
        evaluator: &evaluator,
        passed: Vec::new(),
        dying: None,
        last: None,
    };
    let firings = match engine.concluded(program, held, now, &mut watch) {
        Some(found) => {
            if found.is_causeless {
                explanation.limit = Some(Limit::Causeless);
            }
            explanation.limit = found.gave_up.limit().or(explanation.limit);
            found.firings
        }
        None => {
            explanation.limit = Some(Limit::Rows);
            Vec::new()
        }
    };
    for firing in &firings {
        explanation.fired.extend(firing.event());
    }
    explanation.fired.sort_unstable();
    explanation.fired.dedup();
    let first = super::execute::head(pipeline);
    if first > 0 {
        let name = pipeline.stages.first().map(|stage| stage.name.to_string());
        explanation.stages.push(StageState {
            name: name.unwrap_or_default(),
            span: pipeline.stages.first().map(|stage| stage.span.range()),
            before: explanation.searched,
            after: passed_head as u64,
        });
    }
    for passed in &watch.passed {
        let Some(stage) = pipeline.stages.get(passed.stage) else {
            continue;
        };
        explanation.stages.push(StageState {
            name: stage.name.to_string(),
            span: Some(stage.span.range()),
            before: passed.before as u64,
            after: passed.after as u64,
        });
    }
    if firings.is_empty()
        && let Some(dying) = watch.dying
    {
        explanation.nearest = Some(dying);
    }
}

/// Watches where rows die.
struct Watch<'w> {
    stages: &'w [Stage],
    evaluator: &'w Evaluator<'w>,
    passed: Vec<Passed>,
    /// The row that came closest at the stage where the last ones died.
    dying: Option<NearMiss>,
    last: Option<NearMiss>,
}

impl Witness for Watch<'_> {
    fn before(&mut self, stage: usize, rows: &[Row]) {
        let Some(stage) = self.stages.get(stage) else {
            return;
        };
        let tree = filter_of(stage);
        let mut best: Option<(Score, &Row)> = None;
        for row in rows {
            let score = tree.as_ref().map_or(Score::NOTHING, |tree| {
                let against = Against {
                    evaluator: self.evaluator,
                    fields: row,
                };
                tree::score(tree, true, &against)
            });
            if best.is_none_or(|(known, _)| score < known) {
                best = Some((score, row));
            }
        }
        self.last = best.and_then(|(score, row)| {
            let event = *row.origins.last()?;
            let against = Against {
                evaluator: self.evaluator,
                fields: row,
            };
            Some(NearMiss {
                event,
                time: row.time().and_then(super::engine::time_of),
                distance: score.changes.max(1),
                outcomes: match &tree {
                    Some(tree) => tree::outcomes(tree, true, &against),
                    None => lost(stage, row),
                },
            })
        });
    }

    fn after(&mut self, passed: Passed) {
        if passed.before > 0 && passed.after == 0 {
            self.dying = self.last.take();
        }
        self.passed.push(passed);
    }
}

/// Why a stage that is no filter may lose a row: it lacks a key, or no row of the other
/// search has the same.
fn lost(stage: &Stage, row: &Row) -> Vec<Outcome> {
    let told = |field: &str, operator: &str, seen: Seen| Outcome {
        predicate: detect::Predicate {
            part: stage.name.to_string(),
            field: Some(field.to_owned()),
            reads: Vec::new(),
            operator: operator.to_owned(),
            values: Vec::new(),
            quantity: detect::Quantity::Any,
            negated: false,
            nested: false,
            origin: detect::FieldOrigin::Record,
            span: Some(stage.span.range()),
        },
        seen,
        satisfied: false,
    };
    let lacks = |field: &super::FieldRef| row.get(&field.name).is_none();
    match &stage.kind {
        StageKind::Aggregate(aggregate) => aggregate
            .keys
            .iter()
            .filter(|key| lacks(&key.field))
            .map(|key| told(&key.field.name, "exists", Seen::Absent))
            .collect(),
        StageKind::Correlate(correlate) => correlate
            .groupings
            .iter()
            .flatten()
            .filter_map(|key| match &key.kind {
                ExprKind::Field(field) if lacks(field) => {
                    Some(told(&field.name, "exists", Seen::Absent))
                }
                _ => None,
            })
            .collect(),
        StageKind::Dedup(dedup) => dedup
            .keys
            .iter()
            .filter(|key| lacks(key))
            .map(|key| told(&key.name, "exists", Seen::Absent))
            .collect(),
        StageKind::Join(join) => join
            .keys
            .iter()
            .map(|key| {
                let seen = row.get(&key.name);
                let seen = seen.map_or(Seen::Absent, |value| Seen::Value(owned(value)));
                told(&key.name, "is the same in a row of the other search", seen)
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// See [`Engine::lacking`](crate::detect::Engine::lacking).
pub(super) fn lacking(engine: &PlanEngine, program: ProgramId, event: Event<'_>) -> Vec<String> {
    let context = CallContext::default();
    let evaluator = Evaluator::new(&context);
    let mut common: Option<Vec<String>> = None;
    for head in engine.heads_of(program).filter(|head| head.part == 0) {
        let (Some(table), Some(pipeline)) = (
            engine.table_for(head, event.origin()),
            engine.pipeline_of(head),
        ) else {
            continue;
        };
        let memory = Memory::default();
        memory.turn(engine.slot_count());
        let fields = RecordFields {
            event,
            table,
            memory: &memory,
            evaluator: &evaluator,
        };
        let against = Against {
            evaluator: &evaluator,
            fields: &fields,
        };
        let stages = pipeline.stages.iter().take(head.filters);
        let mut own: Vec<String> = stages
            .filter_map(filter_of)
            .flat_map(|tree| tree::lacking(&tree, true, &against))
            .collect();
        own.sort();
        own.dedup();
        common = Some(match common {
            None => own,
            Some(common) => common
                .into_iter()
                .filter(|name| own.contains(name))
                .collect(),
        });
    }
    common.unwrap_or_default()
}
