//! The engine of a set of plans.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::evaluate::Evaluator;
use super::execute::{self, Found as PartRows, Nobody, Run, Witness};
use super::field::FieldRef;
use super::function::CallContext;
use super::link::Slots;
use super::record::{FieldTable, Memory, RecordFields, Wanted};
use super::row::Row;
use super::search::PlanSearch;
use super::set::{PlanSet, PlannedDetection};
use super::stage::{Pipeline, Source as RowSource, StageKind};
use super::targets::{OriginTargets, Prefilter};
use super::view::View;
use super::{Plan, Predicate, explain, predicates, walk, wanted};
use crate::detect::{
    Conclusion, Coverage, Detection, Engine, EventSource, Explanation, Firing, GaveUp, Held,
    Partner, ProgramId, Refusal, Search, SearchTime,
};
use crate::event::catalogue::{Catalogue, Source};
use crate::event::{Event, EventId, Names, Origin};

/// Rows that are held back for later stages may take so much memory, a thread.
const MOST_HELD: usize = 256 << 20;

/// The same while the stages run.
const MOST_RUNNING: usize = 512 << 20;

/// A compiled set of plans.
pub struct PlanEngine {
    detections: Vec<Detection>,
    pub(super) programs: Vec<Program>,
    pub(super) heads: Vec<Head>,
    /// The heads of each view.
    pub(super) heads_of_views: Vec<Vec<usize>>,
    /// The tables of every view's kinds.
    pub(super) tables: Vec<Vec<Arc<FieldTable>>>,
    pub(super) views: Vec<Arc<View>>,
    slot_count: usize,
    /// Rows that are held back may take so many bytes, a thread.
    pub(super) most_held: usize,
    /// Whether any plan must know when the records end.
    pub(super) asks_the_time: bool,
    pub(super) origins: Mutex<HashMap<Origin, Arc<OriginTargets>>>,
    pub(super) prefilter: Prefilter,
}

impl std::fmt::Debug for PlanEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlanEngine")
            .field("detections", &self.detections.len())
            .field("heads", &self.heads.len())
            .finish_non_exhaustive()
    }
}

/// One detection, compiled.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) plan: Result<Plan, Refusal>,
    /// Its heads, the outermost first.
    pub(super) heads: std::ops::Range<usize>,
    /// Whether every stage looks at one row at a time.
    pub(super) is_streaming: bool,
    /// Whether it yields a row where there is no record at all.
    fires_on_nothing: bool,
}

/// The part of a pipeline that looks at one record at a time.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) program: ProgramId,
    pub(super) part: u32,
    pub(super) view: usize,
    /// How many of the stages belong to it.
    pub(super) stages: usize,
    /// How many of these are filters on the record itself.
    pub(super) filters: usize,
    /// What its filters ask of a record, all of it.
    pub(super) asked: Vec<Predicate>,
    /// What later stages need.
    pub(super) wanted: Wanted,
    /// The fields whose values a firing carries.
    pub(super) told: Vec<FieldRef>,
}

impl PlanEngine {
    /// Compiles a set, with the table of names that the log readers use.
    #[must_use]
    pub fn new(mut set: PlanSet, names: &Arc<Names>) -> Self {
        let (slots, linked) = set.link();
        let mut views = Vec::new();
        let mut tables = Vec::new();
        for (view, kinds) in linked {
            let of_view = view.kinds.iter().zip(kinds);
            tables.push(
                of_view
                    .map(|(kind, linked)| Arc::new(FieldTable::new(kind, linked, &slots, names)))
                    .collect(),
            );
            views.push(view);
        }
        let mut engine = Self {
            detections: Vec::new(),
            programs: Vec::new(),
            heads: Vec::new(),
            heads_of_views: vec![Vec::new(); views.len()],
            tables,
            views,
            slot_count: slots.names().len(),
            most_held: MOST_HELD,
            asks_the_time: false,
            origins: Mutex::default(),
            prefilter: Prefilter::On,
        };
        for (planned, number) in set.planned.into_iter().zip(0..) {
            engine.add(planned, ProgramId(number), &slots);
        }
        for (index, head) in engine.heads.iter().enumerate() {
            if let Some(heads) = engine.heads_of_views.get_mut(head.view) {
                heads.push(index);
            }
        }
        for number in 0..engine.programs.len() {
            let is_causeless = engine.yields_of_nothing(number);
            if let Some(program) = engine.programs.get_mut(number) {
                program.fires_on_nothing = is_causeless;
            }
        }
        engine
    }

