//! The engine of a set of plans.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::AhoCorasick;
use jiff::Timestamp;

use super::evaluate::Evaluator;
use super::execute::{self, Found, Nobody, Run, Witness, stream};
use super::field::FieldRef;
use super::function::CallContext;
use super::link::Slots;
use super::prospect::prospect;
use super::record::{FieldTable, LinkedKind, Memory, RecordFields, Wanted, wire_names};
use super::row::{Row, owned};
use super::stage::{Pipeline, Source as RowSource, StageKind};
use super::view::{EventIds, View, Wire};
use super::{Plan, Predicate, Truth, explain, literal, walk, wanted};
use crate::detect::{
    Conclusion, Coverage, Detection, Engine, EventSource, Explanation, Firing, Held, ProgramId,
    Refusal, Search, SearchTime, Tally,
};
use crate::diagnostic::SourceText;
use crate::event::catalogue::{Catalogue, Reach, Source};
use crate::event::{Batch, Event, EventId, Names, NamesBuilder, Origin, OwnedValue};

/// Rows that are held back for later stages may take so much memory, a thread.
const MOST_HELD: usize = 256 << 20;

/// The same while the stages run.
const MOST_RUNNING: usize = 512 << 20;

/// So many origins are remembered; a log with more is hostile.
const MOST_ORIGINS: usize = 4096;

/// A detection and its plan; without one it cannot be evaluated.
#[derive(Debug)]
pub struct PlannedDetection {
    /// The detection.
    pub detection: Detection,
    /// Its plan, or why it has none.
    pub plan: Result<Plan, Refusal>,
    /// The file that it stands in.
    pub source: Arc<SourceText>,
}

/// Plans on their way into an engine.
#[derive(Debug, Default)]
pub struct PlanSet {
    /// The detections, in their order.
    pub planned: Vec<PlannedDetection>,
}

impl PlanSet {
    /// Adds every name on the wire that the plans may ask for to a table of names,
    /// which is then given to [`PlanEngine::new`] and to the log readers.
    pub fn intern(&mut self, names: &mut NamesBuilder) {
        let (slots, _) = self.link();
        let mut wires: Vec<Wire> = Vec::new();
        for view in self.views() {
            for kind in &view.kinds {
                if !wires.contains(&kind.wire) {
                    wires.push(kind.wire);
                }
            }
        }
        for (_, name) in slots.names() {
            for wire in &wires {
                for wired in wire_names(*wire, name) {
                    names.intern(&wired);
                }
            }
        }
    }

    fn views(&mut self) -> Vec<Arc<View>> {
        let mut views: Vec<Arc<View>> = Vec::new();
        for planned in &mut self.planned {
            if let Ok(plan) = &mut planned.plan {
                views_of(&mut plan.pipeline, &mut views);
            }
        }
        views
    }

    /// Links plans and views; the linked kinds of each view, in order.
    fn link(&mut self) -> (Slots, Vec<LinkedView>) {
        let mut slots = Slots::default();
        let views = self.views();
        for planned in &mut self.planned {
            if let Ok(plan) = &mut planned.plan {
                let mut next = 0;
                walk::number(&mut plan.pipeline, &mut next);
                slots.link_pipeline(&mut plan.pipeline);
            }
        }
        let linked = views
            .into_iter()
            .map(|view| {
                let kinds = view.kinds.iter();
                let kinds = kinds
                    .map(|kind| LinkedKind::new(kind, &mut slots))
                    .collect();
                (view, kinds)
            })
            .collect();
        (slots, linked)
    }
}

/// A view with its kinds, linked, in their order.
type LinkedView = (Arc<View>, Vec<LinkedKind>);

fn views_of(pipeline: &mut Pipeline, views: &mut Vec<Arc<View>>) {
    if let RowSource::Records(view) = &pipeline.source
        && !views.iter().any(|known| Arc::ptr_eq(known, view))
    {
        views.push(Arc::clone(view));
    }
    for stage in &mut pipeline.stages {
        for inner in walk::inner_pipelines(stage) {
            views_of(inner, views);
        }
    }
}

/// A compiled set of plans.
pub struct PlanEngine {
    detections: Vec<Detection>,
    pub(super) programs: Vec<Program>,
    pub(super) heads: Vec<Head>,
    /// The tables of every view's kinds.
    tables: Vec<Vec<Arc<FieldTable>>>,
    views: Vec<Arc<View>>,
    slot_count: usize,
    /// Rows that are held back may take so many bytes, a thread.
    most_held: usize,
    /// Whether any plan must know when the records end.
    asks_the_time: bool,
    origins: Mutex<HashMap<Origin, Arc<OriginTargets>>>,
    prefilter: Prefilter,
}

/// Whether records are looked through for literals before they are taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefilter {
    On,
    Off,
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
}

