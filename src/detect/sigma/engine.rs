//! The engine of a set of Sigma rules.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rsigma_eval::EvaluationResult;
use rsigma_parser::SigmaRule;
use rsigma_parser::fieldpath::unescape_brackets;

use super::compile::{self, Group, Reach};
use super::correlate::{self, Correlations};
use super::derived;
use super::document::Parsed;
use super::explain;
use super::parse::SigmaRuleSet;
use super::relations::{apply_filters, duplicate_ids, duplicates};
use super::view::{FieldTable, Seen};
use super::xml_path;
use crate::detect::{
    Conclusion, Coverage, Detection, Engine, EventSource, Explanation, Firing, Held, Predicate,
    ProgramId, Refusal, Search, SearchTime, Tally,
};
use crate::diagnostic::Diagnostic;
use crate::event::catalogue::{FieldCondition, Source};
use crate::event::{Batch, Event, Names, NamesBuilder, Origin, OwnedValue, Value};

/// A compiled set of Sigma rules and correlations.
pub struct SigmaEngine {
    pub(super) detections: Vec<Detection>,
    pub(super) rules: Vec<Parsed<SigmaRule>>,
    pub(super) groups: Vec<Group>,
    /// The group of each rule; `None` for a correlation.
    pub(super) group_of: Vec<Option<usize>>,
    pub(super) correlations: Correlations,
    /// The ids that several detections have.
    duplicates: BTreeSet<Box<str>>,
    names: Arc<Names>,
    /// The fields that every firing carries, besides those that matched.
    kept: Vec<String>,
}

impl std::fmt::Debug for SigmaEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigmaEngine")
            .field("detections", &self.detections.len())
            .field("groups", &self.groups.len())
            .finish_non_exhaustive()
    }
}

impl SigmaRuleSet {
    /// Adds every field name that the rules use to a table of names, which is
    /// then given to [`SigmaEngine::new`] and to the log readers.
    pub fn intern(&self, names: &mut NamesBuilder) {
        compile::intern(self, names);
    }
}

impl SigmaEngine {
    /// Compiles a set. What cannot be compiled is left out and becomes a
    /// problem.
    #[must_use]
    pub fn new(set: SigmaRuleSet, names: &Arc<Names>) -> (Self, Vec<Diagnostic>) {
        let mut problems = duplicate_ids(&set);
        let duplicates = duplicates(&set);
        let SigmaRuleSet {
            mut rules,
            correlations,
            filters,
            left_out,
            kept,
            ..
        } = set;
        apply_filters(&mut rules, &filters, &left_out, &mut problems);
        let mut detections: Vec<_> = rules.iter().map(compile::describe).collect();
        let mut correlated = correlate::fields(&correlations);
        correlated.extend(kept.iter().cloned());
        let groups = compile::groups(&rules, &correlated, names, &mut problems);
        let mut group_of = vec![None; detections.len()];
        for (index, group) in groups.iter().enumerate() {
            for program in &group.programs {
                group_of[program.0 as usize] = Some(index);
            }
        }
        let is_compiled = |program: ProgramId| {
            let group = group_of.get(program.0 as usize);
            group.is_some_and(Option::is_some)
        };
        let correlations = Correlations::new(
            &rules,
            correlations,
            is_compiled,
            &mut detections,
            &mut problems,
        );
        group_of.resize(detections.len(), None);
        let engine = Self {
            detections,
            rules,
            groups,
            group_of,
            correlations,
            duplicates,
            names: Arc::clone(names),
            kept: kept.into_iter().collect(),
        };
        (engine, problems)
    }

    /// How many detections were compiled and can be searched with.
    #[must_use]
    pub fn compiled(&self) -> usize {
        self.group_of.iter().flatten().count() + self.correlations.len()
    }

    /// The ids that several rules or correlations of the set have, sorted, each
    /// once. Which of them is meant by such an id cannot be said.
    pub fn duplicates(&self) -> impl Iterator<Item = &str> {
        self.duplicates.iter().map(AsRef::as_ref)
    }

    /// The same engine, in which the rules and correlations that others refer to
    /// fire by themselves as well.
    ///
    /// Source: Sigma correlation rules specification 2.1.0, `generate`, which
    /// keeps them quiet; a recording of such a rule is to be judged all the same.
    #[must_use]
    pub fn with_base_firings(mut self) -> Self {
        self.correlations.let_all_fire();
        self
    }

    /// The table of names that the engine was compiled with.
    #[must_use]
    pub fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// The groups that a record of that origin reaches, and how.
    fn targets(&self, origin: &Origin) -> Vec<Target<'_>> {
        self.groups
            .iter()
            .filter_map(|group| {
                let routes = group.routes_of(origin);
                (!routes.is_empty()).then_some(Target { group, routes })
            })
            .collect()
    }
}

/// A group that a record reaches, and the ways it may take.
struct Target<'e> {
    group: &'e Group,
    routes: Vec<(&'e [FieldCondition], &'e FieldTable)>,
}

