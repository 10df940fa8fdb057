//! One thread's search of records with a set of plans.

use std::collections::HashMap;
use std::sync::Arc;

use super::engine::PlanEngine;
use super::evaluate::Evaluator;
use super::execute::stream;
use super::function::CallContext;
use super::record::{FieldTable, Memory, RecordFields};
use super::row::owned;
use super::targets::{MOST_ORIGINS, OriginTargets, Target};
use super::{Predicate, literal};
use crate::detect::{Firing, GaveUp, Held, ProgramId, Search, Tally};
use crate::event::{Batch, Event, Origin, OwnedValue};

/// One record becomes so many rows at most.
const MOST_OF_ONE: usize = 100_000;

pub(super) struct PlanSearch<'e> {
    engine: &'e PlanEngine,
    context: CallContext,
    memory: Memory,
    targets: HashMap<Origin, Arc<OriginTargets>>,
    marked: Vec<bool>,
    tally: Tally,
    /// How many bytes are held back for each program, and for all.
    held: HashMap<ProgramId, usize>,
    all_held: usize,
}

impl<'e> PlanSearch<'e> {
    /// A thread's part of a search that begins.
    pub(super) fn new(engine: &'e PlanEngine) -> Self {
        Self {
            engine,
            context: CallContext::default(),
            memory: Memory::default(),
            targets: HashMap::new(),
            marked: Vec::new(),
            tally: Tally::default(),
            held: HashMap::new(),
            all_held: 0,
        }
    }
}

impl PlanSearch<'_> {
    fn targets_of(&mut self, origin: &Origin) -> Arc<OriginTargets> {
        if let Some(targets) = self.targets.get(origin) {
            return Arc::clone(targets);
        }
        let targets = self.engine.targets(origin);
        if self.targets.len() < MOST_ORIGINS {
            self.targets.insert(origin.clone(), Arc::clone(&targets));
        }
        targets
    }

    fn search(&mut self, event: Event<'_>, targets: &OriginTargets, out: &mut Vec<Firing>) {
        if targets.targets.is_empty() {
            return;
        }
        let is_plain = targets.automaton.is_none() || literal::are_shown_by(event.raw());
        if is_plain && let Some(automaton) = &targets.automaton {
            self.marked.clear();
            self.marked.resize(targets.targets.len(), false);
            for found in automaton.find_overlapping_iter(event.raw()) {
                if let Some(target) = targets.patterns.get(found.pattern().as_usize()) {
                    self.marked[*target] = true;
                }
            }
        }
        let mut shown: Option<Shown> = None;
        for (index, target) in targets.targets.iter().enumerate() {
            if is_plain && target.has_literals && !self.marked[index] {
                continue;
            }
            // What was found of the record holds for one table only.
            let known = shown.filter(|shown| shown.table == Arc::as_ptr(&target.table));
            let known = known.unwrap_or_else(|| {
                self.memory.turn(self.engine.slot_count());
                self.shown(event, &target.table)
            });
            shown = Some(known);
            note_gave_up(
                &mut self.tally,
                self.engine.heads[target.head].program,
                known.gave_up,
            );
            if known.is_shown {
                self.hold_against(event, target, out);
            }
        }
    }

    fn shown(&self, event: Event<'_>, table: &Arc<FieldTable>) -> Shown {
        let evaluator = Evaluator::new(&self.context);
        let fields = RecordFields {
            event,
            table,
            memory: &self.memory,
            evaluator: &evaluator,
        };
        let condition = table.condition.as_ref();
        Shown {
            table: Arc::as_ptr(table),
            is_shown: condition.is_none_or(|asked| evaluator.truth(asked, &fields).is_true()),
            gave_up: evaluator.gave_up(),
        }
    }

    fn hold_against(&mut self, event: Event<'_>, target: &Target, out: &mut Vec<Firing>) {
        let engine = self.engine;
        let head = &engine.heads[target.head];
        let evaluator = Evaluator::new(&self.context);
        let fields = RecordFields {
            event,
            table: &target.table,
            memory: &self.memory,
            evaluator: &evaluator,
        };
        let holds = |predicate: &Predicate| evaluator.truth(predicate, &fields).is_true();
        if !head.asked.iter().all(holds) {
            note_gave_up(&mut self.tally, head.program, evaluator.gave_up());
            return;
        }
        let Some(pipeline) = engine.pipeline_of(head) else {
            return;
        };
        let mut rows = vec![fields.row(&head.wanted)];
        for stage in &pipeline.stages[head.filters..head.stages] {
            let mut next = Vec::with_capacity(rows.len());
            for row in rows {
                stream(&evaluator, stage, row, &mut next);
                if next.len() > MOST_OF_ONE {
                    self.tally.exhausted.insert(head.program);
                    return;
                }
            }
            rows = next;
        }
        note_gave_up(&mut self.tally, head.program, evaluator.gave_up());
        let is_streaming = engine
            .program(head.program)
            .is_some_and(|program| program.is_streaming);
        if is_streaming {
            if !rows.is_empty() {
                let told = head.told.iter().map(|field| {
                    let value = super::evaluate::Fields::get(&fields, field);
                    ((&*field.name).into(), owned(&value))
                });
                out.push(Firing {
                    program: head.program,
                    events: vec![event.id()],
                    time: event.time(),
                    matched: told
                        .filter(|(_, value)| *value != OwnedValue::Null)
                        .collect(),
                });
            }
            return;
        }
        if self.tally.exhausted.contains(&head.program) {
            return;
        }
        for row in rows {
            let size = row.size();
            let held = self.held.entry(head.program).or_default();
            *held += size;
            self.all_held += size;
            if *held > self.engine.most_held || self.all_held > 4 * self.engine.most_held {
                self.all_held -= *held;
                *held = 0;
                self.tally.exhausted.insert(head.program);
                self.tally.held.retain(|held| held.program != head.program);
                return;
            }
            self.tally.held.push(Held {
                program: head.program,
                part: head.part,
                event: event.id(),
                time: event.time(),
                fields: row.into_owned(),
            });
        }
    }
}

