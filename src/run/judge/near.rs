//! Near misses of signals and detections.

use std::collections::BTreeSet;

use super::recordings::{Recordings, Searched};
use crate::content::expectation::Signal;
use crate::detect::{Companion, Engine, Explanation, NearMiss, ProgramId, Seen};
use crate::event::{EventId, Origin, OwnedValue};
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

/// Of more events, the first one of the nearest is told.
const MOST_COMPARED: usize = 24;

/// Letters that a word has at least, if it is to mean something.
const SHORTEST_WORD: usize = 4;

/// Whether an explanation of an event of the signals tells more than another one: it is
/// nearer, or as near and the other is of none of the signals, or holds more of the words
/// that failed conditions look for, as a renamed program does and the shell that started
/// it does not.
fn is_nearer(one: &Explanation, other: &Explanation, events: &BTreeSet<EventId>) -> bool {
    match (&one.nearest, &other.nearest) {
        (Some(one), Some(other)) if one.distance == other.distance => {
            let is_own = events.contains(&other.event);
            (affinity(one), true) > (affinity(other), is_own)
        }
        (Some(one), Some(other)) => one.distance < other.distance,
        _ => false,
    }
}

/// How many words of the conditions that failed stand in what was seen.
fn affinity(near: &NearMiss) -> usize {
    let failed = near.outcomes.iter().filter(|outcome| !outcome.satisfied);
    failed
        .map(|outcome| {
            let Seen::Value(OwnedValue::Text(seen)) = &outcome.seen else {
                return 0;
            };
            let seen = seen.to_lowercase();
            let values = outcome.predicate.values.iter();
            let words: BTreeSet<_> = values
                .flat_map(|value| value.split(|letter: char| !letter.is_alphanumeric()))
                .filter(|word| word.len() >= SHORTEST_WORD)
                .map(str::to_lowercase)
                .collect();
            let held = words.iter().filter(|word| seen.contains(word.as_str()));
            held.count()
        })
        .sum()
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
    let mut explanation = if engine.combines(program) {
        on_all()
    } else {
        Some(on_own())
            .filter(|own| own.searched > 0)
            .unwrap_or_else(on_all)
    };
    if events.len() <= MOST_COMPARED {
        for event in events {
            let alone = recordings.explain(engine, program, searched, &|seen| seen.id() == *event);
            if is_nearer(&alone, &explanation, events) {
                explanation.nearest = alone.nearest;
            }
        }
    }
    NearMissReport {
        change: smallest_change(&explanation),
        explanation,
        relation: None,
    }
}
