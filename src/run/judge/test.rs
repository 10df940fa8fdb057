//! Judging one test on one recording.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::arguments::arguments_of;
use super::recordings::{Recordings, Searched};
use super::signals::{SignalSet, Signals};
use super::{Job, controls, near};
use crate::content::expectation::{
    Expectation, ExpectedDetection, Gap, Presence, Signal, SignalId,
};
use crate::content::fixture::Fixture;
use crate::detect::sigma::SigmaEngine;
use crate::detect::{
    Companion, Coverage, DetectionId, Engine, Firing, Language, ProgramId, Reading,
};
use crate::diagnostic::{At, Diagnostic, Severity};
use crate::event::EventId;
use crate::event::OwnedValue;
use crate::recording::NotRun;
use crate::verdict::{
    AtomicReport, AwaitedSignal, Candidate, ClaimReport, DetectionFacts, FiringFacts, FiringKind,
    HitReport, Related, Search, SignalFacts, SignalKind, SignalReport, SignalState, StageName,
    TestReport, Trace, Verdict, VerdictReport, View, is_due_to, judge_claim, judge_detection,
    judge_signal, not_run, relate,
};

/// What every test is judged with.
pub(super) struct Bench<'b> {
    pub(super) engine: &'b SigmaEngine,
    recordings: &'b Recordings<'b>,
    /// What is wrong with the content, to say why a detection is not there.
    told: &'b [Diagnostic],
    by_id: BTreeMap<&'b str, Program>,
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
    fn one(self) -> Option<ProgramId> {
        match self {
            Self::One(program) => Some(program),
            Self::None | Self::Several => None,
        }
    }
}

/// The signals of a test on a recording, judged.
#[derive(Default)]
struct Judged {
    reports: Vec<SignalReport>,
    /// The events of the signals that are there.
    events: BTreeMap<SignalId, BTreeSet<EventId>>,
    not_run: Option<String>,
}

impl<'b> Bench<'b> {
    pub(super) fn new(
        engine: &'b SigmaEngine,
        recordings: &'b Recordings<'b>,
        told: &'b [Diagnostic],
    ) -> Self {
        let mut by_id = BTreeMap::new();
        for (program, detection) in (0..).map(ProgramId).zip(engine.programs()) {
            by_id
                .entry(detection.id.as_str())
                .and_modify(|known| *known = Program::Several)
                .or_insert(Program::One(program));
        }
        Self {
            engine,
            recordings,
            told,
            by_id,
        }
    }

    pub(super) fn program(&self, id: &DetectionId) -> Program {
        self.by_id
            .get(id.as_str())
            .copied()
            .unwrap_or(Program::None)
    }

    /// Whether a detection could search anything at all.
    pub(super) fn could_search(&self, id: &DetectionId, program: Program) -> Search {
        let program = match program {
            Program::One(program) => program,
            Program::None => return Search::Invalid(self.why_not_loaded(id)),
            Program::Several => {
                return Search::Invalid("several loaded rules have this id".to_owned());
            }
        };
        if !self.engine.is_compiled(program) {
            return Search::Unsupported("the rule cannot be evaluated".to_owned());
        }
        match self.engine.coverage(program) {
            Coverage::Unsearchable(why) => Search::Unsupported(why),
            Coverage::Searchable => Search::Done,
        }
    }

