//! The signals of a test on a recording, judged.

use std::collections::{BTreeMap, BTreeSet};

use super::near;
use super::recordings::Searched;
use super::signals::Signals;
use super::test::Bench;
use crate::content::expectation::{Expectation, Presence, Signal, SignalId};
use crate::content::fixture::Fixture;
use crate::detect::{Companion, Engine};
use crate::event::{EventId, OwnedValue};
use crate::verdict::{
    Candidate, Related, SignalFacts, SignalKind, SignalReport, SignalState, Trace, judge_signal,
    not_run, relate,
};

/// The signals of a test on a recording, judged.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) reports: Vec<SignalReport>,
    /// The events of the signals that are there.
    pub(super) events: BTreeMap<SignalId, BTreeSet<EventId>>,
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
