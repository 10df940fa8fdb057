//! The detections of a test on a recording, judged.

use std::collections::BTreeSet;

use super::near;
use super::recordings::Searched;
use super::telemetry::Judged;
use super::test::Bench;
use crate::content::expectation::{
    Expectation, ExpectedDetection, Gap, Presence, Signal, SignalId,
};
use crate::detect::{Engine, Firing, Language, ProgramId};
use crate::event::EventId;
use crate::event::catalogue::Catalogue;
use crate::verdict::{
    AwaitedSignal, DetectionFacts, FiringFacts, FiringKind, Later, Repeated, Search, SignalState,
    Verdict, VerdictReport, View, is_due_to, judge_detection,
};

impl Bench<'_> {
    pub(super) fn verdict(
        &self,
        expected: &ExpectedDetection,
        expectation: &Expectation,
        searched: &Searched,
        judged: &Judged,
    ) -> VerdictReport {
        let found = self.program(&expected.rule, expected.read());
        let search = self.could_search(&expected.rule, found);
        let limit = found
            .one()
            .and_then(|program| self.limit(program, searched));
        let search = match (search, limit) {
            (Search::Done, Some(why)) => Search::Damaged(why),
            (search, _) => search,
        };
        let program = match search {
            Search::Done => found.one(),
            Search::Invalid(_) | Search::Unsupported(_) | Search::Damaged(_) => None,
        };
        let awaited = awaited(expected, expectation);
        let Some(program) = program else {
            let facts = DetectionFacts::unsearched(search, judged.not_run.clone());
            let given = judge_detection(&facts);
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
        let all: BTreeSet<EventId> = expectation
            .signals
            .iter()
            .filter(|signal| signal.presence == Presence::Expected)
            .flat_map(|signal| judged.events.get(&signal.id).into_iter().flatten())
            .copied()
            .collect();
        let attributed = self.attributed(program, &own, &events, &all, searched);
        let Some((due, others)) = attributed else {
            let why = "parts of the recording could not be searched to the end".to_owned();
            let facts = DetectionFacts::unsearched(Search::Damaged(why), judged.not_run.clone());
            return self.verdict_report(expected, expectation, judge_detection(&facts));
        };
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
        let unseen = self.recordings.unseen(program, searched);
        // What happened before the test or after it is not the test's.
        let inside: Vec<&&Firing> = others
            .iter()
            .filter(|firing| firing.time.is_none() || searched.holds(firing.time))
            .collect();
        let touched: BTreeSet<EventId> = inside
            .iter()
            .flat_map(|firing| firing.events.iter().copied())
            .collect();
        let doubtful = |state: SignalState| -> Vec<SignalId> {
            let signals = awaited.iter().filter(|signal| {
                let report = judged.report(&signal.id);
                let alike = judged.doubtful.get(&signal.id);
                report.is_some_and(|report| report.state == state)
                    && alike.is_some_and(|alike| !alike.is_disjoint(&touched))
            });
            signals.map(|signal| signal.id.clone()).collect()
        };
        let anyway = awaited.iter().filter(|signal| {
            let own = judged.events.get(&signal.id);
            own.is_some_and(|own| !own.is_disjoint(&touched))
        });
        let facts = DetectionFacts {
            search,
            not_run: judged.not_run.clone(),
            records: match &unseen {
                Some(_) => 0,
                None => self.recordings.looked_at(program, searched),
            },
            log_source: unseen.unwrap_or_else(|| {
                let own = self.engine.programs().get(program.0 as usize);
                own.map(|own| own.log_source.clone()).unwrap_or_default()
            }),
            sources: searched.needed_sources(self.engine, program),
            fires_on: self.awaited_signals(program, &awaited, judged),
            fired_on,
            others: inside.len() as u64,
            perhaps_on: doubtful(SignalState::Unknown),
            wrongly_on: doubtful(SignalState::Missing),
            anyway: anyway.map(|signal| signal.id.clone()).collect(),
            lacking: if due.is_empty() && !events.is_empty() {
                self.lacking(program, searched, &events)
            } else {
                Vec::new()
            },
            later: match self.engine.combines(program) {
                true => Later::MayUndo,
                false => Later::Keeps,
            },
        };
        let given = judge_detection(&facts);
        let silent = given.0 == Verdict::Misfire
            || (given.0 == Verdict::Blind && !facts.lacking.is_empty())
            || given.0 == Verdict::Stray;
        let mut report = self.verdict_report(expected, expectation, given);
        report.events = searched.event_refs(hit);
        let extra = others.iter().filter_map(|firing| firing.event());
        report.extra = searched.event_refs(extra.filter(|event| !events.contains(event)));
        report.near_miss = silent
            .then(|| near::of_detection(self.recordings, self.engine, searched, program, &events));
        report
    }

    /// Why what a detection found on a recording proves nothing, if that is so: it was
    /// not searched to the end, or something that it refers to is not at hand.
    pub(super) fn limit(&self, program: ProgramId, searched: &Searched) -> Option<String> {
        if let Some(why) = searched.limit(program) {
            return Some(why.to_owned());
        }
        self.engine.caveat(program)
    }

    /// The firings that are due to some events among `all` of the test's signals, and
    /// the others; `None` if that cannot be told.
    fn attributed<'f>(
        &self,
        program: ProgramId,
        own: &[&'f Firing],
        events: &BTreeSet<EventId>,
        all: &BTreeSet<EventId>,
        searched: &Searched,
    ) -> Option<(Vec<&'f Firing>, Vec<&'f Firing>)> {
        let kind = if self.engine.combines(program) {
            FiringKind::Aggregated
        } else {
            FiringKind::Single
        };
        let holds_one = |firing: &&Firing| firing.events.iter().any(|event| events.contains(event));
        let repeated = match kind {
            FiringKind::Aggregated if own.iter().any(holds_one) => {
                self.repeated(program, events, all, searched)?
            }
            FiringKind::Aggregated | FiringKind::Single => Repeated::default(),
        };
        let is_due = |firing: &Firing| is_due_to(&firing_facts(firing, kind), events, &repeated);
        Some(own.iter().partition(|firing| is_due(firing)))
    }

    /// What a detection finds in parts of a recording: without these events, and in
    /// those of the test; `None` if it could not be searched to the end.
    fn repeated(
        &self,
        program: ProgramId,
        events: &BTreeSet<EventId>,
        all: &BTreeSet<EventId>,
        searched: &Searched,
    ) -> Option<Repeated> {
        let again = |keep: &dyn Fn(EventId) -> bool| -> Option<Vec<FiringFacts>> {
            let found = self.recordings.again(program, searched, keep)?;
            let facts = found.iter();
            let facts = facts.map(|firing| firing_facts(firing, FiringKind::Aggregated));
            Some(facts.collect())
        };
        let without = again(&|event| !events.contains(&event))?;
        if without.is_empty() {
            return Some(Repeated::default());
        }
        let alone = again(&|event| events.contains(&event))?;
        if all.len() == events.len() {
            return Some(Repeated {
                without,
                alone,
                ..Repeated::default()
            });
        }
        Some(Repeated {
            without,
            alone,
            test: again(&|event| all.contains(&event))?,
            rest: again(&|event| all.contains(&event) && !events.contains(&event))?,
        })
    }

    fn awaited_signals(
        &self,
        program: ProgramId,
        awaited: &[&Signal],
        judged: &Judged,
    ) -> Vec<AwaitedSignal> {
        let catalogue = Catalogue::bundled();
        awaited
            .iter()
            .filter_map(|signal| {
                let report = judged.report(&signal.id)?;
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

    pub(super) fn verdict_report(
        &self,
        expected: &ExpectedDetection,
        expectation: &Expectation,
        (verdict, reason): (Verdict, String),
    ) -> VerdictReport {
        let detection = self.detection(&expected.rule);
        let gap = expected
            .gap
            .as_ref()
            .map(|gap| (verdict_of(gap.verdict), gap.reason.clone()));
        let wanted = gap.as_ref().map_or(Verdict::Fired, |(verdict, _)| *verdict);
        VerdictReport {
            detection: expected.rule.clone(),
            title: detection.map_or_else(
                || expected.rule.to_string(),
                |detection| detection.title.clone(),
            ),
            file: detection.map(|detection| detection.file.clone()),
            language: detection.map_or(Language::Sigma, |detection| detection.language),
            reading: expected.read(),
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
            mark: None,
            near_miss: None,
        }
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

fn firing_facts(firing: &Firing, kind: FiringKind) -> FiringFacts {
    FiringFacts {
        events: firing.events.clone(),
        group: match kind {
            FiringKind::Single => Vec::new(),
            FiringKind::Aggregated => firing.matched.clone(),
        },
        kind,
    }
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