    fn why_not_loaded(&self, id: &DetectionId) -> String {
        let about = |problem: &&Diagnostic| match problem.place.as_ref().map(|place| &place.at) {
            Some(At::Span { source, .. }) => {
                problem.code.as_str().starts_with("misfire::sigma")
                    && source.text.contains(id.as_str())
            }
            _ => false,
        };
        let mut faults = self.told.iter().filter(about);
        match faults.find(|problem| problem.severity == Severity::Error) {
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
        let signals = signals.compiled(self.recordings.names());
        let mut report = self.blank(job);
        let expectation = job.test.expectation.as_deref();
        match job.fixture() {
            Some(fixture) => {
                let searched = self.recordings.search(fixture, Some(&signals))?;
                report.records = searched.record_count();
                report.files = searched.paths();
                let judged = match expectation {
                    Some(expectation) => self.signals(expectation, fixture, &searched, &signals),
                    None => Judged::default(),
                };
                if let Some(expectation) = expectation {
                    let expected = expectation.detections.iter();
                    report.verdicts = expected
                        .map(|expected| self.verdict(expected, expectation, &searched, &judged))
                        .collect();
                    report.claims = claims(expectation, &judged);
                }
                report.hits = self.hits(expectation, &searched);
                report.signals = judged.reports;
                report.not_run = judged.not_run;
            }
            None => {
                report.not_run = Some(NotRun::NoRecording.to_string());
                if let Some(expectation) = expectation {
                    self.without_recording(expectation, &mut report);
                }
            }
        }
        if job.has_controls()
            && let Some(expectation) = expectation
        {
            let detections = named_once(expectation);
            for control in &job.test.controls {
                let judged = controls::judge(self, self.recordings, control, &detections)?;
                report.controls.extend(judged);
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
                platforms: atomic.platforms.clone(),
                place: place.clone(),
            }),
            name: atomic.name.clone(),
            recording: fixture.map_or_else(PathBuf::new, |fixture| PathBuf::from(&fixture.name)),
            files: Vec::new(),
            stage: StageName::Replay,
            arguments: arguments_of(atomic, fixture),
            evidence: fixture.map(|fixture| fixture.evidence),
            stand_in: fixture.and_then(|fixture| fixture.stand_in.clone()),
            not_run: None,
            records: 0,
            signals: Vec::new(),
            verdicts: Vec::new(),
            controls: Vec::new(),
            claims: Vec::new(),
            hits: Vec::new(),
        }
    }

