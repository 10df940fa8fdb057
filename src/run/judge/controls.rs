//! Judging detections on benign recordings.

use super::recordings::{Recordings, Searched};
use super::test::Bench;
use crate::content::PlannedControl;
use crate::content::fixture::Subject;
use crate::detect::{DetectionId, ProgramId, Reading};
use crate::event::EventId;
use crate::verdict::{
    ControlFacts, ControlOutcome, ControlReport, Search, SourceState, judge_control,
};

/// The outcomes of detections on a benign recording; `None` if the run is to end.
pub(super) fn judge(
    bench: &Bench<'_>,
    recordings: &Recordings<'_>,
    control: &PlannedControl,
    detections: &[(DetectionId, Reading)],
) -> Option<Vec<ControlReport>> {
    let searched = match &control.fixture {
        Ok(fixture) => Some(recordings.control(fixture)?),
        Err(_) => None,
    };
    let why = match &control.fixture {
        Ok(fixture) => match &fixture.subject {
            Subject::Control { why } => why.clone(),
            Subject::Atomic { .. } => String::new(),
        },
        Err(_) => String::new(),
    };
    let meant = control.expected.detections.as_deref();
    let is_meant = |(id, _): &&(DetectionId, Reading)| meant.is_none_or(|meant| meant.contains(id));
    let reports = detections.iter().filter(is_meant).map(|(id, reading)| {
        let found = bench.program(id, *reading);
        let search = bench.could_search(id, found);
        let (facts, events) = match (&searched, found.one()) {
            (Some(searched), Some(program)) => {
                let search = match (search, bench.limit(program, searched)) {
                    (Search::Done, Some(why)) => Search::Damaged(why),
                    (search, _) => search,
                };
                let (facts, firings) = facts_of(bench, recordings, searched, program, search);
                (facts, searched.event_refs(firings))
            }
            _ => {
                let search = match (search, &control.fixture) {
                    (Search::Done, Err(why)) => Search::Damaged(why.clone()),
                    (search, _) => search,
                };
                (unsearched(search), Vec::new())
            }
        };
        let (outcome, reason) = judge_control(&facts);
        let detection = bench.detection(id);
        ControlReport {
            name: control.name().to_owned(),
            why: why.clone(),
            detection: id.clone(),
            title: detection.map_or_else(|| id.to_string(), |detection| detection.title.clone()),
            file: detection.map(|detection| detection.file.clone()),
            reading: *reading,
            outcome,
            expected: outcome == ControlOutcome::Quiet,
            reason,
            evidence: control
                .fixture
                .as_ref()
                .ok()
                .map(|fixture| fixture.evidence),
            events,
        }
    });
    Some(reports.collect())
}

/// The facts of a detection that searched a benign recording, and what it fired on.
fn facts_of(
    bench: &Bench<'_>,
    recordings: &Recordings<'_>,
    searched: &Searched,
    program: ProgramId,
    search: Search,
) -> (ControlFacts, Vec<EventId>) {
    let sources = searched.sources_of(bench.engine, program);
    let damage = sources.into_iter().find_map(|source| match source.state {
        SourceState::Damaged(why) => Some(why),
        SourceState::Read(_) | SourceState::NotLookedAt => None,
    });
    let mut facts = ControlFacts {
        searched: recordings.looked_at(program, searched),
        unseen: recordings.unseen(program, searched),
        ..unsearched(match (search, damage) {
            (Search::Done, Some(why)) => Search::Damaged(why),
            (search, _) => search,
        })
    };
    let mut events = Vec::new();
    for firing in &searched.firings {
        if firing.program != program {
            continue;
        }
        events.extend(firing.event());
        match firing.time {
            None => facts.timeless += 1,
            time if searched.holds(time) => facts.firings += 1,
            Some(_) => facts.outside += 1,
        }
    }
    (facts, events)
}

fn unsearched(search: Search) -> ControlFacts {
    ControlFacts {
        search,
        searched: 0,
        unseen: None,
        firings: 0,
        outside: 0,
        timeless: 0,
    }
}