impl<'e> Target<'e> {
    /// The field table of the first way whose conditions the event meets.
    fn table(&self, event: Event<'_>) -> Option<&'e FieldTable> {
        self.routes
            .iter()
            .find(|(conditions, _)| conditions.iter().all(|condition| holds(condition, event)))
            .map(|(_, table)| *table)
    }
}

fn holds(condition: &FieldCondition, event: Event<'_>) -> bool {
    let value = event
        .names()
        .get(&condition.field)
        .and_then(|id| event.payload(id));
    match value {
        Some(Value::Text(text)) => condition
            .one_of
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case(text)),
        _ => false,
    }
}

struct SigmaSearch<'e> {
    engine: &'e SigmaEngine,
    targets: HashMap<Origin, Arc<Vec<Target<'e>>>>,
    tally: Tally,
}

impl<'e> SigmaSearch<'e> {
    fn targets_of(&mut self, origin: &Origin) -> Arc<Vec<Target<'e>>> {
        if let Some(targets) = self.targets.get(origin) {
            return Arc::clone(targets);
        }
        let targets = Arc::new(self.engine.targets(origin));
        self.targets.insert(origin.clone(), Arc::clone(&targets));
        targets
    }

    fn search(&mut self, event: Event<'_>, target: &Target<'e>, out: &mut Vec<Firing>) {
        let Some(table) = target.table(event) else {
            return;
        };
        let seen = Seen::new(event, table);
        for result in target.group.indexed.evaluate(&seen) {
            let program = result
                .header
                .rule_id
                .as_deref()
                .and_then(|id| id.parse().ok())
                .map(ProgramId);
            if let Some(program) = program {
                self.found(program, event, table, &result, out);
            }
        }
        for (program, rule) in &target.group.large {
            if let Some(result) = rsigma_eval::evaluate_rule(rule, &seen) {
                self.found(*program, event, table, &result, out);
            }
        }
    }

    fn found(
        &mut self,
        program: ProgramId,
        event: Event<'_>,
        table: &FieldTable,
        result: &EvaluationResult,
        out: &mut Vec<Firing>,
    ) {
        self.tally
            .held
            .extend(held_of(self.engine, program, event, table));
        if self.engine.correlations.fires_alone(program) {
            out.push(Firing {
                program,
                events: vec![event.id()],
                time: event.time(),
                matched: matched(result, event, table, &self.engine.kept),
            });
        }
    }
}

/// What is to be held back of an event that a rule found, if anything refers to
/// the rule.
pub(super) fn held_of(
    engine: &SigmaEngine,
    program: ProgramId,
    event: Event<'_>,
    table: &FieldTable,
) -> Option<Held> {
    let fields = engine.correlations.held_fields(program)?;
    let fields = fields
        .iter()
        .filter_map(|field| Some((field.clone(), table.value(event, field)?)));
    Some(Held {
        program,
        part: 0,
        event: event.id(),
        time: event.time(),
        fields: fields.collect(),
    })
}

/// The fields that matched, with what the event holds in them.
fn matched(
    result: &EvaluationResult,
    event: Event<'_>,
    table: &FieldTable,
    kept: &[String],
) -> Vec<(Box<str>, OwnedValue)> {
    let fields = result
        .as_detection()
        .map(|body| body.matched_fields.as_slice())
        .unwrap_or_default();
    let mut fields: Vec<_> = fields
        .iter()
        .map(|matched| derived::split(&matched.field).0)
        .chain(kept.iter().map(String::as_str))
        .collect();
    fields.sort_unstable();
    fields.dedup();
    let values = fields.into_iter().filter_map(|field| {
        let value = table.value(event, field)?;
        Some((xml_path::shown(&unescape_brackets(field)).into(), value))
    });
    values.collect()
}

impl Search for SigmaSearch<'_> {
    fn feed(&mut self, batch: &Batch, out: &mut Vec<Firing>) {
        let targets: Vec<_> = batch
            .origins()
            .iter()
            .map(|origin| self.targets_of(origin))
            .collect();
        let mut records = vec![0_u64; batch.origins().len()];
        for event in batch.events() {
            let origin = event.origin_index();
            records[origin] += 1;
            for target in targets[origin].iter() {
                self.search(event, target, out);
            }
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
        for target in targets.iter() {
            self.search(event, target, out);
        }
    }

    fn finish(self: Box<Self>) -> Tally {
        self.tally
    }
}

impl Engine for SigmaEngine {
    fn programs(&self) -> &[Detection] {
        &self.detections
    }

