//! Judging detections on benign recordings.

use super::recordings::Recordings;
use super::test::{Bench, Program};
use crate::content::PlannedControl;
use crate::content::fixture::Subject;
use crate::detect::{DetectionId, Firing, Reading};
use crate::verdict::{
    ControlFacts, ControlOutcome, ControlReport, Search, SourceState, judge_control,
};

/// The outcomes of detections on a benign recording; `None` if the run is to end.
pub(super) fn judge(
    bench: &Bench<'_>,
    recordings: &Recordings<'_>,
    control: &PlannedControl,
    detections: &[DetectionId],
) -> Option<Vec<ControlReport>> {
    let searched = recordings.control(&control.fixture)?;
    let why = match &control.fixture.subject {
        Subject::Control { why } => why.clone(),
        Subject::Atomic { .. } => String::new(),
    };
    let meant = control.expected.detections.as_deref();
    let meant = meant.unwrap_or(detections);
    let reports = meant.iter().map(|id| {
        let found = bench.program(id);
        let program = match found {
            Program::One(program) => Some(program),
            Program::None | Program::Several => None,
        };
        let engine = bench.engine;
        let firings: Vec<&Firing> = match program {
            Some(program) => searched
                .firings
                .iter()
                .filter(|firing| firing.program == program)
                .collect(),
            None => Vec::new(),
        };
        let mut search = bench.could_search(id, found);
        if let (Search::Done, Some(program)) = (&search, program) {
            let sources = searched.sources_of(engine, program);
            let damage = sources.into_iter().find_map(|source| match source.state {
                SourceState::Damaged(why) => Some(why),
                SourceState::Read(_) | SourceState::NotLookedAt => None,
            });
            search = damage.map_or(Search::Done, Search::Damaged);
        }
        let (outcome, reason) = judge_control(&ControlFacts {
            search,
            searched: program.map_or(0, |program| searched.looked_at(engine, program)),
            firings: firings.len() as u64,
        });
        let detection = bench.detection(id);
        ControlReport {
            name: control.fixture.name.clone(),
            why: why.clone(),
            detection: id.clone(),
            title: detection.map_or_else(String::new, |detection| detection.title.clone()),
            file: detection.map(|detection| detection.file.clone()),
            reading: Reading::Strict,
            outcome,
            expected: outcome == ControlOutcome::Quiet,
            reason,
            evidence: control.fixture.evidence,
            events: searched.event_refs(firings.iter().filter_map(|firing| firing.event())),
        }
    });
    Some(reports.collect())
}
