//! Judging one test on one recording.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::arguments::arguments_of;
use super::marks::Marks;
use super::recordings::{Recordings, Searched};
use super::signals::SignalSet;
use super::telemetry::{Judged, kind_of, signal_report};
use super::{Job, agreement, controls};
use crate::content::PlannedTest;
use crate::content::expectation::{Expectation, ExpectedDetection, SignalId};
use crate::detect::sigma::{ids_at, ids_in};
use crate::detect::{
    Coverage, Detection, DetectionId, Engine, JointEngine, ProgramId, Reading, Refusal,
};
use crate::diagnostic::{At, Diagnostic, Severity, SourceText};
use crate::event::EventId;
use crate::verdict::{
    AtomicReport, ClaimReport, DetectionFacts, HitReport, MarkReport, Search, SignalFacts,
    SignalState, StageName, TestReport, judge_claim, judge_detection, judge_signal, not_performed,
};

/// What every test is judged with.
pub(super) struct Bench<'b> {
    pub(super) engine: &'b JointEngine,
    pub(super) recordings: &'b Recordings<'b>,
    /// Detections in languages that are not evaluated, by their ids.
    foreign: BTreeMap<&'b str, &'b Detection>,
    /// What is wrong with the content, to say why a detection is not there.
    told: &'b [Diagnostic],
    by_id: BTreeMap<(&'b str, Reading), Program>,
    stage: StageName,
}

/// Which program goes by a detection's id.
#[derive(Debug, Clone, Copy)]
pub(super) enum Program {
    One(ProgramId),
    None,
    /// More than one: no verdict can tell which is meant.
    Several,
}

impl Program {
    pub(super) fn one(self) -> Option<ProgramId> {
        match self {
            Self::One(program) => Some(program),
            Self::None | Self::Several => None,
        }
    }
}

impl<'b> Bench<'b> {
    pub(super) fn new(
        engine: &'b JointEngine,
        recordings: &'b Recordings<'b>,
        foreign: &'b [(Detection, Arc<SourceText>)],
        told: &'b [Diagnostic],
        stage: StageName,
    ) -> Self {
        let mut by_id = BTreeMap::new();
        for (program, detection) in (0..).map(ProgramId).zip(engine.programs()) {
            by_id
                .entry((detection.id.as_str(), detection.reading))
                .and_modify(|known| *known = Program::Several)
                .or_insert(Program::One(program));
        }
        for (detection, _) in foreign {
            // Whatever had the id before, it no longer tells which is meant.
            by_id
                .entry((detection.id.as_str(), Reading::Strict))
                .and_modify(|known| *known = Program::Several)
                .or_insert(Program::None);
        }
        Self {
            engine,
            recordings,
            foreign: foreign
                .iter()
                .map(|(detection, _)| (detection.id.as_str(), detection))
                .collect(),
            told,
            by_id,
            stage,
        }
    }

    /// The program of a detection in a reading; one that was not read as it was meant
    /// means what it says.
    pub(super) fn program(&self, id: &DetectionId, reading: Reading) -> Program {
        let of = |reading| self.by_id.get(&(id.as_str(), reading)).copied();
        of(reading)
            .or_else(|| of(Reading::Strict))
            .unwrap_or(Program::None)
    }

    /// What is known of a detection, if it is loaded and there is only one of its id.
    pub(super) fn detection(&self, id: &DetectionId) -> Option<&Detection> {
        match self.program(id, Reading::Strict) {
            Program::One(program) => self.engine.programs().get(program.0 as usize),
            Program::None => self.foreign.get(id.as_str()).copied(),
            Program::Several => None,
        }
    }

    /// Whether a detection could search anything at all.
    pub(super) fn could_search(&self, id: &DetectionId, program: Program) -> Search {
        let program = match program {
            Program::One(program) => program,
            Program::None => {
                return match self.foreign.get(id.as_str()) {
                    Some(detection) => Search::Unsupported(format!(
                        "its language, {}, is not evaluated",
                        detection.language
                    )),
                    None => Search::Invalid(self.why_not_loaded(id)),
                };
            }
            Program::Several => {
                return Search::Invalid("several loaded rules have this id".to_owned());
            }
        };
        match self.engine.refusal(program) {
            Some(Refusal::Invalid(why)) => return Search::Invalid(why),
            Some(Refusal::Unsupported(why)) => return Search::Unsupported(why),
            None => {}
        }
        match self.engine.coverage(program) {
            Coverage::Unsearchable(why) => Search::Unsupported(why),
            Coverage::Searchable => Search::Done,
        }
    }