    /// The same engine, in which rows that are held back may take so many bytes, a
    /// thread.
    #[must_use]
    pub fn with_memory(mut self, bytes: usize) -> Self {
        self.most_held = bytes;
        self
    }

    /// The same engine, which takes every record apart. For tests and measurements:
    /// the outcome is the same, only later.
    #[must_use]
    pub fn without_prefilter(mut self) -> Self {
        self.prefilter = Prefilter::Off;
        self
    }

    fn add(&mut self, planned: PlannedDetection, program: ProgramId, slots: &Slots) {
        let first = self.heads.len();
        let mut is_streaming = false;
        if let Ok(plan) = &planned.plan {
            is_streaming = execute::head(&plan.pipeline) == plan.pipeline.stages.len()
                && matches!(plan.pipeline.source, RowSource::Records(_));
            let mut plan = plan.clone();
            self.add_heads(&mut plan.pipeline, program, slots);
        }
        self.detections.push(planned.detection);
        self.asks_the_time |= !is_streaming;
        self.programs.push(Program {
            plan: planned.plan,
            heads: first..self.heads.len(),
            is_streaming,
            fires_on_nothing: false,
        });
    }

    /// Whether a program yields a row where there is no record at all.
    fn yields_of_nothing(&self, number: usize) -> bool {
        let Some(Ok(plan)) = self.programs.get(number).map(|known| known.plan.as_ref()) else {
            return false;
        };
        let may_begin = |part: &&Pipeline| {
            !matches!(part.source, RowSource::Records(_))
                || part.stages.iter().any(walk::makes_a_row)
        };
        if !walk::all_pipelines(&plan.pipeline).iter().any(may_begin) {
            return false;
        }
        let program = ProgramId(u32::try_from(number).unwrap_or(u32::MAX));
        let found = self.concluded(program, Vec::new(), SearchTime::after(None), &mut Nobody);
        found.is_some_and(|found| found.is_causeless)
    }

    fn add_heads(&mut self, pipeline: &mut Pipeline, program: ProgramId, slots: &Slots) {
        if let RowSource::Records(view) = &pipeline.source {
            let place = self.views.iter().position(|known| Arc::ptr_eq(known, view));
            let stages = execute::head(pipeline);
            let is_filter = |kind: &StageKind| matches!(kind, StageKind::Filter(_));
            let filters = pipeline.stages[..stages]
                .iter()
                .take_while(|stage| is_filter(&stage.kind))
                .count();
            let mut asked: Vec<Predicate> = pipeline.stages[..filters]
                .iter()
                .filter_map(|stage| match &stage.kind {
                    StageKind::Filter(filter) => Some(filter.predicate.clone()),
                    _ => None,
                })
                .collect();
            // What a filter with rows of others asks besides, it asks of the record.
            if filters == stages
                && let Some(stage) = pipeline.stages.get(stages)
                && !execute::asks_the_time(stage)
                && let StageKind::Filter(filter) = &stage.kind
            {
                asked.push(filter.predicate.clone());
            }
            let mut told = Vec::new();
            for predicate in &mut asked {
                walk::fields_of_predicate(predicate, &mut |field| {
                    if !told.contains(field) {
                        told.push(field.clone());
                    }
                });
            }
            self.heads.push(Head {
                program,
                part: pipeline.part,
                view: place.unwrap_or_default(),
                stages,
                filters,
                asked,
                wanted: wanted::of(pipeline, filters, slots),
                told,
            });
        }
        for stage in &mut pipeline.stages {
            for inner in walk::inner_pipelines(stage) {
                self.add_heads(inner, program, slots);
            }
        }
    }

    pub(super) fn program(&self, program: ProgramId) -> Option<&Program> {
        self.programs.get(program.0 as usize)
    }

    pub(super) fn pipeline_of(&self, head: &Head) -> Option<&Pipeline> {
        let plan = self.program(head.program)?.plan.as_ref().ok()?;
        if plan.pipeline.part == head.part {
            return Some(&plan.pipeline);
        }
        let parts = walk::all_pipelines(&plan.pipeline);
        parts.into_iter().find(|part| part.part == head.part)
    }

    pub(super) fn slot_count(&self) -> usize {
        self.slot_count
    }

