//! Proving that a scrub changes nothing but identities: the recording is judged
//! before and after.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;

use super::{Recording, ScrubRequest, Scrubbed};
use crate::content::atomic::Atomic;
use crate::content::expectation::Expectation;
use crate::content::fixture::{Fixture, Subject};
use crate::content::{LoadedDetections, LogInput, Plan, PlannedTest, Unrecorded};
use crate::diagnostic::{Code, Diagnostic};
use crate::log::ReadOptions;
use crate::log::scrub::Kind;
use crate::run::compile::compile;
use crate::run::event::{Interrupt, Silent};
use crate::run::judge::{JudgeRequest, judge};
use crate::run::search::{Correlate, SearchRequest, interruption, search};
use crate::verdict::{EventRef, StageName, TestReport};

/// What a scrub is proven by.
pub struct ScrubProof<'p> {
    /// The recording before; its logs are those of the request, in their order.
    pub fixture: &'p Fixture,
    /// The atomic that it is a recording of, with what is expected of it; a control is
    /// of none.
    pub test: Option<(Arc<Atomic>, Option<Arc<Expectation>>)>,
    /// Loads the detections. They are needed a second time to find the cause of a
    /// difference.
    pub detections: &'p dyn Fn() -> LoadedDetections,
    /// How many threads search; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Replaces the identities of a recording by pseudonyms, and judges it before and
/// after.
///
/// # Errors
///
/// As [`super::scrub`]; or a signal, a verdict, or a hit differs, and then the
/// detection is named with the kinds of identities whose replacement made the
/// difference.
pub fn scrub_proven(
    request: &ScrubRequest,
    proof: &ScrubProof<'_>,
) -> Result<Scrubbed, Vec<Diagnostic>> {
    let mut recording = Recording::open(request)?;
    let scrubbed = recording.replaced(&recording.pseudonyms)?;
    recording.look_for_leaks(&scrubbed)?;
    let told = proof.told(&[&scrubbed])?;
    let [before, after] = told.as_slice() else {
        return Err(vec![interruption()]);
    };
    let differing = difference(before, after);
    if differing.is_empty() {
        return Ok(scrubbed);
    }
    let kinds: Vec<Kind> = scrubbed.changes.kinds().into_iter().collect();
    let mut alone = Vec::new();
    for kind in &kinds {
        recording.pseudonyms.replace_only([*kind]);
        alone.push(recording.replaced(&recording.pseudonyms)?);
    }
    let alone: Vec<_> = alone.iter().collect();
    let told = proof.told(&alone)?;
    let (before, by_kind) = told.split_first().ok_or_else(Vec::new)?;
    let problems = differing.into_iter().map(|what| {
        let causes: Vec<_> = kinds
            .iter()
            .zip(by_kind)
            .filter(|(_, after)| difference(before, after).contains(&what))
            .map(|(kind, _)| kind.as_str())
            .collect();
        let cause = match causes.as_slice() {
            [] => "several kinds of identities together".to_owned(),
            causes => format!("the {}", causes.join(" or the ")),
        };
        Diagnostic::error(
            Code::SCRUB_CHANGES_VERDICT,
            format!("{what} would be judged otherwise after {cause} were replaced"),
        )
        .help("nothing was written; what a detection reads is content: give it as an argument of the test, or correct the detection")
    });
    Err(problems.collect())
}

/// What was judged: of each detection and each signal, what came of it.
type Told = BTreeMap<String, String>;

/// Whatever differs.
fn difference(before: &Told, after: &Told) -> BTreeSet<String> {
    let all = before.keys().chain(after.keys());
    all.filter(|what| before.get(*what) != after.get(*what))
        .cloned()
        .collect()
}

