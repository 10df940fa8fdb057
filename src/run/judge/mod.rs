//! The main job: every test of a plan is staged, checked against its expectation,
//! searched by every detection, and judged.

mod agreement;
mod arguments;
mod controls;
mod foreign;
mod kept;
mod marks;
mod near;
mod recordings;
mod signals;
mod telemetry;
mod test;
mod verdicts;

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::PoisonError;

use rayon::prelude::*;

use super::compile::compile_with;
use super::event::{Interrupt, RunEvent, Sink};
use super::search::interruption;
use crate::content::{LoadedDetections, Plan, PlannedTest};
use crate::detect::sigma::SigmaEngine;
use crate::diagnostic::{self, Diagnostic};
use crate::verdict::{LeftOut, Report, StageName, TestReport};
use recordings::Recordings;
use signals::SignalSet;
use test::Bench;

/// What is to be judged, and how.
#[derive(Debug)]
pub struct JudgeRequest {
    /// The tests.
    pub plan: Plan,
    /// How their recordings come about.
    pub stage: StageName,
    /// The detections.
    pub detections: LoadedDetections,
    /// The tests that were left out.
    pub left_out: Vec<LeftOut>,
    /// What was wrong with the content.
    pub problems: Vec<Diagnostic>,
    /// How many threads search; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Judges a plan.
#[must_use]
pub fn judge(request: JudgeRequest, sink: &dyn Sink) -> Report {
    let JudgeRequest {
        plan,
        stage,
        detections,
        left_out,
        problems: mut diagnostics,
        threads,
        interrupt,
    } = request;
    diagnostics.extend(detections.problems);
    let mut plans = detections.plans;
    plans.planned.extend(detections.intended.planned);
    let told = diagnostics.clone();
    let jobs: Vec<Job<'_>> = plan.tests.iter().flat_map(jobs_of).collect();
    let mut signals = Vec::with_capacity(jobs.len());
    for job in &jobs {
        if interrupt.is_set() {
            // The jobs that have no signals yet are not judged.
            break;
        }
        let (set, problems) = SignalSet::of(job);
        signals.push(set);
        diagnostics.extend(problems);
    }
    let (engine, names, problems) = compile_with(
        detections.sigma,
        plans,
        signals.iter().map(SignalSet::rules),
        // A rule that a correlation counts is judged like any other.
        SigmaEngine::with_base_firings,
    );
    diagnostics.extend(problems);
    plan.excuse(&mut diagnostics);
    sink.note(RunEvent::TestsPlanned { count: jobs.len() });

    let cores = threads
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZero::get);
    // Many small recordings are searched side by side, a few large ones by chunks.
    let recordings = Recordings::new(
        &engine,
        names,
        if jobs.len() >= cores { 1 } else { cores },
        interrupt.clone(),
    );
    let bench = Bench::new(&engine, &recordings, &detections.foreign, &told, stage);
    let found = Mutex::new(Vec::new());
    let judge_one = |(index, (job, signals)): (usize, (&Job<'_>, SignalSet))| {
        if interrupt.is_set() {
            return None;
        }
        let (test, problems) = bench.judge(job, signals)?;
        if interrupt.is_set() {
            // Some of its events may not have been looked at.
            return None;
        }
        found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(problems);
        sink.note(RunEvent::TestJudged { index, test: &test });
        Some(test)
    };
    let work = || -> Vec<Option<TestReport>> {
        jobs.par_iter()
            .zip(signals.into_par_iter())
            .enumerate()
            .map(judge_one)
            .collect()
    };
    let tests = match rayon::ThreadPoolBuilder::new().num_threads(cores).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    };
    diagnostics.extend(found.into_inner().unwrap_or_else(PoisonError::into_inner));
    diagnostics.extend(recordings.problems());
    let interrupted = interrupt.is_set();
    if interrupted {
        diagnostics.push(interruption());
    }
    diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    sink.note(RunEvent::Finished);
    Report {
        planned: jobs.len(),
        tests: tests.into_iter().flatten().collect(),
        content: None,
        left_out,
        diagnostics,
        absent: Vec::new(),
        commented_out: 0,
        deployment: detections.deployment,
        sumo_deployment: detections.sumo_deployment,
        records: recordings.record_count(),
        interrupted,
    }
}

/// One test on one of its recordings, or on none.
#[derive(Debug, Clone, Copy)]
struct Job<'p> {
    test: &'p PlannedTest,
    /// The place of the recording; `None` if the test has none.
    recording: Option<usize>,
}

impl<'p> Job<'p> {
    fn fixture(&self) -> Option<&'p crate::content::fixture::Fixture> {
        let recording = self.test.recordings.get(self.recording?)?;
        Some(recording)
    }

    /// Whether the test's benign twins are judged along with this one: once for
    /// each test.
    fn has_controls(&self) -> bool {
        matches!(self.recording, None | Some(0))
    }
}

fn jobs_of(test: &PlannedTest) -> Vec<Job<'_>> {
    // Of an atomic of which nothing is expected, only a recording has anything to tell.
    if test.recordings.is_empty() && test.expectation.is_none() {
        return Vec::new();
    }
    if test.recordings.is_empty() {
        return vec![Job {
            test,
            recording: None,
        }];
    }
    (0..test.recordings.len())
        .map(|recording| Job {
            test,
            recording: Some(recording),
        })
        .collect()
}