/// Whether the table at hand shows the record that is looked at.
#[derive(Clone, Copy)]
struct Shown {
    table: *const FieldTable,
    is_shown: bool,
    /// How often values were not computed to the end over it: that concerns all who look.
    gave_up: GaveUp,
}

fn note_gave_up(tally: &mut Tally, program: ProgramId, gave_up: GaveUp) {
    if !gave_up.is_never() {
        *tally.gave_up.entry(program).or_default() += gave_up;
    }
}

impl Search for PlanSearch<'_> {
    fn feed(&mut self, batch: &Batch, out: &mut Vec<Firing>) {
        if self.engine.heads.is_empty() {
            return;
        }
        let targets: Vec<_> = batch
            .origins()
            .iter()
            .map(|origin| self.targets_of(origin))
            .collect();
        let mut records = vec![0_u64; batch.origins().len()];
        for event in batch.events() {
            let origin = event.origin_index();
            records[origin] += 1;
            if self.engine.asks_the_time {
                self.tally.saw(event.id().file, event.time());
            }
            self.search(event, &targets[origin], out);
        }
        for (origin, count) in batch.origins().iter().zip(records) {
            *self.tally.records.entry(origin.clone()).or_default() += count;
        }
    }

    fn feed_event(&mut self, event: Event<'_>, out: &mut Vec<Firing>) {
        let targets = self.targets_of(event.origin());
        *self
            .tally
            .records
            .entry(event.origin().clone())
            .or_default() += 1;
        self.tally.saw(event.id().file, event.time());
        self.search(event, &targets, out);
    }

    fn finish(self: Box<Self>) -> Tally {
        self.tally
    }
}