impl ScrubProof<'_> {
    /// What is judged of the recording as it is, and of each scrubbed one.
    fn told(&self, scrubbed: &[&Scrubbed]) -> Result<Vec<Told>, Vec<Diagnostic>> {
        let mut fixtures = vec![Arc::new(self.fixture.clone())];
        fixtures.extend(
            scrubbed
                .iter()
                .map(|scrubbed| Arc::new(self.after(scrubbed))),
        );
        let told = match &self.test {
            Some((atomic, expectation)) => self.judged(atomic, expectation.as_ref(), fixtures),
            None => self.searched(&fixtures),
        };
        if self.interrupt.is_set() || told.len() != scrubbed.len() + 1 {
            return Err(vec![interruption()]);
        }
        Ok(told)
    }

    fn after(&self, scrubbed: &Scrubbed) -> Fixture {
        let mut fixture = self.fixture.clone();
        for (file, log) in fixture.files.iter_mut().zip(&scrubbed.logs) {
            file.input = LogInput {
                // The same name, so that the same events have the same places.
                path: file.input.path.clone(),
                bytes: Some(Arc::clone(&log.bytes)),
            };
        }
        fixture.host = scrubbed.host.clone();
        if let Subject::Atomic { arguments, .. } = &mut fixture.subject {
            arguments.clone_from(&scrubbed.arguments);
        }
        fixture
    }

    fn judged(
        &self,
        atomic: &Arc<Atomic>,
        expectation: Option<&Arc<Expectation>>,
        recordings: Vec<Arc<Fixture>>,
    ) -> Vec<Told> {
        let plan = Plan {
            tests: vec![PlannedTest {
                atomic: Arc::clone(atomic),
                expectation: expectation.cloned(),
                recordings,
                unrecorded: Unrecorded::default(),
                controls: Vec::new(),
            }],
            ..Plan::default()
        };
        let report = judge(
            JudgeRequest {
                plan,
                stage: StageName::Replay,
                detections: (self.detections)(),
                left_out: Vec::new(),
                problems: Vec::new(),
                threads: self.threads,
                interrupt: self.interrupt.clone(),
            },
            &Silent,
        );
        report.tests.iter().map(told_of).collect()
    }

    /// The hits of all detections, where there is no atomic to be judged.
    fn searched(&self, fixtures: &[Arc<Fixture>]) -> Vec<Told> {
        let detections = (self.detections)();
        let mut plans = detections.plans;
        plans.planned.extend(detections.intended.planned);
        let (engine, names, _) = compile(detections.sigma, plans);
        let programs = crate::detect::Engine::programs(&engine);
        let tell = |fixture: &Arc<Fixture>| {
            let inputs: Vec<_> = fixture
                .files
                .iter()
                .map(|file| file.input.clone())
                .collect();
            let request = SearchRequest {
                inputs: &inputs,
                options: ReadOptions {
                    names: Arc::clone(&names),
                    declared: None,
                },
                correlate: Correlate::Together,
                window: Some(fixture.window),
                threads: self.threads,
                interrupt: self.interrupt.clone(),
            };
            let outcome = search(&request, &engine, &Silent);
            let mut told = Told::new();
            for firing in outcome.firings {
                if let Some(detection) = programs.get(firing.program.0 as usize) {
                    let hits = told.entry(detection_said(&detection.id, &detection.title));
                    hits.or_default().push_str(&format!("{:?} ", firing.events));
                }
            }
            told.insert("how many records there are".to_owned(), {
                let records = outcome.records.values().sum::<u64>();
                records.to_string()
            });
            told
        };
        fixtures.iter().map(tell).collect()
    }
}

fn detection_said(id: &crate::detect::DetectionId, title: &str) -> String {
    format!("the detection `{id}` ({title})")
}

fn told_of(test: &TestReport) -> Told {
    let places = |events: &[EventRef]| format!("{events:?}");
    let mut told = Told::new();
    for signal in &test.signals {
        let state = format!("{:?} {}", signal.state, places(&signal.events));
        told.insert(format!("the signal `{}`", signal.id), state);
    }
    for verdict in &test.verdicts {
        let state = format!(
            "{:?} {} {} {}",
            verdict.verdict,
            places(&verdict.events),
            places(&verdict.extra),
            verdict.surplus,
        );
        let what = detection_said(&verdict.detection, &verdict.title);
        told.entry(what)
            .or_default()
            .push_str(&format!("{:?}: {state}; ", verdict.reading));
    }
    for hit in &test.hits {
        let what = detection_said(&hit.detection, &hit.title);
        told.entry(what).or_default().push_str(&places(&hit.events));
    }
    for (place, claim) in test.claims.iter().enumerate() {
        told.insert(format!("claim {}", place + 1), format!("{:?}", claim.state));
    }
    told.insert(
        "whether the test was performed".to_owned(),
        test.not_run.is_some().to_string(),
    );
    told.insert(
        "how many records there are".to_owned(),
        test.records.to_string(),
    );
    told
}