    /// What one detection finds in what was held back for it; `None` if that took too
    /// much memory.
    pub(super) fn concluded(
        &self,
        program: ProgramId,
        held: Vec<Held>,
        now: SearchTime,
        witness: &mut dyn Witness,
    ) -> Option<Found> {
        let plan = self.program(program)?.plan.as_ref().ok()?;
        let context = CallContext::at(now.seconds());
        let evaluator = Evaluator::new(&context);
        let mut found = PartRows::new();
        // Products hand out the newest records first.
        let mut held = held;
        held.sort_by_key(|one| std::cmp::Reverse((one.time, one.event)));
        let times: HashMap<EventId, Option<Timestamp>> =
            held.iter().map(|one| (one.event, one.time)).collect();
        for one in held {
            let row = Row::from_owned(one.fields, one.event);
            found.entry(one.part).or_default().push(row);
        }
        let run = Run {
            evaluator: &evaluator,
            found: &found,
            budget: MOST_RUNNING,
            given: &[],
        };
        let rows = run.pipeline(&plan.pipeline, &[], witness).ok()?;
        let mut found = Found::default();
        for row in rows {
            match firing(program, row, &times) {
                Some(firing) => found.firings.push(firing),
                None => found.is_causeless = true,
            }
        }
        found.gave_up = evaluator.gave_up();
        Some(found)
    }
}

/// What a detection found once everything was read.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) firings: Vec<Firing>,
    /// How often values were not computed to the end.
    pub(super) gave_up: GaveUp,
    /// Whether a row of the result is due to no record.
    pub(super) is_causeless: bool,
}

/// The firing that a row of the result is; none for one that no record made.
fn firing(
    program: ProgramId,
    mut row: Row,
    times: &HashMap<EventId, Option<Timestamp>>,
) -> Option<Firing> {
    let time = |event: &EventId| times.get(event).copied().flatten();
    let mut events = std::mem::take(&mut row.origins);
    // The last one decides.
    events.sort_by_key(|event| (time(event), *event));
    events.dedup();
    let decides = *events.last()?;
    let matched = row.into_owned();
    Some(Firing {
        program,
        time: time(&decides),
        events,
        matched: matched
            .into_iter()
            .filter(|(name, _)| !name.starts_with('_'))
            .collect(),
    })
}

pub(super) fn time_of(seconds: f64) -> Option<jiff::Timestamp> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times beyond the range of a timestamp are refused by it"
    )]
    let micros = (seconds * 1_000_000.0).round() as i64;
    jiff::Timestamp::from_microsecond(micros).ok()
}

impl Engine for PlanEngine {
    fn programs(&self) -> &[Detection] {
        &self.detections
    }