    fn without_recording(&self, expectation: &Expectation, report: &mut TestReport) {
        let why = NotRun::NoRecording.to_string();
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
                    wanted: signal.count,
                });
                signal_report(signal, state, reason)
            })
            .collect();
        let verdicts = expectation.detections.iter().map(|expected| {
            let found = self.program(&expected.rule);
            let facts = DetectionFacts {
                search: self.could_search(&expected.rule, found),
                not_run: Some(why.clone()),
                log_source: String::new(),
                sources: Vec::new(),
                records: 0,
                fires_on: Vec::new(),
                fired_on: Vec::new(),
                others: 0,
                lacking: Vec::new(),
            };
            let (verdict, reason) = judge_detection(&facts);
            self.verdict_report(expected, expectation, (verdict, reason))
        });
        report.verdicts = verdicts.collect();
        report.claims = claims(expectation, &Judged::default());
    }

    fn signals(
        &self,
        expectation: &Expectation,
        fixture: &Fixture,
        searched: &Searched,
        signals: &Signals,
    ) -> Judged {
        let related = relate(
            &expectation.signals,
            &candidates(expectation, searched, signals),
            &fixture.window,
        );
        let nothing = Related::default();
        let of = |signal: &Signal| related.get(&signal.id).unwrap_or(&nothing);
        let trace = expectation
            .signals
            .iter()
            .any(|signal| signal.is_required() && !of(signal).events.is_empty());
        let trace = if trace { Trace::Found } else { Trace::None };
        let not_run = not_run(&fixture.outcome, &expectation.run, trace);
        let mut judged = Judged {
            not_run,
            ..Judged::default()
        };
        for (number, signal) in expectation.signals.iter().enumerate() {
            let found = of(signal);
            let (state, reason) = judge_signal(&SignalFacts {
                kind: kind_of(signal),
                not_run: judged.not_run.clone(),
                not_due: signal.condition.as_ref().and_then(|condition| {
                    let holds = fixture.given.contains(&condition.given);
                    (!holds).then(|| format!("`{}`: {}", condition.given, condition.why))
                }),
                unusable: signals.unusable.get(&signal.id).cloned().or_else(|| {
                    // That something did not happen is not shown by a recording of
                    // nothing.
                    let is_vacuous =
                        signal.presence == Presence::Absent && !searched.holds_anything();
                    is_vacuous.then(|| "the recording holds no record inside its window".to_owned())
                }),
                sources: signal
                    .branches
                    .iter()
                    .map(|branch| searched.source(&branch.source))
                    .collect(),
                count: found.events.len() as u64,
                wanted: signal.count,
            });
            let mut report = signal_report(signal, state, reason);
            let events = found.events.iter().map(|candidate| candidate.event);
            report.events = searched.event_refs(events.clone());
            if state == SignalState::Missing && signal.presence == Presence::Expected {
                report.near_miss = near::of_signal(
                    self.recordings,
                    &signals.engine,
                    searched,
                    (number, signal),
                    found,
                );
                if let Some(relation) = report
                    .near_miss
                    .as_ref()
                    .and_then(|near| near.relation.as_ref())
                {
                    report.reason = format!("{}: {relation}", report.reason);
                }
            }
            if state == SignalState::Seen {
                judged.events.insert(signal.id.clone(), events.collect());
            }
            judged.reports.push(report);
        }
        judged
    }

    fn verdict(
        &self,
        expected: &ExpectedDetection,
        expectation: &Expectation,
        searched: &Searched,
        judged: &Judged,
    ) -> VerdictReport {
        let found = self.program(&expected.rule);
        let search = self.could_search(&expected.rule, found);
        let program = match search {
            Search::Done => found.one(),
            Search::Invalid(_) | Search::Unsupported(_) | Search::Damaged(_) => None,
        };
        let awaited = awaited(expected, expectation);
        let Some(program) = program else {
            let given = judge_detection(&DetectionFacts {
                search,
                not_run: judged.not_run.clone(),
                log_source: String::new(),
                sources: Vec::new(),
                records: 0,
                fires_on: Vec::new(),
                fired_on: Vec::new(),
                others: 0,
                lacking: Vec::new(),
            });
            return self.verdict_report(expected, expectation, given);
        };
        let own: Vec<&Firing> = searched
            .firings
            .iter()
            .filter(|firing| firing.program == program)
            .collect();
        let mut events = BTreeSet::new();
        for signal in &awaited {
            events.extend(judged.events.get(&signal.id).into_iter().flatten().copied());
        }
        let (due, others): (Vec<&Firing>, Vec<&Firing>) =
            self.attributed(program, &own, &events, searched);
        let hit: BTreeSet<EventId> = due
            .iter()
            .flat_map(|firing| firing.events.iter().copied())
            .filter(|event| events.contains(event))
            .collect();
        let fired_on = awaited
            .iter()
            .filter(|signal| {
                let own = judged.events.get(&signal.id);
                own.is_some_and(|own| !own.is_disjoint(&hit))
            })
            .map(|signal| signal.id.clone())
            .collect();
        let facts = DetectionFacts {
            search,
            not_run: judged.not_run.clone(),
            log_source: self.engine.programs()[program.0 as usize]
                .log_source
                .clone(),
            sources: searched.sources_of(self.engine, program),
            records: searched.looked_at(self.engine, program),
            fires_on: self.awaited_signals(program, &awaited, judged),
            fired_on,
            others: others.len() as u64,
            lacking: if due.is_empty() && !events.is_empty() {
                self.lacking(program, searched, &events)
            } else {
                Vec::new()
            },
        };
        let given = judge_detection(&facts);
        let silent = given.0 == Verdict::Misfire
            || (given.0 == Verdict::Blind && !facts.lacking.is_empty())
            || given.0 == Verdict::Stray;
        let mut report = self.verdict_report(expected, expectation, given);
        report.events = searched.event_refs(hit);
        report.extra = searched.event_refs(others.iter().filter_map(|firing| firing.event()));
        report.near_miss = silent
            .then(|| near::of_detection(self.recordings, self.engine, searched, program, &events));
        report
    }

    /// The firings that are due to some events, and the others.
    fn attributed<'f>(
        &self,
        program: ProgramId,
        own: &[&'f Firing],
        events: &BTreeSet<EventId>,
        searched: &Searched,
    ) -> (Vec<&'f Firing>, Vec<&'f Firing>) {
        let combines = self.engine.combines(program);
        let holds_one = |firing: &&Firing| firing.events.iter().any(|event| events.contains(event));
        let repeated: Vec<FiringFacts> = if combines && own.iter().any(holds_one) {
            let again = self.recordings.without(program, searched, events);
            again
                .iter()
                .map(|firing| firing_facts(firing, FiringKind::Aggregated))
                .collect()
        } else {
            Vec::new()
        };
        let kind = if combines {
            FiringKind::Aggregated
        } else {
            FiringKind::Single
        };
        own.iter()
            .partition(|firing| is_due_to(&firing_facts(firing, kind), events, &repeated))
    }

    fn awaited_signals(
        &self,
        program: ProgramId,
        awaited: &[&Signal],
        judged: &Judged,
    ) -> Vec<AwaitedSignal> {
        let catalogue = crate::event::catalogue::Catalogue::bundled();
        awaited
            .iter()
            .filter_map(|signal| {
                let report = judged
                    .reports
                    .iter()
                    .find(|report| report.id == signal.id)?;
                let in_sight = signal.branches.iter().any(|branch| {
                    catalogue
                        .source(branch.source.as_str())
                        .is_some_and(|source| self.engine.covers(program, source))
                });
                Some(AwaitedSignal {
                    id: signal.id.clone(),
                    state: report.state,
                    reason: report.reason.clone(),
                    view: if in_sight {
                        View::InSight
                    } else {
                        View::OutOfSight
                    },
                })
            })
            .collect()
    }

    /// The fields that a detection needs and that each of these events lacks.
    fn lacking(
        &self,
        program: ProgramId,
        searched: &Searched,
        events: &BTreeSet<EventId>,
    ) -> Vec<String> {
        let mut common: Option<BTreeSet<String>> = None;
        self.recordings.visit(searched, &mut |event| {
            let is_own =
                events.contains(&event.id()) && self.engine.looks_at(program, event.origin());
            if !is_own {
                return;
            }
            let lacking: BTreeSet<_> = self.engine.lacking(program, event).into_iter().collect();
            common = Some(match common.take() {
                None => lacking,
                Some(common) => common.intersection(&lacking).cloned().collect(),
            });
        });
        common.into_iter().flatten().collect()
    }

    fn verdict_report(
        &self,
        expected: &ExpectedDetection,
        expectation: &Expectation,
        (verdict, reason): (Verdict, String),
    ) -> VerdictReport {
        let program = self.program(&expected.rule).one();
        let detection = program.and_then(|program| self.engine.programs().get(program.0 as usize));
        let gap = expected
            .gap
            .as_ref()
            .map(|gap| (verdict_of(gap.verdict), gap.reason.clone()));
        let wanted = gap.as_ref().map_or(Verdict::Fired, |(verdict, _)| *verdict);
        VerdictReport {
            detection: expected.rule.clone(),
            title: detection.map_or_else(String::new, |detection| detection.title.clone()),
            file: detection.map(|detection| detection.file.clone()),
            language: Language::Sigma,
            reading: expected.reading.unwrap_or(Reading::Strict),
            verdict,
            expected: verdict == wanted,
            known_gap: gap,
            reason,
            fires_on: awaited(expected, expectation)
                .into_iter()
                .map(|signal| signal.id.clone())
                .collect(),
            events: Vec::new(),
            extra: Vec::new(),
            surplus: 0,
            near_miss: None,
        }
    }

    /// Detections that fired and that the expectation does not name.
    fn hits(&self, expectation: Option<&Expectation>, searched: &Searched) -> Vec<HitReport> {
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
                (!named.contains(detection.id.as_str())).then(|| HitReport {
                    detection: detection.id.clone(),
                    title: detection.title.clone(),
                    events: searched.event_refs(events),
                })
            })
            .collect()
    }
}