    fn why_not_loaded(&self, id: &DetectionId) -> String {
        let is_its = |ids: Vec<String>| ids.iter().any(|known| known == id.as_str());
        let is_own = |source: &SourceText, place: usize| is_its(ids_at(&source.text, place));
        // A fault that is in no rule, in the file of this one.
        let is_near = |source: &SourceText, place: usize| {
            ids_at(&source.text, place).is_empty() && is_its(ids_in(&source.text))
        };
        let of = |severity: Severity, is_about: &dyn Fn(&SourceText, usize) -> bool| {
            self.told.iter().find(|problem| {
                let at = problem.place.as_ref().map(|place| &place.at);
                let Some(At::Span { source, bytes }) = at else {
                    return false;
                };
                problem.code.is_about_sigma()
                    && problem.severity == severity
                    && is_about(source, bytes.start)
            })
        };
        let fault = of(Severity::Error, &is_own)
            .or_else(|| of(Severity::Error, &is_near))
            // What is known of a broken rule is told as warnings.
            .or_else(|| of(Severity::Warning, &is_own));
        match fault {
            Some(problem) => format!("the rule does not load: {}", problem.message),
            None => "the rule is not loaded".to_owned(),
        }
    }

    /// Judges a test on a recording; `None` if the run is to end.
    pub(super) fn judge(
        &self,
        job: &Job<'_>,
        signals: SignalSet,
    ) -> Option<(TestReport, Vec<Diagnostic>)> {
        let mut report = self.blank(job);
        let expectation = job.test.expectation.as_deref();
        let signals = signals.compiled(expectation, self.recordings.names());
        match job.fixture() {
            Some(fixture) => {
                let searched = self.recordings.search(fixture, Some(&signals))?;
                report.records = searched.record_count();
                report.files = searched.paths();
                let marks = Marks::find(self, fixture, &searched);
                let judged = match expectation {
                    Some(expectation) => {
                        let test = (job.test.atomic.as_ref(), expectation);
                        self.signals(test, fixture, &searched, &signals)
                    }
                    None => Judged {
                        not_run: not_performed(&fixture.outcome),
                        ..Judged::default()
                    },
                };
                if let Some(expectation) = expectation {
                    let expected = expectation.detections.iter();
                    report.verdicts = expected
                        .map(|expected| {
                            let mut given = self.verdict(expected, expectation, &searched, &judged);
                            given.mark = self.mark(expected, marks.as_ref(), &searched);
                            given
                        })
                        .collect();
                    report.claims = claims(expectation, &judged);
                }
                report.hits = self.hits(expectation, &searched, marks.as_ref());
                report.agreements = agreement::compare(self, &searched, &fixture.name);
                report.signals = judged.reports;
                report.not_run = judged.not_run;
                let is_seen = expectation.is_some() || report.not_run.is_some();
                report.unseen = match is_seen || !report.hits.is_empty() {
                    true => None,
                    false => searched.unseen(),
                };
            }
            None => {
                report.not_run = Some(job.test.unrecorded.to_string());
                if let Some(expectation) = expectation {
                    self.without_recording(job.test, expectation, &mut report);
                }
            }
        }
        if job.has_controls()
            && let Some(expectation) = expectation
        {
            let detections = able(expectation);
            for control in &job.test.controls {
                let judged = controls::judge(self, self.recordings, control, &detections)?;
                report.controls.extend(judged);
                if let Ok(fixture) = &control.fixture {
                    let searched = self.recordings.control(fixture)?;
                    let compared = agreement::compare(self, &searched, &fixture.name);
                    report.agreements.extend(compared);
                }
            }
        }
        Some((report, signals.problems))
    }

    fn blank(&self, job: &Job<'_>) -> TestReport {
        let atomic = &job.test.atomic;
        let fixture = job.fixture();
        let place = match &job.test.expectation {
            Some(expectation) => &expectation.place,
            None => &atomic.place,
        };
        TestReport {
            atomic: Some(AtomicReport {
                technique: atomic.technique.clone(),
                guid: atomic.guid,
                number: atomic.number,
                description: atomic.description.clone(),
                takes: atomic.arguments.clone(),
                platforms: atomic.platforms.clone(),
                place: place.clone(),
            }),
            name: atomic.name.clone(),
            recording: fixture.map_or_else(PathBuf::new, |fixture| PathBuf::from(&fixture.name)),
            files: Vec::new(),
            stage: self.stage,
            arguments: arguments_of(atomic, fixture),
            evidence: fixture.map(|fixture| fixture.evidence),
            stand_in: fixture.and_then(|fixture| fixture.stand_in.clone()),
            not_run: None,
            unseen: None,
            execution: fixture.and_then(|fixture| fixture.execution.clone()),
            records: 0,
            signals: Vec::new(),
            verdicts: Vec::new(),
            controls: Vec::new(),
            claims: Vec::new(),
            agreements: Vec::new(),
            hits: Vec::new(),
        }
    }