    fn start(&self) -> Box<dyn Search + '_> {
        Box::new(SigmaSearch {
            engine: self,
            targets: HashMap::new(),
            tally: Tally::default(),
        })
    }

    fn conclude(&self, held: Vec<Held>, _: SearchTime, out: &mut Vec<Firing>) -> Conclusion {
        self.correlations.conclude(held, out)
    }

    fn conclude_one(
        &self,
        program: ProgramId,
        held: Vec<Held>,
        _: SearchTime,
    ) -> Option<Vec<Firing>> {
        Some(self.correlations.conclude_one(program, held))
    }

    fn held_for(&self, program: ProgramId) -> Vec<ProgramId> {
        self.correlations
            .bases(program)
            .unwrap_or_default()
            .to_vec()
    }

    fn is_compiled(&self, program: ProgramId) -> bool {
        self.group_of
            .get(program.0 as usize)
            .is_some_and(Option::is_some)
            || self.correlations.is_correlation(program)
    }

    fn refusal(&self, program: ProgramId) -> Option<Refusal> {
        let why = || Refusal::Unsupported("the rule cannot be evaluated".to_owned());
        (!self.is_compiled(program)).then(why)
    }

    fn reach_of(&self, program: ProgramId) -> Vec<usize> {
        let bases = self.correlations.bases(program);
        let bases = bases.unwrap_or(std::slice::from_ref(&program));
        let mut groups: Vec<_> = bases
            .iter()
            .filter_map(|base| self.group_of.get(base.0 as usize).copied().flatten())
            .collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    fn coverage(&self, program: ProgramId) -> Coverage {
        if let Some(bases) = self.correlations.bases(program) {
            let needed = self.correlations.needs_all(program).iter();
            if let Some(unsearchable) = needed
                .map(|needed| self.coverage(*needed))
                .find(|coverage| *coverage != Coverage::Searchable)
            {
                return unsearchable;
            }
            return bases
                .iter()
                .map(|base| self.coverage(*base))
                .find(|coverage| *coverage == Coverage::Searchable)
                .unwrap_or_else(|| {
                    Coverage::Unsearchable("none of its rules can be searched".to_owned())
                });
        }
        match self.group_of.get(program.0 as usize).copied().flatten() {
            None => Coverage::Unsearchable("it was not compiled".to_owned()),
            Some(group) => match &self.groups[group].reach {
                Reach::Routes(_) => Coverage::Searchable,
                Reach::Declared { why, .. } => Coverage::Unsearchable(why.clone()),
            },
        }
    }

    fn looks_at(&self, program: ProgramId, origin: &Origin) -> bool {
        if let Some(bases) = self.correlations.bases(program) {
            return bases.iter().any(|base| self.looks_at(*base, origin));
        }
        self.group_of
            .get(program.0 as usize)
            .copied()
            .flatten()
            .is_some_and(|group| !self.groups[group].routes_of(origin).is_empty())
    }

    fn chooses(&self, program: ProgramId, origin: &Origin) -> bool {
        if let Some(bases) = self.correlations.bases(program) {
            return bases.iter().any(|base| self.chooses(*base, origin));
        }
        let group = self.group_of.get(program.0 as usize).copied().flatten();
        group.is_some_and(|group| {
            let routes = self.groups[group].routes_of(origin);
            !routes.is_empty() && routes.iter().all(|(conditions, _)| !conditions.is_empty())
        })
    }

    fn reaches(&self, program: ProgramId, event: Event<'_>) -> bool {
        match self.correlations.bases(program) {
            Some(bases) => bases.iter().any(|base| self.reaches(*base, event)),
            None => table_for(self, program, event).is_some(),
        }
    }

    fn needed(&self, program: ProgramId) -> Vec<ProgramId> {
        match self.correlations.needs_all(program) {
            [] => vec![program],
            parts => {
                let mut needed: Vec<_> = parts.iter().flat_map(|part| self.needed(*part)).collect();
                needed.sort_unstable();
                needed.dedup();
                needed
            }
        }
    }

    fn covers(&self, program: ProgramId, source: &Source) -> bool {
        if let Some(bases) = self.correlations.bases(program) {
            return bases.iter().any(|base| self.covers(*base, source));
        }
        let group = self.group_of.get(program.0 as usize).copied().flatten();
        match group.map(|group| &self.groups[group].reach) {
            Some(Reach::Routes(routes)) => routes.iter().any(|route| route.route.draws_on(source)),
            Some(Reach::Declared { .. }) | None => false,
        }
    }

    fn combines(&self, program: ProgramId) -> bool {
        self.correlations.is_correlation(program)
    }

    fn lacking(&self, program: ProgramId, event: Event<'_>) -> Vec<String> {
        explain::lacking(self, program, event)
    }

    fn explain(
        &self,
        program: ProgramId,
        _: Option<SearchTime>,
        events: &mut EventSource<'_>,
    ) -> Explanation {
        explain::explain(self, program, events)
    }

    fn predicates(&self, program: ProgramId) -> Vec<Predicate> {
        explain::predicates(self, program)
    }

    fn origins_asked(&self, program: ProgramId, origins: &[Origin]) -> Vec<usize> {
        explain::origins_asked(self, program, origins)
    }
}

/// The way into a program's group that an event takes, if it reaches it.
pub(super) fn table_for<'e>(
    engine: &'e SigmaEngine,
    program: ProgramId,
    event: Event<'_>,
) -> Option<&'e FieldTable> {
    let group = engine.group_of.get(program.0 as usize).copied().flatten()?;
    let group = &engine.groups[group];
    let routes = group.routes_of(event.origin());
    Target { group, routes }.table(event)
}