/// The signals that a detection must fire on, any of them.
fn awaited<'e>(expected: &ExpectedDetection, expectation: &'e Expectation) -> Vec<&'e Signal> {
    expectation
        .signals
        .iter()
        .filter(|signal| match &expected.fires_on {
            Some(named) => named.contains(&signal.id) && signal.presence == Presence::Expected,
            None => signal.is_required(),
        })
        .collect()
}

fn named_once(expectation: &Expectation) -> Vec<DetectionId> {
    let mut named: Vec<DetectionId> = Vec::new();
    for expected in &expectation.detections {
        if !named.contains(&expected.rule) {
            named.push(expected.rule.clone());
        }
    }
    named
}

/// The events that look like each signal, by the firings of the rules that it has
/// become.
fn candidates(
    expectation: &Expectation,
    searched: &Searched,
    signals: &Signals,
) -> BTreeMap<SignalId, Vec<Candidate>> {
    let mut candidates: BTreeMap<SignalId, BTreeMap<EventId, Candidate>> = BTreeMap::new();
    for firing in &searched.signals {
        let detection = signals.engine.programs().get(firing.program.0 as usize);
        let Some(Companion(number)) = detection.and_then(|detection| detection.companion) else {
            continue;
        };
        let (Some(signal), Some(event)) = (expectation.signals.get(number), firing.event()) else {
            continue;
        };
        let fields = firing.matched.iter().filter_map(|(name, value)| {
            let text = match value {
                OwnedValue::Text(text) => text.to_string(),
                OwnedValue::Integer(number) => number.to_string(),
                OwnedValue::Bool(truth) => truth.to_string(),
                _ => return None,
            };
            Some((name.to_string(), text))
        });
        candidates.entry(signal.id.clone()).or_default().insert(
            event,
            Candidate {
                event,
                time: firing.time,
                fields: fields.collect(),
            },
        );
    }
    candidates
        .into_iter()
        .map(|(id, events)| (id, events.into_values().collect()))
        .collect()
}

