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
            event: recordings.nearest(searched, &nearest),
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
        event: recordings.nearest(searched, &explanation),
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

/// Longer texts are no names.
const LONGEST_NAME: usize = 80;

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

/// How many words of the conditions that failed stand in what was seen, and how like the
/// name that was seen is to one that is looked for, in thousandths.
fn affinity(near: &NearMiss) -> (usize, u32) {
    let failed = near.outcomes.iter().filter(|outcome| !outcome.satisfied);
    let mut held = 0;
    let mut likeness = 0;
    for outcome in failed {
        let Seen::Value(OwnedValue::Text(seen)) = &outcome.seen else {
            continue;
        };
        let seen = seen.to_lowercase();
        let values = || {
            outcome
                .predicate
                .values
                .iter()
                .map(|value| value.to_lowercase())
        };
        let words: BTreeSet<_> = values()
            .flat_map(|value| {
                let words = value.split(|letter: char| !letter.is_alphanumeric());
                words.map(str::to_owned).collect::<Vec<_>>()
            })
            .filter(|word| word.len() >= SHORTEST_WORD)
            .collect();
        held += words
            .iter()
            .filter(|word| seen.contains(word.as_str()))
            .count();
        for value in values() {
            likeness += thousandths(last_part(&seen), last_part(&value));
        }
    }
    (held, likeness)
}

/// The name at the end of a path.
fn last_part(path: &str) -> &str {
    path.rsplit(['\\', '/']).next().unwrap_or(path)
}

/// How like two names are, where they are names.
fn thousandths(one: &str, other: &str) -> u32 {
    if one.len().max(other.len()) > LONGEST_NAME {
        return 0;
    }
    let likeness = strsim::normalized_damerau_levenshtein(one, other);
    // From 0 to 1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rounded = (likeness * 1000.0) as u32;
    rounded
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
        event: recordings.nearest(searched, &explanation),
        explanation,
        relation: None,
    }
}