/// The part of a pipeline that looks at one record at a time.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) program: ProgramId,
    pub(super) part: u32,
    view: usize,
    /// How many of the stages belong to it.
    pub(super) stages: usize,
    /// How many of these are filters on the record itself.
    pub(super) filters: usize,
    /// What its filters ask of a record, all of it.
    asked: Vec<Predicate>,
    /// What later stages need.
    pub(super) wanted: Wanted,
    /// The fields whose values a firing carries.
    told: Vec<FieldRef>,
}

/// What a record of one origin is held against.
struct OriginTargets {
    targets: Vec<Target>,
    automaton: Option<AhoCorasick>,
    /// The target of each pattern of the automaton.
    patterns: Vec<usize>,
}

struct Target {
    head: usize,
    table: Arc<FieldTable>,
    has_literals: bool,
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
        });
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
        let parts = walk::all_pipelines(&plan.pipeline);
        parts.into_iter().find(|part| part.part == head.part)
    }

    pub(super) fn slot_count(&self) -> usize {
        self.slot_count
    }

    /// The table under which a head sees records of an origin, if it looks at them.
    pub(super) fn table_for(&self, head: &Head, origin: &Origin) -> Option<&Arc<FieldTable>> {
        let view = self.views.get(head.view)?;
        let (kind, _) = view.kind_of(origin)?;
        let table = self.tables.get(head.view)?.get(kind)?;
        let field = |field: &FieldRef| table.known(field, origin, 0);
        let is_out = head.asked.iter().chain(&table.condition).any(|predicate| {
            matches!(
                prospect(predicate, &field),
                Some(Truth::False | Truth::Unknown)
            )
        });
        (!is_out).then_some(table)
    }

    fn targets(&self, origin: &Origin) -> Arc<OriginTargets> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = origins.get(origin) {
            return Arc::clone(known);
        }
        let targets = Arc::new(self.targets_of(origin));
        if origins.len() < MOST_ORIGINS {
            origins.insert(origin.clone(), Arc::clone(&targets));
        }
        targets
    }

    fn targets_of(&self, origin: &Origin) -> OriginTargets {
        let mut targets = Vec::new();
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        for (index, head) in self.heads.iter().enumerate() {
            let Some(table) = self.table_for(head, origin) else {
                continue;
            };
            let literals = match self.prefilter {
                Prefilter::On => head
                    .asked
                    .iter()
                    .filter_map(|predicate| literal::of_predicate(predicate, table))
                    .min_by_key(Vec::len),
                Prefilter::Off => None,
            };
            let has_literals = literals.is_some();
            for text in literals.into_iter().flatten() {
                texts.push(text);
                patterns.push(targets.len());
            }
            targets.push(Target {
                head: index,
                table: Arc::clone(table),
                has_literals,
            });
        }
        let automaton = if texts.is_empty() {
            None
        } else {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(&texts)
                .ok()
        };
        if automaton.is_none() {
            for target in &mut targets {
                target.has_literals = false;
            }
        }
        OriginTargets {
            targets,
            automaton,
            patterns,
        }
    }

    /// The firings of one detection on what was held back for it, and how often a
    /// regular expression gave up; none if that took too much memory.
    pub(super) fn concluded(
        &self,
        program: ProgramId,
        held: Vec<Held>,
        now: SearchTime,
        witness: &mut dyn Witness,
    ) -> Option<(Vec<Firing>, u64)> {
        let plan = self.program(program)?.plan.as_ref().ok()?;
        let context = CallContext::at(now.seconds());
        let evaluator = Evaluator::new(&context);
        let mut found = Found::new();
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
        let firings = rows
            .into_iter()
            .filter_map(|row| firing(program, row, &times));
        Some((firings.collect(), evaluator.gave_up()))
    }
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