    fn without_recording(
        &self,
        test: &PlannedTest,
        expectation: &Expectation,
        report: &mut TestReport,
    ) {
        let why = test.unrecorded.to_string();
        report.signals = expectation
            .signals
            .iter()
            .map(|signal| {
                let (state, reason) = judge_signal(&SignalFacts {
                    kind: kind_of(signal),
                    not_run: Some(why.clone()),
                    not_due: None,
                    unusable: None,
                    sources: Vec::new(),
                    count: 0,
                    undecided: None,
                    wanted: signal.count,
                });
                signal_report(signal, state, reason)
            })
            .collect();
        let verdicts = expectation.detections.iter().map(|expected| {
            let found = self.program(&expected.rule, expected.read());
            let search = self.could_search(&expected.rule, found);
            let facts = DetectionFacts::unsearched(search, Some(why.clone()));
            let (verdict, reason) = judge_detection(&facts);
            self.verdict_report(expected, expectation, (verdict, reason))
        });
        report.verdicts = verdicts.collect();
        report.claims = claims(expectation, &Judged::default());
    }

    /// What the mark of the run means for a detection.
    fn mark(
        &self,
        expected: &ExpectedDetection,
        marks: Option<&Marks>,
        searched: &Searched,
    ) -> Option<MarkReport> {
        let program = self.program(&expected.rule, expected.read()).one()?;
        marks?.of(self.engine, program, searched)
    }

    /// Detections that fired and that the expectation does not name.
    fn hits(
        &self,
        expectation: Option<&Expectation>,
        searched: &Searched,
        marks: Option<&Marks>,
    ) -> Vec<HitReport> {
        let named: BTreeSet<&str> = expectation
            .into_iter()
            .flat_map(|expectation| &expectation.detections)
            .map(|expected| expected.rule.as_str())
            .collect();
        let mut hits: BTreeMap<ProgramId, Vec<EventId>> = BTreeMap::new();
        for firing in &searched.firings {
            hits.entry(firing.program)
                .or_default()
                .extend(firing.event());
        }
        hits.into_iter()
            .filter_map(|(program, events)| {
                let detection = self.engine.programs().get(program.0 as usize)?;
                let is_own =
                    detection.reading == Reading::Strict && !named.contains(detection.id.as_str());
                is_own.then(|| HitReport {
                    detection: detection.id.clone(),
                    title: detection.title.clone(),
                    events: searched.event_refs(events),
                    mark: marks.and_then(|marks| marks.of(self.engine, program, searched)),
                })
            })
            .collect()
    }
}

/// The detections of a test, each once in each reading, without those that are known to be unable to
/// search: their silence would prove nothing.
fn able(expectation: &Expectation) -> Vec<(DetectionId, Reading)> {
    let mut named: Vec<(DetectionId, Reading)> = Vec::new();
    for expected in &expectation.detections {
        let of_rule = |other: &&ExpectedDetection| {
            other.rule == expected.rule && other.read() == expected.read()
        };
        let mut entries = expectation.detections.iter().filter(of_rule);
        let is_able = !entries.all(ExpectedDetection::is_known_broken);
        let one = (expected.rule.clone(), expected.read());
        if is_able && !named.contains(&one) {
            named.push(one);
        }
    }
    named
}

fn claims(expectation: &Expectation, judged: &Judged) -> Vec<ClaimReport> {
    let state_of = |id: &SignalId| {
        judged
            .report(id)
            .map_or(SignalState::Unknown, |report| report.state)
    };
    expectation
        .claims
        .iter()
        .map(|claim| {
            let states: Vec<_> = claim.judged_by.iter().map(state_of).collect();
            ClaimReport {
                text: claim.text.clone(),
                page: claim.page.clone(),
                holds: claim.holds,
                because: claim.because.clone(),
                state: judge_claim(&states),
            }
        })
        .collect()
}
