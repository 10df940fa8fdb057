//! Searching the recordings of a plan with a whole corpus, for what fires at all.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::Arc;

use rayon::prelude::*;

use super::event::{Interrupt, Silent};
use super::search::{Correlate, SearchRequest, search_with};
use super::simulate::{SimulateOptions, replace_recordings};
use crate::content::fixture::Fixture;
use crate::content::{Plan, PlannedTest};
use crate::detect::sigma::{SigmaEngine, SigmaRuleSet};
use crate::detect::{Engine, JointEngine, ProgramId};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::event::{Names, Origin};
use crate::log::ReadOptions;
use crate::recording::Outcome;

/// What is to be searched, and with what.
#[derive(Debug)]
pub struct ProveRequest<'r> {
    /// The rules.
    pub engine: &'r JointEngine,
    /// The table of names that they were compiled with.
    pub names: Arc<Names>,
    /// Rules that look for values, marked with their numbers.
    pub probes: SigmaRuleSet,
    /// The tests. Benign recordings prove nothing.
    pub plan: Plan,
    /// How tests without a recording are simulated, if they are.
    pub simulate: Option<SimulateOptions>,
    /// How many threads search; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// What the recordings came to.
#[derive(Debug, Default)]
pub struct ProveOutcome {
    /// The recordings of attacks that could be read, in the order of the plan.
    pub recordings: Vec<ProvenRecording>,
    /// The numbers of the values that were looked for.
    pub probed: BTreeSet<usize>,
    /// What is wrong with recordings.
    pub problems: Vec<Diagnostic>,
    /// Whether it ended early.
    pub interrupted: bool,
}

/// A recording, and what fired on it.
#[derive(Debug)]
pub struct ProvenRecording {
    /// The test that it is of.
    pub test: PlannedTest,
    /// The recording.
    pub fixture: Arc<Fixture>,
    /// The rules that fired.
    pub fired: BTreeSet<ProgramId>,
    /// The numbers of the values that it holds.
    pub held: BTreeSet<usize>,
    /// Where its records are from.
    pub origins: BTreeSet<Origin>,
}

/// Searches every recording of an attack.
#[must_use]
pub fn prove(mut request: ProveRequest<'_>) -> ProveOutcome {
    let mut outcome = ProveOutcome::default();
    if let Some(options) = &request.simulate {
        let tests = std::mem::take(&mut request.plan.tests);
        let (recorded, mut unrecorded) = tests
            .into_iter()
            .partition::<Vec<_>, _>(|test| !test.recordings.is_empty());
        let mut plan = Plan {
            tests: std::mem::take(&mut unrecorded),
            ..Plan::default()
        };
        outcome.problems = replace_recordings(&mut plan, options, &Silent);
        request.plan.tests = recorded;
        request.plan.tests.extend(plan.tests);
    }
    // What the engine says of a probe speaks of a text that nobody wrote.
    let (probes, _) = SigmaEngine::new(std::mem::take(&mut request.probes), &request.names);
    let number = |program: ProgramId| {
        let detection = probes.programs().get(program.0 as usize)?;
        Some(detection.companion?.0)
    };
    outcome.probed = (0..)
        .map(ProgramId)
        .take(probes.programs().len())
        .filter(|program| probes.is_compiled(*program))
        .filter_map(number)
        .collect();
    let is_sound = |fixture: &&Arc<Fixture>| {
        fixture.damage.is_none() && !matches!(fixture.outcome, Outcome::NotRun { .. })
    };
    let pairs: Vec<_> = request
        .plan
        .tests
        .iter()
        .flat_map(|test| {
            let recordings = test.recordings.iter().filter(is_sound);
            recordings.map(move |fixture| (test, fixture))
        })
        .collect();
    let search_one = |(test, fixture): &(&PlannedTest, &Arc<Fixture>)| {
        if request.interrupt.is_set() {
            return None;
        }
        let inputs: Vec<_> = fixture
            .files
            .iter()
            .map(|file| file.input.clone())
            .collect();
        let search = SearchRequest {
            inputs: &inputs,
            options: ReadOptions {
                names: Arc::clone(&request.names),
                declared: None,
            },
            correlate: Correlate::Together,
            window: None,
            threads: NonZero::new(1),
            interrupt: request.interrupt.clone(),
        };
        let engines: [&dyn Engine; 2] = [request.engine, &probes];
        let (searched, mut found) = search_with(&search, &engines, &Silent);
        let held = found.pop().unwrap_or_default().firings;
        let fired = found.pop().unwrap_or_default().firings;
        let records = searched.records.iter().filter(|(_, count)| **count > 0);
        let recording = ProvenRecording {
            test: (*test).clone(),
            fixture: Arc::clone(fixture),
            fired: fired.iter().map(|firing| firing.program).collect(),
            held: held
                .iter()
                .filter_map(|firing| number(firing.program))
                .collect(),
            origins: records.map(|(origin, _)| origin.clone()).collect(),
        };
        Some((recording, searched.problems))
    };
    let work = || -> Vec<_> { pairs.par_iter().map(search_one).collect() };
    let cores = request.threads.map_or(0, NonZero::get);
    let searched = match rayon::ThreadPoolBuilder::new().num_threads(cores).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    };
    for (recording, problems) in searched.into_iter().flatten() {
        outcome.problems.extend(problems);
        outcome.recordings.push(recording);
    }
    outcome.interrupted = request.interrupt.is_set();
    // That a simulated log is empty is no fault of anyone's.
    outcome
        .problems
        .retain(|problem| problem.code != Code::LOG_EMPTY);
    diagnostic::sort(&mut outcome.problems);
    outcome
}