struct PlanSearch<'e> {
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
        let is_plain = targets.automaton.is_none() || is_plain(event.raw());
        if is_plain && let Some(automaton) = &targets.automaton {
            self.marked.clear();
            self.marked.resize(targets.targets.len(), false);
            for found in automaton.find_overlapping_iter(event.raw()) {
                if let Some(target) = targets.patterns.get(found.pattern().as_usize()) {
                    self.marked[*target] = true;
                }
            }
        }
        let mut last = None;
        for (index, target) in targets.targets.iter().enumerate() {
            if is_plain && target.has_literals && !self.marked[index] {
                continue;
            }
            // What was found of the record holds for one table only.
            let table = Arc::as_ptr(&target.table);
            if last != Some(table) {
                self.memory.turn(self.engine.slot_count);
                last = Some(table);
            }
            self.hold_against(event, target, out);
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
        let is_found =
            target.table.condition.as_ref().is_none_or(holds) && head.asked.iter().all(holds);
        if !is_found {
            note_gave_up(&mut self.tally, head.program, &evaluator);
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
        note_gave_up(&mut self.tally, head.program, &evaluator);
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

/// One record becomes so many rows at most.
const MOST_OF_ONE: usize = 100_000;

fn note_gave_up(tally: &mut Tally, program: ProgramId, evaluator: &Evaluator<'_>) {
    let count = evaluator.gave_up();
    if count > 0 {
        *tally.gave_up.entry(program).or_default() += count;
    }
}

/// Whether the text of a record shows every ASCII character as it is, but for those
/// that JSON always escapes.
fn is_plain(raw: &str) -> bool {
    if !raw.starts_with('{') || !raw.is_ascii() {
        return false;
    }
    let bytes = raw.as_bytes();
    let mut after = 0;
    for place in memchr::memchr_iter(b'\\', bytes) {
        if place < after {
            continue;
        }
        if bytes.get(place + 1) == Some(&b'u') {
            return false;
        }
        after = place + 2;
    }
    true
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
                self.tally.saw(event.time());
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
        self.tally.saw(event.time());
        self.search(event, &targets, out);
    }

    fn finish(self: Box<Self>) -> Tally {
        self.tally
    }
}

impl Engine for PlanEngine {
    fn programs(&self) -> &[Detection] {
        &self.detections
    }

    fn start(&self) -> Box<dyn Search + '_> {
        Box::new(PlanSearch {
            engine: self,
            context: CallContext::default(),
            memory: Memory::default(),
            targets: HashMap::new(),
            marked: Vec::new(),
            tally: Tally::default(),
            held: HashMap::new(),
            all_held: 0,
        })
    }

    fn conclude(&self, held: Vec<Held>, now: SearchTime, out: &mut Vec<Firing>) -> Conclusion {
        let mut conclusion = Conclusion::default();
        let mut by_program: BTreeMap<ProgramId, Vec<Held>> = BTreeMap::new();
        for one in held {
            by_program.entry(one.program).or_default().push(one);
        }
        for (program, held) in by_program {
            match self.concluded(program, held, now, &mut Nobody) {
                Some((firings, gave_up)) => {
                    out.extend(firings);
                    if gave_up > 0 {
                        *conclusion.gave_up.entry(program).or_default() += gave_up;
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

    fn chooses(&self, _: ProgramId, _: &Origin) -> bool {
        false
    }

    fn reaches(&self, program: ProgramId, event: Event<'_>) -> bool {
        self.looks_at(program, event.origin())
    }

    fn needed(&self, program: ProgramId) -> Vec<ProgramId> {
        vec![program]
    }

    fn covers(&self, program: ProgramId, source: &Source) -> bool {
        self.heads_of(program).any(|head| {
            let Some(view) = self.views.get(head.view) else {
                return false;
            };
            let kinds = view.kinds.iter();
            kinds
                .filter(|kind| kind.source.as_str() == "*" || kind.source == source.id)
                .any(|kind| {
                    let ids: Vec<Option<u32>> = match &kind.event_ids {
                        EventIds::Any => vec![None],
                        EventIds::OneOf(ids) => ids.iter().copied().map(Some).collect(),
                    };
                    let mut origins = ids.into_iter().flat_map(|id| origins_of(source, id));
                    origins.any(|origin| self.table_for(head, &origin).is_some())
                })
        })
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
        let plan = self.program(program)?.plan.as_ref().ok()?;
        let parts = walk::all_pipelines(&plan.pipeline);
        let tables = parts.into_iter().flat_map(walk::tables_of);
        let mut missing = tables.filter(|table| table.missing.is_some());
        let table = missing.next()?;
        Some(format!("its lookup `{}` is not at hand", table.name))
    }

    fn reach_of(&self, program: ProgramId) -> Vec<usize> {
        vec![program.0 as usize]
    }

    fn held_for(&self, program: ProgramId) -> Vec<ProgramId> {
        vec![program]
    }

    fn conclude_one(&self, program: ProgramId, held: Vec<Held>, now: SearchTime) -> Vec<Firing> {
        self.concluded(program, held, now, &mut Nobody)
            .unwrap_or_default()
            .0
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
        explain::predicates(self, program)
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

/// Where records of a source may come from; of an event id, if one is given.
fn origins_of(source: &Source, id: Option<u32>) -> Vec<Origin> {
    match &source.reach {
        Reach::Channels { channels, .. } => channels
            .iter()
            .map(|channel| Origin::EventLog {
                provider: None,
                channel: Some(channel.as_str().into()),
                event_id: id,
            })
            .collect(),
        Reach::Stream(stream) => vec![Origin::Stream(stream.clone())],
        Reach::AnyChannelBut { .. } => Vec::new(),
    }
}