fn firing_facts(firing: &Firing, kind: FiringKind) -> FiringFacts {
    FiringFacts {
        events: firing.events.clone(),
        group: match kind {
            FiringKind::Single => String::new(),
            FiringKind::Aggregated => format!("{:?}", firing.matched),
        },
        kind,
    }
}

fn kind_of(signal: &Signal) -> SignalKind {
    match (signal.presence, &signal.condition) {
        (Presence::Absent, _) => SignalKind::Absent,
        (Presence::Expected, Some(_)) => SignalKind::Conditional,
        (Presence::Expected, None) => SignalKind::Required,
    }
}

fn signal_report(signal: &Signal, state: SignalState, reason: String) -> SignalReport {
    let looks: Vec<_> = signal
        .branches
        .iter()
        .map(|branch| {
            let ids: Vec<_> = branch.event_ids.iter().map(ToString::to_string).collect();
            format!("{} {}", branch.source, ids.join("/"))
                .trim_end()
                .to_owned()
        })
        .collect();
    SignalReport {
        id: signal.id.clone(),
        looks_like: looks.join(" or "),
        kind: kind_of(signal),
        condition: signal
            .condition
            .as_ref()
            .map(|condition| format!("{}: {}", condition.given, condition.why)),
        state,
        expected: matches!(state, SignalState::Seen | SignalState::NotDue),
        reason,
        events: Vec::new(),
        near_miss: None,
    }
}

fn claims(expectation: &Expectation, judged: &Judged) -> Vec<ClaimReport> {
    let state_of = |id: &SignalId| {
        let report = judged.reports.iter().find(|report| report.id == *id);
        report.map_or(SignalState::Unknown, |report| report.state)
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

fn verdict_of(gap: Gap) -> Verdict {
    match gap {
        Gap::Misfire => Verdict::Misfire,
        Gap::Blind => Verdict::Blind,
        Gap::Invalid => Verdict::Invalid,
        Gap::Unsupported => Verdict::Unsupported,
        Gap::Stray => Verdict::Stray,
        Gap::Inconclusive => Verdict::Inconclusive,
    }
}
