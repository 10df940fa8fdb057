//! The signals of a test on a recording, judged.

use std::collections::{BTreeMap, BTreeSet};

use super::near;
use super::recordings::Searched;
use super::signals::Signals;
use super::test::Bench;
use crate::content::atomic::Atomic;
use crate::content::expectation::{Expectation, Presence, Signal, SignalId};
use crate::content::fixture::Fixture;
use crate::detect::{Companion, Engine};
use crate::event::{EventId, OwnedValue};
use crate::verdict::{
    Candidate, Partner, Related, SignalFacts, SignalKind, SignalReport, SignalState, Trace,
    in_order, judge_signal, not_run, relate, wrong_platform,
};

/// The signals of a test on a recording, judged.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) reports: Vec<SignalReport>,
    /// The events of the signals that are there.
    pub(super) events: BTreeMap<SignalId, BTreeSet<EventId>>,
    /// The events that look like signals which are unknown, or not as they must be.
    pub(super) doubtful: BTreeMap<SignalId, BTreeSet<EventId>>,
    pub(super) not_run: Option<String>,
}

impl Judged {
    /// What became of a signal.
    pub(super) fn report(&self, id: &SignalId) -> Option<&SignalReport> {
        self.reports.iter().find(|report| report.id == *id)
    }
}

impl Bench<'_> {
    pub(super) fn signals(
        &self,
        (atomic, expectation): (&Atomic, &Expectation),
        fixture: &Fixture,
        searched: &Searched,
        signals: &Signals,
    ) -> Judged {
        let candidates = candidates(expectation, searched, signals);
        // Whether it ran is told by its signals, and what they are worth by whether
        // it ran.
        let found = states(expectation, fixture, searched, signals, &candidates, None);
        let is_trace = |(signal, (state, ..)): (&Signal, &(SignalState, String, Related))| {
            signal.is_required() && *state == SignalState::Seen
        };
        let is_unknown = |(signal, (state, ..)): (&Signal, &(SignalState, String, Related))| {
            signal.is_required() && *state == SignalState::Unknown
        };
        let mut pairs = expectation.signals.iter().zip(&found);
        let trace = if pairs.clone().any(is_trace) {
            Trace::Found
        } else if pairs.any(is_unknown) {
            Trace::Unknown
        } else {
            Trace::None
        };
        // What it left elsewhere proves nothing of the atomic.
        let not_run = wrong_platform(&fixture.host.platform, &atomic.platforms)
            .or_else(|| not_run(&fixture.outcome, &expectation.run, trace));
        let found = match &not_run {
            Some(_) => states(
                expectation,
                fixture,
                searched,
                signals,
                &candidates,
                not_run.as_deref(),
            ),
            None => found,
        };
        let mut judged = Judged {
            not_run,
            ..Judged::default()
        };
        for (number, (signal, (state, reason, related))) in
            expectation.signals.iter().zip(found).enumerate()
        {
            let mut report = signal_report(signal, state, reason);
            let events = related.events.iter().map(|bound| bound.candidate.event);
            report.events = searched.event_refs(events.clone());
            if state == SignalState::Missing && signal.presence == Presence::Expected {
                let is_too_few = (related.events.len() as u64) < signal.count.min;
                report.near_miss = is_too_few.then_some(()).and_then(|()| {
                    near::of_signal(
                        self.recordings,
                        &signals.engine,
                        searched,
                        (number, signal),
                        &related,
                    )
                });
                let relation = report.near_miss.as_ref();
                if let Some(relation) = relation.and_then(|near| near.relation.as_ref()) {
                    report.reason = format!("{}: {relation}", report.reason);
                }
            }
            // What is there is there, due or not.
            if matches!(state, SignalState::Seen | SignalState::NotDue) {
                judged.events.insert(signal.id.clone(), events.collect());
            } else {
                let alike = candidates.get(&signal.id).into_iter().flatten();
                let alike = alike.map(|candidate| candidate.event);
                judged.doubtful.insert(signal.id.clone(), alike.collect());
            }
            judged.reports.push(report);
        }
        judged
    }
}

/// The state of each signal, why, and its events, in the order of the expectation.
fn states(
    expectation: &Expectation,
    fixture: &Fixture,
    searched: &Searched,
    signals: &Signals,
    candidates: &BTreeMap<SignalId, Vec<Candidate>>,
    not_run: Option<&str>,
) -> Vec<(SignalState, String, Related)> {
    let mut partners: BTreeMap<SignalId, Partner> = BTreeMap::new();
    let mut found: Vec<_> = expectation
        .signals
        .iter()
        .map(|_| {
            let why = "it refers to itself".to_owned();
            (SignalState::Unknown, why, Related::default())
        })
        .collect();
    for number in in_order(&expectation.signals) {
        let signal = &expectation.signals[number];
        let own = candidates.get(&signal.id).map_or(&[][..], Vec::as_slice);
        let related = relate(signal, own, &fixture.window, &partners);
        let condition = signal.condition.as_ref().and_then(|condition| {
            let holds = fixture.given.contains(&condition.given);
            (!holds).then(|| format!("`{}`: {}", condition.given, condition.why))
        });
        let waits_for = related.waits_for.as_ref();
        let waits_for = waits_for.map(|other| format!("`{other}` is, which it is related to"));
        let (state, reason) = judge_signal(&SignalFacts {
            kind: kind_of(signal),
            not_run: not_run.map(ToOwned::to_owned),
            not_due: condition.or(waits_for),
            unusable: signals
                .unusable
                .get(&signal.id)
                .or(searched.other_host.as_ref())
                .cloned()
                .or_else(|| {
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
            count: related.events.len() as u64,
            undecided: related.undecided.clone(),
            wanted: signal.count,
        });
        let partner = Partner {
            state,
            events: related.events.clone(),
        };
        partners.insert(signal.id.clone(), partner);
        found[number] = (state, reason, related);
    }
    found
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
        let fields = firing
            .matched
            .iter()
            .map(|(name, value)| (name.to_string(), texts(value)));
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

/// The texts of a value, for comparison.
fn texts(value: &OwnedValue) -> Vec<String> {
    match value {
        OwnedValue::Text(text) | OwnedValue::Node(text) => vec![text.to_string()],
        OwnedValue::Integer(number) => vec![number.to_string()],
        OwnedValue::Float(number) => vec![number.to_string()],
        OwnedValue::Bool(truth) => vec![truth.to_string()],
        OwnedValue::Null => Vec::new(),
        OwnedValue::List(items) => items.iter().flat_map(texts).collect(),
    }
}

pub(super) fn kind_of(signal: &Signal) -> SignalKind {
    match (signal.presence, &signal.condition) {
        (Presence::Absent, _) => SignalKind::Absent,
        (Presence::Expected, Some(_)) => SignalKind::Conditional,
        (Presence::Expected, None) => SignalKind::Required,
    }
}

pub(super) fn signal_report(signal: &Signal, state: SignalState, reason: String) -> SignalReport {
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
