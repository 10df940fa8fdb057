//! Near misses of signals and detections.

use std::collections::BTreeSet;

use super::recordings::{Recordings, Searched};
use crate::content::expectation::Signal;
use crate::detect::{Companion, Engine, Explanation, ProgramId};
use crate::event::{EventId, Origin};
use crate::verdict::{NearMissReport, Related, smallest_change};

/// What came closest to a signal that is missing.
pub(super) fn of_signal(
    recordings: &Recordings<'_>,
    engine: &dyn Engine,
    searched: &Searched,
    (number, signal): (usize, &Signal),
    related: &Related,
) -> Option<NearMissReport> {
    let programs = (0..).map(ProgramId).zip(engine.programs());
    let own: Vec<_> = programs
        .filter(|(_, detection)| detection.companion == Some(Companion(number)))
        .map(|(program, _)| program)
        .collect();
    if let Some((event, fault)) = &related.near {
        let explanations = own.iter().map(|program| {
            recordings.explain(engine, *program, searched, &|seen| seen.id() == *event)
        });
        let nearest = explanations.min_by_key(distance)?;
        return Some(NearMissReport {
            explanation: nearest,
            relation: Some(fault.clone()),
            change: Vec::new(),
        });
    }
    let explanations = own.iter().zip(&signal.branches).map(|(program, branch)| {
        let of_its_kind = |origin: &Origin| match origin {
            Origin::EventLog {
                event_id: Some(id), ..
            } => branch.event_ids.is_empty() || branch.event_ids.contains(id),
            _ => true,
        };
        let own_kind = recordings.explain(engine, *program, searched, &|event| {
            of_its_kind(event.origin())
        });
        if own_kind.nearest.is_some() {
            own_kind
        } else {
            recordings.explain(engine, *program, searched, &|_| true)
        }
    });
    let explanation = explanations.min_by_key(distance)?;
    Some(NearMissReport {
        change: smallest_change(&explanation),
        explanation,
        relation: None,
    })
}

fn distance(explanation: &Explanation) -> u32 {
    let nearest = explanation.nearest.as_ref();
    nearest.map_or(u32::MAX, |nearest| nearest.distance)
}

/// What came closest to a firing of a detection that stayed silent: one of its
/// signals' events, or any event if it looks at none of them.
pub(super) fn of_detection(
    recordings: &Recordings<'_>,
    engine: &dyn Engine,
    searched: &Searched,
    program: ProgramId,
    events: &BTreeSet<EventId>,
) -> NearMissReport {
    let on_all = || recordings.explain(engine, program, searched, &|_| true);
    let on_own = || {
        recordings.explain(engine, program, searched, &|event| {
            events.contains(&event.id())
        })
    };
    let explanation = if engine.combines(program) {
        on_all()
    } else {
        Some(on_own())
            .filter(|own| own.searched > 0)
            .unwrap_or_else(on_all)
    };
    NearMissReport {
        change: smallest_change(&explanation),
        explanation,
        relation: None,
    }
}