    fn start(&self) -> Box<dyn Search + '_> {
        Box::new(PlanSearch::new(self))
    }

    fn conclude(&self, held: Vec<Held>, now: SearchTime, out: &mut Vec<Firing>) -> Conclusion {
        let mut conclusion = Conclusion::default();
        let mut by_program: BTreeMap<ProgramId, Vec<Held>> = BTreeMap::new();
        for one in held {
            by_program.entry(one.program).or_default().push(one);
        }
        for (program, held) in by_program {
            match self.concluded(program, held, now, &mut Nobody) {
                Some(found) => {
                    out.extend(found.firings);
                    if !found.gave_up.is_never() {
                        *conclusion.gave_up.entry(program).or_default() += found.gave_up;
                    }
                    if found.is_causeless {
                        conclusion.causeless.insert(program);
                    }
                }
                None => {
                    conclusion.exhausted.insert(program);
                }
            }
        }
        conclusion
    }

    fn coverage(&self, program: ProgramId) -> Coverage {
        let sources = Catalogue::bundled().sources();
        let Some(known) = self.program(program) else {
            return Coverage::Unsearchable("it was not compiled".to_owned());
        };
        if let Err(Refusal::Invalid(why) | Refusal::Unsupported(why)) = &known.plan {
            return Coverage::Unsearchable(why.clone());
        }
        if sources.iter().any(|source| self.covers(program, source)) {
            return Coverage::Searchable;
        }
        Coverage::Unsearchable(
            "no record that misfire reads is of the logs that they name".to_owned(),
        )
    }

    fn looks_at(&self, program: ProgramId, origin: &Origin) -> bool {
        self.heads_of(program)
            .any(|head| self.table_for(head, origin).is_some())
    }

    fn chooses(&self, program: ProgramId, origin: &Origin) -> bool {
        let mut tables = self
            .heads_of(program)
            .filter_map(|head| self.table_for(head, origin));
        tables.any(|table| table.condition.is_some())
    }

    fn reaches(&self, program: ProgramId, event: Event<'_>) -> bool {
        let context = CallContext::default();
        let evaluator = Evaluator::new(&context);
        let mut tables = self
            .heads_of(program)
            .filter_map(|head| self.table_for(head, event.origin()));
        tables.any(|table| {
            let memory = Memory::default();
            memory.turn(self.slot_count);
            let fields = RecordFields {
                event,
                table,
                memory: &memory,
                evaluator: &evaluator,
            };
            let mut condition = table.condition.iter();
            condition.all(|condition| evaluator.truth(condition, &fields).is_true())
        })
    }

    fn needed(&self, program: ProgramId) -> Vec<ProgramId> {
        vec![program]
    }

    fn partners(&self, program: ProgramId) -> Vec<Partner> {
        let Some(Ok(plan)) = self.program(program).map(|known| known.plan.as_ref()) else {
            return Vec::new();
        };
        let mut parts = Vec::new();
        walk::partners_of(&plan.pipeline, &mut parts);
        let sources = Catalogue::bundled().sources();
        let heads = self.heads_of(program);
        heads
            .filter(|head| parts.contains(&head.part))
            .map(|head| {
                let covered = sources
                    .iter()
                    .filter(|source| self.head_covers(head, source));
                let named: Vec<_> = covered.map(|source| source.id.as_str()).collect();
                Partner {
                    program,
                    part: head.part,
                    log_source: named.join(" or "),
                }
            })
            .collect()
    }

    fn partner_looks_at(&self, partner: &Partner, origin: &Origin) -> bool {
        self.heads_of(partner.program)
            .any(|head| head.part == partner.part && self.table_for(head, origin).is_some())
    }

    fn partner_covers(&self, partner: &Partner, source: &Source) -> bool {
        self.heads_of(partner.program)
            .any(|head| head.part == partner.part && self.head_covers(head, source))
    }

    fn covers(&self, program: ProgramId, source: &Source) -> bool {
        self.heads_of(program)
            .any(|head| self.head_covers(head, source))
    }

    fn combines(&self, program: ProgramId) -> bool {
        self.program(program)
            .is_some_and(|known| !known.is_streaming)
    }

    fn is_compiled(&self, program: ProgramId) -> bool {
        self.program(program)
            .is_some_and(|known| known.plan.is_ok())
    }

    fn refusal(&self, program: ProgramId) -> Option<Refusal> {
        self.program(program)?.plan.as_ref().err().cloned()
    }

    fn caveat(&self, program: ProgramId) -> Option<String> {
        let known = self.program(program)?;
        if known.fires_on_nothing {
            return Some("it fires whatever was recorded, even on nothing".to_owned());
        }
        let plan = known.plan.as_ref().ok()?;
        let parts = walk::all_pipelines(&plan.pipeline);
        let tables = parts.into_iter().flat_map(walk::tables_of);
        let mut missing = tables.filter(|table| table.missing.is_some());
        let table = missing.next()?;
        Some(format!("its lookup `{}` is not at hand", table.name))
    }

    fn fires_on_nothing(&self, program: ProgramId) -> bool {
        self.program(program)
            .is_some_and(|known| known.fires_on_nothing)
    }

    fn reach_of(&self, program: ProgramId) -> Vec<usize> {
        vec![program.0 as usize]
    }

    fn held_for(&self, program: ProgramId) -> Vec<ProgramId> {
        vec![program]
    }

    fn conclude_one(
        &self,
        program: ProgramId,
        held: Vec<Held>,
        now: SearchTime,
    ) -> Option<Vec<Firing>> {
        let found = self.concluded(program, held, now, &mut Nobody)?;
        found.gave_up.is_never().then_some(found.firings)
    }

    fn lacking(&self, program: ProgramId, event: Event<'_>) -> Vec<String> {
        explain::lacking(self, program, event)
    }

    fn explain(
        &self,
        program: ProgramId,
        now: Option<SearchTime>,
        events: &mut EventSource<'_>,
    ) -> Explanation {
        explain::explain(self, program, now, events)
    }

    fn predicates(&self, program: ProgramId) -> Vec<crate::detect::Predicate> {
        predicates::predicates(self, program)
    }
}

impl PlanEngine {
    pub(super) fn heads_of(&self, program: ProgramId) -> impl Iterator<Item = &Head> {
        let heads = self
            .program(program)
            .map_or(0..0, |known| known.heads.clone());
        self.heads.get(heads).into_iter().flatten()
    }
}
